import type { Json } from '@parley/workflow';
import type { SeenEvent } from '../../src/desk/sessions-messages.ts';

/** Whose event it is, which its look goes by. */
export type Tone = 'caller' | 'agent' | 'decider' | 'tool' | 'failure' | 'time' | 'end';

/** An event in words. */
export interface Words {
  readonly tone: Tone;
  readonly title: string;
  /** What was said, or why. */
  readonly text?: string;
  /** In a line: how sure, who, how much. */
  readonly facts: readonly string[];
  /** Data to look into. */
  readonly data: readonly { readonly name: string; readonly value: Json }[];
}

/** Tells an event in words. `earlier`: those before it, which say which tool a result is of. */
export function describe({ type, at, data }: SeenEvent, earlier: readonly SeenEvent[]): Words {
  const text = (key: string): string => (typeof data[key] === 'string' ? data[key] : JSON.stringify(data[key] ?? ''));
  const value = (key: string, name: string) => {
    const found = data[key];
    return found === undefined || found === null || isEmpty(found) ? [] : [{ name, value: found }];
  };
  const said = (tone: Tone, title: string, key = 'text', facts: readonly string[] = []): Words => ({
    tone,
    title,
    text: text(key),
    facts,
    data: [],
  });
  switch (type) {
    case 'session.started': {
      const contact = isMap(data['contact']) ? data['contact'] : {};
      const facts = typeof contact['channel'] === 'string' ? [`by ${contact['channel']}`] : [];
      return { tone: 'caller', title: 'Session started', facts, data: value('contact', 'Contact') };
    }
    case 'caller.said':
      return said(
        'caller',
        'Caller said',
        'text',
        data['before'] === true ? ['before the question could be heard'] : [],
      );
    case 'caller.pressed':
      return said('caller', 'Caller pressed', 'keys');
    case 'caller.silent':
      return { tone: 'caller', title: 'Caller said nothing', facts: [], data: [] };
    case 'caller.left':
      return { tone: 'caller', title: 'Caller left', facts: [], data: [] };
    case 'agent.said':
      return said(
        'agent',
        'Parley said',
        'text',
        data['instead'] === undefined ? [] : [`in place of the model's words: ${text('instead')}`],
      );
    case 'filler.said':
      return said('agent', 'Parley said meanwhile');
    case 'person.said':
      return said('agent', 'A person said');
    case 'model.asked':
      return {
        tone: 'decider',
        title: 'Decider asked',
        facts: [counted(data['choices'], 'choice'), counted(data['fill'], 'value')].filter((fact) => fact !== ''),
        data: [...value('choices', 'Choices'), ...value('fill', 'Values wanted')],
      };
    case 'model.decided':
      return {
        tone: 'decider',
        title: `Decided: ${text('choice')}`,
        ...(data['why'] === undefined ? {} : { text: text('why') }),
        facts: [
          ...(typeof data['confidence'] === 'number' ? [`${Math.round(data['confidence'] * 100)} % sure`] : []),
          ...accountOf(data['by']),
        ],
        data: [...value('values', 'Values'), ...value('say', 'Words of its own'), ...attemptsOf(data['by'])],
      };
    case 'words.asked':
      return {
        tone: 'decider',
        title: 'Words asked for',
        text: text('instructions'),
        facts: typeof data['longest'] === 'number' ? [`at most ${data['longest']} characters`] : [],
        data: value('facts', 'Facts'),
      };
    case 'model.composed':
      return said(
        'decider',
        data['more'] === true ? 'First words found' : 'Words found',
        'text',
        accountOf(data['by']),
      );
    case 'model.failed':
      return {
        tone: 'failure',
        title: `Decider failed: ${text('code')}`,
        text: text('message'),
        facts: accountOf(data['by']),
        data: attemptsOf(data['by']),
      };
    case 'tool.called':
      return { tone: 'tool', title: `Calls ${text('tool')}`, facts: [], data: value('input', 'Input') };
    case 'tool.returned':
      return {
        tone: 'tool',
        title: `${toolOf(data, earlier)} returned`,
        facts: attempted(data['attempts']),
        data: [...value('output', 'Result'), ...value('checks', 'Checked by the guard')],
      };
    case 'tool.failed':
      return {
        tone: 'failure',
        title: `${toolOf(data, earlier)} failed: ${text('code')}`,
        facts: [...attempted(data['attempts']), ...(data['done'] === true ? ['what it was to do is done'] : [])],
        data: value('checks', 'Checked by the guard'),
      };
    case 'timer.set': {
      const due = typeof data['due'] === 'number' ? Math.max(0, data['due'] - at) : 0;
      return { tone: 'time', title: `Timer set: ${Math.round(due / 1_000)} s`, facts: [], data: [] };
    }
    case 'timer.fired':
      return { tone: 'time', title: 'Timer fired', facts: [], data: [] };
    case 'timer.cancelled':
      return { tone: 'time', title: 'Timer cancelled', facts: [], data: [] };
    case 'signal.received':
      return { tone: 'time', title: `Signal: ${text('name')}`, facts: [], data: value('data', 'Data') };
    case 'session.transferred':
      return {
        tone: 'end',
        title: `Handed to a person: ${text('queue')}`,
        ...(isMap(data['brief']) ? { text: String(data['brief']['summary'] ?? '') } : {}),
        facts: [],
        data: value('brief', 'Brief'),
      };
    case 'session.ended':
      return { tone: 'end', title: `Ended: ${text('outcome')}`, facts: [], data: [] };
    default:
      return { tone: 'time', title: type, facts: [], data: Object.keys(data).flatMap((key) => value(key, key)) };
  }
}

