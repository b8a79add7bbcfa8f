import { describe, expect, it } from '@jest/globals';
import { stringify } from 'yaml';
import { resolve } from '../resolve.ts';
import type { Json } from '../type.ts';
import { drawingOf, type Taken } from './drawing.ts';

const SHOP: Json = {
  workflow: 'shop',
  title: 'A shop',
  otherwise: 'person',
  interrupts: { human: { when: 'asks for a person', to: 'person' } },
  steps: {
    need: { ask: 'What is it?', choices: { track: { when: 'a', to: 'find' }, stop: { when: 'b', to: 'bye' } } },
    find: { call: 'orders.get', then: 'bye', failed: { codes: { not_found: 'need' }, to: 'person' } },
    person: { transfer: { queue: 'tier2' } },
    bye: { end: 'Goodbye.' },
  },
};
const draw = (taken?: readonly Taken[]) =>
  drawingOf(resolve({ file: 'w.yaml', text: stringify(SHOP), parts: {} }, undefined).draft, taken);

const waysOf = ({ ways }: ReturnType<typeof draw>) =>
  ways.map(({ edge: { from, to, kind } }) => `${from} ${kind} ${to}`);

describe('the drawing of a workflow', () => {
  it('has a box for each step, and each way as a line from box to box', () => {
    const { steps, ways, size, start } = draw();
    expect(steps.map(({ node: { id } }) => id)).toEqual(['need', 'find', 'person', 'bye']);
    for (const { box } of steps) {
      expect(box.x + box.width / 2).toBeLessThanOrEqual(size.width);
      expect(box.y + box.height / 2).toBeLessThanOrEqual(size.height);
    }
    for (const { edge, points } of ways) expect({ edge, enough: points.length > 1 }).toEqual({ edge, enough: true });
    expect(ways[0]?.edge).toMatchObject({ from: start?.id, to: 'need' });
  });

  it('is of what was gone through alone, where that is asked for', () => {
    const drawing = draw([
      { from: 'need', to: 'find' },
      { from: 'find', to: 'need' },
    ]);
    expect(drawing.steps.map(({ node: { id } }) => id)).toEqual(['need', 'find']);
    expect(waysOf(drawing)).toEqual([' start way need', 'need way find', 'find door need']);
  });

  it('has a line of its own for a move that is no way of the file, and none to what is no step', () => {
    const drawing = draw([
      { from: 'find', to: 'bye' },
      { from: 'bye', to: 'need' },
      { from: 'need', to: '(left)' },
    ]);
    expect(waysOf(drawing)).toEqual([' start way need', 'find way bye', 'bye way need']);
  });
});
