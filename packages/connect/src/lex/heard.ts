import type { TurnRequest } from '@parley/engine';
import { findValues, hear, type Moment, type Program, readValue } from '@parley/workflow';
import { pickedWords } from '../chat/item.ts';
import type { LexEvent } from './event.ts';

/** A transcription this much less sure than the best one is not taken for what was said. */
const FLOOR = 0.5;

/**
 * What the caller did, by an event of Lex. Silence comes as an empty transcript.
 *
 * The best transcription is what was said. Where the open question wants a value of some type and the best transcription holds
 * none, a slot of the variable's name that Lex has resolved is said after it, and else the surest transcription that does hold
 * one is taken in its place. Nothing is when a sign of an interrupt is heard in the best one.
 *
 * `expects`: the variables that the open question asks for.
 */
export function heardIn(
  event: LexEvent,
  expects: readonly string[],
  program: Program,
  now: number,
): Exclude<TurnRequest['event'], { type: 'session.started' }> {
  const { inputMode, inputTranscript, transcriptions } = event;
  const bySure = [...transcriptions].sort((a, b) => sureness(b) - sureness(a));
  const said = [inputTranscript, ...bySure.map(({ transcription }) => transcription)].map((text) => text.trim());
  const best = said.find((text) => text !== '');
  if (best === undefined) return { type: 'caller.silent' };
  const keys = best.replace(/\s/g, '');
  if (inputMode === 'DTMF' && /^[0-9*#]{1,64}$/.test(keys)) return { type: 'caller.pressed', keys };
  // What was picked of an interactive message may come as the client wrote it, in JSON.
  const text = inputMode === 'Text' ? pickedWords(best) : fitting(best, event, expects, program, now);
  return { type: 'caller.said', text };
}

function fitting(best: string, event: LexEvent, expects: readonly string[], program: Program, now: number): string {
  const moment: Moment = { now, timezone: program.timezone };
  const wanted = expects.flatMap((name) => {
    const definition = program.variables.get(name)?.definition;
    return definition ? [{ name, definition }] : [];
  });
  const holds = (text: string) => wanted.some(({ definition }) => findValues(definition, text, moment).length > 0);
  if (wanted.length === 0 || holds(best)) return best;
  if (program.interrupts.some(({ hears }) => hear(hears, best) !== undefined)) return best;
  const resolved = slotsOf(event);
  for (const { name, definition } of wanted) {
    const slot = resolved.find((one) => one.name.toLowerCase() === name.toLowerCase());
    if (slot && readValue(definition, slot.value, moment).ok) return `${best}, ${slot.value}`;
  }
  const floor = FLOOR * Math.max(0, ...event.transcriptions.map(sureness));
  const other = [...event.transcriptions]
    .sort((a, b) => sureness(b) - sureness(a))
    .find((one) => (one.transcriptionConfidence ?? floor) >= floor && holds(one.transcription));
  return other?.transcription.trim() ?? best;
}

/** The slots that Lex has resolved: those of the intent, and those of each transcription. */
const slotsOf = ({ sessionState, transcriptions }: LexEvent) => [
  ...sessionState.intent.slots,
  ...transcriptions.flatMap(({ resolvedSlots }) => resolvedSlots),
];

const sureness = ({ transcriptionConfidence = 0 }: LexEvent['transcriptions'][number]) => transcriptionConfidence;
