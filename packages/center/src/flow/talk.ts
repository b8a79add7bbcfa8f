import { type Contact, type Heard, INTERACTIVE } from '../contact.ts';
import { type Conversation, type Input, openConversation, type Recognized } from '../lex/bot.ts';
import { lexListening } from '../lex/listening.ts';
import type { Outcome } from './definition.ts';
import { gatherKeys, type KeySettings } from './keys.ts';
import { numberIn, type Parameters, promptIn, recordIn, textIn } from './parameters.ts';
import type { Run } from './run.ts';

const FAILED: Outcome = { type: 'error', error: 'NoMatchingError' };
/** How long a chat waits for its customer where the flow does not say: five minutes. */
const PATIENCE_SECONDS = 300;

/**
 * ConnectParticipantWithLexBot: what the caller does goes to the bot, and what that says comes back, until the bot closes the
 * conversation. The flow goes on by the intent.
 * Source: https://docs.aws.amazon.com/connect/latest/APIReference/participant-actions-connectparticipantwithlexbot.html
 */
export async function talk(parameters: Parameters, run: Run): Promise<Outcome> {
  const { contact, instance } = run;
  const { channel } = contact.given;
  const bot = instance.bot(textIn(recordIn(parameters, 'LexV2Bot'), 'AliasArn') ?? '');
  if (!bot || channel === 'TASK') return FAILED;
  const attributes = recordIn(parameters, 'LexSessionAttributes');
  const given = Object.fromEntries(
    Object.entries(attributes).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  );
  const conversation = openConversation(bot, {
    contact: contact.id,
    channel,
    language: contact.language,
    clock: instance.clock,
    attributes: given,
  });
  const prompt = promptIn(parameters);
  if (prompt) contact.say('flow', prompt.content, prompt.contentType);
  const seconds = numberIn(recordIn(parameters, 'LexTimeoutSeconds'), 'Text') ?? PATIENCE_SECONDS;
  for (;;) {
    if (channel === 'VOICE') contact.listening(listeningIn(conversation));
    // On the phone silence is told by whoever holds it, as it is known there when all was said.
    const heard = await contact.next(channel === 'CHAT' ? seconds * 1_000 : undefined);
    if (heard === undefined) return { type: 'error', error: 'InputTimeLimitExceeded' };
    const input = await inputOf(heard, conversation, run);
    if (!input) continue;
    const recognized = await conversation.take(input);
    if (contact.ended) return { type: 'done' };
    if (!recognized) return FAILED;
    for (const message of recognized.messages) show(contact, message);
    if (!recognized.closed) continue;
    const { intent } = recognized;
    run.lex = {
      IntentName: intent.name,
      Slots: intent.slots,
      DialogState: intent.state,
      SessionAttributes: conversation.attributes,
    };
    return intent.state === 'Failed' ? FAILED : { type: 'value', value: intent.name };
  }
}

/** What Lex is given of what the caller did; undefined where that is nothing for it. */
async function inputOf(
  heard: Heard,
  conversation: Conversation,
  { contact, instance }: Run,
): Promise<Input | undefined> {
  const voice = contact.given.channel === 'VOICE';
  switch (heard.type) {
    case 'said':
      return { mode: voice ? 'Speech' : 'Text', text: heard.text, ...(heard.others ? { others: heard.others } : {}) };
    case 'silent':
      return voice ? { mode: 'Speech', text: '' } : undefined;
    case 'pressed': {
      const keys = await gatherKeys(contact, instance.clock, heard.key, keySettings(conversation));
      return { mode: 'DTMF', text: keys };
    }
    case 'bot left':
      return undefined;
  }
}

const SETTINGS = /^x-amz-lex:(audio|dtmf|allow-interrupt)/;

const listeningIn = ({ attributes }: Conversation) =>
  Object.fromEntries(Object.entries(attributes).filter(([name]) => SETTINGS.test(name)));

function keySettings({ attributes }: Conversation): KeySettings {
  const { keys = 1_024, keysEnd, endKey, deleteKey } = lexListening(attributes);
  return { most: keys, pause: keysEnd, end: endKey, remove: deleteKey };
}

function show(contact: Contact, message: Recognized['messages'][number]): void {
  const { contentType, content = '', imageResponseCard } = message;
  switch (contentType) {
    case 'PlainText':
      contact.say('bot', content);
      break;
    case 'SSML':
      contact.say('bot', content, 'application/ssml+xml');
      break;
    case 'CustomPayload':
      contact.say('bot', content, content.includes('"templateType"') ? INTERACTIVE : 'text/plain');
      break;
    case 'ImageResponseCard':
      contact.say('bot', imageResponseCard?.title ?? '');
      break;
  }
}
