import { ruleOf } from './actions.ts';
import type { FlowAction, ReadFlow } from './flow.ts';
import { backwards, circles, follow, type Graph } from './graph.ts';
import { called, type FlowProblem } from './problem.ts';

/** What is wrong with the ways through a flow: where it begins, what is never come to, and where a caller gets stuck. */
export function checkWays(flow: ReadFlow, graph: Graph): readonly FlowProblem[] {
  const begins = starts(flow, graph);
  // Where it can't begin, everything would be told as never come to.
  if (graph.reachable.size === 0) return begins;
  return [...begins, ...unreached(graph), ...stuck(graph), ...circling(graph), ...silent(graph)];
}

function starts(flow: ReadFlow, { actions }: Graph): readonly FlowProblem[] {
  const problem = (code: string, message: string, fix: string, at = flow.at): FlowProblem => ({
    ...at,
    code,
    severity: 'error',
    message,
    fix,
  });
  const key = flow.format === 'legacy' ? '`start`' : '`StartAction`';
  const [first, ...more] = flow.starts;
  if (flow.actions.length === 0) {
    return [problem('flow/no-actions', 'The flow has no actions.', 'A flow has at least one that ends it.')];
  }
  if (!first) return [problem('flow/no-start', `${key} is missing.`, 'Name the action that the flow begins with.')];
  const nowhere = first.to === undefined || !actions.has(first.to);
  return [
    ...(nowhere
      ? [
          problem(
            'flow/start-nowhere',
            `${key} names no action that is there.`,
            'Name the one to begin with.',
            first.at,
          ),
        ]
      : []),
    ...more.map(({ at }) =>
      problem('flow/several-starts', `${key} is there more than once.`, 'A flow begins with one action.', at),
    ),
  ];
}

function unreached({ actions, reachable }: Graph): readonly FlowProblem[] {
  return [...actions]
    .filter(([identifier]) => !reachable.has(identifier))
    .map(([, action]) => ({
      ...about(action),
      code: 'way/unreachable',
      severity: 'warning',
      message: `${called(action)} is never come to.`,
      fix: 'Lead something to it, or take it out.',
    }));
}

/** Where no way leads to an end any more. What only leads there is not told. */
function stuck(graph: Graph): readonly FlowProblem[] {
  const { actions, ways, broken, reachable } = graph;
  const back = backwards(graph);
  const ends = [...actions]
    .filter(([identifier, action]) => isEnd(action) || broken.has(identifier))
    .map(([name]) => name);
  const out = follow(ends, (from) => back.get(from) ?? []);
  const lost = [...actions.keys()].filter((identifier) => reachable.has(identifier) && !out.has(identifier));
  const dead = lost.flatMap((identifier) => {
    const action = actions.get(identifier);
    if (!action || (ways.get(identifier) ?? []).length > 0) return [];
    return [
      {
        ...about(action),
        code: 'way/dead-end',
        severity: 'error',
        message: `${called(action)} leads nowhere: the caller is left there.`,
        fix: 'Lead it on: to a person, or to a goodbye and a disconnect.',
      } as const,
    ];
  });
  const closed = circles(lost, (from) => ways.get(from) ?? [])
    // The last of such circles: what leads into one is stuck because of it.
    .filter((circle) => circle.every((from) => (ways.get(from) ?? []).every((to) => circle.includes(to))))
    .map((circle) => ({
      ...circling_(circle, actions),
      code: 'way/no-way-out',
      severity: 'error' as const,
      fix: 'Lead one of them out: to a person, or to a goodbye and a disconnect.',
    }));
  return [...dead, ...closed];
}

/** Whether a flow may end here. Of what is not known, or says nothing of where it leads, nothing is said. */
function isEnd(action: FlowAction): boolean {
  const rule = ruleOf(action.type);
  if (rule) return rule.next === 'ends' || rule.handsOver === true;
  return action.next === undefined && action.errors.length === 0 && action.conditions.length === 0;
}

/** Circles that a contact runs through without a pause, and nobody counts how often. */
function circling({ actions, ways, reachable }: Graph): readonly FlowProblem[] {
  const quick = [...actions].filter(([identifier, { type }]) => {
    const rule = ruleOf(type);
    return reachable.has(identifier) && rule && !rule.pauses && !rule.counts && rule.next !== 'ends';
  });
  const names = quick.map(([identifier]) => identifier);
  return circles(names, (from) => ways.get(from) ?? []).map((circle) => ({
    ...circling_(circle, actions),
    code: 'way/busy-loop',
    severity: 'warning',
    fix: 'Put a Loop that counts into it, or something that takes time: a prompt, a wait.',
  }));
}

function circling_(circle: readonly string[], actions: ReadonlyMap<string, FlowAction>) {
  const members = circle.flatMap((name) => actions.get(name) ?? []);
  const [first] = members;
  const some = members.slice(0, 4).map(called).join(' → ');
  const more = members.length > 4 ? ` and ${members.length - 4} more` : '';
  const way = members.length === 1 ? `${some} leads to itself` : `${some}${more} lead to each other`;
  return {
    ...(first ? about(first) : { file: '', line: 1, column: 1 }),
    message: `${way}, and nothing leads out or slows it down.`,
  };
}

/** A caller who says nothing, or has gone, is asked again without end. */
function silent({ actions, reachable }: Graph): readonly FlowProblem[] {
  const told = new Set<string>();
  return [...actions].flatMap(([identifier, action]) => {
    if (!reachable.has(identifier) || told.has(identifier) || !onSilence(action)) return [];
    const round = [identifier];
    for (let at = onSilence(action); at !== undefined; at = step(actions.get(at))) {
      if (at === identifier) {
        for (const name of round) told.add(name);
        return [
          {
            ...about(action),
            code: 'way/silence',
            severity: 'warning' as const,
            message: `${called(action)} asks a caller who says nothing again and again, without end.`,
            fix: 'Put a Loop before it that counts, and lead out after a few times: to a person, or to a goodbye.',
          },
        ];
      }
      if (round.includes(at)) return [];
      round.push(at);
    }
    return [];
  });

  function step(action: FlowAction | undefined): string | undefined {
    if (!action) return undefined;
    const asked = onSilence(action);
    if (asked !== undefined) return asked;
    if (action.conditions.length === 0) return action.next?.to;
    // Where several ways lead on, or rounds are counted, nothing is certain; a count of which all ways are the same counts nothing.
    const [first, ...more] = action.conditions.map(({ to }) => to);
    return ruleOf(action.type)?.counts && more.every((to) => to === first) ? first : undefined;
  }
}

/** Where an action leads that nobody answers. */
function onSilence({ type, errors }: FlowAction): string | undefined {
  if (type !== 'GetParticipantInput' && type !== 'ConnectParticipantWithLexBot') return undefined;
  return errors.find(({ error }) => error === 'InputTimeLimitExceeded')?.to;
}

function about(action: FlowAction) {
  const identifier = action.identifier === undefined ? {} : { action: action.identifier };
  const title = action.title === undefined ? {} : { title: action.title };
  return { ...action.at, ...identifier, ...title };
}
