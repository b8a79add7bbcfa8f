import { nameFix, type Place } from '@parley/workflow';
import { ACTION_TYPES, type ActionRule, CALLED_OTHERWISE, OPERATORS, type ParameterRule, ruleOf } from './actions.ts';
import type { FlowAction, ReadFlow, Target } from './flow.ts';
import { at, field, itemsOf, membersOf, plainly, textOf } from './json.ts';
import { called, type FlowProblem } from './problem.ts';

const MAX_ACTIONS = 250;
const MAX_IDENTIFIER = 50;
const FORBIDDEN = /[%:(\\/)=$,;[\]{}]/;
const RESERVED = new Set([
  '__proto__',
  'constructor',
  '__defineGetter__',
  '__defineSetter__',
  'toString',
  'hasOwnProperty',
  'isPrototypeOf',
  'propertyIsEnumerable',
  'toLocaleString',
  'valueOf',
]);

/** What is wrong with the actions of a flow, each on its own: its name, type, branches and parameters. */
export function checkActions(flow: ReadFlow): readonly FlowProblem[] {
  const identifiers = new Set(flow.actions.map(({ identifier }) => identifier));
  const seen = new Set<string>();
  const problems: FlowProblem[] = [];
  if (flow.actions.length > MAX_ACTIONS) {
    problems.push({
      ...(flow.actions[MAX_ACTIONS]?.at ?? flow.at),
      code: 'flow/too-many-actions',
      severity: 'error',
      message: `The flow has ${flow.actions.length} actions; Connect takes at most ${MAX_ACTIONS}.`,
      fix: 'Put what belongs together into flow modules or a flow of its own.',
    });
  }
  for (const action of flow.actions) {
    problems.push(...names(action, seen), ...targets(action, identifiers));
    const rule = ruleOf(action.type);
    if (!rule) problems.push(unknownType(action));
    else
      problems.push(
        ...branches(action, refined(action, rule), flow),
        ...parameters(action, refined(action, rule), flow),
      );
  }
  return problems;
}

function names(action: FlowAction, seen: Set<string>): readonly FlowProblem[] {
  const { identifier } = action;
  const error = (code: string, message: string, fix: string) => [problem(action, code, message, fix)];
  if (identifier === undefined || identifier === '') {
    return error('action/no-identifier', 'An action has no Identifier.', 'Give it one that no other action has.');
  }
  if (seen.has(identifier)) {
    const message = `There is another action before it that is called "${identifier}".`;
    return error('action/duplicate', message, 'Give each action an Identifier of its own.');
  }
  seen.add(identifier);
  if (identifier.length > MAX_IDENTIFIER) {
    const message = `The Identifier "${identifier.slice(0, MAX_IDENTIFIER)}…" has ${identifier.length} characters.`;
    return error('action/identifier', message, `It may have at most ${MAX_IDENTIFIER}.`);
  }
  const forbidden = FORBIDDEN.exec(identifier)?.[0];
  if (forbidden !== undefined || RESERVED.has(identifier)) {
    const why = forbidden === undefined ? 'is a name that Connect keeps for itself' : `has a ${forbidden} in it`;
    return error(
      'action/identifier',
      `The Identifier "${identifier}" ${why}.`,
      'Connect refuses it: rename the action.',
    );
  }
  return [];
}

function targets(action: FlowAction, identifiers: ReadonlySet<string | undefined>): readonly FlowProblem[] {
  const rule = ruleOf(action.type);
  const named: readonly (readonly [string, Target])[] = [
    ...(action.next ? [['NextAction', action.next] as const] : []),
    ...action.errors.map((branch) => [`the branch ${branch.error ?? 'without an ErrorType'}`, branch] as const),
    ...action.conditions.map((branch) => [`the condition ${branch.operands.join(', ')}`, branch] as const),
  ];
  return named.flatMap(([what, { to, at: place }]) => {
    if (to !== undefined && to !== '' && identifiers.has(to)) return [];
    // The console leaves it empty where an action has no way on.
    if (what === 'NextAction' && to === '' && (rule?.handsOver || rule?.next === 'ends')) return [];
    if (to === undefined || to === '') {
      const message = `${called(action)}: ${what} is not connected.`;
      return [problem(action, 'branch/unconnected', message, 'Connect it to an action.', place)];
    }
    const message = `${called(action)}: ${what} leads to "${to}", and there is no such action.`;
    const known = [...identifiers].filter((name): name is string => name !== undefined && !UUID.test(name));
    const fix = UUID.test(to) ? 'Connect it to an action that is there.' : nameFix(to, known, 'action');
    return [problem(action, 'branch/nowhere', message, fix, place)];
  });
}

