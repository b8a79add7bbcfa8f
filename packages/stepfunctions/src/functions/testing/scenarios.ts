import { sourceOf } from '@parley/workflow';
import type { Scenario } from './model.ts';
import type { Sabotage } from './sabotage.ts';

/** A workflow with each way there is to wait: for the caller, a decision, a write, two calls, a timer; and doors to a person. */
const source = sourceOf(`
workflow: small
title: A small one
busy: One moment.
otherwise: person
limits: { turn: 4s, decide: 1s, turns: 20 }
steps:
  need:
    ask: What?
    choices:
      on: { when: wants on, press: '1', to: more }
      book: { when: wants a booking, to: sure }
      later: { when: wants to wait, press: '2', to: pause }
      both: { when: wants both, press: '3', to: two }
  sure:
    confirm: Sure?
    yes: booking
    no: need
  booking:
    call: book
    then: more
    failed: { to: person }
  two:
    parallel:
      - { call: book }
      - { call: look }
    then: more
    failed: { to: person }
  pause:
    wait: { for: 30s }
    then: more
  more:
    ask: What more?
    choices:
      bye: { when: is done, press: '9', to: over }
  over:
    end: Bye.
  person:
    transfer: { queue: people }
`);

type Event = Scenario['events'][number];
const started: Event = {
  id: 'e1',
  event: { type: 'session.started', workflow: 'small', contact: { id: 'c', channel: 'chat' } },
};
const after = (id: string) => ({ after: [id] });
const said = (id: string, text: string, before: string): Event => ({
  id,
  event: { type: 'caller.said', text },
  ...after(before),
});
const pressed = (id: string, keys: string, before: string): Event => ({
  id,
  event: { type: 'caller.pressed', keys },
  ...after(before),
});

const on = said('e2', 'on', 'e1');
const bye = said('e3', 'bye', 'e2');
const contact = { shape: 'per-contact', source } as const;
const perTurn = { shape: 'per-turn', source } as const;
/** Nothing waits for time or the tick: whoever sees the last thing happen goes on at once. */
const atOnce = { until: 0, ticks: 0 };
const noTick = { ticks: 0 };
const booking = [started, said('e2', 'book', 'e1'), said('e3', 'yes', 'e2')];

/** The session goes on though no event comes. */
const wait = {
  ...contact,
  until: 60_000,
  ticks: 0,
  events: [started, pressed('e2', '2', 'e1')],
  ends: ['more'],
} as const;

/** What is explored each time. */
export const SCENARIOS: { readonly [name: string]: Scenario } = {
  'per contact, an event': { ...contact, ...atOnce, events: [started, on], ends: ['more'] },
  'per contact, a key and an end': {
    ...contact,
    ...atOnce,
    events: [started, pressed('e2', '1', 'e1'), pressed('e3', '9', 'e2')],
    ends: ['over'],
  },
  'per contact, a function called twice': {
    ...contact,
    ...atOnce,
    events: [started, on],
    faults: { doubles: 1 },
    ends: ['more'],
  },
  'per contact, a key and a function called twice': {
    ...contact,
    ...atOnce,
    events: [started, pressed('e2', '1', 'e1')],
    faults: { doubles: 1 },
    ends: ['more'],
  },
  'per contact, a function stops': {
    ...contact,
    events: [started, on],
    faults: { stops: 1 },
    ends: ['more', '(start)', 'need'],
  },
  'per contact, a key, and a function stops': {
    ...contact,
    events: [started, pressed('e2', '1', 'e1')],
    faults: { stops: 1 },
    ends: ['more', 'need'],
  },
  'per contact, a write, and a function stops': { ...contact, events: booking, faults: { stops: 1 } },
  'per contact, a function is late': { ...contact, ...noTick, events: [started, on, bye], faults: { late: 1 } },
  'per contact, the execution fails': { ...contact, ...noTick, events: [started, on, bye], faults: { late: 2 } },
  'per contact, the execution dies twice': { ...contact, ticks: 1, events: [started, on, bye], faults: { dies: 2 } },
  'per contact, the token is lost': { ...contact, events: [started, on, bye], faults: { lost: 1 } },
  'per contact, two calls at once': {
    ...contact,
    ...atOnce,
    events: [started, pressed('e2', '3', 'e1')],
    ends: ['more'],
  },
  'per contact, a turn is due at any time': {
    ...contact,
    ...noTick,
    pushes: 'here',
    events: [started, on],
    faults: { hasty: 1 },
    ends: ['more'],
  },
  'per contact, what comes of a wait is pushed': { ...wait, pushes: 'here', faults: { doubles: 1 } },
  'per contact, what comes of a wait is pushed by another function, and one stops': {
    ...wait,
    ticks: 2,
    pushes: 'elsewhere',
    faults: { stops: 1 },
    ends: ['more', 'need'],
  },
  'per contact, what comes of a wait does not reach': { ...wait, pushes: 'unreached' },
  'per contact, a wait': wait,
  'per contact, a wait, and the tick fires it': {
    ...contact,
    until: 10_000,
    ticks: 1,
    events: [started, pressed('e2', '2', 'e1')],
    ends: ['pause', 'more'],
  },
  'per turn, an event': { ...perTurn, ...atOnce, events: [started, on, bye], ends: ['over'] },
  'per turn, a function called twice': {
    ...perTurn,
    ...atOnce,
    events: [started, on],
    faults: { doubles: 1 },
    ends: ['more'],
  },
  'per turn, what is late is pushed': {
    ...perTurn,
    pushes: 'elsewhere',
    events: [started, on],
    faults: { hasty: 1 },
    ends: ['more', 'person'],
  },
  'per turn, what is late does not reach': {
    ...perTurn,
    pushes: 'unreached',
    events: [started, on],
    faults: { hasty: 1 },
    ends: ['more', 'person'],
  },
  'per turn, a function stops': { ...perTurn, events: [started, on], faults: { stops: 1 } },
  'per turn, the execution dies twice': { ...perTurn, ...noTick, events: [started, on, bye], faults: { dies: 2 } },
};

