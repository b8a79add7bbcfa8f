import { describe, expect, it } from '@jest/globals';
import { sourceOf } from '@parley/workflow';
import { explore } from './testing/exploration.ts';
import { modelOf, type Scenario } from './testing/model.ts';

const source = sourceOf(`
workflow: small
title: Small
busy: One moment.
otherwise: person
limits: { turn: 4s, decide: 1s, turns: 20 }
steps:
  need:
    ask: What?
    choices:
      go: { when: wants on, press: '1', to: done }
      book: { when: wants a booking, to: sure }
      wait: { when: wants to wait, to: pause }
  sure:
    confirm: Sure?
    yes: booking
    no: need
  booking:
    call: book
    then: done
    failed: { to: person }
  pause:
    wait: { for: 1m }
    then: done
  done:
    ask: And now?
    choices:
      bye: { when: is done, press: '9', to: over }
  over:
    end: Bye.
  person:
    transfer: { queue: people }
`);
const started = { type: 'session.started', workflow: 'small', contact: { id: 'c', channel: 'chat' } } as const;
const said = (text: string) => ({ type: 'caller.said', text }) as const;
const e1 = { id: 'e1', event: started };
const e2 = { id: 'e2', event: said('go'), after: ['e1'] };
const pc = { shape: 'per-contact', source } as const;
const e3 = {id: 'e3', event: said('bye'), after: ['e2']};
const b2 = {id: 'e2', event: said('book'), after: ['e1']};
const b3 = {id: 'e3', event: said('yes'), after: ['e2']};
const ev = [e1, e2];
const scenarios: Record<string, Scenario> = {
  'one event': { ...pc, events: [e1, e2] },
  'one event, one stop': { ...pc, events: [e1, e2], faults: { stops: 1 } },
  'one event, double': { ...pc, events: [e1, e2], faults: { doubles: 1 } },
  'one event, late': { ...pc, events: [e1, e2], faults: { late: 1 } },
  'one event, lost': { ...pc, events: [e1, e2], faults: { lost: 1 } },
  'one event, hasty': { ...pc, events: [e1, e2], faults: { hasty: 1 } },
  'two events at once': { ...pc, events: [e1, e2, {id: 'e3', event: said('bye'), after: ['e1']}] },
  'dies': { ...pc, events: [e1, e2, e3], faults: { dies: 1 } },
  'dies2': { ...pc, events: [e1, e2, e3], faults: { dies: 2 } },
  'late2': { ...pc, events: [e1, e2, e3], faults: { late: 2 } },
  'book': { ...pc, events: [e1, b2, b3], faults: { doubles: 1 } },
  'book stops': { ...pc, events: [e1, b2, b3], faults: { stops: 1 } },
  'turn one': { ...pc, shape: 'per-turn', events: [e1, e2] },
  'turn stops': { ...pc, shape: 'per-turn', events: [e1, e2], faults: {stops: 1} },
  'turn doubles': { ...pc, shape: 'per-turn', events: [e1, e2], faults: {doubles: 1} },
  'turn dies2': { ...pc, shape: 'per-turn', events: [e1, e2, e3], faults: {dies: 2} },
  'turn late2': { ...pc, shape: 'per-turn', events: [e1, e2, e3], faults: {late: 2} },
};
describe('x', () => {
  it.each(Object.entries(scenarios).filter(([n]) => !process.env['ONLY'] || n === process.env['ONLY']))('%s', async (name, scenario) => {
    const t = Date.now();
    const found = await explore(modelOf(scenario), 500_000);
    console.log(name, JSON.stringify(found, null, 1), Date.now() - t);
    expect(found.violation).toBeUndefined();
  });
});
