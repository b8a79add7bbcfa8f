import { didYouMean, type Problem } from '../problem.ts';
import { asks, type BrokenStep, type Draft, expressionsIn, type Step } from '../program.ts';
import type { Json } from '../type.ts';
import type { LocalNames } from './report.ts';
import { listed, problemAt } from './report.ts';
import type { StepWays, Way } from './way.ts';

type Ways = ReadonlyMap<string, StepWays>;
type Edges = ReadonlyMap<string, readonly string[]>;

/** Steps that can't be reached or can't end, loops without a pause, questions without a door or a person. */
export function checkGraph(draft: Draft, ways: Ways, names: LocalNames): readonly Problem[] {
  const problems: Problem[] = [];
  const meant = intended(draft);
  const edgesWhere = (keep: (way: Way) => boolean): Edges =>
    new Map(
      [...ways].map(([name, { ways: own }]) => [
        name,
        own.flatMap((way) => (way.to === undefined || !keep(way) ? [] : meant(way.to))),
      ]),
    );
  const all = edgesWhere(() => true);
  const unknowable = [...ways].flatMap(([name, { step, ways: own }]) =>
    own.some(({ to }) => to !== undefined && meant(to).length === 0) ||
    (step.kind === 'broken' && step.targets.length === 0) ||
    (step.kind === 'use' && own.some(({ to }) => to === step.name))
      ? [name]
      : [],
  );

  const [start] = meant(draft.start);
  const reached =
    start === undefined ? undefined : closure([start, ...(draft.otherwise ? meant(draft.otherwise) : [])], all);
  if (reached && !unknowable.some((name) => reached.has(name))) {
    // Of steps that lead to each other only, the one where they begin is told.
    const lost = [...draft.steps.values()].filter(({ name }) => !reached.has(name));
    const ledTo = new Set(lost.flatMap(({ name }) => (all.get(name) ?? []).filter((to) => to !== name)));
    const roots = lost.filter(({ name }) => !ledTo.has(name));
    for (const step of roots.length > 0 ? roots : lost.slice(0, 1)) {
      const after = [...closure([step.name], all)].filter((name) => name !== step.name && !reached.has(name));
      const more = after.length === 0 ? '' : `, nor are ${listed(after.map(names.step))} behind it`;
      problems.push(
        problemAt(
          step.at,
          'step/unreachable',
          'error',
          `No way leads to \`${names.step(step.name)}\`${after.length === 1 ? `, nor to \`${names.step(after[0] ?? '')}\` behind it` : more.replace('nor are', 'nor to')}.`,
          'Lead to it from a step, or take it out.',
        ),
      );
    }
  }
  const isReached = (name: string) => reached?.has(name) ?? true;

  // The turns' limit ends every loop of questions, but it is no way on; nor is what only a caller in need says, or what
  // only the guardrail brings about.
  const onward = edgesWhere(({ cause }) => cause !== 'turns' && cause !== 'heard' && cause !== 'guardrail');
  const finals = [...draft.steps.values()].filter(isFinal).map(({ name }) => name);
  const ending = closure([...finals, ...unknowable], reversed(onward));
  const stuck = [...draft.steps.keys()].filter((name) => !ending.has(name) && isReached(name));
  for (const group of components(stuck, onward)) {
    const inside = new Set(group);
    if (group.some((name) => (onward.get(name) ?? []).some((to) => !inside.has(to)))) continue;
    const [first] = group;
    const step = first === undefined ? undefined : draft.steps.get(first);
    if (!step) continue;
    const others = group.slice(1).map(names.step);
    problems.push(
      problemAt(
        step.at,
        'step/dead-end',
        'error',
        others.length === 0
          ? `From \`${names.step(step.name)}\` the conversation never comes to an end.`
          : `From \`${names.step(step.name)}\` the conversation goes round ${listed(others)} and never comes to an end.`,
        'Add a way to a step that ends or transfers.',
      ),
    );
  }

  problems.push(
    ...endless(draft, ways, meant, names)
      .filter(({ name }) => isReached(name))
      // Where there is no way out at all, that is what is told of a loop with a `wait` in it.
      .filter(({ name, problem }) => problem.severity === 'error' || ending.has(name))
      .map(({ problem }) => problem),
  );

  const toPerson = closure(
    [...[...draft.steps.values()].filter(({ kind }) => kind === 'transfer').map(({ name }) => name), ...unknowable],
    reversed(edgesWhere(({ cause }) => cause !== 'guardrail')),
  );
  for (const step of draft.steps.values()) {
    if (step.kind === 'broken') continue;
    const name = names.step(step.name);
    if (asks(step) || step.kind === 'decide') {
      if (step.otherwise === undefined) {
        problems.push(
          problemAt(
            step.at,
            'question/no-door',
            'error',
            `\`${name}\` has no door: nothing says where it goes when no answer is understood.`,
            'Add `otherwise: STEP` to it, or to the workflow for all its questions.',
          ),
        );
      }
      if (step.choices.length === 0 && (step.kind === 'ask' || step.kind === 'decide')) {
        problems.push(
          problemAt(
            step.at,
            'question/no-choices',
            'error',
            `\`${name}\` has no choices.`,
            step.kind === 'ask'
              ? 'Add the ways on under `choices`; to get a value use `form`, to only say something `say`.'
              : 'Add what it can come to under `choices`.',
          ),
        );
      }
    }
    if (asks(step) && isReached(step.name) && ending.has(step.name) && !toPerson.has(step.name)) {
      problems.push(
        problemAt(
          step.at,
          'question/no-person',
          'error',
          `From \`${name}\` no way leads to a person.`,
          'Lead its `otherwise`, a choice or an interrupt to a step with `transfer`.',
        ),
      );
    }
    if ((step.kind === 'call' || step.kind === 'parallel') && step.failed.to === undefined) {
      problems.push(
        problemAt(
          step.at,
          'tool/no-door',
          'error',
          `\`${name}\` has no door: nothing says where it goes when the tool fails.`,
          'Add `failed: STEP` to it, or `otherwise: STEP` to the workflow.',
        ),
      );
    }
  }
  const someQuestion = [...draft.steps.values()].find(asks);
  if (draft.otherwise === undefined && someQuestion && problems.every(({ code }) => !isDoor(code))) {
    problems.push(
      problemAt(
        { file: draft.file, line: 1, column: 1 },
        'door/last',
        'error',
        `The workflow has no door of last resort, for a caller who has had all ${draft.limits.turns} turns.`,
        'Add `otherwise: STEP` at the top of the file.',
      ),
    );
  }
  problems.push(...lastDoor(draft, ways, meant, names));
  return problems;
}

