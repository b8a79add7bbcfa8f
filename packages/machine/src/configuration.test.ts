import { describe, expect, it } from '@jest/globals';
import { createActor, createMachine as createXStateMachine } from 'xstate';
import { createMachine } from './machine.ts';
import { EVERY_KIND, parts, tools } from './testing/every-kind.ts';
import { programOf } from './testing/line.ts';

const { configuration, program } = createMachine(programOf(EVERY_KIND, { parts, tools, unchecked: true }), tools);

/** Everything of this key that stands anywhere in the configuration, by type. */
function typesUnder(key: 'guard' | 'actions' | 'entry', node: unknown): ReadonlySet<string> {
  if (typeof node !== 'object' || node === null) return new Set();
  const found = new Set<string>();
  for (const [name, child] of Object.entries(node)) {
    const here: readonly unknown[] = name === key ? [child].flat() : [];
    for (const one of here) {
      if (typeof one === 'object' && one !== null && 'type' in one && typeof one.type === 'string') found.add(one.type);
    }
    for (const type of typesUnder(key, child)) found.add(type);
  }
  return found;
}

describe('the configuration', () => {
  it('is JSON', () => {
    expect(JSON.parse(JSON.stringify(configuration))).toEqual(configuration);
    expect(configuration).toMatchObject({
      id: 'every-kind',
      version: program.version,
      description: 'A step of every kind',
      initial: '(start)',
    });
  });

  it('has a state for each step, named as the operator named it, and three of its own', () => {
    expect(Object.keys(configuration.states)).toEqual(['(start)', ...program.steps.keys(), '(left)', '(stuck)']);
    for (const [name, step] of program.steps) expect(configuration.states[name]?.tags).toEqual([step.kind]);
    expect(new Set([...program.steps.values()].map(({ kind }) => kind)).size).toBe(12);
  });

  it('says of a way what it leads to and what it needs', () => {
    const ways = configuration.states['size']?.always ?? [];
    expect(ways.map(({ target, description }) => [target, description]).slice(-2)).toEqual([
      ['sort', 'if $quantity > 3'],
      ['read_back', undefined],
    ]);
  });

  it('says in a line what each step does', () => {
    const said = (name: string) => configuration.states[name]?.description;
    expect(Object.keys(configuration.states).map((name) => [name, said(name)])).toEqual([
      ['(start)', undefined],
      ['welcome', 'Hello {{ $name }}.'],
      ['need', 'What can I do for you?'],
      ['details', 'asks for email, quantity'],
      ['both', 'calls get, stock at once'],
      ['size', undefined],
      ['sort', 'Is this a big order?'],
      ['identify', 'goes through identity'],
      ['identify/look', 'calls get'],
      ['identify/code', 'asks for identify__code'],
      ['identify/yes', undefined],
      ['identify/no', undefined],
      ['read_back', '{{ $quantity }} to {{ $email }}?'],
      ['place', 'calls place'],
      ['placed', 'Say that it is ordered.'],
      ['hold', undefined],
      ['goodbye', undefined],
      ['handoff', 'transfers to people'],
      ['(left)', 'The caller left.'],
      ['(stuck)', 'No way was left. The checker lets no such workflow pass.'],
    ]);
  });

  it('is a machine to XState alone, given what the names stand for', () => {
    const guards = Object.fromEntries([...typesUnder('guard', configuration)].map((name) => [name, () => false]));
    const named = new Set([...typesUnder('actions', configuration), ...typesUnder('entry', configuration)]);
    const actions = Object.fromEntries([...named].map((name) => [name, () => undefined]));
    expect(Object.keys(guards)).toContain('chose');
    expect(Object.keys(actions)).toContain('put');
    const machine = createXStateMachine(JSON.parse(JSON.stringify(configuration)), { guards, actions });
    const actor = createActor(machine).start();
    expect(actor.getSnapshot().value).toBe('(start)');
    actor.send({ type: 'session.started' });
    expect(actor.getSnapshot().value).toBe('welcome');
    // Every way leads to a state that is there: XState refuses others when it resolves them.
    for (const state of Object.values(machine.states)) {
      for (const transitions of state.transitions.values()) {
        for (const { target } of transitions)
          for (const one of target ?? []) expect(configuration.states[one.key]).toBeDefined();
      }
    }
  });
});
