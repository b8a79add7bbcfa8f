import type { Fragment } from './pieces.ts';

const OPEN = '<speak>';
const CLOSE = '</speak>';
/** What stands around words that are spoken, in characters. */
export const AROUND = OPEN.length + CLOSE.length;

/** Words as a document of Polly's SSML. */
export const speak = (words: string): string => `${OPEN}${words}${CLOSE}`;

/**
 * Words in SSML, with values marked the way that Amazon Polly documents for all its voices. `say-as characters` is not used: a
 * neural voice that meets it says the whole sentence in the standard voice.
 * Source: https://docs.aws.amazon.com/polly/latest/dg/say-as-tag.html
 */
export function ssml(fragments: readonly Fragment[]): string {
  return fragments.map((fragment) => marked(fragment) ?? escaped(fragment.text)).join('');
}

/** A text as it may stand in SSML: without what has a meaning there, or may not be in XML 1.0. */
export function escaped(text: string): string {
  return text
    .replace(FORBIDDEN, '')
    .replace(/[&<>"']/g, (sign) => ENTITIES.get(sign) ?? '')
    .replace(/\s+/g, ' ');
}

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&apos;'],
]);

// Control characters, halves of characters, and what is none at all.
const FORBIDDEN = /(?![\t\n\r\u007F-\u009F])\p{Cc}|[\uFFFE\uFFFF]|\p{Surrogate}/gu;

const sayAs = (how: string, text: string, format?: string): string =>
  `<say-as interpret-as="${how}"${format === undefined ? '' : ` format="${format}"`}>${escaped(text)}</say-as>`;

/** A value in its mark-up; undefined where its words are said well as they stand. */
function marked({ text, span }: Fragment): string | undefined {
  switch (span?.as) {
    case 'characters':
    case 'digits':
      return signBySign(text);
    case 'date':
      return day(String(span.value));
    case 'date-time': {
      const [said = '', ...time] = text.split(' at ');
      const date = day(String(span.value).slice(0, 10));
      return date === undefined || time.length === 0 || said === text
        ? undefined
        : `${date} at ${escaped(time.join(' at '))}`;
    }
    case 'phone': {
      // Polly reads the numbers of ten digits, as they are in North America. Others are in groups of digits in the text.
      const [, home] = /^\+1(\d{10})$/.exec(String(span.value)) ?? [];
      return home === undefined ? undefined : sayAs('telephone', home);
    }
    case 'money':
      return typeof span.value === 'number' ? amount(text, span.value, span.currency ?? 'USD') : undefined;
    // "half past", "dot" and "at" stand in their words.
    case 'time':
    case 'email':
    case undefined:
      return undefined;
  }
}

/** The most digits that are said without a pause. */
const BREATH = 4;

/** A code as it is spelled in its text, sign after sign; its digits as digits, a few at a time. */
function signBySign(text: string): string {
  const runs: string[] = [];
  let digits = '';
  const close = () => {
    if (digits === '') return;
    const groups = Math.ceil(digits.length / BREATH);
    const size = Math.ceil(digits.length / groups);
    for (let at = 0; at < digits.length; at += size) runs.push(sayAs('digits', digits.slice(at, at + size)));
    digits = '';
  };
  for (const sign of text.split(', ')) {
    if (/^\d+$/.test(sign)) digits += sign;
    else {
      close();
      runs.push(escaped(sign));
    }
  }
  close();
  return runs.join(', ');
}

function day(value: string): string | undefined {
  const [, year, month, date] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(value) ?? [];
  return year === undefined ? undefined : sayAs('date', `${month}-${date}-${year}`, 'mdy');
}

/** Polly reads "$49.99" as it should; "CA$49.99" and "-$49.99" it is told in words. */
function amount(text: string, value: number, currency: string): string | undefined {
  if (/^[$£€¥]\d/.test(text)) return undefined;
  const name = new Intl.NumberFormat('en-US', { style: 'currency', currency, currencyDisplay: 'name' });
  const words = `${value < 0 ? 'minus ' : ''}${name.format(Math.abs(value))}`;
  return `<sub alias="${escaped(words)}">${escaped(text)}</sub>`;
}
