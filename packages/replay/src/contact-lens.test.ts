import { describe, expect, it } from '@jest/globals';
import { importContactLens } from './contact-lens.ts';
import { readRecording, writeRecording } from './recording.ts';

const said = (id: string, who: string, begin: number, end: number, text: string) => ({
  Id: id,
  ParticipantId: who,
  Content: text,
  BeginOffsetMillis: begin,
  EndOffsetMillis: end,
  Sentiment: 'NEUTRAL',
  LoudnessScore: [71.5, null],
});

const voice = (transcript: readonly unknown[], more: { readonly [key: string]: unknown } = {}) =>
  JSON.stringify({
    Version: 'CONTACT_LENS_1',
    Channel: 'VOICE',
    JobStatus: 'COMPLETED',
    LanguageCode: 'en-US',
    Participants: [
      { ParticipantId: 'p1', ParticipantRole: 'AGENT' },
      { ParticipantId: 'p2', ParticipantRole: 'CUSTOMER' },
    ],
    Transcript: transcript,
    CustomerMetadata: {
      ContactId: 'contact-1',
      InstanceId: 'i',
      InputS3Uri: 's3://bucket/CallRecordings/2026/01/05/contact-1_20260105T09:30_UTC.wav',
    },
    ...more,
  });

const NINE_THIRTY = Date.UTC(2026, 0, 5, 9, 30);

const chat = (transcript: readonly unknown[]) =>
  JSON.stringify({
    Version: '1.1.0',
    Channel: 'CHAT',
    ChatTranscriptVersion: '2019-08-26',
    Participants: [{ ParticipantId: 'p2', ParticipantRole: 'CUSTOMER' }],
    Transcript: transcript,
    CustomerMetadata: { ContactId: 'contact-2', InstanceId: 'i' },
  });

const message = (id: string, role: string, time: string, text: string) => ({
  Id: id,
  Type: 'MESSAGE',
  AbsoluteTime: time,
  ContentType: 'text/plain',
  Content: text,
  DisplayName: 'Somebody',
  ParticipantId: 'p9',
  ParticipantRole: role,
});