const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i;

function unknownType(action: FlowAction): FlowProblem {
  const { type } = action;
  if (type === undefined) {
    return problem(action, 'action/no-type', `${called(action)} has no Type.`, 'Say what it does.');
  }
  const otherwise = Object.hasOwn(CALLED_OTHERWISE, type) ? CALLED_OTHERWISE[type] : undefined;
  return {
    ...problem(
      action,
      'action/unknown-type',
      `${called(action)}: ${type} is not a type of action that is known here, so only its branches were looked at.`,
      otherwise === undefined
        ? nameFix(type, ACTION_TYPES, 'type').replace(
            /^There are .*/,
            'If Connect takes it, it is newer than this check.',
          )
        : `The service calls it ${otherwise}.`,
    ),
    severity: 'warning',
  };
}

/** What a rule comes to for one action: what some need hangs on what they are given. */
function refined(action: FlowAction, rule: ActionRule): ActionRule {
  const given = (name: string) => {
    const json = at(action.parameters, name);
    const empty = json?.kind === 'null' || (json?.kind === 'string' && json.value === '');
    return empty ? undefined : json;
  };
  switch (action.type) {
    case 'GetParticipantInput': {
      // Only sets whether keys are kept that come early: it asks for nothing.
      if (given('EnableDTMFBuffer')) return { ...without(rule), parameters: [] };
      if (keepsInput(action) || action.title === 'StoreUserInput') {
        // The older form calls it as that of the block that sets the number to call back.
        return { ...without(rule), allows: ['InvalidPhoneNumber', 'InvalidCallbackNumber'] };
      }
      return { ...rule, requires: ['InputTimeLimitExceeded', 'NoMatchingCondition', 'NoMatchingError'] };
    }
    case 'ConnectParticipantWithLexBot':
      return given('LexTimeoutSeconds') ? { ...rule, requires: [...rule.requires, 'InputTimeLimitExceeded'] } : rule;
    case 'InvokeLambdaFunction': {
      if (textOf(given('InvocationType')) !== 'ASYNCHRONOUS') return rule;
      const longer = (one: ParameterRule): ParameterRule =>
        one.name === 'InvocationTimeLimitSeconds' ? { ...one, between: [1, 60] } : one;
      return { ...rule, parameters: rule.parameters?.map(longer) ?? [] };
    }
    case 'UpdateContactRecordingAndAnalyticsBehavior':
      return given('ChatBehavior')
        ? { ...rule, requires: [...rule.requires, 'InFlightRedactionConfigurationFailed'] }
        : rule;
    case 'Wait': {
      const events = itemsOf(given('Events')).map(plainly);
      const bot = events.includes('BotParticipantDisconnected') ? ['ParticipantNotFound'] : [];
      return { ...rule, requires: [...rule.requires, ...bot] };
    }
    default:
      return rule;
  }
}

/** Whether what is pressed is kept, whatever it is, in place of leading somewhere. */
const keepsInput = ({ parameters }: FlowAction) => {
  const keeps = field(parameters, 'StoreInput');
  return keeps !== undefined && plainly(keeps).toLowerCase() === 'true';
};

/** The same, without conditions. */
function without({ conditions: _, ...rule }: ActionRule): ActionRule {
  return rule;
}

