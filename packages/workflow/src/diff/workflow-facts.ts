import { duration } from './duration.ts';
import type { Fact } from './fact.ts';
import { writeCondition } from './names.ts';
import { times } from './step-facts.ts';
import { textFact, type View, wordsFact, written } from './view.ts';

/** What a workflow says of itself: all but its variables, interrupts and steps. */
export function workflowFacts(view: View): readonly Fact[] {
  const { program, names } = view;
  const at = { file: program.file, line: 1, column: 1 };
  const { limits, models } = program;
  const { guardrail } = models;
  const fact = (id: string, aspect: Fact['aspect'], value: string | undefined, now: string, gone = ''): Fact => ({
    id,
    aspect,
    value,
    at,
    words: { now, gone },
  });
  const step = (name: string | undefined) => (name === undefined ? undefined : `\`${names.step(name)}\``);
  const model = (name: string | undefined) => (name === undefined ? undefined : `\`${name}\``);
  return [
    fact('name', 'name', `\`${program.name}\``, 'The workflow is now called'),
    ...wordsFact('title', 'name', program.title, at, { now: 'The title is now', gone: '' }),
    fact('start', 'target', step(program.start), 'A session now starts at'),
    ...wordsFact('guidance', 'guidance', program.guidance, at, {
      now: 'At every decision, the model is now told',
      gone: 'At every decision, the model is no longer told',
    }),
    fact(
      'model',
      'model',
      model(models.decide),
      'Decisions are now made by the model',
      'Decisions are no longer made by the model',
    ),
    fact(
      'fallback',
      'model',
      models.fallback.length === 0 ? undefined : models.fallback.map((name) => `\`${name}\``).join(', then '),
      'When the model fails, decisions now go to',
      'When the model fails, decisions no longer go to',
    ),
    fact('residency', 'model', models.residency, 'Data now stays in', 'Data no longer has to stay in'),
    fact(
      'guardrail',
      'model',
      guardrail && `\`${guardrail.id}\` (version ${guardrail.version})`,
      'The guardrail that looks at decisions, and at what tools are given and return, is now',
      'No guardrail looks at decisions any more, nor at what tools are given and return; it was',
    ),
    {
      ...fact('guardrail to', 'door', step(guardrail?.to), 'When the guardrail steps in, the caller now goes to'),
      words: {
        now: 'When the guardrail steps in, the caller now goes to',
        gone: '',
        removed: (door) =>
          guardrail === undefined
            ? `No guardrail steps in any more, which led to ${door}.`
            : `When the guardrail steps in, the caller now goes to the door of the step, and no longer to ${door}.`,
      },
    },
    fact('turns', 'limit', String(limits.turns), 'The most turns a session may have are now'),
    fact('reprompts', 'limit', times(limits.reprompts), 'A question may now be put again'),
    fact('silence', 'limit', duration(limits.silence), 'A caller may now be silent for'),
    fact('turn', 'limit', duration(limits.turn), 'A turn may now take'),
    fact('decide', 'limit', duration(limits.decide), 'A decision of the model may now take'),
    fact('confidence', 'limit', String(limits.confidence), 'The least confidence a choice needs is now'),
    fact(
      'keep',
      'limit',
      limits.keep === undefined ? undefined : duration(limits.keep),
      'After its last event, a session is now kept for',
      'Sessions are no longer removed after',
    ),
    ...recordFact(view),
    fact('timezone', 'data', program.timezone, 'Dates and times are now meant in'),
    {
      ...fact('otherwise', 'door', step(program.otherwise), 'The door of last resort now leads to'),
      words: {
        now: 'The door of last resort now leads to',
        gone: '',
        added: (door) => `There is now a door of last resort, which leads to ${door}.`,
        removed: (door) => `The door of last resort, which led to ${door}, is gone.`,
      },
    },
    ...textFact(view, 'busy', 'text', program.busy, {
      now: 'When a turn takes too long, the caller now hears',
      gone: 'When a turn takes too long, the caller no longer hears',
    }),
  ];
}

function recordFact(view: View): readonly Fact[] {
  const { record } = view.program.limits;
  if (record === undefined) return [];
  return [
    {
      id: 'record',
      aspect: 'condition',
      at: record.at,
      ...written(view, (names) => writeCondition(record, names)),
      words: {
        now: 'A session may now be recorded only if',
        gone: 'A session may now be recorded even if not',
      },
    },
  ];
}