describe('a voice analysis of Contact Lens', () => {
  it('becomes a conversation, in the order in which people began to speak', () => {
    const text = voice([
      said('b', 'p2', 4000, 6000, 'My order [NAME] did not come.'),
      said('a', 'p1', 0, 3000, 'Hello, how can I help?'),
      // The agent talks into the caller's sentence.
      said('c', 'p1', 5500, 7000, 'Sorry to hear that.'),
    ]);
    expect(importContactLens(text, 'x.json')).toEqual({
      session: 'contact-1',
      channel: 'voice',
      start: NINE_THIRTY,
      imported: 'contact-lens',
      events: [
        { type: 'person.said', at: NINE_THIRTY, who: 'agent', text: 'Hello, how can I help?' },
        { type: 'caller.said', at: NINE_THIRTY + 4000, text: 'My order [NAME] did not come.' },
        { type: 'person.said', at: NINE_THIRTY + 5500, who: 'agent', text: 'Sorry to hear that.' },
      ],
    });
  });

  it('joins what one speaker said without a pause', () => {
    const text = voice([
      said('a', 'p2', 0, 1000, 'My number'),
      said('b', 'p2', 2499, 3000, 'is five.'),
      said('c', 'p2', 4500, 5000, 'Hello?'),
    ]);
    expect(importContactLens(text, 'x.json').events).toEqual([
      { type: 'caller.said', at: NINE_THIRTY, text: 'My number is five.' },
      { type: 'caller.said', at: NINE_THIRTY + 4500, text: 'Hello?' },
    ]);
  });

  it('puts the pages of one contact together, and takes what stands in two of them once', () => {
    const first = voice([said('a', 'p1', 0, 1000, 'Hello.'), said('b', 'p2', 3000, 4000, 'Hi.')]);
    const second = voice([said('b', 'p2', 3000, 4000, 'Hi.'), said('c', 'p1', 6000, 7000, 'Bye.')]);
    const texts = importContactLens([second, first], 'x.json').events.map((event) => 'text' in event && event.text);
    expect(texts).toEqual(['Hello.', 'Hi.', 'Bye.']);
  });

  it("takes the instant from the file's own name where the recording's is not there", () => {
    const text = voice([said('a', 'p2', 0, 1000, 'Hi.')], { CustomerMetadata: { ContactId: 'c' } });
    expect(importContactLens(text, 'c_analysis_2026-01-05T09:30:07Z.json').start).toBe(NINE_THIRTY);
    expect(importContactLens(text, 'renamed.json', { start: 5 }).start).toBe(5);
    expect(() => importContactLens(text, 'renamed.json')).toThrow(
      expect.objectContaining({ code: 'recording/no-instant' }),
    );
  });

  it('refuses a speaker nobody knows, rather than guess whether it is the caller', () => {
    const text = voice([said('a', 'p2', 0, 1, 'Hi.'), said('b', 'p3', 2, 3, 'secret words')]);
    expect(() => importContactLens(text, 'x.json')).toThrow(
      expect.objectContaining({
        code: 'recording/no-participant',
        message: 'Transcript.1 is of a participant that Participants does not list.',
        place: { file: 'x.json', line: 1, column: 1 },
      }),
    );
  });

  it('does without what an item need not have, be it missing or null', () => {
    const hi = { ParticipantId: 'p2', Content: 'Hi.', BeginOffsetMillis: 0.4 };
    const sparse = [
      { ...hi, Id: null, ParticipantRole: null, EndOffsetMillis: null },
      { ...said('b', 'p1', 3000, 4000, ''), Content: null },
      { ParticipantId: 'p1', BeginOffsetMillis: 5000, EndOffsetMillis: 6000 },
      { ...hi, Content: 'Hello?', BeginOffsetMillis: 1500.6 },
    ];
    const text = voice(sparse, { JobStatus: null });
    expect(importContactLens(text, 'x.json').events).toEqual([
      { type: 'caller.said', at: NINE_THIRTY, text: 'Hi.' },
      { type: 'caller.said', at: NINE_THIRTY + 1501, text: 'Hello?' },
    ]);
    const unnamed = voice([said('a', 'CUSTOMER', 0, 1, 'Hi.')], {
      Participants: null,
      CustomerMetadata: { ContactId: 'c', InputS3Uri: null },
    });
    expect(importContactLens(unnamed, 'x.json', { start: 7 })).toMatchObject({ session: 'c', start: 7 });
  });

  it('keeps what was redacted, and every agent and caller that took part', () => {
    const text = voice(
      [
        {
          ...said('a', 'p2', 0, 1000, "It's [NAME]."),
          Redaction: { RedactedTimestamps: [{ BeginOffsetMillis: 500 }] },
        },
        said('b', 'p3', 3000, 4000, 'I take over.'),
        said('c', 'p4', 5000, 6000, 'I listen in.'),
        said('d', 'p5', 7000, 8000, '[PII]'),
      ],
      {
        Participants: [
          { ParticipantId: 'p2', ParticipantRole: 'CUSTOMER' },
          { ParticipantId: 'p3', ParticipantRole: 'AGENT' },
          { ParticipantId: 'p4', ParticipantRole: 'SUPERVISOR' },
          { ParticipantId: 'p5', ParticipantRole: 'CUSTOMER' },
        ],
        JobDetails: { SkippedAnalysis: [{ Feature: 'POST_CONTACT_SUMMARY', ReasonCode: 'QUOTA_EXCEEDED' }] },
        SomethingNew: { At: [1] },
      },
    );
    expect(importContactLens(text, 'x.json').events).toMatchObject([
      { type: 'caller.said', text: "It's [NAME]." },
      { type: 'person.said', who: 'agent' },
      { type: 'person.said', who: 'supervisor' },
      { type: 'caller.said', text: '[PII]' },
    ]);
  });

  it('knows a speaker by a role that stands in place of an id', () => {
    const text = voice([said('a', 'CUSTOMER', 0, 1, 'Hi.')], { Participants: undefined });
    expect(importContactLens(text, 'x.json').events).toEqual([{ type: 'caller.said', at: NINE_THIRTY, text: 'Hi.' }]);
  });

  it('leaves out what is empty', () => {
    const text = voice([said('a', 'p2', 0, 1, ' '), said('b', 'p2', 2, 3, 'Hi.')]);
    expect(importContactLens(text, 'x.json').events).toHaveLength(1);
  });
});