/** Questions behind the door of last resort that lead back to themselves while no answer is understood: a caller who has had all turns would be stuck. */
function lastDoor(
  draft: Draft,
  ways: Ways,
  meant: (name: string) => readonly string[],
  names: LocalNames,
): readonly Problem[] {
  if (draft.otherwise === undefined) return [];
  // As the machine goes there: see `behindLastDoor`.
  const edges: Edges = new Map(
    [...ways].map(([name, { step, ways: own }]) => [
      name,
      own
        .filter(({ cause }) => (asks(step) ? cause === 'otherwise' : !['turns', 'none', 'heard'].includes(cause)))
        .flatMap(({ to }) => (to === undefined ? [] : meant(to))),
    ]),
  );
  const behind = closure(meant(draft.otherwise), edges);
  return [...draft.steps.values()]
    .filter((step) => asks(step) && behind.has(step.name))
    .filter(({ name }) => closure(edges.get(name) ?? [], edges).has(name))
    .slice(0, 1)
    .map(({ name, at }) =>
      problemAt(
        at,
        'door/last',
        'error',
        `\`${names.step(name)}\` is behind the door of last resort, and leads back to itself when no answer is understood: a caller who has had all turns never gets out.`,
        'Give it an `otherwise` of its own that leads to a step with `transfer` or `end`.',
      ),
    );
}

const isDoor = (code: string) => code === 'question/no-door' || code === 'tool/no-door';

const isFinal = (step: Step | BrokenStep) =>
  step.kind === 'transfer' ||
  (step.kind === 'end' && !step.leave) ||
  (step.kind === 'broken' && (step.meant === 'transfer' || step.meant === 'end'));

