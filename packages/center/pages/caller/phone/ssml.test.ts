import { describe, expect, it } from '@jest/globals';
import { speechOf } from './ssml.ts';

const aloud = (content: string, ssml = true) =>
  speechOf(content, ssml).parts.map((part) => (part.type === 'words' ? part.text : part.milliseconds));

describe('what a phone says', () => {
  it.each<[string, string, string, string]>([
    ['digits one by one', '<say-as interpret-as="digits">4242</say-as>', '4 2 4 2', '4242'],
    ['characters one by one', "<say-as interpret-as='spell-out'>W1</say-as>", 'W 1', 'W1'],
    [
      'a phone number in its groups',
      '<say-as interpret-as="telephone">2025550123</say-as>',
      '2 0 2, 5 5 5, 0 1 2 3',
      '(202) 555-0123',
    ],
    [
      'a date by its format',
      '<say-as interpret-as="date" format="mdy">11-03-2026</say-as>',
      'November 3, 2026',
      'November 3, 2026',
    ],
    ['a day before its month', '<say-as interpret-as="date" format="dm">3/11</say-as>', 'November 3', 'November 3'],
    [
      'a date without signs between',
      '<say-as interpret-as="date" format="yyyymmdd">20261103</say-as>',
      'November 3, 2026',
      'November 3, 2026',
    ],
    ['the how-manieth', '<say-as interpret-as="ordinal">22</say-as>', '22nd', '22nd'],
    ['other words for what is written', '<sub alias="49 Canadian dollars">CA$49</sub>', '49 Canadian dollars', 'CA$49'],
    ['what it does not know as it stands', '<say-as interpret-as="unit">5 ft</say-as>', '5 ft', '5 ft'],
    [
      'what is only coloured',
      '<prosody rate="slow">so <emphasis level="strong">it</emphasis> is</prosody>',
      'so it is',
      'so it is',
    ],
    [
      'signs that stand for others',
      'Q&amp;A &lt;now&gt; &#65;&#x42; &unknown;',
      'Q&A <now> AB &unknown;',
      'Q&A <now> AB &unknown;',
    ],
    ['a sign that opens nothing', '3 < 4', '3 < 4', '3 < 4'],
  ])('says %s', (_, inner, spoken, caption) => {
    const speech = speechOf(`<speak>${inner}</speak>`, true);
    expect(speech.parts).toEqual([{ type: 'words', text: spoken }]);
    expect(speech.caption).toBe(caption);
  });

  it('leaves pauses where they stand, and no longer than ten seconds', () => {
    expect(aloud('<speak>One<break time="1.5s"/>two<break time="90s"/><break strength="none"/>three</speak>')).toEqual([
      'One',
      1_500,
      'two',
      10_000,
      'three',
    ]);
  });

  it('says sentences apart, and values within them', () => {
    expect(
      aloud('<speak><s>It is no. 4.</s><s>Is <say-as interpret-as="digits">12</say-as> right? Say yes.</s></speak>'),
    ).toEqual(['It is no. 4.', 'Is 1 2 right?', 'Say yes.']);
  });

  it('reads no mark-up in plain text', () => {
    expect(speechOf(' a <b>bold</b> &amp; plain ', false)).toEqual({
      caption: 'a <b>bold</b> &amp; plain',
      parts: [{ type: 'words', text: 'a <b>bold</b> &amp; plain' }],
    });
  });

  it('says what an element that is never closed holds', () => {
    expect(speechOf('<speak>The <say-as interpret-as="digits">12', true).caption).toBe('The 12');
  });
});
