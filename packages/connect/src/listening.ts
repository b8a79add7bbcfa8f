import type { Reply } from '@parley/engine';
import type { Program, TypedVariable } from '@parley/workflow';

/** How a voice channel listens after a reply. Times in milliseconds. */
export interface Listening {
  /** How long the caller may take to begin. */
  readonly startSilence: number;
  /** How long a pause must be to be the end of what the caller says. */
  readonly endSilence: number;
  /** How long the caller may speak. */
  readonly longest: number;
  /** The caller may speak while the reply is being said. */
  readonly interrupt: boolean;
  /** The most keys that are waited for. */
  readonly keys: number;
  /** How long after a key no other must come for it to be the last. */
  readonly keysEnd: number;
  /** The key that ends, and the one that takes back, what was pressed. */
  readonly endKey: string;
  readonly deleteKey: string;
}

/** Connect takes its Error branch where more is set (Lex itself would take 55 s). */
const LONGEST = 15_000;
/** After a filler, the silence that has Lex ask again for what was not ready. */
const COME_BACK = 1_000;
/** The silence after which who waits is told that it goes on. */
const STILL_THERE = 10_000;
/** Phones have no such keys: what they would do is off. */
const NO_END = 'D';
const NO_DELETE = 'C';

/** How to listen after a reply, by what is asked there: a spelled number has pauses in it, a yes or no has none. */
export function listeningAfter(program: Program, reply: Reply): Listening {
  const asked = reply.rest === 'caller' ? reply.listen : { expects: [], silence: COME_BACK, keys: [] };
  const wanted = asked.expects.flatMap((name) => program.variables.get(name)?.definition ?? []);
  const kind = program.steps.get(reply.step)?.kind;
  const confirms = kind === 'confirm';
  const kinds = wanted.map(answering);
  // What may be said besides the answer, such as the order's number with what is wanted, is not worth a wait each time.
  const most = kind === 'ask' || confirms ? BESIDES : SPELLED;
  const keys = Math.max(1, ...kinds.map((kind) => kind.keys));
  const star = asked.keys.includes('*') || kinds.some((kind) => kind.star === true);
  const silence = reply.rest === 'wait' ? STILL_THERE : asked.silence;
  return {
    startSilence: Math.min(Math.max(silence, COME_BACK), LONGEST),
    endSilence: Math.max(confirms ? YES_NO.pause : SENTENCE.pause, ...kinds.map(({ pause }) => Math.min(pause, most))),
    longest: LONGEST,
    // A yes counts for what was read back, so that has to be heard to its end.
    interrupt: !confirms,
    keys,
    keysEnd: keys > 1 ? 3_000 : 1_000,
    endKey: asked.keys.includes('#') ? NO_END : '#',
    deleteKey: star ? NO_DELETE : '*',
  };
}

/** How a kind of answer is given: the longest pause within it, how many keys it takes, and whether the star is one of them. */
interface Answering {
  readonly pause: number;
  readonly keys: number;
  readonly star?: true;
}

const YES_NO: Answering = { pause: 500, keys: 1 };
const SENTENCE: Answering = { pause: 900, keys: 1 };
const SPELLED = 2_000;
const BESIDES = 1_200;

function answering(variable: TypedVariable): Answering {
  switch (variable.type) {
    case 'boolean':
      return YES_NO;
    case 'choice':
      return SENTENCE;
    case 'integer':
      return { pause: 1_000, keys: 15 };
    case 'number':
    case 'money':
      // The star is the decimal point.
      return { pause: 1_200, keys: 16, star: true };
    case 'date':
      return { pause: 1_200, keys: 8 };
    case 'time':
      return { pause: 1_000, keys: 4 };
    case 'phone':
      return { pause: SPELLED, keys: 15 };
    case 'email':
      return { pause: SPELLED, keys: 1 };
    case 'string':
      // A code is said in groups; what is free to say has pauses for thought.
      return { pause: variable.spoken === 'words' ? 1_500 : SPELLED, keys: lengthOf(variable) };
    case 'object': {
      const fields = Object.values(variable.fields).map(answering);
      return { pause: Math.max(SPELLED, ...fields.map(({ pause }) => pause)), keys: 1 };
    }
    case 'list':
      return { pause: Math.max(SPELLED, answering(variable.of).pause), keys: answering(variable.of).keys };
  }
}

/** How many keys a code has at most. */
function lengthOf({ pattern, maxLength }: Extract<TypedVariable, { type: 'string' }>): number {
  const [, digits] = /^(?:\\d|\[0-9\])\{(\d{1,2})\}$/.exec(pattern ?? '') ?? [];
  return Math.min(Number(digits ?? maxLength ?? 32), 64);
}

/** What each is called: as a session attribute of Lex, and in what the flow's Lambda block answers. */
const NAMES = [
  ['startSilence', 'x-amz-lex:audio:start-timeout-ms:*:*', 'parley_start_silence'],
  ['endSilence', 'x-amz-lex:audio:end-timeout-ms:*:*', 'parley_end_silence'],
  ['longest', 'x-amz-lex:audio:max-length-ms:*:*', 'parley_longest'],
  ['interrupt', 'x-amz-lex:allow-interrupt:*:*', 'parley_interrupt'],
  ['keys', 'x-amz-lex:dtmf:max-length:*:*', 'parley_keys'],
  ['keysEnd', 'x-amz-lex:dtmf:end-timeout-ms:*:*', 'parley_keys_end'],
  ['endKey', 'x-amz-lex:dtmf:end-character:*:*', 'parley_end_key'],
  ['deleteKey', 'x-amz-lex:dtmf:deletion-character:*:*', 'parley_delete_key'],
] as const;

/** The session attributes of Lex that are set to listen, each with the key under which the flow's Lambda block answers its value. */
export const LISTENING_ATTRIBUTES: ReadonlyMap<string, string> = new Map(NAMES.map(([, lex, block]) => [lex, block]));

/** The settings by their names: those of Lex, or those of the block. */
export function listeningAttributes(listening: Listening, of: 'lex' | 'block'): { readonly [name: string]: string } {
  return Object.fromEntries(
    NAMES.map(([setting, lex, block]) => [of === 'lex' ? lex : block, String(listening[setting])]),
  );
}
