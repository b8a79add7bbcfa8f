import {
  type Assignment,
  type Condition,
  evaluateData,
  evaluateFields,
  type FilledValue,
  type FormStep,
  formatOf,
  besides,
  hear,
  IDENTITY_LEVELS,
  isComposed,
  type IdentityLevel,
  type Json,
  type Program,
  readValue,
  type Scope,
  sayValue,
  type Text,
  type ToolCall,
  type ToolSignatures,
} from '@parley/workflow';
import { checkComposed, factsOf } from './composing.ts';
import type { Context, Pending, Waiting } from './context.ts';
import type { Brief, Effect, SessionEvent, Span } from './event.ts';
import { localTime } from './local-time.ts';
import { isQuestion, offered, planQuestion, type QuestionPlan } from './question.ts';
import { collectWays } from './way.ts';

/** A question behind the door of last resort has this many turns of the caller's more than the limit, as it can't lead to that door again. */
const MORE_TURNS = 10;

/** More decisions, calls and waits than any session has use for: a loop that only waits and looks again would go on for ever. */
const ENOUGH = 10_000;

/** How a decider fails whose decision the guardrail blocked. */
const BLOCKED = 'decider/guardrail';

/** What a guard or action is told by the configuration. */
export interface Params {
  readonly way: string;
  readonly step: string;
  readonly keys: string;
  readonly name: string;
  readonly interrupt: string;
  readonly choice: string | undefined;
  readonly code: string | undefined;
}

