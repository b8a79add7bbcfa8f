import type { Decider, Decision, Question } from '@parley/engine';
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
  };
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
