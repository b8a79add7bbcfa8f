/** Thin for now: the whole utterance must be a plain yes or no. */
export function yesNo(utterance: string): { readonly answer: 'yes' | 'no'; readonly confidence: number } | undefined {
  const words = utterance
    .toLowerCase()
    .replace(/[^a-z' ]/g, ' ')
    .trim();
  if (/^(yes|yeah|yep|yup|sure|correct|right|ok|okay)\b/.test(words)) return { answer: 'yes', confidence: 0.9 };
  if (/^(no|nope|nah|not)\b/.test(words)) return { answer: 'no', confidence: 0.9 };
  return undefined;
}
