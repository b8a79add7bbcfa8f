import { typeOf } from '../expression/expression.ts';
import type { Problem } from '../problem.ts';
import type { Choice, Condition, Draft, Route } from '../program.ts';
import type { Field, Type } from '../type.ts';
import { inWords } from './assignable.ts';
import { constantOf } from './condition.ts';
import type { Flow } from './flow.ts';
import { type LocalNames, problemAt } from './report.ts';

/** Conditions that leave no way on, that never or always hold, or that are none. */
export function checkGuards(draft: Draft, flow: Flow, names: LocalNames): readonly Problem[] {
  const problems: Problem[] = [];
  const seen = new Set<Route | Choice>();
  const fields: Record<string, Field> = {};
  for (const { name, type } of draft.variables.values()) fields[name] = { type, optional: true };
  const reached = new Set(flow.situations.map(({ step }) => step.name));

  const condition = (found: Condition, what: string): boolean => {
    const constant = constantOf(found.expression);
    if (constant !== undefined) {
      problems.push(
        constant
          ? problemAt(found.at, 'guard/always', 'warning', `This always holds, so it is no condition.`, 'Leave it out.')
          : problemAt(
              found.at,
              'guard/never',
              'error',
              `This never holds, so ${what} is never taken.`,
              'Take it out, or write what is meant.',
            ),
      );
      return false;
    }
    const { type, problems: wrong } = typeOf(found.expression, fields);
    if (wrong.length === 0 && !canBeTrue(type)) {
      problems.push(
        problemAt(
          found.at,
          'guard/no-condition',
          'error',
          `This gives ${inWords(type)}, which is no condition: it never holds.`,
          'Compare it with something, or ask whether it is there: $exists(…).',
        ),
      );
      return false;
    }
    return true;
  };

  for (const one of draft.interrupts) if (one.if) condition(one.if, `\`${one.name}\``);
  for (const variable of draft.variables.values()) if (variable.check) condition(variable.check, 'no value');

  for (const { step, ways } of flow.ways.values()) {
    const routes = 'then' in step ? step.then : [];
    for (const [index, route] of routes.entries()) {
      const earlier = routes
        .slice(0, index)
        .find((one) => one.if === undefined || constantOf(one.if.expression) === true);
      if (earlier) {
        problems.push(
          problemAt(
            route.at,
            'guard/after',
            'error',
            'This way is never taken: the one before it is taken always.',
            'Give the one before it an `if`, put this one first, or take it out.',
          ),
        );
        seen.add(route);
      }
      if (route.if && !condition(route.if, 'this way')) seen.add(route);
    }
    if ('choices' in step) {
      for (const choice of step.choices) if (choice.if) condition(choice.if, `\`${choice.name}\``);
    }
    if (!reached.has(step.name)) continue;
    for (const way of ways) {
      if (way.cause === 'none') {
        const situation = flow.taken.get(way);
        const last = routes.at(-1);
        if (!situation || !last) continue;
        const door = way.to === undefined ? undefined : names.step(way.to);
        problems.push(
          problemAt(
            last.at,
            'guard/no-way',
            door === undefined ? 'error' : 'warning',
            door === undefined
              ? `Where no condition of \`${names.step(step.name)}\` holds, there is no way on.`
              : `Where no condition of \`${names.step(step.name)}\` holds, it goes to the door of last resort, \`${door}\`.`,
            'Add a last way without `if`: - { to: STEP }',
            flow.pathTo(situation),
          ),
        );
      } else if (way.route && !seen.has(way.route) && routes.includes(way.route) && !flow.taken.has(way)) {
        if (isForOthers(draft, routes.slice(0, routes.indexOf(way.route) + 1))) continue;
        problems.push(
          problemAt(
            way.route.at,
            'guard/never',
            'warning',
            way.route.if
              ? "This way is never taken: its condition can't hold when it is looked at."
              : 'This way is never taken: one of the conditions before it always holds.',
            'Take it out, or look at the conditions before it and what is set on the way here.',
          ),
        );
      }
    }
  }
  return problems;
}

/** Whether ways of a part hang on what it is given: it is shared, and what one workflow never takes another does. */
function isForOthers(draft: Draft, routes: readonly Route[]): boolean {
  return routes.some(
    ({ at, if: condition }) =>
      at.file !== draft.file &&
      condition?.expression.variables.some(({ name }) => name === 'identity' || draft.variables.get(name)?.input),
  );
}

function canBeTrue(type: Type): boolean {
  if (type.kind === 'unknown' || type.kind === 'boolean') return true;
  return type.kind === 'union' && type.of.some(canBeTrue);
}