/** The steps a name can mean: the step, or the one that was probably meant, so that one slip is not told twice. */
function intended(draft: Draft): (name: string) => readonly string[] {
  const all = [...draft.steps.keys()];
  const known = new Map<string, readonly string[]>();
  return (name) => {
    if (draft.steps.has(name)) return [name];
    const before = known.get(name);
    if (before) return before;
    const folder = name.slice(0, name.lastIndexOf('/') + 1);
    const near = all.filter((one) => one.startsWith(folder) && !one.slice(folder.length).includes('/'));
    const local = didYouMean(
      name.slice(folder.length),
      near.map((one) => one.slice(folder.length)),
    );
    const found = local === undefined ? [] : [folder + local];
    known.set(name, found);
    return found;
  };
}

function closure(from: readonly string[], edges: Edges): ReadonlySet<string> {
  const found = new Set(from);
  for (const name of found) for (const to of edges.get(name) ?? []) found.add(to);
  return found;
}

function reversed(edges: Edges): Edges {
  const back = new Map<string, string[]>();
  for (const [from, tos] of edges) {
    for (const to of tos) {
      const list = back.get(to) ?? [];
      list.push(from);
      back.set(to, list);
    }
  }
  return back;
}

/** The groups of steps that all lead to each other, each in the order of `names`. */
function components(names: readonly string[], edges: Edges): readonly (readonly string[])[] {
  const among = new Set(names);
  const inside: Edges = new Map(names.map((name) => [name, (edges.get(name) ?? []).filter((to) => among.has(to))]));
  const back = reversed(inside);
  const done = new Set<string>();
  const groups: (readonly string[])[] = [];
  for (const name of names) {
    if (done.has(name)) continue;
    const [forward, backward] = [closure([name], inside), closure([name], back)];
    const group = names.filter((one) => forward.has(one) && backward.has(one) && !done.has(one));
    for (const one of group) done.add(one);
    groups.push(group);
  }
  return groups;
}

/** Loops of steps that go on by themselves, at once or as often as the time of a `wait` is up. */
function endless(
  draft: Draft,
  ways: Ways,
  meant: (name: string) => readonly string[],
  names: LocalNames,
): readonly { name: string; problem: Problem }[] {
  const goesOn = (step: Step | BrokenStep) =>
    !(step.kind === 'ask' || step.kind === 'confirm' || step.kind === 'broken') &&
    !(step.kind === 'form' && step.again);
  const steps = [...draft.steps.values()].filter(goesOn);
  const going = new Set(steps.map(({ name }) => name));
  const edges: Edges = new Map(
    steps.map((step) => [
      step.name,
      (ways.get(step.name)?.ways ?? [])
        .filter(({ cause }) => goesByItself(step, cause))
        .flatMap(({ to }) => (to === undefined ? [] : meant(to)))
        .filter((to) => going.has(to)),
    ]),
  );
  const waits = new Set(steps.flatMap(({ name, kind }) => (kind === 'wait' ? [name] : [])));
  const unwaiting = [...going].filter((name) => !waits.has(name));
  const atOnce = loops(unwaiting, without(edges, waits));
  const told = new Set(atOnce.map(({ name }) => name));
  return [...atOnce, ...loops([...going], edges).filter(({ group }) => !group.some((name) => told.has(name)))];

  function loops(among: readonly string[], edges: Edges) {
    return components(among, edges).flatMap((group) => {
      const inside = new Set(group);
      const comesRound = group.length > 1 || group.some((name) => edges.get(name)?.includes(name));
      const [first] = group;
      const step = first === undefined ? undefined : draft.steps.get(first);
      if (!comesRound || !step || first === undefined) return [];
      const own = group.flatMap((name) => ways.get(name)?.ways ?? []);
      const within = own.filter(({ to }) => to !== undefined && inside.has(to));
      if (counts(within, own) || changesCall(draft, group, within) || pausesForForm(draft, group, within)) return [];
      const cycle = cycleFrom(first, edges, inside);
      const others = cycle.slice(1, -1).map(names.step);
      const round = others.length === 0 ? 'leads to itself' : `comes round by ${listed(others)}`;
      const form = group.find((name) => draft.steps.get(name)?.kind === 'form');
      const pauses = group.some((name) => waits.has(name));
      const problem = problemAt(
        step.at,
        'step/endless',
        pauses ? 'warning' : 'error',
        pauses
          ? `\`${names.step(first)}\` ${round} as often as the time is up, and nothing limits how often.`
          : `\`${names.step(first)}\` ${round} without ever waiting for the caller.`,
        pauses
          ? 'Count the rounds with `set`, and leave after some.'
          : form === undefined
            ? 'Put a question or a `wait` into the loop, or count the rounds with `set` and leave after some.'
            : `\`${names.step(form)}\` asks for nothing that is known: let it ask \`again: true\`, or clear on the way what was wrong, as in set: { NAME: null }.`,
        cycle,
      );
      return [{ name: first, group, problem }];
    });
  }
}

