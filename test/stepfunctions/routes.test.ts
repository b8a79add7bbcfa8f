import { expect, it } from '@jest/globals';
import { createMachine } from '@parley/machine';
import { checkWorkflow, type Json } from '@parley/workflow';
import { changesFrom } from '../../packages/stepfunctions/src/compiler/changes.ts';
import { compileToStepFunctions, definitionText } from '../../packages/stepfunctions/src/compiler/compile.ts';
import { lintDefinition } from '../../packages/stepfunctions/src/compiler/lint.ts';
import { placesOf } from '../../packages/stepfunctions/src/compiler/places.ts';
import { drive } from '../generated/drive.ts';
import { specimenOf } from '../generated/specimen.ts';

const functions = { ask: 'ask', decide: 'decide', call: 'call', finish: 'finish' };
const SEED = 6;
const COUNT = 300;

it('whatever way a session takes, the compiled machine draws it, and tells of the variables that change on it', () => {
  let moves = 0;
  let valid = 0;
  for (let index = 0; index < COUNT; index++) {
    const { one, random } = specimenOf(SEED, index);
    const { program } = checkWorkflow(one.source, one.tools);
    if (!program) continue;
    valid += 1;
    const { kinds, onward, passed } = placesOf(program, createMachine(program, one.tools).configuration);
    let before = { step: '(start)', vars: new Map<string, string>() };
    drive(program, one.tools, random, {
      outputs: one.outputs,
      mayBeLong: true,
      watch: (_, { snapshot, moves: made, taken }) => {
        if (!taken) return;
        const { step, memory } = snapshot;
        const vars = new Map(Object.entries(memory.vars).map(([name, value]) => [name, JSON.stringify(value)]));
        const where = { index, from: before.step, to: step };
        const stays = made.length === 0 && step === before.step;
        const drawn = onward.get(before.step) ?? [];
        if (!stays) moves += 1;
        expect({ ...where, drawn: stays || drawn.includes(step) }).toEqual({ ...where, drawn: true });
        expect(kinds.has(step)).toBe(true);
        const told = changesFrom(program, [before.step, ...(passed.get(before.step) ?? [])], drawn);
        const names = new Set([...before.vars.keys(), ...vars.keys()]);
        const changed = [...names].filter((name) => vars.get(name) !== before.vars.get(name));
        const untold = before.step === '(start)' ? [] : changed.filter((name) => !told.has(name));
        expect({ ...where, untold }).toEqual({ ...where, untold: [] });
        before = { step, vars };
      },
    });
    for (const [shape, type] of [['per-contact', 'STANDARD'] as const, ['per-turn', 'EXPRESS'] as const]) {
      if (index % 5 > 0) continue;
      const text = definitionText(compileToStepFunctions(program, { shape, functions, tools: one.tools }));
      expect(lintDefinition(text, type)).toEqual([]);
      const machine: Json = JSON.parse(text);
      expect(machine).toMatchObject({ StartAt: 'Start' });
    }
  }
  expect(valid).toBeGreaterThan(COUNT / 3);
  expect(moves).toBeGreaterThan(400);
});
