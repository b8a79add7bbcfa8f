import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { signaturesOf, type Tools } from '@parley/engine';
import { createMachine } from '@parley/machine';
import { checkWorkflow, compileWorkflow, loadWorkflow, type Program, type ToolSignatures } from '@parley/workflow';
import validate from 'asl-validator';
import { changesFrom } from '../../packages/stepfunctions/src/compiler/changes.ts';
import {
  compileToStepFunctions,
  definitionText,
  type Shape,
} from '../../packages/stepfunctions/src/compiler/compile.ts';
import { lintDefinition } from '../../packages/stepfunctions/src/compiler/lint.ts';
import { placesOf } from '../../packages/stepfunctions/src/compiler/places.ts';
import healthcareTools from '../../workflows/healthcare-intake/tools.ts';
import supplyTools from '../../workflows/supply-chain/tools.ts';
import supportTools from '../../workflows/support/tools.ts';
import { drive } from '../generated/drive.ts';
import { specimenOf } from '../generated/specimen.ts';

const functions = { ask: 'ask', decide: 'decide', call: 'call', finish: 'finish' };
const SHAPES: readonly Shape[] = ['per-contact', 'per-turn'];
const SEED = 6;
const COUNT = 300;

/** By `asl-validator` and by what that misses. */
function expectRight(program: Program, tools: ToolSignatures, shape: Shape): void {
  const text = definitionText(compileToStepFunctions(program, { shape, functions, tools }));
  const definition: object = JSON.parse(text);
  expect(validate(definition).errors).toEqual([]);
  expect(lintDefinition(text, shape === 'per-turn' ? 'EXPRESS' : 'STANDARD')).toEqual([]);
}

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
    if (index % 15 === 0) for (const shape of SHAPES) expectRight(program, one.tools, shape);
  }
  expect(valid).toBeGreaterThan(COUNT / 3);
  expect(moves).toBeGreaterThan(400);
});

const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../workflows');
const OURS: readonly [string, Tools][] = [
  ['support', supportTools({})],
  ['supply-chain', supplyTools({})],
  ['healthcare-intake', healthcareTools({})],
];

describe.each(OURS)('%s', (name, tools) => {
  it.each(SHAPES)('compiles into a right machine, %s', async (shape) => {
    const signatures = signaturesOf(tools);
    const program = compileWorkflow(await loadWorkflow(path.join(folder, name, 'workflow.yaml')), signatures);
    expectRight(program, signatures, shape);
  });
});
