import { type Decider, defineTool, type Tools } from '@parley/engine';
import { sourceOf, type WorkflowSource } from '@parley/workflow';
import { z } from 'zod';
import { literally } from '../engine/desk.ts';

/** A workflow that notes down what it is told, at once or when it has asked twice: each message has an answer of its own, and writes once. */
export const notes: WorkflowSource = sourceOf(`
workflow: notes
title: Notes
busy: One moment, please.
otherwise: person
limits: { turn: 2s, decide: 1s, turns: 80, reprompts: 9 }

variables:
  note: { type: string, pattern: 'N\\d{3}', initial: N000 }

steps:
  welcome:
    say: Hello.
    then: need
  need:
    ask: What shall I note?
    choices:
      put: { when: wants it noted at once, to: keep }
      add: { when: wants to be asked first, to: sure }
      bye: { when: wants nothing more, to: goodbye }
    fill: [note]
  sure:
    confirm: 'Note {{ $note }}?'
    yes: final
    no: need
  final:
    confirm: 'Is {{ $note }} final?'
    yes: keep
    no: need
  keep:
    call: notes.add
    with: { note: =$note }
    meanwhile: I am writing it down.
    then: kept
    failed: { retry: 2, to: person }
  kept:
    say: 'Noted {{ $note }}.'
    then: need
  goodbye:
    end: Goodbye.
  person:
    transfer: { queue: people, say: I am putting you through. }
`);

/** What the back end has noted: for each note the keys that it was asked with. */
export class Ledger {
  readonly noted = new Map<string, Set<string>>();

  add(note: string, key: string): void {
    const keys = this.noted.get(note) ?? new Set();
    this.noted.set(note, keys.add(key));
  }
}

/** `before` is waited for before each note. */
export const noteTools = (ledger: Ledger, before: () => Promise<void> = async () => undefined): Tools => ({
  'notes.add': defineTool({
    about: 'Notes something down',
    effect: 'writes',
    input: z.object({ note: z.string() }),
    output: z.object({ done: z.boolean() }),
    timeout: '5s',
    run: async ({ note }, { idempotencyKey }) => {
      await before();
      ledger.add(note, idempotencyKey);
      return { done: true };
    },
  }),
});

/** Takes words literally, after what is waited for. */
export const slowDecider = (before: () => Promise<void>): Decider => ({
  name: 'literal',
  decide: async (question) => {
    await before();
    return literally(question);
  },
});
