import { z } from 'zod';
import type { Place } from '../error.ts';
import { didYouMean, nameFix, type Problem } from '../problem.ts';
import { type Data, type Draft, evaluateData, expressionsIn, type Failed, type ToolCall } from '../program.ts';
import {
  IDENTITY_LEVELS,
  type IdentityLevel,
  type JsonSchema,
  type ToolSignature,
  type ToolSignatures,
} from '../tool-signature.ts';
import { isSchema, typeOfSchema } from '../tool-type.ts';
import type { Field, Type } from '../type.ts';
import { inWords, neverFits } from './assignable.ts';
import type { Flow, Situation } from './flow.ts';
import { type LocalNames, problemAt } from './report.ts';
import { typeOfData } from './variables.ts';
import { signatureOf } from './way.ts';

/** Calls against the tools: what they are given, what is saved, how they fail, and what they require. */
export function checkTools(
  draft: Draft,
  flow: Flow,
  tools: ToolSignatures | undefined,
  names: LocalNames,
): readonly Problem[] {
  if (!tools) return [];
  const problems: Problem[] = [];
  const fields: Record<string, Field> = {};
  for (const { name, type } of draft.variables.values()) fields[name] = { type, optional: true };
  for (const step of draft.steps.values()) {
    if (step.kind !== 'call' && step.kind !== 'parallel') continue;
    const calls = step.kind === 'call' ? [step.call] : step.calls;
    for (const call of calls) {
      const signature = signatureOf(tools, call.tool);
      if (!signature) continue;
      problems.push(...given(call, signature, fields));
      problems.push(...saved(draft, call, signature, tools, names));
    }
    problems.push(...failures(step.failed, calls, draft, tools));
  }
  return [...problems, ...required(flow, tools, names)];
}

function given(call: ToolCall, signature: ToolSignature, fields: { readonly [name: string]: Field }): Problem[] {
  const input = typeOfSchema(signature.input);
  const alternatives = input.kind === 'union' ? input.of : [input];
  const found = alternatives.map((one) => against(call, one, signature, fields));
  // Of several inputs that a tool takes, the one that comes closest.
  return found.reduce((best, one) => (one.length < best.length ? one : best), found[0] ?? []);
}

function against(
  call: ToolCall,
  input: Type,
  signature: ToolSignature,
  fields: { readonly [name: string]: Field },
): Problem[] {
  if (input.kind !== 'object') return [];
  const problems: Problem[] = [];
  for (const [name, data] of call.with) {
    const field = Object.hasOwn(input.fields, name) ? input.fields[name] : undefined;
    if (!field) {
      if (input.open) continue;
      problems.push(
        problemAt(
          data.at,
          'tool/argument-unknown',
          'error',
          `\`${call.tool}\` does not take \`${name}\`.`,
          nameFix(
            name,
            Object.keys(input.fields).filter((one) => !call.with.has(one)),
            'other input',
          ),
        ),
      );
      continue;
    }
    const type = typeOfData(data, fields);
    if (isLeftOut(data, field)) continue;
    if (!neverFits(type, field.type)) {
      problems.push(...literally(call, name, data, signature));
      continue;
    }
    problems.push(
      problemAt(
        data.at,
        'tool/argument-type',
        'error',
        `\`${name}\` of \`${call.tool}\` takes ${inWords(field.type)}, and this is ${inWords(type)}.`,
        'Give it a value that it takes.',
      ),
    );
  }
  const slips = [...call.with.keys()].filter((name) => !Object.hasOwn(input.fields, name));
  for (const [name, field] of Object.entries(input.fields)) {
    // One slip in a name is one problem: the name that was meant is not missing besides.
    if (field.optional || call.with.has(name) || slips.some((slip) => didYouMean(slip, [name]))) continue;
    problems.push(
      problemAt(
        call.at,
        'tool/argument-missing',
        'error',
        `\`${call.tool}\` needs \`${name}\`, ${inWords(field.type)}.`,
        `Add \`with: { ${name}: … }\`.`,
      ),
    );
  }
  return problems;
}

/** A value of the file itself against all that the tool's input says of it: bounds, patterns, forms. */
function literally(call: ToolCall, name: string, data: Data, { input }: ToolSignature): readonly Problem[] {
  const properties = input['properties'];
  const schema = isSchema(properties) && Object.hasOwn(properties, name) ? properties[name] : undefined;
  if (!isSchema(schema) || expressionsIn(data).length > 0) return [];
  const issue = accepts(schema, input)?.safeParse(evaluateData(data, {})).error?.issues[0];
  if (!issue) return [];
  const where = [name, ...issue.path.map(String)].join('.');
  return [
    problemAt(
      data.at,
      'tool/argument-type',
      'error',
      `\`${where}\` of \`${call.tool}\` does not take this value: ${wants(issue)}.`,
      'Give it a value that it takes.',
    ),
  ];
}

const anySchema = z.custom<Exclude<Parameters<typeof z.fromJSONSchema>[0], boolean>>(
  (value) => typeof value === 'object' && value !== null,
);

/** The check of a schema that stands in another; undefined where it says what can't be checked here. */
function accepts(schema: JsonSchema, root: JsonSchema): z.ZodType | undefined {
  const definitions = root['$defs'];
  try {
    return z.fromJSONSchema(
      anySchema.parse({ ...schema, ...(definitions === undefined ? {} : { $defs: definitions }) }),
    );
  } catch {
    return undefined;
  }
}

