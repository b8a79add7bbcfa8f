import { describe, expect, it } from '@jest/globals';
import { createMachine } from '@parley/machine';
import { type RecordedEvent, recordable, redact, replay } from '@parley/replay';
import { checkWorkflow, type Json, type Program, readValue, type Variable } from '@parley/workflow';
import { drive } from './drive.ts';
import { specimenOf } from './specimen.ts';

describe('a redacted recording of a session made up at random', () => {
  // Always the same, so that what fails fails again.
  it.each([11])(
    'replays to the same path and holds none of the values (seed %d)',
    (seed) => {
      const count = { sessions: 0, withValues: 0 };
      for (let index = 0; index < 100; index++) {
        const { one, random } = specimenOf(seed, index);
        const checked = checkWorkflow(one.source, one.tools).program;
        if (!checked) continue;
        const program = allSensitive(checked);
        const events: RecordedEvent[] = [];
        drive(program, one.tools, random, {
          outputs: one.outputs,
          mayBeLong: true,
          watch: (event, result) => {
            if (result.taken) events.push(...recordable(event, result));
          },
        });
        const machine = createMachine(program, one.tools);
        const { name: workflow, version } = program;
        const start = events[0]?.at ?? 0;
        const recording = { session: `s${index}`, workflow, version, channel: 'chat', start, events } as const;
        // Of sessions without an end, some were driven on by other means.
        if (events.length === 0 || replay(machine, recording).outcome !== 'same') continue;
        count.sessions += 1;
        const given = events.flatMap((event) => (event.type === 'model.decided' ? Object.entries(event.values) : []));
        const values = given
          .filter(([name]) => program.variables.get(name)?.sensitive !== undefined)
          .filter(([name, value]) => !isOfTheFile(program, name, value, start))
          .flatMap(([, value]) => textsIn(value))
          .filter((text) => text.length >= 4 && /[\p{L}\p{N}]/u.test(text) && !one.source.text.includes(text));
        const { recording: redacted, replaced } = redact(machine, recording, { key: 'k' });
        if (replaced.values > 0) count.withValues += 1;
        const where = { seed, index };
        expect({ ...where, ...replay(machine, redacted) }).toMatchObject({ ...where, outcome: 'same' });
        expect(redacted.events.map(pathOf)).toEqual(events.map(pathOf));
        // The id of a contact is its host's.
        const written = JSON.stringify(
          redacted.events.map((event) => ('contact' in event ? event.contact.address : event)),
        );
        expect({
          ...where,
          left: values.filter((text) => written.includes(JSON.stringify(text).slice(1, -1))),
        }).toEqual({
          ...where,
          left: [],
        });
      }
      expect(count.withValues).toBeGreaterThan(20);
    },
    120_000,
  );
});

/** The same workflow, where everything that a caller gives is sensitive. */
function allSensitive(program: Program): Program {
  const variables = [...program.variables].map(([name, variable]): [string, Variable] => [
    name,
    variable.definition === undefined ? variable : { ...variable, sensitive: variable.sensitive ?? 'pii' },
  ]);
  return { ...program, variables: new Map(variables) };
}

/** Whether a value, or a piece of it, is one that the file itself has, said in some way. */
function isOfTheFile(program: Program, name: string, value: Json, now: number): boolean {
  const definition = program.variables.get(name)?.definition;
  const read = definition && readValue(definition, value, { now, timezone: program.timezone });
  const initial = new Set([...program.variables.values()].flatMap(({ initial }) => leavesOf(initial ?? null)));
  return (
    read?.ok === true &&
    leavesOf(read.value).some((leaf) => initial.has(leaf) || program.source.text.includes(`'${leaf}'`))
  );
}

function leavesOf(value: Json): readonly string[] {
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(leavesOf) : [String(value)];
}

const pathOf = (event: RecordedEvent) => [event.type, 'step' in event && event.step, 'path' in event && event.path];

function textsIn(value: Json): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
