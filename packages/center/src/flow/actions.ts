import type { Outcome } from './definition.ts';
import { flowEvent } from './event.ts';
import { gatherKeys, nextKey } from './keys.ts';
import { invoke } from './lambda.ts';
import { numberIn, type Parameters, promptIn, recordIn, textIn, textsIn } from './parameters.ts';
import type { Run } from './run.ts';
import { talk } from './talk.ts';

type Handler = (parameters: Parameters, run: Run, identifier: string) => Outcome | Promise<Outcome>;

const NEXT: Outcome = { type: 'next' };
const DONE: Outcome = { type: 'done' };
const error = (name = 'NoMatchingError'): Outcome => ({ type: 'error', error: name });
const value = (text: string): Outcome => ({ type: 'value', value: text });

/** The most that a function may answer, in bytes. */
const MAX_ANSWER = 32 * 1024;
/** The most that is said at once, in characters. */
const MAX_TEXT = 1_024;

/**
 * What each type of action does. One that is not here takes its way for errors.
 * Source: https://docs.aws.amazon.com/connect/latest/APIReference/flow-language-actions.html
 */
export const HANDLERS: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  // What is heard, recorded and drawn elsewhere changes nothing here.
  ...[
    'UpdateFlowLoggingBehavior',
    'UpdateContactTextToSpeechVoice',
    'UpdateContactRecordingBehavior',
    'UpdateContactRecordingAndAnalyticsBehavior',
    'UpdateContactMediaStreamingBehavior',
    'UpdateContactMediaProcessing',
    'UpdateContactEventHooks',
    'UpdateContactRoutingBehavior',
    'UpdateContactRoutingCriteria',
    'CreateWisdomSession',
  ].map((type): [string, Handler] => [type, () => NEXT]),

  ['MessageParticipant', say],
  ['ConnectParticipantWithLexBot', talk],
  ['GetParticipantInput', keypad],
  ['InvokeLambdaFunction', callFunction],
  ['Wait', wait],

  ['Compare', (parameters) => value(textIn(parameters, 'ComparisonValue') ?? '')],
  ['Loop', loop],
  ['DistributeByPercentage', () => value(String(1 + Math.floor(Math.random() * 100)))],
  ['TransferToFlow', toFlow],
  ['EndFlowExecution', hangUp],
  ['DisconnectParticipant', hangUp],

  [
    'UpdateContactAttributes',
    (given, { contact }) => (contact.setAttributes(textsIn(given, 'Attributes')) ? NEXT : error()),
  ],
  ['UpdateFlowAttributes', flowAttributes],
  ['UpdateContactData', contactData],
  ['TagContact', tag],
  ['UntagContact', untag],
  ['CreateTask', createTask],

  ['UpdateContactTargetQueue', targetQueue],
  ['TransferContactToQueue', toQueue],
  ['CheckHoursOfOperation', hours],
  ['CheckMetricData', metric],
  ['UpdateContactCallbackNumber', callbackNumber],
  ['CreateCallbackContact', callBack],
]);

function say(parameters: Parameters, { contact }: Run): Outcome {
  const prompt = promptIn(parameters);
  // A prompt that was recorded can't be heard here, and is no error.
  if (!prompt) return parameters['PromptId'] === undefined ? error() : NEXT;
  if (prompt.content.length > MAX_TEXT) return error();
  contact.say('flow', prompt.content, prompt.contentType);
  return NEXT;
}

/** Connect takes keys in calls only; a chat goes the way of errors. */
async function keypad(parameters: Parameters, run: Run): Promise<Outcome> {
  const { contact, instance } = run;
  if (contact.given.channel !== 'VOICE') return error();
  const prompt = promptIn(parameters);
  if (prompt) contact.say('flow', prompt.content, prompt.contentType);
  const limit = (numberIn(parameters, 'InputTimeLimitSeconds') ?? 5) * 1_000;
  contact.listening({ 'x-amz-lex:audio:start-timeout-ms:*:*': String(limit) });
  const first = await nextKey(contact, instance.clock, limit);
  const stores = textIn(parameters, 'StoreInput')?.toLowerCase() === 'true';
  if (!stores) return first === undefined ? error('InputTimeLimitExceeded') : value(first);
  const keys = recordIn(parameters, 'DTMFConfiguration');
  const validation = recordIn(parameters, 'InputValidation');
  const phone = validation['PhoneNumberValidation'] !== undefined;
  const most = numberIn(recordIn(validation, 'CustomValidation'), 'MaximumLength') ?? (phone ? 15 : 20);
  run.stored =
    first === undefined
      ? 'Timeout'
      : await gatherKeys(contact, instance.clock, first, {
          most,
          pause: (numberIn(keys, 'InterdigitTimeLimitSeconds') ?? 5) * 1_000,
          end: textIn(keys, 'InputTerminationSequence') ?? '#',
          remove: undefined,
        });
  return phone && !/^\d{7,15}$/.test(run.stored) ? error('InvalidPhoneNumber') : NEXT;
}

async function callFunction(parameters: Parameters, run: Run): Promise<Outcome> {
  const { contact, instance, target } = run;
  const called = instance.lambda(textIn(parameters, 'LambdaFunctionARN') ?? '');
  if (!called) return error();
  const given = recordIn(parameters, 'LambdaInvocationAttributes');
  const limit = Math.min(numberIn(parameters, 'InvocationTimeLimitSeconds') ?? 3, 8) * 1_000;
  const answered = await invoke(called, flowEvent(contact, given, target), { limit, clock: instance.clock });
  if (contact.ended) return DONE;
  if (!answered || !isAnswer(answered.value)) return error();
  const nested = textIn(recordIn(parameters, 'ResponseValidation'), 'ResponseType') === 'JSON';
  const flat = Object.values(answered.value).every((one) => typeof one !== 'object' || one === null);
  if (!nested && !flat) return error();
  run.external = answered.value;
  return NEXT;
}