function branches(action: FlowAction, rule: ActionRule, flow: ReadFlow): readonly FlowProblem[] {
  const { type, next, errors, conditions } = action;
  const problems: FlowProblem[] = [];
  const tell = (code: string, message: string, fix: string, place?: Place) =>
    problems.push(problem(action, code, `${called(action)} ${message}`, fix, place));
  const has = new Set(errors.map(({ error }) => error));

  if (rule.next === 'ends') {
    const one = [...(next && next.to !== '' ? [next] : []), ...errors, ...conditions][0];
    if (one)
      tell('branch/not-allowed', 'ends the flow, so nothing can come after it.', 'Take its transitions away.', one.at);
    return problems;
  }
  for (const error of rule.requires) {
    if (has.has(error)) continue;
    const legacy = flow.format === 'legacy' && !LEGACY_REQUIRES.has(`${type}/${error}`);
    if (!legacy) tell('branch/missing', `has no branch for ${error}.`, WHEN[error] ?? 'Connect refuses it without.');
  }
  const allowed = [...rule.requires, ...rule.allows];
  for (const { error, at: place } of errors) {
    if (error === undefined) {
      tell(
        'branch/no-error-type',
        'has an error branch without an ErrorType.',
        `Write one of ${allowed.join(', ')}.`,
        place,
      );
    } else if (flow.format !== 'legacy' && !allowed.includes(error)) {
      const fix =
        allowed.length === 0 ? 'It has no error branches at all.' : `It has branches for ${allowed.join(', ')}.`;
      problems.push({
        ...problem(
          action,
          'branch/unknown',
          `${called(action)} has a branch for ${error}, which it never takes.`,
          fix,
          place,
        ),
        severity: 'warning',
      });
    }
  }
  // Of the older form, the names of results are not certain.
  if (flow.format === 'legacy') return problems;

  if (rule.next === 'required' && !next) {
    tell('branch/no-next', 'does not say what comes after it.', 'Add a NextAction.');
  }
  if (rule.conditions === undefined) {
    const one = conditions[0];
    if (one)
      tell('branch/not-allowed', 'has no results, so it can have no conditions.', 'Take the conditions away.', one.at);
    return problems;
  }
  const results = new Set(conditions.flatMap(({ operands }) => operands));
  const events = type === 'Wait' ? ['WaitCompleted', ...itemsOf(field(action.parameters, 'Events')).map(plainly)] : [];
  const needed = rule.conditions === 'any' ? events : rule.conditions;
  for (const result of needed) {
    if (!results.has(result)) tell('branch/condition-missing', `has no condition for ${result}.`, 'Connect it too.');
  }
  for (const { operator, operands, at: place } of conditions) {
    if (operator === undefined || !OPERATORS.includes(operator)) {
      tell(
        'branch/operator',
        `has a condition with ${operator ?? 'no operator'}.`,
        nameFix(operator ?? '', OPERATORS, 'operator'),
        place,
      );
    } else if (operands.length === 0) {
      tell('branch/operator', 'has a condition that compares with nothing.', 'Give it an operand.', place);
    } else if (rule.conditions !== 'any' && !operands.every((operand) => needed.includes(operand))) {
      const fix = `Its results are ${needed.join(' and ')}.`;
      tell('branch/not-allowed', `has a condition for ${operands.join(', ')}, which never comes.`, fix, place);
    }
  }
  return problems;
}

/** When Connect takes the branch. */
const WHEN: { readonly [error: string]: string } = {
  CallbackNumberNotDialable:
    'It is taken where the instance may not call the number. Lead it to something that says so.',
  InputTimeLimitExceeded:
    'It is taken when the caller does nothing. Ask again, a few times at most, then lead to a person.',
  InvalidCallbackNumber: 'It is taken where the number is none. Lead it to something that says so.',
  NoMatchingCondition: 'It is taken where no condition holds. Lead it somewhere that goes on.',
  NoMatchingError: 'It is taken when anything goes wrong. Lead it to something that speaks, and then to a person.',
  QueueAtCapacity: 'It is taken when the queue is full. Offer to call back, or say when to try again.',
};

/** What every flow of the older form has branches for. */
const LEGACY_REQUIRES = new Set([
  'Compare/NoMatchingCondition',
  'ConnectParticipantWithLexBot/NoMatchingError',
  'GetParticipantInput/InputTimeLimitExceeded',
  'GetParticipantInput/NoMatchingCondition',
  'GetParticipantInput/NoMatchingError',
  'InvokeLambdaFunction/NoMatchingError',
  'TransferContactToQueue/NoMatchingError',
  'TransferContactToQueue/QueueAtCapacity',
  'UpdateContactAttributes/NoMatchingError',
  'UpdateContactTargetQueue/NoMatchingError',
]);