function goesByItself(step: Step | BrokenStep, cause: Way['cause']): boolean {
  // A form that has all it wants goes on at once; its other ways need the caller.
  if (step.kind === 'form') return cause === 'then' || cause === 'none';
  // What a signal brings about is up to who sends it.
  if (step.kind === 'wait' && step.timeout !== undefined) return cause === 'timeout';
  return cause !== 'turns' && cause !== 'heard';
}

const without = (edges: Edges, names: ReadonlySet<string>): Edges =>
  new Map([...edges].map(([from, tos]) => [from, names.has(from) ? [] : tos.filter((to) => !names.has(to))]));

/** A way of the loop sets a variable from itself, and a condition of the loop looks at it: it counts. */
function counts(within: readonly Way[], own: readonly Way[]): boolean {
  const counted = within.flatMap(({ ops }) =>
    ops.flatMap((op) =>
      op.op !== 'set'
        ? []
        : op.set.flatMap(({ variable, value }) =>
            value.kind === 'expression' && value.expression.variables.some(({ name }) => name === variable)
              ? [variable]
              : [],
          ),
    ),
  );
  return own.some(({ ops }) =>
    ops.some((op) => op.op === 'if' && op.condition.expression.variables.some(({ name }) => counted.includes(name))),
  );
}

/** A call of the loop is given something else the next time, as after a failure that names what was wrong. */
function changesCall(draft: Draft, group: readonly string[], within: readonly Way[]): boolean {
  const given = group.flatMap((name) => {
    const step = draft.steps.get(name);
    const calls = step?.kind === 'call' ? [step.call] : step?.kind === 'parallel' ? step.calls : [];
    return calls.flatMap((call) => [...call.with.values()].flatMap(expressionsIn));
  });
  const read = new Set(given.flatMap(({ expression }) => expression.variables.map(({ name }) => name)));
  return within.some(({ ops }) => ops.some((op) => op.op === 'set' && op.set.some((one) => read.has(one.variable))));
}

/** A form of the loop asks again, since what it wants is forgotten on the way. */
function pausesForForm(draft: Draft, group: readonly string[], within: readonly Way[]): boolean {
  const wanted = group.flatMap((name) => {
    const step = draft.steps.get(name);
    return step?.kind === 'form' ? step.variables : [];
  });
  const isNull = (value: Json) => value === null;
  return within.some(({ ops }) =>
    ops.some(
      (op) =>
        (op.op === 'forget' && wanted.includes(op.variable)) ||
        (op.op === 'set' &&
          op.set.some(
            ({ variable, value }) => wanted.includes(variable) && (value.kind !== 'literal' || isNull(value.value)),
          )),
    ),
  );
}

/** The shortest way from a step back to itself. */
function cycleFrom(start: string, edges: Edges, inside: ReadonlySet<string>): readonly string[] {
  const from = new Map<string, string>();
  const queue = [start];
  for (const name of queue) {
    for (const to of edges.get(name) ?? []) {
      if (to === start) {
        const path = [start];
        for (let at: string | undefined = name; at !== undefined && at !== start; at = from.get(at)) path.unshift(at);
        return [start, ...path];
      }
      if (inside.has(to) && !from.has(to)) {
        from.set(to, name);
        queue.push(to);
      }
    }
  }
  return [start];
}