/** The guards and actions of a program's machine. The configuration names them; see `configuration.ts`. */
export function behaviourOf(program: Program, tools: ToolSignatures) {
  const ways = collectWays(program);
  const plans = new Map<string, QuestionPlan>();
  for (const step of program.steps.values()) if (isQuestion(step)) plans.set(step.name, planQuestion(program, step));
  const dizzyAfter = program.steps.size * 2 + 20;

  // ---- reading

  /** The variables of the last scope: those of a step are looked at many times. */
  let seen: Context['vars'] = {};
  let known: Scope = { identity: 'none' };
  /** What expressions see. */
  function scope(vars: Context['vars'], identity: IdentityLevel): Scope {
    if (vars !== seen || known['identity'] !== identity) {
      seen = vars;
      known = { ...vars, identity };
    }
    return known;
  }

  const plan = (step: string): QuestionPlan => required(plans.get(step), step);
  const wayOf = (id: string) => required(ways.get(id), id);
  const opens = (condition: Condition | undefined, { vars, identity }: Context) =>
    condition === undefined || condition.expression.evaluate(scope(vars, identity)) === true;
  const holds = (id: string, context: Context) => opens(wayOf(id).if, context);

  function say(context: Context, step: string, text: Text | undefined): readonly Effect[] {
    if (!text) return [];
    const { vars, identity, channel } = context;
    const { text: said, values } = text.template.fill(scope(vars, identity), (value, type) =>
      sayValue(value, type, channel),
    );
    if (said.trim() === '') return [];
    const spans = channel === 'voice' ? values.flatMap(spanOf) : [];
    return [{ type: 'say', step, text: said, ...(spans.length > 0 ? { spans } : {}) }];
  }

  // ---- variables

  function assign(context: Context, variable: string, value: Json | undefined): void {
    const { [variable]: _, ...rest } = context.vars;
    context.vars = value === undefined || value === null ? rest : { ...rest, [variable]: value };
    // The caller's yes is not good any more for what is set after it.
    if (context.confirmed) context.confirmed = [...new Set([...context.confirmed, variable])];
  }

  /** All values are worked out before any is set, as in Step Functions. */
  function assignAll(context: Context, set: readonly Assignment[]): void {
    if (set.length === 0) return;
    const before = scope(context.vars, context.identity);
    const values = new Map(set.map(({ variable, value }) => [variable, evaluateData(value, before)]));
    const vars: { [name: string]: Json } = {};
    for (const name of Object.keys(context.vars)) {
      const kept = context.vars[name];
      if (!values.has(name) && kept !== undefined) vars[name] = kept;
    }
    for (const [name, value] of values) if (value !== undefined && value !== null) vars[name] = value;
    context.vars = vars;
    const { confirmed } = context;
    if (!confirmed) return;
    // What a part is given is what was confirmed, unless it has changed since.
    const changed = set.filter(({ binds, value }) => !binds || readsAny(value, confirmed));
    const same = set.filter((one) => !changed.includes(one)).map(({ variable }) => variable);
    const all = [...confirmed.filter((name) => !same.includes(name)), ...changed.map(({ variable }) => variable)];
    context.confirmed = [...new Set(all)];
  }

  /** The values of an answer that are wanted here, each read by its type: those that are valid, and the names of those that aren't. */
  function readAnswer(context: Context, step: string, values: { readonly [name: string]: Json }, at: number) {
    const valid: [string, Json][] = [];
    const invalid: string[] = [];
    for (const name of plan(step).fill) {
      const given = Object.hasOwn(values, name) ? values[name] : undefined;
      const variable = program.variables.get(name);
      if (given === undefined || given === null || !variable?.definition) continue;
      const read = readValue(variable.definition, given, { now: at, timezone: program.timezone });
      const passes =
        read.ok &&
        (variable.check === undefined ||
          variable.check.expression.evaluate(
            scope({ ...context.vars, ...Object.fromEntries(valid), [name]: read.value }, context.identity),
          ) === true);
      if (read.ok && passes) valid.push([name, read.value]);
      else invalid.push(name);
    }
    return { valid, invalid };
  }

  /** What an event answers at a step: a decision's values, or keys for the variable that is asked for. */
  function answer(context: Context, event: SessionEvent, step: string) {
    if (event.type === 'model.decided') return readAnswer(context, step, event.values, event.at);
    const wanted = event.type === 'caller.pressed' ? missing(context, step) : undefined;
    if (event.type === 'caller.pressed' && wanted !== undefined)
      return readAnswer(context, step, { [wanted]: event.keys }, event.at);
    return { valid: [], invalid: [] };
  }

  const changes = (context: Context, valid: readonly (readonly [string, Json])[]) =>
    valid.filter(([name, value]) => !same(context.vars[name], value));

  function take(context: Context, valid: readonly (readonly [string, Json])[]): void {
    for (const [name, value] of changes(context, valid)) assign(context, name, value);
  }

  /** The first variable of a form that is not known yet. */
  function missing(context: Context, step: string): string | undefined {
    const { step: form } = plan(step);
    return form.kind === 'form' ? form.variables.find((name) => !Object.hasOwn(context.vars, name)) : undefined;
  }

  // ---- asking

  function listen(context: Context, step: string): Effect {
    const { step: question } = plan(step);
    const offers = offered(plan(step), scope(context.vars, context.identity));
    const first = missing(context, step);
    const expects =
      question.kind === 'form' && first !== undefined ? [first] : question.kind === 'decide' ? [] : question.fill;
    const keys = offers.flatMap(({ choice }) => (choice?.press === undefined ? [] : [choice.press]));
    const yesNo = question.kind === 'confirm' ? ['1', '2'] : [];
    return { type: 'listen', step, expects, silence: program.limits.silence, keys: [...keys, ...yesNo] };
  }

  const exhausted = ({ turns }: Context) => turns >= program.limits.turns + MORE_TURNS;

  /** The words that put the question of a step. */
  function question(context: Context, step: string, intro: boolean): readonly Effect[] {
    const { step: asked } = plan(step);
    if (asked.kind === 'ask' || asked.kind === 'confirm') return asking(say(context, step, asked.text));
    if (asked.kind === 'decide') return [];
    const first = missing(context, step);
    const text = first === undefined ? undefined : program.variables.get(first)?.ask;
    return [...(intro ? say(context, step, asked.intro) : []), ...asking(say(context, step, text))];
  }

  /** The question put, with the words `before` it, and the caller's turn. */
  function put(context: Context, step: string, before: readonly Effect[], asked: readonly Effect[]): void {
    context.waiting = { for: 'caller' };
    context.confirmed = undefined;
    context.asked = step;
    context.effects.push(...before, ...asked, listen(context, step));
  }

  function decide(context: Context, step: string, heard: string | undefined, early: boolean): void {
    const { step: asked, fill, hash } = plan(step);
    context.ids += 1;
    const decision = `d${context.ids}`;
    // A yes said before the read-back was heard is no yes to it.
    const choices = offered(plan(step), scope(context.vars, context.identity))
      .map(({ name }) => name)
      .filter((name) => !(early && asked.kind === 'confirm' && name === 'yes'));
    const words = heard === undefined ? {} : { heard };
    if (heard !== undefined) context.early = undefined;
    const noted = context.noted !== undefined || (context.waiting.for === 'decision' && context.waiting.noted === true);
    context.waiting = {
      for: 'decision',
      decision,
      choices,
      ...words,
      ...(early ? { early } : {}),
      ...(noted ? { noted } : {}),
    };
    context.effects.push({ type: 'decide', step, decision, question: hash, choices, fill, ...words });
  }

  function reprompt(context: Context, step: string, instead: Text | undefined): void {
    context.tries += 1;
    const words = say(context, step, instead);
    const { step: asked } = plan(step);
    // A form's own words for what went wrong stand before the question; elsewhere they stand in its place.
    const asks = asked.kind === 'form' || words.length === 0 ? question(context, step, false) : [];
    put(context, step, words, asks);
  }

  // ---- calling

  function mayCall(context: Context, { tool, with: given }: ToolCall): boolean {
    const signature = Object.hasOwn(tools, tool) ? tools[tool] : undefined;
    if (!signature) return true;
    const { confirmation, identity } = signature.requires;
    if (rank(context.identity) < rank(identity)) return false;
    if (!confirmation) return true;
    const { confirmed } = context;
    if (!confirmed) return false;
    return ![...given.values()].some((data) => readsAny(data, confirmed));
  }

  function callAll(context: Context, step: string, calls: readonly ToolCall[], retry: number): void {
    if (!calls.every((call) => mayCall(context, call))) {
      context.waiting = { for: 'door', code: 'not_allowed' };
      return;
    }
    const before = scope(context.vars, context.identity);
    const pending: [string, Pending][] = [];
    for (const [index, { tool, with: given }] of calls.entries()) {
      const call = `c${context.ids + index + 1}`;
      pending.push([call, { tool, index }]);
      context.effects.push({ type: 'call', step, call, tool, input: evaluateFields(given, before), retry });
    }
    context.ids += calls.length;
    context.waiting = { for: 'calls', calls: Object.fromEntries(pending) };
  }

  /** Takes the answer to one call; when all have been answered, saves what they returned or opens the door. */
  function settle(context: Context, step: string, event: SessionEvent): void {
    const { waiting } = context;
    const current = program.steps.get(step);
    if (waiting.for !== 'calls' || (event.type !== 'tool.returned' && event.type !== 'tool.failed')) return;
    const pending = required(waiting.calls[event.call], event.call);
    const answered: Pending =
      event.type === 'tool.returned'
        ? { ...pending, done: true, output: event.output }
        : { ...pending, failed: event.code };
    const signature = Object.hasOwn(tools, pending.tool) ? tools[pending.tool] : undefined;
    if (event.type === 'tool.returned' && signature) {
      if (rank(signature.grants) > rank(context.identity)) context.identity = signature.grants;
    }
    const worked = event.type === 'tool.returned' || event.done === true;
    if (worked && signature?.effect === 'writes') context.done = [...context.done, pending.tool];
    const calls = { ...waiting.calls, [event.call]: answered };
    const all = Object.values(calls);
    const failure = all.find((one) => one.failed !== undefined);
    if (!all.every((one) => one.done || one.failed !== undefined)) context.waiting = { for: 'calls', calls };
    else if (failure?.failed !== undefined) context.waiting = { for: 'door', code: failure.failed };
    else {
      const asked = current?.kind === 'call' ? [current.call] : current?.kind === 'parallel' ? current.calls : [];
      for (const { index, output } of all) {
        const variable = asked[index]?.save;
        if (variable !== undefined) assign(context, variable, output);
      }
      context.waiting = { for: 'leaving' };
    }
  }

  /** Whether a step is about to be left: at a question or a call that has yet to be answered, nothing goes round. */
  function isMoving(waiting: Waiting, step: string): boolean {
    if (waiting.for === 'decision') return program.steps.get(step)?.kind === 'decide';
    return waiting.for === 'nothing' || waiting.for === 'leaving' || waiting.for === 'door';
  }

  function brief(context: Context, summary: string): Brief {
    const known = Object.entries(context.vars).filter(([name, value]) => {
      const variable = program.variables.get(name);
      // What is as it was at the start tells nothing of this caller, nor does what a part was given and keeps to itself.
      return (
        variable?.definition !== undefined &&
        variable.at.file === program.file &&
        variable.sensitive === undefined &&
        !same(value, variable.initial)
      );
    });
    return {
      summary,
      from: context.asked ?? START_OF_CALL,
      identity: context.identity,
      done: context.done,
      known: Object.fromEntries(known),
    };
  }

  // ---- the face: what the configuration names

  const guards = {
    /** The way's condition holds. */
    if: (context: Context, _: SessionEvent, { way }: Params) => holds(way, context),
    /** What the step waited for has come, and the way's condition holds. */
    leaving: (context: Context, _: SessionEvent, { way }: Params) =>
      context.waiting.for === 'leaving' && holds(way, context),
    /** Nothing is missing any more, and the way's condition holds. */
    complete: (context: Context, _: SessionEvent, { step, way }: Params) =>
      missing(context, step) === undefined && holds(way, context),
    /** The call failed with this code; any, where none is named. */
    failed: (context: Context, _: SessionEvent, { code }: Params) =>
      context.waiting.for === 'door' && (code === undefined || context.waiting.code === code),
    /** The decision was blocked by the guardrail. */
    blocked: (_: Context, event: SessionEvent) => event.type === 'model.failed' && event.code === BLOCKED,
    /** The answer is to something that is not waited for any more. */
    stale: ({ waiting }: Context, event: SessionEvent) => {
      switch (event.type) {
        case 'model.decided':
        case 'model.composed':
        case 'model.failed':
          return !(waiting.for === 'decision' || waiting.for === 'words') || waiting.decision !== event.decision;
        case 'tool.returned':
        case 'tool.failed': {
          const call =
            waiting.for === 'calls' && Object.hasOwn(waiting.calls, event.call) ? waiting.calls[event.call] : undefined;
          return call === undefined || call.done === true || call.failed !== undefined;
        }
        case 'timer.fired':
          return waiting.for !== 'timer' || waiting.timer !== event.timer;
        default:
          return false;
      }
    },
    /** The model picked this choice, which was offered, surely enough. */
    chose: ({ waiting }: Context, event: SessionEvent, { choice }: Params) =>
      event.type === 'model.decided' &&
      event.choice === choice &&
      waiting.for === 'decision' &&
      waiting.choices.includes(event.choice) &&
      event.confidence >= program.limits.confidence,
    /** The model's answer is none that was offered. */
    outside: ({ waiting }: Context, event: SessionEvent) =>
      event.type === 'model.decided' && waiting.for === 'decision' && !waiting.choices.includes(event.choice),
    /** A decision is on its way. */
    deciding: ({ waiting }: Context) => waiting.for === 'decision',
    /** The caller corrected something that was read back. */
    corrected: (context: Context, event: SessionEvent, { step }: Params) =>
      event.type === 'model.decided' &&
      (event.choice === 'yes' || event.choice === 'no' || event.choice === 'changed') &&
      changes(context, answer(context, event, step).valid).length > 0,
    /** The caller pressed this key. */
    pressed: (context: Context, event: SessionEvent, { keys, step, choice }: Params) =>
      event.type === 'caller.pressed' &&
      event.keys === keys &&
      (choice === undefined ||
        offered(plan(step), scope(context.vars, context.identity)).some(({ name }) => name === choice)),
    /** The attempts at this question are used up, and this answer brought nothing new. */
    spent: (context: Context, event: SessionEvent, { step }: Params) => {
      const { step: asked } = plan(step);
      if (asked.kind === 'decide') return true;
      if (isFree(context)) return false;
      if (context.tries < asked.reprompts) return false;
      return asked.kind !== 'form' || changes(context, answer(context, event, step).valid).length === 0;
    },
    /** The caller could not have heard the open question yet: it is still being tried what was said before it was put. */
    before: ({ waiting }: Context, event: SessionEvent) =>
      ('before' in event && event.before === true) || (waiting.for === 'decision' && waiting.early === true),
    /** A sign of the interrupt is in what the caller says, and its condition holds. */
    heard: (context: Context, event: SessionEvent, { step, way, interrupt }: Params) => {
      const one = program.interrupts.find(({ name }) => name === interrupt);
      if (event.type !== 'caller.said' || !one || !holds(way, context)) return false;
      // Questions end for a caller who has had all turns, whatever is said.
      if (plans.has(step) && exhausted(context)) return false;
      const { waiting, early } = context;
      const before = (waiting.for === 'decision' ? waiting.heard : undefined) ?? early;
      // Speech comes in pieces: a sign may begin in the one before.
      return [event.text, ...(before === undefined ? [] : [`${before} ${event.text}`])].some(
        (said) => hear(one.hears, said) !== undefined,
      );
    },
    /** The caller has had all the turns there are. */
    overdrawn: ({ turns }: Context) => turns >= program.limits.turns,
    /** Those behind the door of last resort too. */
    exhausted,
    /** It would go on, and has gone from step to step without the caller longer than the workflow is, or has done enough in all. */
    dizzy: ({ hops, ids, waiting }: Context, _: SessionEvent, { step }: Params) =>
      (hops > dizzyAfter || ids > ENOUGH) && hops <= 2 * dizzyAfter && isMoving(waiting, step),
    /** Not even the door has led out of it. */
    lost: ({ hops, waiting }: Context, _: SessionEvent, { step }: Params) =>
      hops > 3 * dizzyAfter && isMoving(waiting, step),
    /** A signal of this name. */
    signal: (_: Context, event: SessionEvent, { name }: Params) =>
      event.type === 'signal.received' && event.name === name,
  };

  const actions = {
    begin: (context: Context, event: SessionEvent): void => {
      if (event.type !== 'session.started') return;
      const initial = [...program.variables].flatMap(([name, { initial }]): [string, Json][] =>
        initial === undefined || initial === null ? [] : [[name, initial]],
      );
      const { id, channel, address, attributes } = event.contact;
      const contact = {
        id,
        channel,
        ...(address === undefined ? {} : { address }),
        ...(attributes === undefined ? {} : { attributes }),
        ...localTime(event.at, program.timezone),
      };
      context.vars = { ...Object.fromEntries(initial), contact };
      context.channel = channel;
      context.at = event.at;
    },
    /** Goes a way: what it sets and says, and that it was taken. */
    go: (context: Context, event: SessionEvent, { way }: Params): void => {
      const { from, to, set, say: words, at } = wayOf(way);
      assignAll(context, set);
      context.at = event.at;
      context.effects.push(...say(context, from, words));
      context.moves.push({ from, to, at });
    },
    /** Gives up going round: what comes after is the door's. */
    resign: (context: Context): void => {
      context.hops = 2 * dizzyAfter + 1;
    },
    enter: (context: Context): void => {
      context.hops += 1;
      context.tries = 0;
      context.waiting = { for: 'nothing' };
    },
    /** The world spoke: a turn of the caller's. */
    turn: (context: Context, event: SessionEvent): void => {
      context.turns += 1;
      pause(context);
      context.at = event.at;
    },
    /** The world spoke, but not the caller. */
    resume: (context: Context, event: SessionEvent): void => {
      pause(context);
      context.at = event.at;
    },
    /** Sets and says what an interrupt does that is heard on the way, where it leads nowhere. */
    note: (context: Context, event: SessionEvent, { interrupt }: Params): void => {
      const one = program.interrupts.find(({ name }) => name === interrupt);
      if (event.type !== 'caller.said' || !one || !opens(one.if, context)) return;
      const words = context.noted ?? event.text;
      if (hear(one.hears, words) === undefined) return;
      assignAll(context, one.set);
      context.effects.push(...say(context, context.asked ?? program.start, one.say));
      context.noted = besides(one.hears, words);
    },
    /** Lets go of what was going on: what was said meanwhile, the caller's yes, a timer. */
    drop: (context: Context, _: SessionEvent, { step }: Params): void => {
      context.early = undefined;
      context.confirmed = undefined;
      if (context.waiting.for !== 'timer') return;
      context.effects.push({ type: 'cancel', step, timer: context.waiting.timer });
    },
    say: (context: Context, _: SessionEvent, { step }: Params): void => {
      const current = program.steps.get(step);
      if (current?.kind === 'say') context.effects.push(...say(context, step, current.text));
    },
    /** Has the model find the words, from what is known now. */
    compose: (context: Context, _: SessionEvent, { step }: Params): void => {
      const current = program.steps.get(step);
      if (!current || !isComposed(current)) return;
      const { instructions, longest } = current.compose;
      const facts = factsOf(program, context.vars, current.compose, (text) => wordsOf(say(context, step, text)));
      if (!facts) {
        context.effects.push(...say(context, step, current.text));
        context.waiting = { for: 'leaving' };
        return;
      }
      context.ids += 1;
      const decision = `d${context.ids}`;
      context.waiting = { for: 'words', decision, facts };
      context.effects.push({ type: 'compose', step, decision, instructions, facts, longest });
    },
    /** Says what the model found, where it may be said; else, and where it found nothing, the written text. */
    word: (context: Context, event: SessionEvent, { step }: Params): void => {
      const current = program.steps.get(step);
      const { waiting } = context;
      if (!current || !isComposed(current) || waiting.for !== 'words') return;
      const found =
        event.type === 'model.composed' ? checkComposed(program, context, current.compose, event) : undefined;
      const written = say(context, step, current.text);
      if (found?.ok)
        context.effects.push(...(found.text === '' ? [] : [{ type: 'say', step, text: found.text } as const]));
      else context.effects.push(...written.map((effect) => ({ ...effect, ...(found ? { instead: found.why } : {}) })));
      const said = found?.ok ? `${waiting.said ?? ''} ${found.text}`.trim() : undefined;
      const more = event.type === 'model.composed' && event.more === true && said !== undefined;
      context.waiting = more ? { ...waiting, said } : { for: 'leaving' };
    },
    /** Puts a question; what the caller said before it was put is tried as its answer first. */
    put: (context: Context, _: SessionEvent, { step }: Params): void => {
      const { step: asked } = plan(step);
      if (asked.kind === 'form' && asked.again) forget(context, asked);
      if (asked.kind === 'form' && missing(context, step) === undefined) return;
      if (context.early === undefined) {
        put(context, step, [], question(context, step, true));
        return;
      }
      context.asked = step;
      context.confirmed = undefined;
      decide(context, step, context.early, true);
    },
    /** Asks the decider what the caller's words mean. */
    consult: (context: Context, event: SessionEvent, { step }: Params): void => {
      const before = context.waiting.for === 'decision' ? context.waiting.heard : undefined;
      const heard = event.type === 'caller.said' ? (context.noted ?? event.text) : undefined;
      const words = before === undefined ? heard : `${before} ${heard ?? ''}`.trim();
      // Nothing was said besides what is done already: the question stands.
      if (saysNothing(context.noted) && before === undefined) put(context, step, [], question(context, step, false));
      else decide(context, step, words, early(context, event));
    },
    /** Takes the values that came along with a choice. */
    take: (context: Context, event: SessionEvent, { step }: Params): void =>
      take(context, answer(context, event, step).valid),
    /** The caller said yes to what was read back. */
    confirm: (context: Context): void => {
      context.confirmed = [];
    },
    /** Reads back again what was corrected. */
    correct: (context: Context, event: SessionEvent, { step }: Params): void => {
      take(context, answer(context, event, step).valid);
      put(context, step, [], question(context, step, false));
    },
    /** Answers an interrupt and puts the open question again. */
    answer: (context: Context, _: SessionEvent, { step, interrupt }: Params): void => {
      const choice = program.interrupts.find(({ name }) => name === interrupt);
      assignAll(context, choice?.set ?? []);
      put(context, step, say(context, step, choice?.say), question(context, step, false));
    },
    /** Takes what a form's answer brought, and asks for what is still missing or was not valid. */
    fill: (context: Context, event: SessionEvent, { step }: Params): void => {
      const { valid, invalid } = answer(context, event, step);
      const isNews = changes(context, valid).length > 0;
      take(context, valid);
      const first = missing(context, step);
      if (first === undefined) {
        context.waiting = { for: 'nothing' };
        return;
      }
      const own = invalid.includes(first) ? program.variables.get(first)?.invalid : undefined;
      const { step: asked } = plan(step);
      if (isNews) {
        context.tries = 0;
        put(context, step, say(context, step, own), question(context, step, false));
      } else if (isFree(context)) put(context, step, [], question(context, step, true));
      else reprompt(context, step, own ?? ('unclear' in asked ? asked.unclear : undefined));
    },
    /** The answer was not understood. */
    unclear: (context: Context, event: SessionEvent, { step }: Params): void => {
      take(context, answer(context, event, step).valid);
      const { step: asked } = plan(step);
      if (isFree(context)) put(context, step, [], question(context, step, true));
      else reprompt(context, step, 'unclear' in asked ? asked.unclear : undefined);
    },
    silent: (context: Context, _: SessionEvent, { step }: Params): void => {
      const { step: asked } = plan(step);
      reprompt(context, step, 'silent' in asked ? asked.silent : undefined);
    },
    call: (context: Context, _: SessionEvent, { step }: Params): void => {
      const current = program.steps.get(step);
      if (current?.kind === 'call') callAll(context, step, [current.call], current.failed.retry);
      if (current?.kind === 'parallel') callAll(context, step, current.calls, current.failed.retry);
    },
    settle: (context: Context, event: SessionEvent, { step }: Params): void => settle(context, step, event),
    /** The caller speaks while something is under way: it is kept for the next question. */
    overhear: (context: Context, event: SessionEvent): void => {
      if (event.type !== 'caller.said') return;
      const text = context.noted ?? event.text;
      if (text.trim() === '' || saysNothing(context.noted)) return;
      context.early = context.early === undefined ? text : `${context.early} ${text}`;
    },
    schedule: (context: Context, _: SessionEvent, { step }: Params): void => {
      const current = program.steps.get(step);
      if (current?.kind !== 'wait') return;
      context.ids += 1;
      const timer = `t${context.ids}`;
      const due = context.at + current.for;
      context.waiting = { for: 'timer', timer, due };
      context.effects.push({ type: 'schedule', step, timer, due });
    },
    meanwhile: (context: Context, _: SessionEvent, { step }: Params): void => {
      const current = program.steps.get(step);
      if (current?.kind === 'wait') context.effects.push(...say(context, step, current.meanwhile));
    },
    /** The signal came: its data is kept and the timer is not needed any more. */
    receive: (context: Context, event: SessionEvent, { step }: Params): void => {
      const current = program.steps.get(step);
      if (current?.kind !== 'wait' || event.type !== 'signal.received' || context.waiting.for !== 'timer') return;
      const { timer } = context.waiting;
      if (current.save !== undefined) receive(context, current.save, event.data, event.at);
      context.waiting = { for: 'leaving' };
      context.effects.push({ type: 'cancel', step, timer });
    },
    ring: (context: Context): void => {
      context.waiting = { for: 'leaving' };
    },
    transfer: (context: Context, _: SessionEvent, { step }: Params): void => {
      const current = program.steps.get(step);
      if (current?.kind !== 'transfer') return;
      const summary = typeof current.brief === 'boolean' ? program.title : wordsOf(say(context, step, current.brief));
      const told = current.brief === false ? {} : { brief: brief(context, summary) };
      context.waiting = { for: 'nothing' };
      context.effects.push(...say(context, step, current.say), {
        type: 'transfer',
        step,
        queue: current.queue,
        ...told,
      });
    },
    end: (context: Context, _: SessionEvent, { step }: Params): void => {
      const current = program.steps.get(step);
      if (current?.kind !== 'end') return;
      assignAll(context, current.set);
      context.waiting = { for: 'nothing' };
      context.effects.push(...say(context, step, current.say));
      // The end of a part is not the session's.
      if (!current.leave) context.effects.push({ type: 'end', step, outcome: current.outcome });
    },
    left: (context: Context): void => {
      const step = context.asked ?? program.start;
      context.effects.push({ type: 'end', step, outcome: 'left' });
      context.waiting = { for: 'nothing' };
    },
    /** No way is left, not even a door: the checker lets no such workflow pass. */
    stuck: (context: Context): void => {
      const step = context.asked ?? program.start;
      const text = 'I am sorry, something went wrong on our side. Please contact us again.';
      context.waiting = { for: 'nothing' };
      context.effects.push({ type: 'say', step, text }, { type: 'end', step, outcome: 'stuck' });
    },
  };

  function forget(context: Context, form: FormStep): void {
    for (const name of form.variables) assign(context, name, undefined);
  }

  /** A signal's data for a variable: read by its type where it has one, left out where it does not fit. */
  function receive(context: Context, name: string, data: Json, at: number): void {
    const definition = program.variables.get(name)?.definition;
    const read = definition ? readValue(definition, data, { now: at, timezone: program.timezone }) : undefined;
    if (read === undefined) assign(context, name, data);
    else if (read.ok) assign(context, name, read.value);
  }

  /** The words of the open question, and those for a caller who has to wait at this step. */
  function wordsAt(context: Context, step: string): { readonly asked: string; readonly meanwhile: string } {
    const current = program.steps.get(step);
    const asked = current && isQuestion(current) ? question(context, step, false) : [];
    const own = current && 'meanwhile' in current ? current.meanwhile : undefined;
    return {
      asked: current?.kind === 'decide' ? current.instructions : wordsOf(asked),
      meanwhile: wordsOf(say(context, step, own ?? program.busy)),
    };
  }

  return { ways, plans, guards, actions, wordsAt };
}