/** What takes longer: `PARLEY_PROTOCOL=all`. */
export const LARGER: { readonly [name: string]: Scenario } = {
  'per contact, what is late is pushed': {
    ...contact,
    ...noTick,
    pushes: 'here',
    events: [started, on],
    faults: { hasty: 2 },
    ends: ['more', 'person'],
  },
  'per contact, what comes of a wait is pushed, and an event comes': {
    ...wait,
    pushes: 'here',
    events: [...wait.events, pressed('e3', '9', 'e2')],
    faults: { hasty: 1 },
    ends: ['more', 'over'],
  },
  'per contact, what comes of a wait does not reach, and an event fetches it': {
    ...wait,
    pushes: 'unreached',
    events: [...wait.events, pressed('e3', '9', 'e2')],
    faults: { hasty: 1 },
    ends: ['more', 'over'],
  },
  'per contact, an event sent twice at once': { ...contact, ...atOnce, events: [started, on, on], ends: ['more'] },
  'per contact, two events at once': { ...contact, ...atOnce, events: [started, on, said('e3', 'bye', 'e1')] },
  'per contact, two functions called twice': {
    ...contact,
    ...atOnce,
    events: [started, on],
    faults: { doubles: 2 },
    ends: ['more'],
  },
  'per contact, a write called twice': {
    ...contact,
    ...atOnce,
    events: booking,
    faults: { doubles: 1 },
    ends: ['more'],
  },
  'per contact, two calls at once, and a function stops': {
    ...contact,
    events: [started, pressed('e2', '3', 'e1')],
    faults: { stops: 1 },
  },
  'per contact, two calls at once, and one is called twice': {
    ...contact,
    ...atOnce,
    events: [started, pressed('e2', '3', 'e1')],
    faults: { doubles: 1 },
    ends: ['more'],
  },
  'per contact, two calls at once, and one is late': {
    ...contact,
    events: [started, pressed('e2', '3', 'e1')],
    faults: { late: 1 },
  },
  'per contact, two functions stop': { ...contact, events: [started, on], faults: { stops: 2 } },
  'per contact, one stops and one is called twice': {
    ...contact,
    events: [started, on],
    faults: { stops: 1, doubles: 1 },
  },
  'per turn, a write, and a function stops': { ...perTurn, events: booking, faults: { stops: 1 } },
  'per turn, an event sent twice at once': { ...perTurn, ...atOnce, events: [started, on, on], ends: ['more'] },
  'per turn, two events at once': { ...perTurn, events: [started, on, said('e3', 'bye', 'e1')] },
  'per turn, the execution fails': { ...perTurn, ...noTick, events: [started, on, bye], faults: { late: 2 } },
};

