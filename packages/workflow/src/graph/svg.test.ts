import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { resolve } from '../resolve.ts';
import type { Json } from '../type.ts';
import { svg } from './svg.ts';

const drawn = (content: Json) => svg(resolve({ file: 'w.yaml', text: stringify(content), parts: {} }, undefined).draft);

const SMALL = {
  workflow: 'x',
  title: 'Orders & returns',
  otherwise: 'person',
  interrupts: { human: { when: 'asks for a person', to: 'person' } },
  steps: {
    need: { ask: 'What is it?', choices: { track: { when: 'a', to: 'find' }, stop: { when: 'b', to: 'bye' } } },
    find: { call: 'orders.get', then: 'bye', failed: { codes: { not_found: 'need' }, to: 'person' } },
    person: { transfer: { queue: 'tier2' } },
    bye: { end: 'Goodbye.' },
  },
};

/** Throws unless every tag is closed in turn and nothing outside of tags needs escaping. */
function wellFormed(xml: string): void {
  const open: string[] = [];
  const rest = xml.replace(
    /<(\/?)([a-zA-Z]+)((?:\s+[\w:-]+="[^"<&]*(?:&(?:amp|lt|gt|quot);[^"<&]*)*")*)\s*(\/?)>/g,
    (_, closing, name, _attributes, alone) => {
      if (closing === '/') expect(open.pop()).toBe(name);
      else if (alone !== '/') open.push(name);
      return '';
    },
  );
  expect(open).toEqual([]);
  expect(rest.replace(/&(?:amp|lt|gt|quot);/g, '')).not.toMatch(/[<>&]/);
}

/** The rectangles of the steps by name, in the coordinates of the drawing. */
function boxes(xml: string): ReadonlyMap<string, { x: number; y: number; width: number; height: number }> {
  const found = xml.matchAll(
    /<g class="step \w+" transform="translate\(([\d.-]+) ([\d.-]+)\)"><title>(\S+) .*?<\/title><rect width="([\d.]+)" height="([\d.]+)"/gs,
  );
  return new Map(
    [...found].map(([, x, y, name, width, height]) => [
      String(name),
      { x: Number(x), y: Number(y), width: Number(width), height: Number(height) },
    ]),
  );
}

describe('svg', () => {
  it('draws steps that are named as what every object has', () => {
    const steps = Object.fromEntries(
      ['constructor', 'toString', 'hasOwnProperty'].map((name) => [name, { say: 'Hello.', then: 'valueOf' }]),
    );
    const xml = drawn({ workflow: 'x', start: 'constructor', steps: { ...steps, valueOf: { end: 'Goodbye.' } } });
    wellFormed(xml);
    expect([...boxes(xml).keys()].sort()).toEqual(['constructor', 'hasOwnProperty', 'toString', 'valueOf']);
  });

  it('draws each step once, coloured by what it does, with its whole text to point at', () => {
    const xml = drawn(SMALL);
    wellFormed(xml);
    expect([...boxes(xml).keys()]).toEqual(['need', 'find', 'person', 'bye']);
    expect(xml).toContain('<g class="step ask"');
    expect(xml).toContain('<title>find (call)\norders.get</title>');
    expect(xml).toContain('<title>Orders &amp; returns</title>');
  });

  it('draws ways with their words and doors apart, but no line to the door of last resort', () => {
    const xml = drawn(SMALL);
    expect(xml).toContain('<g class="way"><title>need → find: track</title>');
    expect(xml).toContain('<g class="door"><title>find → need: not_found</title>');
    expect(xml).not.toContain('find → person');
    expect(xml).toContain('>human → person</text>');
    expect(xml).toContain('>otherwise → person</text>');
  });

  it('puts no two steps over each other, and all of them on the paper', () => {
    const steps = Object.fromEntries(
      Array.from({ length: 60 }, (_, i) => [
        `s${i}`,
        {
          say: `${'Something long to say. '.repeat(i % 7)}${i}`,
          then: [{ if: '$a = 1', to: `s${(i * 7 + 1) % 60}` }, { to: `s${(i + 1) % 60}` }],
        },
      ]),
    );
    const xml = drawn({ workflow: 'x', variables: { a: { type: 'number' } }, steps });
    wellFormed(xml);
    const all = [...boxes(xml).values()];
    const [, width, height] = /viewBox="0 0 (\d+) (\d+)"/.exec(xml) ?? [];
    expect(all).toHaveLength(60);
    for (const [i, a] of all.entries()) {
      expect(a.x >= 0 && a.y >= 0 && a.x + a.width <= Number(width) && a.y + a.height <= Number(height)).toBe(true);
      for (const b of all.slice(i + 1)) {
        const apart = a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
        expect(apart).toBe(true);
      }
    }
  });

  it('writes the ways to a step that many lead to where they come from', () => {
    const steps = {
      a: { ask: 'What?', choices: Object.fromEntries(['b', 'c', 'd', 'e'].map((to) => [to, { when: to, to }])) },
      ...Object.fromEntries(['b', 'c', 'd', 'e'].map((name) => [name, { say: name, then: 'bye' }])),
      bye: { end: 'Bye.' },
    };
    const xml = drawn({ workflow: 'x', steps });
    expect(xml).toContain('<g class="way"><title>b → bye</title>');
    expect(xml).toContain('<title>c → bye</title>→ bye</text>');
    expect(xml).not.toContain('<g class="way"><title>c → bye</title>');
  });

  it('is well-formed whatever a text holds, and of a file that is wrong too', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (said) => {
        const text = said.replaceAll('{{', '{');
        wellFormed(drawn({ workflow: 'x', title: text, steps: { a: { say: text, then: 'b' }, b: { nothing: 1 } } }));
      }),
      { numRuns: 100 },
    );
    wellFormed(drawn({ workflow: 'x', steps: {} }));
  });
});
