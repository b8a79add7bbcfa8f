/** Words that tell nothing of anybody, so that a text can still be read. Names of letters ("are", "see") are not among them. */
export const COMMON: ReadonlySet<string> = new Set(
  (
    'the an and or but of in on at by from with without no not my your his her their our is it its was were been have has had ' +
    'do did does this that these those when since after before because if then than very more some any all ' +
    'nothing never none nor neither can could cannot will would he she they we year years month months week weeks day days ago now ' +
    'last today still used history ' +
    "don't doesn't didn't can't won't isn't wasn't haven't it's that's i'm i'd i'll example please want " +
    'street st avenue ave road rd lane ln drive dr boulevard blvd court ct circle place way terrace apt apartment suite unit ' +
    'po box north south east west mr mrs ms'
  ).split(' '),
);

export const WORD = /[\p{L}\p{M}'’]+|\d+/gu;
