import { describe, expect, it } from '@jest/globals';
import { createMachine } from '@parley/machine';
import { type RecordedEvent, recordable, redact, replay } from '@parley/replay';
import { checkWorkflow, type Json, ParleyError, type Program, readValue, type Variable } from '@parley/workflow';
import { drive } from './drive.ts';
import { specimenOf } from './specimen.ts';

describe('a redacted recording of a session made up at random', () => {
  // Always the same, so that what fails fails again.
  it.each([11, 12])(
    'replays to the same path and holds none of the values (seed %d)',
    (seed) => {
      const count = { sessions: 0, withValues: 0, refused: 0 };
      for (let index = 0; index < 150; index++) {
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
          .filter(([name, value]) => !isOfTheFile(program.variables.get(name), value, one.source.text))
          .flatMap(([, value]) => textsIn(value))
          .filter((text) => text.length >= 4 && /[\p{L}\p{N}]/u.test(text) && !one.source.text.includes(text));
        if (values.length > 0) count.withValues += 1;
        const began = performance.now();
        try {
          const redacted = redact(machine, recording, { key: 'k' }).recording;
          if (performance.now() - began > 1000) console.log(index, events.length, performance.now() - began);
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
        } catch (error) {
          if (!(error instanceof ParleyError)) throw error;
          expect(error.code).toBe('recording/no-pseudonym');
          console.log(
            index,
            error.message,
            error.place,
            one.source.text
              .split('\n')
              .slice(Math.max(0, (error.place?.line ?? 1) - 2), (error.place?.line ?? 1) + 9)
              .join('\n'),
            JSON.stringify(values),
            JSON.stringify(given.slice(0, 12)),
          );
          count.refused += 1;
        }
      }
      console.log(count);
      expect(count.withValues).toBeGreaterThan(5);
      expect(count.refused).toBe(0);
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

/** Whether a value is one that the file itself has, said in some way. */
function isOfTheFile(variable: Variable | undefined, value: Json, text: string): boolean {
  const read = variable?.definition && readValue(variable.definition, value, { now: 0, timezone: 'UTC' });
  return read?.ok === true && typeof read.value !== 'object' && text.includes(String(read.value));
}

const pathOf = (event: RecordedEvent) => [event.type, 'step' in event && event.step, 'path' in event && event.path];

function textsIn(value: Json): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
