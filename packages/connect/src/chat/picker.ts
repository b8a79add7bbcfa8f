import type { Reply, TurnRequest } from '@parley/engine';
import type { Program, TypedVariable } from '@parley/workflow';

/** What may be picked as an answer to a question: each title, with what it says to the session. */
export type Offered = {
  readonly [title: string]: Extract<TurnRequest['event'], { type: 'caller.said' | 'caller.pressed' }>;
};

/** What a yes and a no are called, in the caller's language. */
export interface YesNo {
  readonly yes: string;
  readonly no: string;
}

/** An interactive message in place of a question's text. */
export interface Picker {
  /** JSON, of the content type `INTERACTIVE`. */
  readonly content: string;
  readonly offered: Offered;
}

export const INTERACTIVE = 'application/vnd.amazonaws.connect.message.interactive';

/**
 * What an interactive message may hold.
 * Source: https://docs.aws.amazon.com/connect/latest/adminguide/interactive-messages.html
 */
const LIMITS = {
  /** Characters of a title. Longer ones are cut off by the caller's page. */
  title: 400,
  /** Choices of a list picker, and of quick replies. */
  list: 6,
  quick: { least: 2, most: 10 },
  /** Times of a time picker. */
  times: 40,
  /** Bytes in all: SendMessage takes less than 20 KB. */
  bytes: 20_000,
} as const;

/** A date and a time with what it is away from UTC: what a time picker takes. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)$/;
/** How long a time slot is shown to take, in seconds: the workflow does not say. */
const SLOT = 1_800;

/**
 * The interactive message for a question that has a closed set of answers: a confirmation, a yes or no, a choice of values, or a
 * question whose every choice can be named in a caller's words. Undefined: there is none, or it would not fit.
 */
export function pickerFor(program: Program, reply: Reply, question: string, answers: YesNo): Picker | undefined {
  if (reply.rest !== 'caller' || question.trim() === '' || question.length > LIMITS.title) return undefined;
  const offered = answersTo(program, reply, answers);
  const titles = Object.keys(offered);
  if (titles.length < LIMITS.quick.least || titles.some((title) => title.length > LIMITS.title)) return undefined;
  const template = templateOf(question, titles);
  if (template === undefined) return undefined;
  const content = JSON.stringify({ ...template, version: '1.0' });
  return Buffer.byteLength(content) < LIMITS.bytes ? { content, offered } : undefined;
}

/** What was picked, where what came back is one of what was offered. */
export function pickedOf(offered: Offered, text: string): Offered[string] | undefined {
  if (Object.hasOwn(offered, text)) return offered[text];
  if (!TIME.test(text)) return undefined;
  // A page may write a time in its own way.
  const same = Object.keys(offered).find((title) => TIME.test(title) && Date.parse(title) === Date.parse(text));
  return same === undefined ? undefined : offered[same];
}

function answersTo(program: Program, reply: Extract<Reply, { rest: 'caller' }>, { yes, no }: YesNo): Offered {
  const step = program.steps.get(reply.step);
  switch (step?.kind) {
    case 'confirm':
      // The machine takes these keys as a yes and a no.
      return { [yes]: pressed('1'), [no]: pressed('2') };
    case 'form': {
      const [name = ''] = reply.listen.expects;
      return valuesOf(program.variables.get(name)?.definition, { yes, no });
    }
    case 'ask': {
      // Where something else may be given as an answer, the choices are not all there is.
      if (step.fill.length > 0) return {};
      const offers = step.choices.flatMap(({ press, examples: [example], if: condition }) => {
        const keyed = press !== undefined && reply.listen.keys.includes(press);
        // Whether a choice with a condition may be picked now is known by its key alone.
        if (condition !== undefined && !keyed) return [];
        return [[capital(example ?? ''), keyed ? pressed(press) : said(example ?? '')] as const];
      });
      return offers.every(([title]) => title !== '') ? Object.fromEntries(offers) : {};
    }
    default:
      return {};
  }
}

function valuesOf(variable: TypedVariable | undefined, { yes, no }: YesNo): Offered {
  switch (variable?.type) {
    case 'boolean':
      return { [yes]: said(yes), [no]: said(no) };
    case 'choice': {
      const values = Array.isArray(variable.values) ? variable.values : Object.keys(variable.values);
      // The value itself is what is surely understood.
      return Object.fromEntries(values.map((value) => [capital(value.replaceAll('_', ' ')), said(value)]));
    }
    default:
      return {};
  }
}

function templateOf(title: string, titles: readonly string[]): object | undefined {
  if (titles.every((one) => TIME.test(one))) {
    if (titles.length > LIMITS.times) return undefined;
    const timeslots = titles.map((date) => ({ date, duration: SLOT }));
    return { templateType: 'TimePicker', data: { content: { title, timeslots } } };
  }
  const elements = titles.map((one) => ({ title: one }));
  if (titles.length === 2) return { templateType: 'QuickReply', data: { content: { title, elements } } };
  if (titles.length > LIMITS.list) return undefined;
  return { templateType: 'ListPicker', data: { content: { title, elements } } };
}

const said = (text: string) => ({ type: 'caller.said', text }) as const;
const pressed = (keys: string) => ({ type: 'caller.pressed', keys }) as const;
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
