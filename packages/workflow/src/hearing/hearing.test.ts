import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { besides, hear } from './hearing.ts';
import { readSign, type Sign } from './sign.ts';

const sign = (source: string): Sign => {
  const read = readSign(source);
  if (typeof read === 'string') throw new Error(`${source}: ${read}`);
  return read;
};
const heard = (source: string, said: string) => hear([sign(source)], said) !== undefined;

describe('a sign', () => {
  it.each([
    ['chest pain', 'I have chest pain.'],
    ['chest pain', 'CHEST    PAIN'],
    ['chest pain', 'there is chest and arm pain'],
    ["can't breathe", "she can't breathe"],
    ["can't breathe", 'she cannot breathe'],
    ['can not breathe', 'she cant really breathe'],
    ['cannot breathe', 'i can not breathe'],
    ["can't breathe", 'i am not able to breathe'],
    ["can't breathe", 'Unable to breathe!'],
    ['unable to breathe', 'she cant breathe'],
    ['(not able to|hardly) breathe', 'he is unable to breathe'],
    ['not breathing', "he isn't breathing"],
    ['not breathing', "he's not breathing"],
    ['not breathing', 'hes not breathing'],
    ['(chest|chess) pain', 'its chess pain'],
    ['(side of my face|mouth) droop*', 'the left side of my face is drooping'],
    ['hurt*', 'it hurts'],
    ['temp + 105', "my temp's 105"],
    ['face droop*', 'my dad’s face’s drooping'],
    ["driver's seat", "the driver's seat"],
    ['chest + (hurt*|pain)', 'a pain right here, in my chest'],
    ['chest + (hurt*|pain)', 'my chest, oh, it hurts'],
    ['fell + head + bleed*', 'her head is bleeding since she fell'],
  ])('%j is heard in %j', (source, said) => expect(heard(source, said)).toBe(true));

  it.each([
    ['chest pain', 'pain in my chest'],
    ['chest pain', 'my chest. Pain in my foot too.'],
    ['chest pain', 'my chest and my poor left foot pain me'],
    ['hurt*', 'he is unhurt'],
    ['chest + hurt*', 'my chest is fine but my toe hurts'],
    ['chest + hurt*', 'My chest is fine. My toe hurts.'],
    ['chest + hurt*', 'my chest is where the doctor put his hand on and then my toe hurts'],
    ['hit hit', 'hit'],
    ['hit + hit', 'i was hit'],
    ['chest pain', ''],
  ])('%j is not heard in %j', (source, said) => expect(heard(source, said)).toBe(false));

  it.each([
    ['chest (pain', 'a bracket is not closed, or stands within another'],
    ['chest ((pain) hurt)', 'a bracket is not closed, or stands within another'],
    ['chest|chess pain', 'words between which there is a `|` stand in brackets'],
    ['che*st', 'a `*` stands at the end of a word'],
    ['(pain|)', 'between `|` and brackets there are words'],
    ['chest +', 'it has no words on one side of a `+`, or none at all'],
    ['', 'it has no words on one side of a `+`, or none at all'],
    ['a + b + c + d + e', 'it joins more than four things by `+`'],
    ['chest.*pain', 'it holds `.`, which means nothing there'],
    ['x'.repeat(301), 'it is longer than 300 characters'],
  ])('%j is refused', (source, why) => expect(readSign(source)).toBe(why));

  it('is the first of several that is heard', () => {
    const signs = ['stroke', 'chest pain', 'pain'].map(sign);
    expect(hear(signs, 'chest pain and a stroke')?.source).toBe('stroke');
    expect(hear(signs, 'no stroke, but my chest pain is back')?.source).toBe('chest pain');
    expect(hear(signs, 'good morning')).toBeUndefined();
  });

  it('is heard whatever stands around it, as long as nothing denies it', () => {
    const filler = fc.constantFrom('um', 'well', 'uh', 'hello', 'doctor', 'yes', 'ok');
    fc.assert(
      fc.property(fc.array(filler), fc.array(filler), (before, after) => {
        expect(heard('chest pain', [...before, 'chest', 'pain', ...after].join(' '))).toBe(true);
      }),
    );
  });

  it('is looked for in anything at all', () => {
    const nested = sign('(a|a b) (b|a) (a|b a) + b (a|b) + (a b|b) a');
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (said) =>
        expect(() => hear([nested], said)).not.toThrow(),
      ),
    );
    expect(hear([nested], 'a b '.repeat(300_000))).toBeDefined();
    expect(hear([sign('a + b + c + d')], 'a b c '.repeat(5_000))).toBeUndefined();
  });
});

