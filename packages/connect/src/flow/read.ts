import { ParleyError, type Place, type Problem } from '@parley/workflow';
import { type FlowAction, type ReadFlow, type Target, target } from './flow.ts';
import { at, field, itemsOf, type Json, membersOf, parseJson, plainly, textOf } from './json.ts';
import { legacyActions, legacyMetadata } from './legacy.ts';

/** The most characters of a file. Connect keeps at most a megabyte of a flow. */
const MAX_FILE = 8_000_000;

/**
 * Reads a contact flow in any of the forms they are exported in: the flow language, what an API call or the command line
 * answers (`ContactFlow.Content`, a string), and the form of before 2020 (`modules`). `file` is its name in messages.
 * Throws ParleyError `flow/empty`, `flow/too-large`, `flow/not-json` or `flow/not-a-flow`, with the place.
 */
export function readFlow(text: string, file: string): ReadFlow {
  const top: Place = { file, line: 1, column: 1 };
  const plain = text.startsWith('\uFEFF') ? text.slice(1) : text;
  if (plain.trim() === '') {
    throw new ParleyError('flow/empty', 'The file is empty.', { place: top, fix: 'Export the flow again.' });
  }
  if (plain.length > MAX_FILE) {
    const fix = 'Check that this is one contact flow.';
    throw new ParleyError('flow/too-large', `The file has more than ${MAX_FILE} characters.`, { place: top, fix });
  }
  return flowIn(parseJson(plain, file), file, 0);
}

/** The flow in what was read: itself, or what an API call answered with the flow in it. */
function flowIn(json: Json, file: string, depth: number): ReadFlow {
  if (json.kind === 'string' && depth < 4) return flowIn(parseJson(json.value, file, json.inside), file, depth + 1);
  if (field(json, 'Actions') || field(json, 'StartAction')) return inFlowLanguage(json);
  if (field(json, 'modules')) return inLegacyForm(json);
  const inside =
    field(json, 'ContactFlow') ?? field(json, 'ContactFlowModule') ?? field(json, 'Content') ?? field(json, 'content');
  if (inside && depth < 4) {
    const flow = flowIn(inside, file, depth + 1);
    const type = textOf(field(json, 'Type'));
    return type === undefined ? flow : { ...flow, type };
  }
  throw new ParleyError('flow/not-a-flow', 'There is no contact flow in the file.', {
    place: json.at,
    fix: 'A flow has `Actions` and `StartAction` (older ones `modules`); of an answer of the API, `ContactFlow.Content` is read.',
  });
}

function inFlowLanguage(json: Json): ReadFlow {
  const problems: Problem[] = [];
  const version = field(json, 'Version');
  if (textOf(version) !== '2019-10-30') {
    problems.push({
      ...(version?.at ?? json.at),
      code: 'flow/version',
      severity: version ? 'error' : 'warning',
      message: version ? 'This is not a version of the flow language.' : 'The flow does not say its version.',
      fix: 'Write "Version": "2019-10-30": there is no other.',
    });
  }
  const actions = field(json, 'Actions');
  if (actions?.kind !== 'array') {
    problems.push({
      ...(actions?.at ?? json.at),
      code: 'flow/no-actions',
      severity: 'error',
      message: '`Actions` is not a list.',
      fix: 'Export the flow again.',
    });
  }
  const titles = at(json, 'Metadata.ActionMetadata');
  const type = textOf(at(json, 'Metadata.type')) ?? textOf(at(json, 'Metadata.Type'));
  return {
    format: 'flow language',
    starts: startsOf(json, 'StartAction'),
    actions: itemsOf(actions).flatMap((action) => {
      if (action.kind === 'object') return [flowAction(action, titles)];
      problems.push({
        ...action.at,
        code: 'action/not-an-action',
        severity: 'error',
        message: 'This is not an action.',
        fix: 'An action is an object with Identifier, Type, Parameters and Transitions.',
      });
      return [];
    }),
    type,
    problems,
    at: json.at,
  };
}

function flowAction(json: Json, titles: Json | undefined): FlowAction {
  const identifier = textOf(field(json, 'Identifier'));
  const about = identifier === undefined ? undefined : field(titles, identifier);
  const transitions = field(json, 'Transitions');
  const next = field(transitions, 'NextAction');
  return {
    identifier,
    title: textOf(field(about, 'friendlyName')) ?? textOf(field(about, 'name')),
    type: textOf(field(json, 'Type')),
    parameters: field(json, 'Parameters'),
    next: next && next.kind !== 'null' ? { to: textOf(next), at: next.at } : undefined,
    errors: itemsOf(field(transitions, 'Errors')).map((branch) => ({
      ...target(branch, 'NextAction'),
      error: textOf(field(branch, 'ErrorType')),
    })),
    conditions: itemsOf(field(transitions, 'Conditions')).map((branch) => ({
      ...target(branch, 'NextAction'),
      operator: textOf(at(branch, 'Condition.Operator')),
      operands: itemsOf(at(branch, 'Condition.Operands')).map(plainly),
    })),
    at: field(json, 'Identifier')?.at ?? json.at,
  };
}

function inLegacyForm(json: Json): ReadFlow {
  return {
    format: 'legacy',
    starts: startsOf(json, 'start'),
    actions: legacyActions(field(json, 'modules')),
    type: legacyMetadata(json),
    problems: [],
    at: json.at,
  };
}

/** Every value of the key that says where to begin: JSON lets a key stand twice, and people have written lists. */
function startsOf(json: Json, key: string): readonly Target[] {
  return membersOf(json)
    .filter((member) => member.key === key)
    .flatMap(({ value }) => (value.kind === 'array' ? value.items : [value]))
    .map((value) => ({ to: textOf(value), at: value.at }));
}
