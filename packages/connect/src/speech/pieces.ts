import type { Span } from '@parley/machine';

/** A text, and the values in it that are read aloud in a way of their own. */
export interface Said {
  readonly text: string;
  readonly spans: readonly Span[];
}

/** A stretch of a text: a value that is read aloud in a way of its own, or plain words. */
export interface Fragment {
  readonly text: string;
  readonly span?: Span;
}

/** What is never cut: a word, or a value, with all that is written close to it. */
interface Unit {
  readonly fragments: readonly Fragment[];
  /** What stands before it, where it is not the first of its message. */
  readonly gap: string;
  /** A sentence ends with it. */
  readonly last: boolean;
}

/** After these a full stop ends no sentence. */
const SHORT = /^["'“‘(]*(?:mr|mrs|ms|dr|prof|st|ave|no|nos|vs|inc|co|corp|ltd|dept|approx|est|e\.g|i\.e|\p{L})\.$/iu;

/**
 * Cuts texts into messages of at most `most` UTF-16 units, as `write` writes them: after a sentence where that can be, else
 * after a word, and never in the midst of a value. Only a word that is longer than a message is cut itself, and what `write`
 * adds to it is added to each part. Texts that follow each other share a message where both fit, unless they are `apart`.
 */
export function piecesOf(
  texts: readonly Said[],
  write: (fragments: readonly Fragment[]) => string,
  most: number,
  apart: boolean,
): readonly string[] {
  const pieces: string[] = [];
  let piece = '';
  const close = () => {
    if (piece !== '') pieces.push(piece);
    piece = '';
  };
  const add = (text: string, gap: string): boolean => {
    const longer = piece === '' ? text : `${piece}${gap}${text}`;
    if (longer.length > most) return false;
    piece = longer;
    return true;
  };
  for (const said of texts) {
    if (apart) close();
    for (const sentence of sentencesOf(unitsOf(said))) {
      const gap = sentence[0]?.gap ?? ' ';
      const whole = sentence.map((unit, index) => (index === 0 ? '' : unit.gap) + write(unit.fragments)).join('');
      if (add(whole, gap)) continue;
      close();
      if (add(whole, gap)) continue;
      for (const unit of sentence) {
        if (add(write(unit.fragments), unit.gap)) continue;
        close();
        for (const part of partsOf(unit, write, most)) {
          if (add(part, '')) continue;
          close();
          add(part, '');
        }
      }
    }
  }
  close();
  return pieces;
}

/** A word that is longer than a message, in parts of which each fits. */
function partsOf({ fragments }: Unit, write: (fragments: readonly Fragment[]) => string, most: number): string[] {
  const whole = write(fragments);
  if (whole.length <= most) return [whole];
  // A value of that length is read as it is written.
  const signs = [...fragments.map(({ text }) => text).join('')];
  const parts: string[] = [];
  let part = '';
  for (const sign of signs) {
    const longer = write([{ text: part + sign }]);
    if (part !== '' && longer.length > most) {
      parts.push(write([{ text: part }]));
      part = sign;
    } else part += sign;
  }
  return [...parts, write([{ text: part }])];
}

function sentencesOf(units: readonly Unit[]): readonly (readonly Unit[])[] {
  const sentences: Unit[][] = [];
  let open: Unit[] = [];
  for (const unit of units) {
    open.push(unit);
    if (!unit.last) continue;
    sentences.push(open);
    open = [];
  }
  return open.length > 0 ? [...sentences, open] : sentences;
}

function unitsOf({ text, spans }: Said): readonly Unit[] {
  const units: Unit[] = [];
  let gap = '';
  let fragments: Fragment[] = [];
  const close = () => {
    if (fragments.length === 0) return;
    const word = fragments.map((one) => one.text).join('');
    const last = /[.!?…]["'”’)]*$/.test(word) && (fragments.length > 1 || !SHORT.test(word));
    units.push({ fragments, gap: units.length === 0 ? ' ' : gap, last });
    fragments = [];
    gap = '';
  };
  for (const fragment of fragmentsOf(text, spans)) {
    if (fragment.span) {
      fragments.push(fragment);
      continue;
    }
    for (const part of fragment.text.split(/(\s+)/)) {
      if (part === '') continue;
      if (part.trim() !== '') fragments.push({ text: part });
      else {
        close();
        gap = part.slice(0, 2);
      }
    }
  }
  close();
  return units;
}

/** The text as values and what is between them. */
function fragmentsOf(text: string, spans: readonly Span[]): readonly Fragment[] {
  const fragments: Fragment[] = [];
  let at = 0;
  for (const span of [...spans].sort((a, b) => a.start - b.start)) {
    if (span.start < at || span.end <= span.start || span.end > text.length) continue;
    if (span.start > at) fragments.push({ text: text.slice(at, span.start) });
    fragments.push({ text: text.slice(span.start, span.end), span });
    at = span.end;
  }
  if (at < text.length) fragments.push({ text: text.slice(at) });
  return fragments;
}