const CHEST = '(chest|heart) + (pain*|hurt*|tight*|pressure)';
const SIGNS = [
  CHEST,
  '(trouble|hard) breathing',
  "can't breathe",
  'not breathing',
  'stroke',
  'heart attack',
  'seizure',
  'bleeding',
].map(sign);
const says = (said: string) => hear(SIGNS, said) !== undefined;

describe('what is said besides a sign', () => {
  it.each([
    ['do not record', "don't record me. Where's my order?", "me. Where's my order?"],
    ['do not record', "I'm Ann, please don't record", "I'm Ann, please"],
    ['no recording', 'No recording', ''],
    ['unable to breathe', 'Not able to breathe, help', ', help'],
    ['no recording', 'İ ﬁnd no recording ﬁne', 'İ find fine'],
    ['no recording', 'hello', 'hello'],
  ])('%j: %j leaves %j', (source, said, rest) => expect(besides([sign(source)], said)).toBe(rest));
});

describe('what is plainly denied is not heard', () => {
  it.each([
    'no chest pain',
    'no, no chest pain',
    "I don't have chest pain",
    'i dont have any chest pain',
    'i do not have any pain in my chest',
    "my chest doesn't hurt",
    'my chest does not hurt at all',
    "there's no pain in my chest",
    'without chest pain',
    'no chest pain or trouble breathing',
    'no fever, chest pain or trouble breathing',
    "I'm not having trouble breathing",
    'he never had a seizure',
    "she isn't bleeding",
    'denies chest pain',
    'not a stroke',
    'neither chest pain nor trouble breathing',
    'i dont think so no chest pain',
    "it's nothing like chest pain",
  ])('%j', (said) => expect(says(said)).toBe(false));
});

describe('what is not plainly denied is heard', () => {
  it.each([
    'no I have chest pain',
    'no my chest hurts',
    'No. Chest pain.',
    "no fever but it's hard breathing",
    'no fever and chest pain',
    "I don't know if it's a heart attack",
    "I'm not sure, my chest feels tight",
    'i dont think its a stroke',
    "it's not just chest pain",
    "my chest won't stop hurting",
    'the bleeding is not stopping',
    'the bleeding does not stop',
    "I can't stop the bleeding",
    "she isn't answering, seizure",
    "I've never had chest pain like this",
    'never felt chest pressure this bad before',
    "it's not that bad but my chest hurts",
    "I don't want to bother you, my chest hurts",
    'no doubt this is a heart attack',
    "he's not breathing",
    'she is not moving and not breathing',
    'please help no time chest pain',
    'nothing helps my chest pain',
    'nothing like this chest pain ever happened to me',
  ])('%j', (said) => expect(says(said)).toBe(true));
});

describe('what is plainly long past is not heard', () => {
  it.each([
    'I had a stroke in 2015',
    'i had a heart attack ten years ago',
    'my father died of a heart attack',
    'my mom passed away from a stroke',
    'there is a family history of stroke',
    'I used to have chest pain',
    'i had a seizure as a child',
    'she had a seizure when she was little',
    'a stroke runs in my family',
    'I survived a heart attack last year',
    'had a stroke in twenty fifteen',
    'i had a seizure once back in college',
    'he had a stroke back in twenty twelve',
    'i had a stroke back in 2012',
    'my dad had a heart attack in his fifties so i want my heart checked',
    'I suffered a bad stroke in my late thirties',
  ])('%j', (said) => expect(says(said)).toBe(false));
});

describe('what may be so now is heard', () => {
  it.each([
    'I had chest pain yesterday',
    'he had a seizure two weeks ago',
    "I've had chest pain for years",
    'I had a heart attack in 2015 and it feels the same now',
    'my mother had a stroke ten years ago and my chest hurts',
    'My father had a stroke in 2010. My chest is tight.',
    'I had a stroke last year but now I have trouble breathing',
    'my husband is having a heart attack',
    'chest pain since this morning',
    'i have a history of stroke and its happening again',
    'he is in his fifties and he had a stroke',
    'she had a seizure just now, she is in her fifties',
  ])('%j', (said) => expect(says(said)).toBe(true));
});