function wants(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'too_small':
    case 'too_big': {
      const bound = issue.code === 'too_small' ? `at least ${issue.minimum}` : `at most ${issue.maximum}`;
      const what = issue.origin === 'string' ? ' characters' : issue.origin === 'array' ? ' entries' : '';
      return `it takes ${bound}${what}`;
    }
    case 'invalid_format':
      return issue.format === 'regex' ? `it must match ${issue.pattern}` : `it must be a valid ${issue.format}`;
    case 'invalid_type':
      return issue.expected === 'int' ? 'it takes a whole number' : `it takes ${issue.expected}`;
    default:
      return 'it is not valid';
  }
}

const isLeftOut = (data: Data, field: Field) =>
  data.kind === 'literal' && data.value === null && field.optional === true;

function saved(
  draft: Draft,
  call: ToolCall,
  signature: ToolSignature,
  tools: ToolSignatures,
  names: LocalNames,
): readonly Problem[] {
  const variable = call.save === undefined ? undefined : draft.variables.get(call.save);
  if (!variable) return [];
  const local = names.variable(variable.name);
  if (variable.tool !== undefined) {
    if (variable.tool === call.tool || !signatureOf(tools, variable.tool)) return [];
    return [
      problemAt(
        call.at,
        'tool/save',
        'error',
        `\`${local}\` holds what \`${variable.tool}\` returns, not \`${call.tool}\`.`,
        `Save it in a variable of its own: { from: ${call.tool} }.`,
      ),
    ];
  }
  const output = typeOfSchema(signature.output);
  if (!neverFits(output, variable.type)) return [];
  return [
    problemAt(
      call.at,
      'tool/save',
      'error',
      `\`${call.tool}\` returns ${inWords(output)}, and \`${local}\` takes ${inWords(variable.type)}.`,
      `Save it in a variable of its own: { from: ${call.tool} }.`,
    ),
  ];
}

/** The failures that any call can come to, besides those the tool names. */
const FAILURES = ['timeout', 'error', 'invalid_input', 'invalid_output', 'too_large', 'not_allowed'];

function failures(
  failed: Failed,
  calls: readonly ToolCall[],
  { models }: Draft,
  tools: ToolSignatures,
): readonly Problem[] {
  const signatures = calls.map(({ tool }) => signatureOf(tools, tool));
  const guarded = models.guardrail === undefined ? [] : ['guardrail'];
  const known = new Set([...FAILURES, ...guarded, ...signatures.flatMap((one) => one?.errors ?? [])]);
  if (signatures.includes(undefined)) return [];
  return [...failed.codes.keys()]
    .filter((code) => !known.has(code))
    .map((code) =>
      problemAt(
        failed.at,
        'tool/code',
        'error',
        `${calls.length === 1 ? `\`${calls[0]?.tool}\` does not fail` : 'None of these tools fails'} as \`${code}\`.`,
        nameFix(
          code,
          signatures.flatMap((one) => one?.errors ?? []),
          'failure with a code',
        ),
      ),
    );
}

const rank = (level: IdentityLevel) => IDENTITY_LEVELS.indexOf(level);

/** What a tool requires must hold in every situation it is called in; the machine refuses the call where it doesn't. */
function required(flow: Flow, tools: ToolSignatures, names: LocalNames): readonly Problem[] {
  const found = new Map<string, Problem>();
  const tell = (at: Place, tool: string, kind: string, message: string, fix: string, path: readonly string[]) => {
    const key = `${path.at(-1)} ${tool} ${kind}`;
    if (!found.has(key)) found.set(key, problemAt(at, 'tool/requires', 'error', message, fix, path));
  };
  for (const situation of flow.situations) {
    const { step } = situation;
    if (step.kind !== 'call' && step.kind !== 'parallel') continue;
    for (const call of step.kind === 'call' ? [step.call] : step.calls) {
      const signature = signatureOf(tools, call.tool);
      if (signature) requirement(call, signature, situation);
    }
  }
  return [...found.values()];

  function requirement({ tool, at, with: given }: ToolCall, { requires }: ToolSignature, situation: Situation): void {
    if (rank(situation.identity) < rank(requires.identity)) {
      const proving = Object.entries(tools)
        .filter(([, { grants }]) => rank(grants) >= rank(requires.identity))
        .map(([name]) => name);
      tell(
        at,
        tool,
        'identity',
        `\`${tool}\` requires the identity level \`${requires.identity}\`, and here it may be \`${situation.identity}\`.`,
        proving.length === 0
          ? `Only go this way if: $identity = '${requires.identity}'.`
          : `Go through ${proving.map((name) => `\`${name}\``).join(' or ')} first, on every way here.`,
        flow.pathTo(situation),
      );
    }
    if (!requires.confirmation) return;
    const reads = [...given.values()]
      .flatMap(expressionsIn)
      .flatMap(({ expression }) => expression.variables.map(({ name }) => name));
    const gap = flow.unconfirmed(situation, reads);
    if (!gap) return;
    const { variable, path } = gap;
    tell(
      at,
      tool,
      'confirmation',
      variable === undefined
        ? `\`${tool}\` requires that the caller has said yes, and here they may not have.`
        : `\`${tool}\` requires a yes to what it is given, and \`${names.variable(variable)}\` may have changed since.`,
      variable === undefined
        ? 'Lead here from the `yes` of a `confirm`, with no other question between.'
        : `Set \`${names.variable(variable)}\` before the \`confirm\`.`,
      path,
    );
  }
}