function parameters(action: FlowAction, rule: ActionRule, flow: ReadFlow): readonly FlowProblem[] {
  const given = (name: string) => {
    const json = at(action.parameters, name);
    const empty = json?.kind === 'null' || (json?.kind === 'string' && json.value === '');
    return empty ? undefined : json;
  };
  const problems: FlowProblem[] = [];
  const tell = (code: string, message: string, fix: string, place?: Place) =>
    problems.push(problem(action, code, `${called(action)}: ${message}`, fix, place ?? action.parameters?.at));
  // The older form names most parameters otherwise.
  const legacy = flow.format === 'legacy';
  for (const { name, required, between, values, reference, entries, not } of rule.parameters ?? []) {
    const json = given(name);
    const written = json && plainly(json);
    const wrong = not === undefined ? undefined : given(not);
    if (wrong && !json && !legacy) {
      tell(
        'parameter/name',
        `the parameter is called ${name}, not ${not}.`,
        'Rename it: the service refuses the other.',
        wrong.at,
      );
    } else if (!json) {
      if (required && !legacy) tell('parameter/missing', `${name} is missing.`, 'Connect refuses it without.');
    } else if (written !== undefined && isOpen(written)) {
    } else if (between) {
      const number = Number(written);
      const [least, most] = between;
      if (written === '' || !Number.isInteger(number) || number < least || number > most) {
        const range = most === Number.MAX_SAFE_INTEGER ? `a whole number from ${least} on` : `from ${least} to ${most}`;
        tell('parameter/range', `${name} is out of range.`, `It is ${range}.`, json.at);
      }
    } else if (values && !legacy && !values.some((value) => value.toLowerCase() === written?.toLowerCase())) {
      tell('parameter/value', `${name} has a value that it can't have.`, `It is ${values.join(' or ')}.`, json.at);
    } else if (reference && !legacy) {
      tell(
        'parameter/value',
        `${name} is a fixed value.`,
        'It has to be a reference, such as $.Attributes.number.',
        json.at,
      );
    } else if (entries !== undefined && membersOf(json).length > entries) {
      tell('parameter/range', `${name} has ${membersOf(json).length} entries.`, `It may have ${entries}.`, json.at);
    }
  }
  if (legacy) return problems;
  const there = (names: readonly string[]) => names.filter((name) => given(name));
  for (const [names, least] of [[rule.oneOf ?? [], 1] as const, [rule.atMostOneOf ?? [], 0] as const]) {
    const found = there(names);
    if (found.length > 1) tell('parameter/both', `it has ${found.join(' and ')}.`, 'Only one of them may be given.');
    if (found.length < Math.min(least, names.length)) {
      tell('parameter/missing', `it has none of ${names.join(', ')}.`, 'One of them has to be given.');
    }
  }
  if (
    action.type === 'ConnectParticipantWithLexBot' &&
    there(['PromptId', 'Text', 'SSML', 'Media', 'LexInitializationData']).length === 0
  ) {
    tell(
      'parameter/missing',
      'it has nothing to say before it listens.',
      'Give it a Text, SSML, PromptId, Media or LexInitializationData.',
    );
  }
  if (action.type === 'GetParticipantInput' && rule.conditions !== undefined && !given('InputTimeLimitSeconds')) {
    tell('parameter/missing', 'InputTimeLimitSeconds is missing.', 'Say how long to wait for a key.');
  }
  if (action.type === 'GetParticipantInput' && keepsInput(action) && !given('InputValidation')) {
    tell(
      'parameter/missing',
      'InputValidation is missing.',
      'Input that is kept needs a MaximumLength, or a form of phone number.',
    );
  }
  return problems;
}

/** Whether a value is only known later: a reference to an attribute, or a place that a template fills in. */
const isOpen = (value: string) => /^\$\.|[$#]\{|\{\{|<[\w -]+>|^%|^REPLACE/i.test(value);

function problem(action: FlowAction, code: string, message: string, fix: string, place?: Place): FlowProblem {
  const identifier = action.identifier === undefined ? {} : { action: action.identifier };
  const title = action.title === undefined ? {} : { title: action.title };
  return { ...(place ?? action.at), code, severity: 'error', message, fix, ...identifier, ...title };
}