describe('a chat analysis of Contact Lens', () => {
  it('becomes a conversation, with the caller leaving', () => {
    const text = chat([
      message('b', 'CUSTOMER', '2026-01-05T09:30:04.500Z', 'Where is it?'),
      message('a', 'AGENT', '2026-01-05T09:30:00.000Z', 'Hello'),
      { ...message('c', 'CUSTOMER', '2026-01-05T09:30:02Z', ''), Type: 'ATTACHMENT' },
      {
        Id: 'e',
        Type: 'EVENT',
        AbsoluteTime: '2026-01-05T09:31:00Z',
        ContentType: 'application/vnd.amazonaws.connect.event.participant.left',
        ParticipantId: 'p2',
      },
      {
        Id: 'g',
        Type: 'EVENT',
        AbsoluteTime: '2026-01-05T09:30:59Z',
        ContentType: 'application/vnd.amazonaws.connect.event.participant.left',
        ParticipantId: 'p9',
        ParticipantRole: 'AGENT',
      },
      {
        Id: 'f',
        Type: 'EVENT',
        AbsoluteTime: '2026-01-05T09:31:01Z',
        ContentType: 'application/vnd.amazonaws.connect.event.chat.ended',
      },
    ]);
    expect(importContactLens(text, 'x.json')).toEqual({
      session: 'contact-2',
      channel: 'chat',
      start: NINE_THIRTY,
      imported: 'contact-lens',
      events: [
        { type: 'person.said', at: NINE_THIRTY, who: 'agent', text: 'Hello' },
        { type: 'caller.said', at: NINE_THIRTY + 4500, text: 'Where is it?' },
        { type: 'caller.left', at: NINE_THIRTY + 60_000 },
      ],
    });
  });

  it('keeps each message by itself', () => {
    const text = chat([
      message('a', 'CUSTOMER', '2026-01-05T09:30:00Z', 'Hi'),
      message('b', 'CUSTOMER', '2026-01-05T09:30:01Z', 'Anybody?'),
    ]);
    expect(importContactLens(text, 'x.json').events).toHaveLength(2);
  });

  it('is written and read like any recording', () => {
    const recording = importContactLens(chat([message('a', 'AGENT', '2026-01-05T09:30:00Z', 'Hi')]), 'x.json');
    expect(readRecording(writeRecording(recording), 'x.jsonl')).toEqual(recording);
  });
});

describe('what is no analysis', () => {
  it.each([
    ['text', 'hello', 'recording/not-contact-lens'],
    ['other JSON', '{"a":1}', 'recording/not-contact-lens'],
    ['another channel', voice([], { Channel: 'TASK' }), 'recording/not-contact-lens'],
    ['a broken transcript', voice([{ Content: 'secret words' }]), 'recording/not-contact-lens'],
    ['a failed job', voice([], { JobStatus: 'FAILED', Transcript: undefined }), 'recording/no-transcript'],
    ['an empty transcript', voice([]), 'recording/no-transcript'],
  ])('%s is refused, without a word of it', (_, text, code) => {
    expect(() => importContactLens(text, 'x.json')).toThrow(
      expect.objectContaining({ code, message: expect.not.stringContaining('secret') }),
    );
  });

  it('two contacts at once are refused', () => {
    const other = voice([], { CustomerMetadata: { ContactId: 'contact-9' } });
    expect(() => importContactLens([voice([]), other], 'x.json')).toThrow('not of one contact');
  });
});