/** Which decider, and what it says of its work. */
function accountOf(by: Json | undefined): readonly string[] {
  if (!isMap(by)) return [];
  const { decider, model, strategy, latency, tokens, cost } = by;
  const facts: string[] = [];
  if (typeof decider === 'string') facts.push(`${decider} decider`);
  if (typeof model === 'string') facts.push(model);
  if (typeof strategy === 'string') facts.push(strategy);
  if (typeof latency === 'number') facts.push(`${Math.round(latency)} ms`);
  if (isMap(tokens)) {
    const { input, output } = tokens;
    if (typeof input === 'number' && typeof output === 'number') facts.push(`${input} tokens in, ${output} out`);
  }
  if (typeof cost === 'number') facts.push(`$${cost.toFixed(6).replace(/0+$/, '').replace(/\.$/, '')}`);
  return facts;
}

function attemptsOf(by: Json | undefined): Words['data'] {
  const attempts = isMap(by) ? by['attempts'] : undefined;
  return Array.isArray(attempts) && attempts.length > 1 ? [{ name: 'Attempts', value: attempts }] : [];
}

function toolOf(data: SeenEvent['data'], earlier: readonly SeenEvent[]): string {
  const called = earlier.findLast((event) => event.type === 'tool.called' && event.data['call'] === data['call']);
  return typeof called?.data['tool'] === 'string' ? called.data['tool'] : 'A tool';
}

const attempted = (attempts: Json | undefined) =>
  typeof attempts === 'number' && attempts > 1 ? [`after ${attempts} attempts`] : [];

function counted(list: Json | undefined, what: string): string {
  if (!Array.isArray(list) || list.length === 0) return '';
  return `${list.length} ${what}${list.length === 1 ? '' : 's'}`;
}

function isEmpty(value: Json): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

function isMap(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** JSON as a few lines of text: `name: value`, one a line, deeper ones set in. */
export function lined(value: Json, depth = 0): readonly string[] {
  const space = '  '.repeat(depth);
  const entries = Array.isArray(value)
    ? value.map((item: Json): [string, Json] => ['-', item])
    : isMap(value)
      ? Object.entries(value).map(([key, item]): [string, Json] => [`${key}:`, item])
      : undefined;
  if (!entries) return [`${space}${plain(value)}`];
  return entries.flatMap(([name, item]) => {
    const nested = typeof item === 'object' && item !== null && Object.keys(item).length > 0;
    return nested ? [`${space}${name}`, ...lined(item, depth + 1)] : [`${space}${name} ${plain(item)}`];
  });
}

const plain = (item: Json) =>
  item === null ? 'none' : item === '' ? '(empty)' : typeof item === 'object' ? '(nothing)' : String(item);