/** Each breaks one thing that the protocol lives by. */
export const SABOTAGES: readonly Sabotage[] = [
  {
    name: 'what does not reach the caller is pushed',
    scenario: 'per contact, what comes of a wait does not reach',
    breaks: /does not reach/,
    file: 'deliver.ts',
    find: 'const reached = await reaches(session);',
    replace: 'const reached = (await reaches(session)) || true;',
  },
  {
    name: 'what does not reach the caller is looked at by each tick',
    scenario: 'per contact, what comes of a wait does not reach',
    breaks: /marked as at work/,
    file: 'hosted.ts',
    find: 'this.state.owed.length > 0 && !this.#host.unreached;',
    replace: 'this.state.owed.length > 0;',
  },
  {
    name: 'what does not reach the caller is forgotten',
    scenario: 'per contact, what comes of a wait does not reach',
    breaks: /never told/,
    file: 'deliver.ts',
    find: 'if (!reached) hosted.unreached();',
    replace: 'if (!reached) hosted.tell();',
  },
  {
    name: 'what is owed is forgotten before it is pushed',
    scenario: 'per contact, what comes of a wait is pushed by another function, and one stops',
    breaks: /never told/,
    file: 'deliver.ts',
    find: 'end: hosted.owedTo } : undefined;\n  });\n  if (!begun) return;\n  await push(begun.reply);\n',
    replace:
      'end: hosted.owedTo } : undefined;\n  });\n  if (!begun) return;\n  await change(world, session, async (hosted) => {\n    hosted.tell(begun.end);\n    await hosted.keep();\n  });\n  await push(begun.reply);\n',
  },
  {
    name: 'the tick does not hear of what is owed',
    scenario: 'per contact, what comes of a wait is pushed by another function, and one stops',
    breaks: /never told/,
    file: 'hosted.ts',
    find: 'const working = this.behind || this.#toPush;',
    replace: 'const working = this.behind;',
  },
  {
    name: 'ask does not look whether the event has come already',
    scenario: 'per contact, an event',
    breaks: /waits/,
    file: 'ask.ts',
    find: 'hosted.after(hop) || hosted.busy',
    replace: 'hosted.after(hop)',
  },
  {
    name: 'ask does not look whether the session has gone on',
    scenario: 'per contact, a key and an end',
    breaks: /waits/,
    file: 'ask.ts',
    find: 'hosted.after(hop) || hosted.busy',
    replace: 'hosted.busy',
  },
  {
    name: 'a turn has its execution go on before its event is kept',
    scenario: 'per contact, an event',
    breaks: /./,
    file: 'turn.ts',
    find: '  const reply = await hosted.keep();\n',
    replace:
      '  await follow(world, hosted, run);\n  const reply = await hosted.keep();\n  if (reply !== null) return { hosted, reply, run: false, due, looks: due };\n',
  },
  {
    name: 'the token is forgotten when the event is kept',
    scenario: 'per contact, an event',
    breaks: /waits/,
    file: 'hosted.ts',
    find: '    const { unreached: _, ...host } = this.#host;',
    replace: '    const { unreached: _, token: __, ...host } = this.#host;',
  },
  {
    name: 'a late attempt at ask takes the place of the last one',
    scenario: 'per contact, a function called twice',
    breaks: /token that nobody knows|waits/,
    file: 'hosted.ts',
    find: 'tokens: [...tokens, token]',
    replace: 'tokens: [token]',
  },
  {
    name: 'a late attempt at a function does not see that the execution is further on',
    scenario: 'per contact, a function called twice',
    breaks: /./,
    file: 'hosted.ts',
    find: ' ?? (n < seen ? this.here : undefined)',
    replace: '',
  },
  {
    name: 'finish does not look again where the session is',
    scenario: 'per contact, a function is late',
    breaks: /gave up what is none of its own/,
    file: 'go-on.ts',
    find: '      if (hosted.after(hop)) return;\n      hosted.come(hop);\n      giveUp',
    replace: '      hosted.come(hop);\n      giveUp',
  },
  {
    name: 'the reply is looked for before the session',
    scenario: 'per contact, an event sent twice at once',
    breaks: /in the journal twice/,
    file: 'turn.ts',
    find: '  const found = await Hosted.load(world, session);\n  const kept = await store.reply(session, id);\n',
    replace: '  const kept = await store.reply(session, id);\n  const found = await Hosted.load(world, session);\n',
  },
  {
    name: 'an event that was cut off is taken again',
    scenario: 'per contact, a function stops',
    breaks: /in the journal twice/,
    file: 'turn.ts',
    find: '  if (kept === undefined) hosted.follow',
    replace: '  hosted.follow',
  },
  {
    name: 'an execution that is over is waited for',
    scenario: 'per contact, the execution dies twice',
    breaks: /Work is left|at work/,
    file: 'follow.ts',
    find: "if (state === 'running' && !overdue) return undefined;",
    replace: 'if (!overdue) return undefined;',
  },
  {
    name: 'an execution that gives no sign is waited for',
    scenario: 'per contact, the token is lost',
    breaks: /Work is left|at work/,
    file: 'follow.ts',
    find: "if (state === 'running' && !overdue) return undefined;",
    replace: "if (state === 'running') return undefined;",
  },
  {
    name: 'the tick does not hear of an execution that waits elsewhere',
    scenario: 'per contact, a key, and a function stops',
    breaks: /waits though its session has gone on/,
    file: 'hosted.ts',
    find: 'const working = this.behind ||',
    replace: 'const working = this.busy ||',
  },
  {
    name: 'nobody tells that an execution has come to its end',
    scenario: 'per contact, a key and an end',
    breaks: /marked as at work/,
    file: 'go-on.ts',
    find: 'if (!state.snapshot.ended || token?.hop !== hop) return;',
    replace: 'if (token) return;',
  },
  {
    name: 'a key that moves the session does not send its token',
    scenario: 'per contact, a key and an end',
    breaks: /waits though its session/,
    file: 'hosted.ts',
    find: 'return token && (this.busy || this.after(token.hop)) ? token.tokens : [];',
    replace: 'return token && this.busy ? token.tokens : [];',
  },
  {
    name: 'who waits for a turn does not hear that its execution failed',
    scenario: 'per turn, the execution dies twice',
    breaks: /Work is left/,
    file: 'follow.ts',
    find: 'async () => void (await recover(world, session, pinned.execution)),',
    replace: 'async () => undefined,',
  },
];
