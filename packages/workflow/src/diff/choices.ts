import type { Choice } from '../program.ts';
import type { Change, Subject } from './change.ts';
import { compareFacts, quote } from './fact.ts';
import { choiceFacts } from './step-facts.ts';
import type { View } from './view.ts';

/** How choices are spoken of where they stand: at a step, or as the interrupts of the workflow. */
export interface ChoiceWords {
  readonly subject: (name: string) => Subject;
  /** `At \`need\`, the choice \`track\`` */
  readonly lead: (name: string) => string;
  /** `At \`need\`, there is a new choice \`track\`` */
  readonly added: (name: string) => string;
  /** `At \`need\`, the choices are now offered in the order` */
  readonly order: string;
  /** What their order is a matter of. */
  readonly owner: Subject;
}

/** What changed of a list of choices. One that is the same under another name was renamed. */
export function compareChoices(
  words: ChoiceWords,
  [before, old]: readonly [View, readonly Choice[]],
  [after, fresh]: readonly [View, readonly Choice[]],
): Change[] {
  const pairs = pair(old, fresh);
  const changes: Change[] = [];
  for (const choice of fresh) {
    const subject = words.subject(choice.name);
    const previous = pairs.get(choice);
    if (previous === undefined) {
      const to = choice.to === undefined ? 'the question that was open' : `\`${after.names.step(choice.to)}\``;
      changes.push({
        kind: 'added',
        subject,
        sentence: `${words.added(choice.name)}: ${quote(choice.when)}, which leads to ${to}.`,
        at: choice.at,
      });
      continue;
    }
    if (previous.name !== choice.name) {
      changes.push({
        kind: 'renamed',
        subject,
        from: previous.name,
        sentence: `${words.lead(previous.name)} is now called \`${choice.name}\`.`,
        at: choice.at,
      });
    }
    const lead = words.lead(choice.name);
    changes.push(...compareFacts(subject, choiceFacts(before, lead, previous), choiceFacts(after, lead, choice)));
  }
  const kept = new Set(pairs.values());
  for (const choice of old) {
    if (kept.has(choice)) continue;
    changes.push({
      kind: 'removed',
      subject: words.subject(choice.name),
      sentence: `${words.lead(choice.name)} is gone.`,
      at: choice.at,
    });
  }
  const common = fresh.filter((choice) => pairs.has(choice));
  const places = common.map((choice) => {
    const previous = pairs.get(choice);
    return previous === undefined ? -1 : old.indexOf(previous);
  });
  if (places.some((place, i) => place < (places[i - 1] ?? 0))) {
    const names = fresh.map(({ name }) => `\`${name}\``).join(', ');
    changes.push({
      kind: 'changed',
      subject: words.owner,
      aspect: 'order',
      before: old.map(({ name }) => `\`${name}\``).join(', '),
      after: names,
      sentence: `${words.order} ${names}.`,
      at: fresh[0]?.at,
    });
  }
  return changes;
}

/** The choice that each of the newer ones was: of the same name, else of the same meaning under another name. */
function pair(old: readonly Choice[], fresh: readonly Choice[]): Map<Choice, Choice> {
  const pairs = new Map<Choice, Choice>();
  const removed = old.filter(({ name }) => !fresh.some((one) => one.name === name));
  for (const choice of fresh) {
    const same = old.find(({ name }) => name === choice.name);
    if (same) pairs.set(choice, same);
  }
  for (const choice of fresh) {
    if (pairs.has(choice)) continue;
    const index = removed.findIndex(({ when }) => when === choice.when);
    const [previous] = index < 0 ? [] : removed.splice(index, 1);
    if (previous) pairs.set(choice, previous);
  }
  return pairs;
}
