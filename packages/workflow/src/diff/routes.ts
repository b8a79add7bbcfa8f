import type { Route, Step } from '../program.ts';
import type { Change, Subject } from './change.ts';
import { compareFacts, type Fact } from './fact.ts';
import { writeCondition } from './names.ts';
import { setFacts, type View } from './view.ts';

/** The ways on that a step tries in order, but for those of a part, which its outcomes are. */
export function routesOf(step: Step): readonly Route[] {
  switch (step.kind) {
    case 'say':
    case 'form':
    case 'call':
    case 'branch':
    case 'wait':
    case 'parallel':
      return step.then;
    default:
      return [];
  }
}

/** A route in the words of the comparison. */
interface Way {
  readonly route: Route;
  /** What is compared: undefined for always. */
  readonly same: string | undefined;
  readonly shown: string | undefined;
  readonly to: string;
}

/** What changed of the ways on from a step. */
export function compareRoutes(
  subject: Subject,
  name: string,
  [before, old]: readonly [View, readonly Route[]],
  [after, fresh]: readonly [View, readonly Route[]],
): Change[] {
  const was = old.map((route) => wayOf(before, route));
  const is = fresh.map((route) => wayOf(after, route));
  const pairs = pair(was, is);
  const changes: Change[] = [];
  for (const [index, way] of is.entries()) {
    const mate = pairs.get(index);
    const previous = mate === undefined ? undefined : was[mate];
    if (previous === undefined) {
      changes.push({
        kind: 'changed',
        subject,
        aspect: 'target',
        before: undefined,
        after: way.to,
        sentence: `After \`${name}\`, the caller now goes to ${way.to} ${when(way, is)}.`,
        at: way.route.at,
      });
      continue;
    }
    changes.push(...compareConditions(subject, name, [previous, was], [way, is]));
    const lead = is.length === 1 ? `After \`${name}\`` : `After \`${name}\`, ${when(way, is)}`;
    changes.push(...compareFacts(subject, wayFacts(before, lead, previous), wayFacts(after, lead, way)));
  }
  const kept = new Set(pairs.values());
  for (const [index, way] of was.entries()) {
    if (kept.has(index)) continue;
    changes.push({
      kind: 'changed',
      subject,
      aspect: 'target',
      before: way.to,
      after: undefined,
      sentence: `After \`${name}\`, the caller no longer goes to ${way.to} ${when(way, was)}.`,
      at: way.route.at,
    });
  }
  const order = [...pairs].sort(([a], [b]) => a - b).map(([, index]) => index);
  if (order.some((index, i) => index < (order[i - 1] ?? 0))) {
    changes.push({
      kind: 'changed',
      subject,
      aspect: 'order',
      before: was.map(({ to }) => to).join(', '),
      after: is.map(({ to }) => to).join(', '),
      sentence: `After \`${name}\`, the ways on are now tried in the order ${is.map(({ to }) => to).join(', ')}.`,
      at: is[0]?.route.at,
    });
  }
  return changes;
}

function wayOf(view: View, route: Route): Way {
  return {
    route,
    same: route.if && writeCondition(route.if, view.bare),
    shown: route.if && writeCondition(route.if, view.names),
    to: `\`${view.names.step(route.to)}\``,
  };
}

/** Which of the older ways each of the newer ones is: by condition, then by where it leads, then by its place. */
function pair(was: readonly Way[], is: readonly Way[]): Map<number, number> {
  const pairs = new Map<number, number>();
  const taken = new Set<number>();
  const match = (alike: (a: Way, b: Way, i: number, j: number) => boolean) => {
    for (const [i, way] of is.entries()) {
      if (pairs.has(i)) continue;
      const j = was.findIndex((other, j) => !taken.has(j) && alike(way, other, i, j));
      if (j < 0) continue;
      pairs.set(i, j);
      taken.add(j);
    }
  };
  match((a, b) => a.same === b.same && a.to === b.to);
  match((a, b) => a.same === b.same);
  match((a, b) => a.to === b.to);
  return pairs;
}

function when(way: Way, all: readonly Way[]): string {
  if (way.shown !== undefined) return `if ${way.shown}`;
  return all.length === 1 ? 'always' : 'in all other cases';
}

function compareConditions(
  subject: Subject,
  name: string,
  [previous, was]: readonly [Way, readonly Way[]],
  [way, is]: readonly [Way, readonly Way[]],
): Change[] {
  if (previous.same === way.same) return [];
  return [
    {
      kind: 'changed',
      subject,
      aspect: 'condition',
      before: previous.shown,
      after: way.shown,
      sentence: `After \`${name}\`, the caller now goes to ${way.to} ${when(way, is)} instead of ${when(previous, was)}.`,
      at: way.route.if?.at ?? way.route.at,
    },
  ];
}

function wayFacts(view: View, lead: string, way: Way): readonly Fact[] {
  return [
    {
      id: 'to',
      aspect: 'target',
      value: way.to,
      at: way.route.at,
      words: { now: `${lead}, the caller now goes to`, gone: '' },
    },
    ...setFacts(view, 'set', `${lead}, the way on`, way.route.set),
  ];
}