const isAnswer = (answer: unknown): answer is object =>
  typeof answer === 'object' &&
  answer !== null &&
  !Array.isArray(answer) &&
  Buffer.byteLength(JSON.stringify(answer)) < MAX_ANSWER;

/** What the customer says meanwhile is for somebody else in the contact. */
async function wait(parameters: Parameters, { contact, instance: { clock } }: Run): Promise<Outcome> {
  const events = parameters['Events'];
  const forBot = Array.isArray(events) && events.includes('BotParticipantDisconnected');
  // It has left already, or was never there.
  if (forBot && ![...contact.participants.values()].some(({ role }) => role === 'CUSTOM_BOT'))
    return error('ParticipantNotFound');
  const due = clock.now() + (numberIn(parameters, 'TimeLimitSeconds') ?? 60) * 1_000;
  for (;;) {
    const heard = await contact.next(Math.max(0, due - clock.now()));
    if (heard === undefined) return value('WaitCompleted');
    if (heard.type === 'bot left') return value('BotParticipantDisconnected');
  }
}

function loop(parameters: Parameters, { loops }: Run, identifier: string): Outcome {
  const count = (loops.get(identifier) ?? 0) + 1;
  const over = count > (numberIn(parameters, 'LoopCount') ?? 0);
  loops.set(identifier, over ? 0 : count);
  return value(over ? 'DoneLooping' : 'ContinueLooping');
}

function toFlow(parameters: Parameters, run: Run): Outcome {
  const flow = run.instance.flow(textIn(parameters, 'ContactFlowId') ?? '');
  if (!flow) return error();
  run.flow = flow;
  return NEXT;
}

function hangUp(_: Parameters, { contact }: Run): Outcome {
  contact.end('CONTACT_FLOW_DISCONNECT');
  return DONE;
}

function flowAttributes(parameters: Parameters, run: Run): Outcome {
  for (const [name, given] of Object.entries(recordIn(parameters, 'FlowAttributes'))) {
    const inner = typeof given === 'object' && given !== null ? textIn({ ...given }, 'Value') : undefined;
    run.flowAttributes.set(name, inner ?? String(given));
  }
  return NEXT;
}

function contactData(parameters: Parameters, { contact }: Run): Outcome {
  contact.language = textIn(parameters, 'LanguageCode') ?? contact.language;
  return NEXT;
}

function tag(parameters: Parameters, { contact }: Run): Outcome {
  const tags = Object.entries(textsIn(parameters, 'Tags'));
  if (tags.length > 6) return error();
  for (const [name, text] of tags) contact.tags.set(name, text);
  return NEXT;
}

function untag(parameters: Parameters, { contact }: Run): Outcome {
  for (const name of Object.values(textsIn(parameters, 'TagKeys'))) contact.tags.delete(name);
  return NEXT;
}

function createTask(parameters: Parameters, { contact, instance }: Run): Outcome {
  const name = textIn(parameters, 'Name');
  const flow = textIn(parameters, 'ContactFlowId');
  const description = textIn(parameters, 'Description');
  if (name === undefined) return error();
  const made = instance.createTask({
    name,
    ...(flow === undefined ? {} : { flow }),
    ...(description === undefined ? {} : { description }),
    attributes: textsIn(parameters, 'Attributes'),
    references: {},
    previous: contact.id,
  });
  return made ? NEXT : error();
}

function targetQueue(parameters: Parameters, run: Run): Outcome {
  const queue = run.instance.queues.find(textIn(parameters, 'QueueId') ?? '');
  if (!queue) return error();
  run.target = queue;
  run.contact.queue = queue;
  return NEXT;
}

function toQueue(_: Parameters, { contact, instance, target }: Run): Outcome {
  if (!target) return error();
  return instance.queues.put(contact, target) ? DONE : error('QueueAtCapacity');
}

/** Of the queue; hours of their own are not kept here, and are always open. */
function hours(parameters: Parameters, { target }: Run): Outcome {
  if (parameters['HoursOfOperationId'] !== undefined) return value('True');
  if (!target) return error();
  return value(target.open() ? 'True' : 'False');
}

function metric(parameters: Parameters, { instance, target }: Run): Outcome {
  const named = textIn(parameters, 'QueueId');
  const queue = named === undefined ? target : instance.queues.find(named);
  if (!queue) return error();
  const waiting = instance.queues.waiting(queue);
  switch (textIn(parameters, 'MetricType')) {
    case 'NumberOfContactsInQueue':
      return value(String(waiting.length));
    case 'OldestContactInQueueAgeSeconds':
      return value(String(Math.floor((instance.clock.now() - (waiting[0]?.since ?? instance.clock.now())) / 1_000)));
    default:
      return error();
  }
}

function callbackNumber(parameters: Parameters, run: Run): Outcome {
  const number = textIn(parameters, 'CallbackNumber');
  if (number === undefined || !/^\+[1-9]\d{6,14}$/.test(number)) return error('InvalidCallbackNumber');
  run.callbackNumber = number;
  return NEXT;
}

function callBack(parameters: Parameters, { contact, instance, target, callbackNumber: number }: Run): Outcome {
  const named = textIn(parameters, 'QueueId');
  const queue = named === undefined ? target : instance.queues.find(named);
  const to = number ?? contact.given.address;
  if (!queue || to === undefined) return error();
  const due = instance.clock.now() + (numberIn(parameters, 'InitialCallDelaySeconds') ?? 0) * 1_000;
  instance.queues.askBack({ queue: queue.name, number: to, contact: contact.id, due });
  return NEXT;
}
