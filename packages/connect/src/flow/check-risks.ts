import { ruleOf } from './actions.ts';
import type { FlowAction, ReadFlow } from './flow.ts';
import { follow, type Graph } from './graph.ts';
import { at, field, membersOf, plainly, stringsIn } from './json.ts';
import { called, type FlowProblem } from './problem.ts';

/** What runs, and will hurt: another instance's resources, personal data in the open, a chat that fails at once. */
export function checkRisks(flow: ReadFlow, graph: Graph): readonly FlowProblem[] {
  return [...ofOneInstance(flow), ...flow.actions.flatMap(personal), ...lambdaFirst(flow, graph)];
}

/** An ARN with a region and an account; what AWS manages (`:aws:`) is everywhere the same. */
const ARN = /arn:aws[\w-]*:(connect|lambda|lex|wisdom|qconnect|s3|kms|cases|profile|chime)[\w-]*:[\w-]*:\d{12}:/;
const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i;
/** The parameters that name a resource of the instance by its id alone. */
const IDS =
  /(^|\.)(QueueId|AgentId|ContactFlowId|FlowModuleId|HoursOfOperationId|PromptId|CaseTemplateId|Queue|ContactFlow)$/;

/** One problem for the whole flow: an export is full of them. */
function ofOneInstance(flow: ReadFlow): readonly FlowProblem[] {
  const found = flow.actions.flatMap((action) =>
    [...stringsIn(action.parameters)]
      .filter(({ path, value }) => ARN.test(value) || (IDS.test(path) && UUID.test(value)))
      .slice(0, 1)
      .map(({ at: place }) => ({ action, place })),
  );
  const [first] = found;
  if (!first) return [];
  const names = found.map(({ action }) => called(action));
  const some = `${names.slice(0, 3).join(', ')}${names.length > 3 ? ` and ${names.length - 3} more` : ''}`;
  return [
    {
      ...first.place,
      ...(first.action.identifier === undefined ? {} : { action: first.action.identifier }),
      code: 'risk/instance',
      severity: 'warning',
      message: `${some} ${names.length === 1 ? 'names' : 'name'} resources of one instance.`,
      fix: 'In another instance they are not there: put parameters in their place before it is taken to one.',
    },
  ];
}

/** Words in the name of an attribute that say what nobody should read in a contact record or a log. */
const PERSONAL = [
  ['ssn'],
  ['social', 'security'],
  ['sin', 'number'],
  ['national', 'id'],
  ['personnummer'],
  ['dob'],
  ['date', 'of', 'birth'],
  ['birth', 'date'],
  ['birthdate'],
  ['birthday'],
  ['passport'],
  ['driver', 'license'],
  ['drivers', 'license'],
  ['credit', 'card'],
  ['creditcard'],
  ['debit', 'card'],
  ['card', 'number'],
  ['cardnumber'],
  ['card', 'no'],
  ['cc', 'number'],
  ['ccnumber'],
  ['cc', 'num'],
  ['pan', 'number'],
  ['cvv'],
  ['cvc'],
  ['expiry', 'date'],
  ['card', 'expiry'],
  ['iban'],
  ['bank', 'account'],
  ['pin'],
  ['pincode'],
  ['pin', 'code'],
  ['passcode'],
  ['password'],
] as const;
/** Words that say that it is about the thing, not the thing. */
const ABOUT = new Set(
  'attempt attempts check checked confirmed count encrypted exists failed flag hash hashed invalid language last last4 length limit lookup mask masked match matched matches max message module ok prompt provided queue required result retries retry set source status success text token tries type url valid validated validation verified verify'.split(
    ' ',
  ),
);

function personal(action: FlowAction): readonly FlowProblem[] {
  if (action.type !== 'UpdateContactAttributes') return [];
  return membersOf(field(action.parameters, 'Attributes')).flatMap(({ key, at: place, value }) => {
    const words = wordsOf(key);
    const written = plainly(value);
    const empty = written === '' || /^(true|false|yes|no|none|null|\d{1,2})$/i.test(written.trim());
    if (empty || words.some((word) => ABOUT.has(word)) || !PERSONAL.some((phrase) => holds(words, phrase))) return [];
    return [
      {
        ...place,
        ...(action.identifier === undefined ? {} : { action: action.identifier }),
        code: 'risk/personal',
        severity: 'warning' as const,
        message: `${called(action)} keeps what looks like personal data in clear, under the attribute ${key}.`,
        fix: 'Attributes stand in contact records, logs and exports: keep it encrypted, or keep that it was checked.',
      },
    ];
  });
}

/** The words of a name: `customerDOB_value` has customer, dob and value. */
function wordsOf(name: string): readonly string[] {
  return name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .filter((word) => word !== '');
}

const holds = (words: readonly string[], phrase: readonly string[]) =>
  words.some((_, from) => phrase.every((word, index) => words[from + index] === word));

const SETS_UP: ReadonlySet<string> = new Set([
  'UpdateFlowLoggingBehavior',
  'UpdateContactTextToSpeechVoice',
  'UpdateContactRecordingBehavior',
  'UpdateContactRecordingAndAnalyticsBehavior',
]);

/** In a chat, a Lambda function can't be what comes first: nothing has been sent to the customer yet. */
function lambdaFirst(flow: ReadFlow, { actions, ways, reachable }: Graph): readonly FlowProblem[] {
  const met = [...actions].filter(([identifier]) => reachable.has(identifier)).map(([, action]) => action);
  const chat = met.some(
    (action) =>
      ruleOf(action.type)?.channel === 'chat' ||
      at(action.parameters, 'LexTimeoutSeconds') ||
      at(action.parameters, 'ChatBehavior'),
  );
  const voice = met.some(
    (action) =>
      ruleOf(action.type)?.channel === 'voice' ||
      at(action.parameters, 'SSML') ||
      at(action.parameters, 'PromptId') ||
      at(action.parameters, 'VoiceBehavior'),
  );
  // What is plainly a flow for phone calls, or for an agent's ear, is never come to by a chat.
  if ((voice && !chat) || (flow.type !== undefined && !/^contact_?flow$/i.test(flow.type))) return [];
  // What only sets something up does not count.
  const begin = flow.starts.flatMap(({ to }) => (to !== undefined && actions.has(to) ? [to] : []));
  const early = follow(begin, (from) => (SETS_UP.has(actions.get(from)?.type ?? '') ? (ways.get(from) ?? []) : []));
  const first = [...early]
    .flatMap((name) => actions.get(name) ?? [])
    .find(({ type }) => type === 'InvokeLambdaFunction');
  if (!first) return [];
  return [
    {
      ...first.at,
      ...(first.identifier === undefined ? {} : { action: first.identifier }),
      code: 'risk/lambda-first',
      severity: 'warning',
      message: `${called(first)} comes before anything is said: in a chat it fails.`,
      fix: 'Play a prompt before it.',
    },
  ];
}
