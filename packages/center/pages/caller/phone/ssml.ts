/** What is said aloud: words, and pauses in milliseconds. */
export type Part =
  | { readonly type: 'words'; readonly text: string }
  | { readonly type: 'pause'; readonly milliseconds: number };

/** Words of a call, for the eye and for a voice that knows no SSML. */
export interface Speech {
  readonly caption: string;
  readonly parts: readonly Part[];
}

/** How a text of a call is shown and said. */
export function speechOf(content: string, ssml: boolean): Speech {
  if (!ssml) return { caption: content.trim(), parts: partsOf([{ type: 'words', text: content }]) };
  const spoken: Part[] = [];
  let caption = '';
  const say = (text: string, shown = text) => {
    spoken.push({ type: 'words', text });
    caption += shown;
  };
  const tokens = content.matchAll(TOKEN);
  /** The element whose text is said in a way of its own, and its text up to now. */
  let open: { readonly name: string; readonly attributes: string; text: string } | undefined;
  for (const [, closing, name, attributes = '', , text] of tokens) {
    if (name === undefined) {
      const words = decoded(text ?? '');
      if (open) open.text += words;
      else say(words);
      continue;
    }
    if (open) {
      if (!closing || name !== open.name) continue;
      const { spoken: aloud, shown } = read(open.name, open.attributes, open.text);
      say(aloud, shown);
      open = undefined;
      continue;
    }
    if (!closing && (name === 'say-as' || name === 'sub')) open = { name, attributes, text: '' };
    else if (name === 'break' && !closing) spoken.push({ type: 'pause', milliseconds: pauseOf(attributes) });
    // Sentences and paragraphs that stand close together are still two.
    else if ((name === 's' || name === 'p') && closing) say(' ');
  }
  if (open) say(open.text);
  return { caption: caption.replace(/\s+/g, ' ').trim(), parts: partsOf(spoken) };
}

// A tag with its attributes, what is no element, or text. A sign that opens nothing is text.
const TOKEN =
  /<(\/?)([A-Za-z][\w:-]*)((?:\s+[\w:-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>|<!--[\s\S]*?-->|<\?[\s\S]*?\?>|([^<]+|<)/g;

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);

function decoded(text: string): string {
  return text.replace(/&(?:#(\d{1,6})|#x([0-9A-Fa-f]{1,5})|(\w+));/g, (whole, decimal, hex, name: string) => {
    if (name !== undefined) return ENTITIES.get(name) ?? whole;
    return String.fromCodePoint(decimal !== undefined ? Number(decimal) : Number.parseInt(hex, 16));
  });
}

const attribute = (attributes: string, name: string): string | undefined => {
  const [, double, single] = new RegExp(`${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`).exec(attributes) ?? [];
  const value = double ?? single;
  return value === undefined ? undefined : decoded(value);
};

/**
 * How the text of an element is said, and shown.
 * Source: https://docs.aws.amazon.com/polly/latest/dg/supportedtags.html
 */
function read(name: string, attributes: string, text: string): { readonly spoken: string; readonly shown: string } {
  if (name === 'sub') return { spoken: attribute(attributes, 'alias') ?? text, shown: text };
  switch (attribute(attributes, 'interpret-as')) {
    case 'digits':
    case 'characters':
    case 'spell-out':
      return { spoken: signs(text), shown: text };
    case 'telephone': {
      const [, area, exchange, line] = /^(?:\+?1)?(\d{3})(\d{3})(\d{4})$/.exec(text.replace(/[\s().-]/g, '')) ?? [];
      if (area === undefined || exchange === undefined || line === undefined)
        return { spoken: signs(text), shown: text };
      return { spoken: [area, exchange, line].map(signs).join(', '), shown: `(${area}) ${exchange}-${line}` };
    }
    case 'date': {
      const words = day(text, attribute(attributes, 'format') ?? 'mdy');
      return { spoken: words, shown: words };
    }
    case 'ordinal': {
      const words = ordinal(text);
      return { spoken: words, shown: words };
    }
    case 'expletive':
      return { spoken: 'beep', shown: '(beep)' };
    default:
      return { spoken: text, shown: text };
  }
}

/** Sign after sign: a voice reads what stands apart apart. */
const signs = (text: string) => [...text.replace(/\s+/g, '')].join(' ');

function ordinal(text: string): string {
  const number = Number(text);
  if (!Number.isInteger(number)) return text;
  const ending = { one: 'st', two: 'nd', few: 'rd', other: 'th', zero: 'th', many: 'th' };
  return `${number}${ending[new Intl.PluralRules('en-US', { type: 'ordinal' }).select(number)]}`;
}

/** A date by its format, such as `mdy` or `yyyymmdd`. */
function day(text: string, format: string): string {
  const order = [...format.replace(/(.)\1+/g, '$1')];
  const compact = /^\d{8}$/.test(text);
  const numbers = compact ? [text.slice(0, 4), text.slice(4, 6), text.slice(6)] : text.split(/\D+/).filter(Boolean);
  const of = (letter: string) => {
    const at = compact ? 'ymd'.indexOf(letter) : order.indexOf(letter);
    return at < 0 ? undefined : Number(numbers[at]);
  };
  const [year, month, date] = [of('y'), of('m'), of('d')];
  if (month === undefined || !(month >= 1 && month <= 12)) return text;
  const at = new Date(Date.UTC(year ?? 2000, month - 1, date ?? 1));
  return new Intl.DateTimeFormat('en-US', {
    timeZone: 'UTC',
    month: 'long',
    ...(date === undefined ? {} : { day: 'numeric' }),
    ...(year === undefined ? {} : { year: 'numeric' }),
  }).format(at);
}

const STRENGTHS: ReadonlyMap<string, number> = new Map([
  ['none', 0],
  ['x-weak', 0],
  ['weak', 200],
  ['medium', 400],
  ['strong', 700],
  ['x-strong', 1_200],
]);
const LONGEST_PAUSE = 10_000;

function pauseOf(attributes: string): number {
  const [, amount, unit] = /^\+?(\d+(?:\.\d+)?)(ms|s)$/.exec(attribute(attributes, 'time') ?? '') ?? [];
  if (amount !== undefined) return Math.min(Number(amount) * (unit === 's' ? 1_000 : 1), LONGEST_PAUSE);
  return STRENGTHS.get(attribute(attributes, 'strength') ?? 'medium') ?? 400;
}

/** Words that follow each other as one, cut after sentences: some voices fall silent in the midst of a long text. */
function partsOf(spoken: readonly Part[]): readonly Part[] {
  const parts: Part[] = [];
  let words = '';
  const close = () => {
    for (const text of words
      .replace(/\s+/g, ' ')
      .trim()
      .split(/(?<=[.!?…]["'”’)]?) (?=[\p{Lu}"“‘(])/u))
      if (text !== '') parts.push({ type: 'words', text });
    words = '';
  };
  for (const part of spoken) {
    if (part.type === 'words') words += part.text;
    else {
      close();
      if (part.milliseconds > 0) parts.push(part);
    }
  }
  close();
  return parts;
}
