import type { Composed, Composition, Decider, Decision, Question } from '@parley/engine';
import type { Json } from '@parley/workflow';
import type { Process, World } from './world.ts';

/** Takes words literally: the name of a choice picks it, `name=value` fills a variable. Or is slow, fails, and makes things up. */
export function simulatedDecider(world: World, process: Process): Decider {
  const { random, scheduler, profile } = world;
  return {
    name: 'simulated',
    decide: async (question) => {
      const { session, step, signal } = question;
      const way =
        world.calm || !random.chance(profile.deciderFails)
          ? 'well'
          : random.pick(['throws', 'blocked', 'never', 'late', 'outside', 'made up', 'unsure', 'garbage'] as const);
      const slow = !world.calm && random.chance(profile.slow);
      const takes = way === 'late' ? random.int(4_001, 9_000) : slow ? random.int(100, 3_900) : random.int(0, 30);
      if (random.chance(0.1)) await question.transcript();
      if (way === 'never') return new Promise(() => undefined);
      return scheduler.answer(
        process,
        takes,
        `${process.name} gets a decision at ${step} of ${session} (${way}${signal.aborted ? ', unwanted' : ''})`,
        () => {
          switch (way) {
            case 'throws':
              throw new Error('Throttled.');
            case 'blocked':
              throw new world.module.DeciderError('decider/guardrail', 'The guardrail stepped in.', {});
            case 'outside':
              return { choice: 'refund', values: {}, confidence: 1 };
            case 'made up':
              return { ...literally(question), values: { card: '4111' } };
            case 'garbage':
              return JSON.parse(random.pick(['null', '{}', '[]', '"need"', '{"choice":7,"values":[],"confidence":2}']));
            case 'unsure':
              return { ...literally(question), confidence: 0.1 };
            default:
              return literally(question);
          }
        },
      );
    },
    compose: (composition) => compose(world, process, composition),
  };
}

/** Writes what the facts say, sentence by sentence where somebody takes them. Or is slow, fails, makes things up, and speaks out of turn. */
async function compose({ random, scheduler, profile, calm }: World, process: Process, composition: Composition) {
  const { session, step, facts, onText } = composition;
  const way =
    calm || !random.chance(profile.deciderFails)
      ? 'well'
      : random.pick(['throws', 'never', 'late', 'made up', 'then made up', 'another end', 'twice', 'garbage'] as const);
  const item = facts['item'] ?? 'it';
  const pieces = {
    'made up': ['There are 4111 of them. ', 'Bye.'],
    'then made up': [`There are ${facts['left']}. `, 'They come on May 31. ', 'Bye.'],
  };
  const usual = ['Good news. ', `There are ${facts['left']}. `, `All of it is ${item}.`];
  const written = way === 'made up' || way === 'then made up' ? pieces[way] : usual;
  if (random.chance(0.1)) await composition.transcript();
  const takes = () =>
    way === 'late' ? random.int(1_500, 9_000) : random.int(0, !calm && random.chance(profile.slow) ? 900 : 20);
  const label = (what: string) => `${process.name} gets ${what} at ${step} of ${session} (${way})`;
  for (const [at] of written.entries()) {
    if (way === 'never' && at === 1) return new Promise<Composed>(() => undefined);
    await scheduler.answer(process, takes(), label('words'), () => onText?.(written.slice(0, at + 1).join('')));
    if (way === 'twice') onText?.(written.slice(0, at).join(''));
  }
  const text = way === 'another end' ? 'It is something else.' : written.join('');
  return scheduler.answer(process, takes(), label('all words'), (): Composed => {
    if (way === 'throws') throw new Error('Throttled.');
    if (way === 'garbage') return JSON.parse(random.pick(['null', '{}', '[]', '"so"', '{"text":7}']));
    // Nobody waits for what it goes on to write.
    if (way === 'twice')
      scheduler.park(process, 10, label('more words'), () => onText?.(`${text} There are ${facts['left']}. So.`));
    return { text };
  });
}

function literally({ heard = '', choices, fill }: Question): Decision {
  const values: [string, Json][] = [...heard.matchAll(/(\w+)=(\S+)/g)].flatMap(([, name = '', value = '']) =>
    fill.some((wanted) => wanted.name === name) ? [[name, value]] : [],
  );
  const words = heard.split(/\s+/);
  const named = choices.find(({ name }) => words.includes(name))?.name;
  const answered = values.length > 0 ? ['answered', 'changed'] : [];
  const other = choices.find(({ name }) => answered.includes(name))?.name;
  const fallback = heard === '' ? choices[0]?.name : undefined;
  return { choice: named ?? other ?? fallback ?? 'unclear', values: Object.fromEntries(values), confidence: 0.9 };
}
