import type { Decider, Decision, Question } from '@parley/engine';
import type { Recording } from '@parley/replay';
import { type Json, ParleyError } from '@parley/workflow';
import { offlineDecider } from '../offline/offline.ts';
import { loadReader } from '../offline/words.ts';
import { recordedDecider } from '../recorded.ts';
import { type Answer, fails, says, uses } from './answer.ts';
import type { ErrorName } from './errors.ts';
import { fitting } from './fitting.ts';
import { readComposition, readPrompt, type Told, type WordsTold } from './prompt-reader.ts';
import { promptTextOf, type Wanted, wantedOf } from './request.ts';
import type { Answerer, Asked } from './service.ts';

const GREETING =
  'This is the local stand-in for Amazon Bedrock that comes with Parley. It answers the decisions of Parley’s workflows; to anything else it says this.';

/**
 * Answers Parley's own decisions with the offline decider; to any other request, what fits its schema, or a sentence that
 * says what this server is.
 */
export function offlineAnswerer(): Answerer {
  const decider = offlineDecider();
  // So that the first caller does not wait for it. Where it fails, the first decision says so.
  loadReader().catch(() => undefined);
  return async (asked) => {
    const told = readPrompt(promptTextOf(asked));
    if (told === undefined) return other(asked);
    return answerOf(await decide(decider, questionOf(told, 'local', asked.signal)), told, wantedOf(asked));
  };
}

/**
 * Answers Parley's own decisions as they were answered in a recording, and fails where they failed there. A request does
 * not tell whose it is, so the answers are given in one row; where it has none left, it begins anew, with the next caller.
 * A decision that the recording has not is an error of the model. A question that is put again at once, as when a failure
 * is tried again or a second model is asked, gets the same answer.
 */
export function recordedAnswerer(recording: Recording): Answerer {
  const decider = recordedDecider(recording);
  let caller = 0;
  let last: { readonly prompt: string; readonly decided: Promise<Decided> } | undefined;

  const next = async (told: Told, signal: AbortSignal): Promise<Decided> => {
    const decided = await decide(decider, questionOf(told, `caller ${caller}`, signal));
    if (decided.type === 'decided' || decided.code !== 'decider/not-recorded') return decided;
    caller += 1;
    return decide(decider, questionOf(told, `caller ${caller}`, signal));
  };
  return async (asked) => {
    const prompt = promptTextOf(asked);
    const told = readPrompt(prompt);
    if (told === undefined) return other(asked);
    if (last?.prompt !== prompt) last = { prompt, decided: next(told, asked.signal) };
    return answerOf(await last.decided, told, wantedOf(asked));
  };
}

type Decided =
  | { readonly type: 'decided'; readonly decision: Decision }
  | { readonly type: 'failed'; readonly code: string; readonly message: string };

async function decide(decider: Decider, question: Question): Promise<Decided> {
  try {
    return { type: 'decided', decision: await decider.decide(question) };
  } catch (error) {
    if (!(error instanceof ParleyError)) throw error;
    return { type: 'failed', code: error.code, message: error.message };
  }
}

/** What a recorded failure was on the wire; anything else was an error of the model. */
const FAILURES: { readonly [code: string]: ErrorName } = {
  'decider/throttled': 'ThrottlingException',
  'decider/timeout': 'ModelTimeoutException',
  timeout: 'ModelTimeoutException',
  'decider/unavailable': 'ServiceUnavailableException',
  'decider/quota': 'ServiceQuotaExceededException',
  'decider/refused': 'ValidationException',
  'decider/access': 'AccessDeniedException',
};

function questionOf({ lines, ...told }: Told, session: string, signal: AbortSignal): Question {
  return {
    ...told,
    session,
    workflow: '',
    transcript: async () => lines,
    models: { decide: undefined, fallback: [], residency: undefined },
    due: Number.POSITIVE_INFINITY,
    deadline: Number.POSITIVE_INFINITY,
    signal,
  };
}

/** A decision as a model gives it: every variable is there, null where it has no value. */
function answerOf(decided: Decided, { fill }: Told, wanted: Wanted): Answer {
  if (decided.type === 'failed') return fails(FAILURES[decided.code] ?? 'ModelErrorException', decided.message);
  const { choice, values, confidence, why = '' } = decided.decision;
  const all = Object.fromEntries(
    fill.map(({ name }) => [name, Object.hasOwn(values, name) ? (values[name] ?? null) : null]),
  );
  const input: Json = { choice, values: all, confidence, why };
  return wanted.type === 'tool' ? uses(wanted.name, input) : says(JSON.stringify(input));
}

/** An answer to what is no decision of Parley's: words made of the facts they are to be made of, or what fits the schema. */
function other(asked: Asked): Answer {
  const words = readComposition(promptTextOf(asked));
  return words === undefined ? sane(wantedOf(asked)) : says(wordsOf(words));
}

/** A plain sentence for each fact, as many as there is room for: `The status is on its way.` */
function wordsOf({ facts, longest }: WordsTold): string {
  const sentences = Object.entries(facts).map(([name, value]) => `The ${spaced(name)} is ${value}.`);
  return sentences.reduce((text, sentence) => {
    const more = text === '' ? sentence : `${text} ${sentence}`;
    return more.length <= longest ? more : text;
  }, '');
}

const spaced = (name: string) =>
  name
    .replaceAll('_', ' ')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase();

/** An answer to what is none of Parley's requests. */
function sane(wanted: Wanted): Answer {
  switch (wanted.type) {
    case 'tool':
      return uses(wanted.name, fitting(wanted.schema));
    case 'json':
      return says(JSON.stringify(fitting(wanted.schema)));
    case 'text':
      return says(GREETING);
  }
}
