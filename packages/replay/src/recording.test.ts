import { describe, expect, it } from '@jest/globals';
import { type Recording, readRecording, writeRecording } from './recording.ts';

const START = Date.UTC(2026, 0, 5, 9, 30);

const recording: Recording = {
  session: 's1',
  workflow: 'support',
  version: 'v1',
  channel: 'voice',
  start: START,
  events: [
    {
      type: 'session.started',
      at: START,
      step: '(start)',
      contact: { id: 'c1', channel: 'voice' },
      path: ['welcome', 'need'],
    },
    { type: 'agent.said', at: START, step: 'welcome', text: 'Hello.' },
    { type: 'caller.said', at: START + 1200, step: 'need', text: 'Bye "now".' },
    { type: 'timer.set', at: START + 1200, step: 'later', timer: 't1', due: START + 61_200 },
  ],
};

const text = `{"parley":1,"session":"s1","workflow":"support","version":"v1","channel":"voice","start":"2026-01-05T09:30:00.000Z"}
{"seq":1,"at":0,"type":"session.started","step":"(start)","contact":{"id":"c1","channel":"voice"},"path":["welcome","need"]}
{"seq":2,"at":0,"type":"agent.said","step":"welcome","text":"Hello."}
{"seq":3,"at":1200,"type":"caller.said","step":"need","text":"Bye \\"now\\"."}
{"seq":4,"at":1200,"type":"timer.set","step":"later","timer":"t1","due":61200}
`;

describe('a recording', () => {
  it('is written as one object a line, with times since the start', () => {
    expect(writeRecording(recording)).toBe(text);
  });

  it('is read as it was written', () => {
    expect(readRecording(text, 'a.jsonl')).toEqual(recording);
  });
});
