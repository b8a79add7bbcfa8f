import { type Json, ParleyError } from '@parley/workflow';
import { checkDefinition } from '../interpreter/check.ts';
import { compile, inside } from '../interpreter/jsonata.ts';

/** What a definition may have, so that an expression that reads anything else is found before AWS finds it at run time. */
const OF_STATES: ReadonlySet<string> = new Set(['input', 'result', 'errorOutput', 'context']);

/**
 * What is wrong with a definition, in JSONata mode, in sentences: all that Step Functions refuses when a state machine is
 * created, and what `asl-validator` does not find and fails only at run time: variables that nobody assigns, `$states.result` where there is
 * none, `$eval`, what JSONata 2.0.6 does not have.
 */
export function lintDefinition(text: string, type: 'STANDARD' | 'EXPRESS'): readonly string[] {
  const { definition, diagnostics } = checkDefinition(text, type);
  const found = diagnostics.map(({ message, location = '/' }) => `${location}: ${message}`);
  if (!definition) return found;
  const json: Json = JSON.parse(text);
  lintStates(json, '', new Set(), found);
  return found;
}

function lintStates(flow: Json, at: string, outer: ReadonlySet<string>, found: string[]): void {
  const states = entries(field(flow, 'States'));
  const known = new Set([...outer, ...states.flatMap(([, state]) => assigned(state))]);
  for (const [name, state] of states) {
    const here = `${at}/States/${name}`;
    const hasResult = ['Task', 'Parallel', 'Map'].includes(String(field(state, 'Type')));
    for (const [key, value] of entries(state)) {
      if (key === 'Branches' && Array.isArray(value)) {
        value.forEach((branch: Json, index) => {
          lintStates(branch, `${here}/Branches[${index}]`, known, found);
        });
      } else if (key === 'ItemProcessor') lintStates(value, `${here}/ItemProcessor`, known, found);
      else if (key !== 'Comment')
        lintValue(value, `${here}/${key}`, known, hasResult && (key === 'Assign' || key === 'Output'), found);
    }
  }
}

/** `hasResult`: `$states.result` means something there. */
function lintValue(value: Json, at: string, known: ReadonlySet<string>, hasResult: boolean, found: string[]): void {
  if (typeof value === 'string') {
    if (value.startsWith('{%')) lintExpression(value, at, known, hasResult, found);
    return;
  }
  for (const [key, item] of entries(value)) lintValue(item, `${at}/${key}`, known, hasResult, found);
}

function lintExpression(
  text: string,
  at: string,
  known: ReadonlySet<string>,
  hasResult: boolean,
  found: string[],
): void {
  const bound = new Set<string>();
  const used: { readonly name: string; readonly next: unknown }[] = [];
  const called = new Set<string>();
  visit(compile(inside(text)).ast());
  for (const { name, next } of used) {
    if (name === 'states') {
      const part = typeof next === 'object' && next !== null && 'value' in next ? String(next.value) : '';
      if (!OF_STATES.has(part)) found.push(`${at}: there is no $states.${part}`);
      if (part === 'result' && !hasResult) found.push(`${at}: there is no $states.result here`);
    } else if (name !== '' && !known.has(name) && !bound.has(name)) found.push(`${at}: nobody assigns $${name}`);
  }
  if (called.has('eval')) found.push(`${at}: Step Functions has no $eval`);

  function visit(node: unknown, next?: unknown): void {
    if (Array.isArray(node)) {
      for (const [index, one] of node.entries()) visit(one, node[index + 1]);
      return;
    }
    if (typeof node !== 'object' || node === null) return;
    const { type, value, procedure, ...parts }: { type?: unknown; value?: unknown; procedure?: unknown } = { ...node };
    if (type === 'variable' && typeof value === 'string') used.push({ name: value, next });
    if (type === 'bind' || type === 'lambda') for (const name of namesIn(node)) bound.add(name);
    // What is called is a function of JSONata, not a variable.
    if (typeof procedure === 'object' && procedure !== null && 'value' in procedure)
      called.add(String(procedure.value));
    for (const part of Object.values(parts)) visit(part);
    if (type !== 'variable' && typeof value === 'object') visit(value);
  }
}

/** The names that a binding or a function of an expression gives. */
function namesIn(node: object): readonly string[] {
  const named = [
    ...('lhs' in node && !Array.isArray(node.lhs) ? [node.lhs] : []),
    ...('arguments' in node && Array.isArray(node.arguments) ? node.arguments : []),
  ];
  return named.flatMap((one: unknown) =>
    typeof one === 'object' && one !== null && 'value' in one && typeof one.value === 'string' ? [one.value] : [],
  );
}

function assigned(state: Json): readonly string[] {
  const choices = field(state, 'Choices');
  const catchers = field(state, 'Catch');
  const all = [state, ...(Array.isArray(choices) ? choices : []), ...(Array.isArray(catchers) ? catchers : [])];
  return all.flatMap((one: Json) => entries(field(one, 'Assign')).map(([name]) => name));
}

const field = (json: Json | undefined, name: string): Json | undefined =>
  entries(json).find(([key]) => key === name)?.[1];

function entries(json: Json | undefined): readonly (readonly [string, Json])[] {
  return typeof json === 'object' && json !== null ? Object.entries(json) : [];
}

/** Throws ParleyError `stepfunctions/wrong` where the definition is wrong: that is a fault of the compiler. */
export function requireRight(text: string, type: 'STANDARD' | 'EXPRESS'): void {
  const [first] = lintDefinition(text, type);
  if (first === undefined) return;
  throw new ParleyError('stepfunctions/wrong', `The compiled definition would be refused: ${first}.`, {
    fix: 'This is a fault of Parley, not of the workflow: report it with the file.',
  });
}
