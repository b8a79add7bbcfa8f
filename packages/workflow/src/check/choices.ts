import type { Problem } from '../problem.ts';
import { asks, type BrokenStep, type Choice, type Draft, interruptsAt, type Step } from '../program.ts';
import { neverBoth } from './condition.ts';
import type { LocalNames } from './report.ts';
import { problemAt } from './report.ts';

/** Choices that a model, or a key, can't tell apart. */
export function checkChoices(draft: Draft, names: LocalNames): readonly Problem[] {
  const problems: Problem[] = [];
  const everywhere = new Set<Choice>(draft.interrupts);
  problems.push(...draft.interrupts.flatMap((one) => alone(one, ['unclear', 'answered', 'yes', 'no', 'changed'])));
  const apart = (one: Choice, other: Choice) =>
    one.if !== undefined &&
    other.if !== undefined &&
    neverBoth(one.if.expression, other.if.expression, (name) => draft.variables.get(name)?.type);
  problems.push(...together(draft.interrupts, [], apart));
  for (const step of draft.steps.values()) {
    if (step.kind === 'broken' || !('choices' in step)) continue;
    const own = step.choices;
    problems.push(...own.flatMap((one) => alone(one, reserved(step))));
    const others = asks(step) ? interruptsAt(draft, step) : [];
    problems.push(...together(own, others, apart));
    if (step.kind !== 'confirm') continue;
    problems.push(...own.flatMap(likeYesOrNo));
    for (const one of [...own, ...others]) {
      if (one.press !== '1' && one.press !== '2') continue;
      const means = one.press === '1' ? 'yes' : 'no';
      const [at, message] = everywhere.has(one)
        ? [
            step.at,
            `At \`${names.step(step.name)}\` the key ${one.press} means ${means}, and the interrupt \`${one.name}\` as well.`,
          ]
        : [one.at, `The key ${one.press} picks \`${one.name}\`, but where something is confirmed it means ${means}.`];
      problems.push(problemAt(at, 'choice/key', 'error', message, 'Give the choice another key.'));
    }
  }
  return problems;
}

function reserved(step: Step | BrokenStep): readonly string[] {
  if (step.kind === 'form') return ['unclear', 'answered'];
  return step.kind === 'confirm' ? ['unclear', 'yes', 'no', 'changed'] : ['unclear'];
}

function alone(choice: Choice, taken: readonly string[]): readonly Problem[] {
  const found: Problem[] = [];
  if (taken.includes(choice.name)) {
    found.push(
      problemAt(
        choice.at,
        'choice/reserved',
        'error',
        `\`${choice.name}\` is a choice that the question has already.`,
        'Give it another name.',
      ),
    );
  }
  if (words(choice.when).length === 0) {
    found.push(
      problemAt(
        choice.at,
        'choice/empty',
        'error',
        `\`${choice.name}\` does not say when it is meant.`,
        'Say under `when` what the caller wants, in plain words: the model reads it.',
      ),
    );
  }
  return found;
}

/**
 * What clashes among choices, and between them and the `others` that can be picked along with them. Told at the later.
 * `apart`: whether two are never offered together.
 */
function together(
  choices: readonly Choice[],
  others: readonly Choice[],
  apart: (one: Choice, other: Choice) => boolean,
): readonly Problem[] {
  const problems: Problem[] = [];
  const read = (choice: Choice): Read => {
    const when = words(choice.when);
    const examples = new Map(choice.examples.map((example) => [words(example).join(' '), example]));
    return { choice, when: when.join(' '), gist: gist(when), examples };
  };
  const theirs = others.map(read);
  for (const one of choices.map(read)) {
    const found = theirs.flatMap((other) => {
      const clashes = [...clash(one, other), ...sameExamples(one, other), ...keys(one.choice, other.choice)];
      return clashes.length === 0 || apart(one.choice, other.choice) ? [] : clashes;
    });
    problems.push(...found);
    theirs.push(one);
  }
  return problems;
}