/** A value that is read aloud in a way of its own. */
function spanOf({ start, end, value, type }: FilledValue): readonly Span[] {
  const how = formatOf(value, type);
  if (!how || (typeof value !== 'string' && typeof value !== 'number')) return [];
  return [{ start, end, as: how.format, value, ...(how.currency === undefined ? {} : { currency: how.currency }) }];
}

const asking = (effects: readonly Effect[]): readonly Effect[] =>
  effects.map((effect) => (effect.type === 'say' ? { ...effect, asks: true } : effect));

/** Steps are counted anew after a pause. Who has done enough is counted on, so that the door is not come to again and again. */
function pause(context: Context): void {
  if (context.ids <= ENOUGH) context.hops = 0;
}

/** Whether the words to decide on were said, in part at least, before the question was put. */
const early = ({ waiting }: Context, event: SessionEvent) =>
  (waiting.for === 'decision' && waiting.early === true) || (event.type === 'caller.said' && event.before === true);

/** Whether nothing is left of words in which an interrupt was heard. */
const saysNothing = (noted: string | undefined) => noted !== undefined && !/[\p{L}\p{N}]/u.test(noted);

/** Whether an answer that is not understood counts as no attempt: it was said before the question, or an interrupt was heard in it. */
const isFree = ({ waiting }: Context) =>
  waiting.for === 'decision' && (waiting.early === true || waiting.noted === true);

/** Of data: a session that was kept as JSON has no more the objects it had. */
const same = (one: Json | undefined, other: Json | undefined) => JSON.stringify(one) === JSON.stringify(other);

const START_OF_CALL = 'the start';

const rank = (level: IdentityLevel) => IDENTITY_LEVELS.indexOf(level);

function wordsOf(effects: readonly Effect[]): string {
  return effects.map((effect) => (effect.type === 'say' ? effect.text : '')).join(' ');
}

function readsAny(data: Parameters<typeof evaluateData>[0], names: readonly string[]): boolean {
  switch (data.kind) {
    case 'literal':
      return false;
    case 'expression':
      return data.expression.variables.some(({ name }) => names.includes(name));
    case 'list':
      return data.items.some((item) => readsAny(item, names));
    case 'object':
      return [...data.fields.values()].some((field) => readsAny(field, names));
  }
}

/** What the configuration names is always there: both are made of the same program. */
function required<T>(found: T | undefined, name: string): T {
  if (found === undefined) throw new Error(`The machine names ${name}, which the program does not have.`);
  return found;
}

export type Behaviour = ReturnType<typeof behaviourOf>;
