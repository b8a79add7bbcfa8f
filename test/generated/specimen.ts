import { stringify } from 'yaml';
import { Random } from '../../packages/workflow/src/expression/testing/generate.ts';
import type { Specimen } from './examine.ts';
import { type Generated, generate, type Tree } from './generate.ts';
import { spoil, spoilText } from './spoil.ts';

/** The `index`th specimen of a seed, and the workflow it was made of, which is the same where it was not spoilt. */
export function specimenOf(
  seed: number,
  index: number,
): { readonly one: Specimen; readonly whole: Specimen; readonly random: Random } {
  const random = new Random(Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b));
  const generated = generate(random);
  const whole = written(generated);
  if (random.chance(0.55)) return { one: whole, whole, random };
  const spoilt = {
    ...generated,
    workflow: structuredClone(generated.workflow),
    parts: structuredClone(generated.parts),
  };
  spoil(random, spoilt);
  const one = written(spoilt);
  if (random.chance(0.8)) return { one, whole, random };
  const text = spoilText(random, one.source.text);
  return { one: { ...one, source: { ...one.source, text } }, whole, random };
}

/** A workflow's data as files. */
export function written({ workflow, parts, tools, outputs }: Generated): Specimen {
  const files = Object.entries(parts).map(([name, tree]) => [name, { file: `parts/${name}.yaml`, text: textOf(tree) }]);
  return {
    source: { file: 'workflow.yaml', text: textOf(workflow), parts: Object.fromEntries(files) },
    tools,
    outputs,
  };
}

const textOf = (tree: Tree) => stringify(tree, { aliasDuplicateObjects: false });