/** A choice with its words as they are compared. */
interface Read {
  readonly choice: Choice;
  readonly when: string;
  readonly gist: string;
  /** The examples by their words. */
  readonly examples: ReadonlyMap<string, string>;
}

function sameExamples(one: Read, other: Read): readonly Problem[] {
  return [...one.examples]
    .filter(([words]) => other.examples.has(words))
    .map(([, example]) =>
      problemAt(
        one.choice.at,
        'choice/same-example',
        'error',
        `"${example.slice(0, 60)}" is an example of \`${one.choice.name}\` and of \`${other.choice.name}\`.`,
        'Leave it with the one that is meant.',
      ),
    );
}

const YES = /^(?:yes|yeah|agrees?|confirms?|correct|right|ok|okay|sure|says?|answers?)$/;
const NO = /^(?:no|nope|not|disagrees?|refuses?|declines?|wrong|says?|answers?)$/;

/** A choice at a confirmation that means what its yes or no means. */
function likeYesOrNo(choice: Choice): readonly Problem[] {
  const telling = words(choice.when).filter((word) => !FILLERS.has(word));
  const means = [YES, NO].findIndex((all) => telling.every((word) => all.test(word)));
  if (means < 0 || telling.length === 0) return [];
  return [
    problemAt(
      choice.at,
      'choice/alike',
      'warning',
      `\`${choice.name}\` means what \`${means === 0 ? 'yes' : 'no'}\` means here already.`,
      `Lead \`${means === 0 ? 'yes' : 'no'}\` to where it should go, and take the choice out.`,
    ),
  ];
}

function clash(one: Read, other: Read): readonly Problem[] {
  if (one.when === '' || other.when === '') return [];
  const names = `\`${one.choice.name}\` and \`${other.choice.name}\``;
  if (one.when === other.when) {
    return [
      problemAt(
        one.choice.at,
        'choice/same',
        'error',
        `${names} say the same under \`when\`: nothing tells them apart.`,
        'Say what makes each of them different, or make one of the two.',
      ),
    ];
  }
  if (one.gist !== other.gist) return [];
  return [
    problemAt(
      one.choice.at,
      'choice/alike',
      'warning',
      `${names} say nearly the same under \`when\`.`,
      'Say what makes each of them different.',
    ),
  ];
}

function keys(one: Choice, other: Choice): readonly Problem[] {
  const [mine, theirs] = [one.press, other.press];
  if (mine === undefined || theirs === undefined) return [];
  if (mine === theirs) {
    return [
      problemAt(
        one.at,
        'choice/key',
        'error',
        `The key ${mine} picks \`${one.name}\` and \`${other.name}\`.`,
        'Give one of them another key.',
      ),
    ];
  }
  if (!mine.startsWith(theirs) && !theirs.startsWith(mine)) return [];
  const [short, long] = mine.length < theirs.length ? [mine, theirs] : [theirs, mine];
  return [
    problemAt(
      one.at,
      'choice/key-prefix',
      'warning',
      `The key ${short} is the beginning of ${long}, so who presses ${long} is kept waiting or gets the other.`,
      'Let no key be the beginning of another.',
    ),
  ];
}

function words(text: string): readonly string[] {
  return text
    .toLowerCase()
    .replaceAll(/[’']/g, '')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
}

/** Words that make no difference between two wishes. */
const FILLERS: ReadonlySet<string> = new Set(
  'a an the to of for on in with and or is are be that this it its his her their my your want wants wanted wish wishes would like likes caller customer user they he she who please'.split(
    ' ',
  ),
);

/** The words that say something, in no order, without the ends that change nothing. */
function gist(all: readonly string[]): string {
  const telling = all.filter((word) => !FILLERS.has(word)).map((word) => word.replace(/(?<=..)(ing|ed|es|s)$/, ''));
  return [...new Set(telling.length > 0 ? telling : all)].sort().join(' ');
}
