/** What a person is told of a contact that was handed over, part by part: from the attributes that its flow set (`parley_…`). */
export interface Brief {
  readonly summary: string | undefined;
  /** How sure it is who is calling. */
  readonly identity: { readonly level: string; readonly words: string } | undefined;
  readonly done: readonly string[];
  /** Where the conversation stood when it was handed over. */
  readonly from: string | undefined;
  readonly known: readonly { readonly label: string; readonly value: string }[];
  /** The code of what went wrong, where that is why it was handed over. */
  readonly failure: string | undefined;
}

/** Source: docs/language.md, "identity". */
const IDENTITY: ReadonlyMap<string, string> = new Map([
  ['none', 'Not known who is calling'],
  ['looked_up', 'A record was found, nothing was proved'],
  ['code', 'Proved with a one-time code'],
  ['person', 'A colleague vouched for them'],
]);

/** The brief in a contact's attributes; undefined where there is none. */
export function briefOf(attributes: { readonly [name: string]: string }): Brief | undefined {
  const text = attributes['parley_brief'];
  const level = attributes['parley_identity'];
  const from = attributes['parley_from'];
  const failure = attributes['parley_failure'];
  if (text === undefined && level === undefined && from === undefined && failure === undefined) return undefined;
  const { summary, known } = partsOf(text ?? '');
  const all = new Map(known);
  for (const [name, value] of Object.entries(attributes))
    if (name.startsWith(KNOWN)) all.set(name.slice(KNOWN.length), value);
  return {
    summary: summary || undefined,
    identity: level === undefined ? undefined : { level, words: IDENTITY.get(level) ?? labelOf(level) },
    done: counted((attributes['parley_done'] ?? '').split(',').filter(Boolean).map(labelOf)),
    from: from === undefined ? undefined : labelOf(from),
    known: [...all].map(([name, value]) => ({ label: labelOf(name), value: shownValue(value) })),
    failure,
  };
}

const KNOWN = 'parley_known_';

/** The text has a line for each part, as `briefText` of packages/connect writes it: what has no line of its own goes on with the one before. */
function partsOf(text: string): { readonly summary: string; readonly known: readonly (readonly [string, string])[] } {
  const [summary = '', rest = ''] = text.split(/\nIdentity: .*(?:\n|$)/, 2);
  const known: [string, string][] = [];
  for (const [at, line] of rest.split('\n').entries()) {
    if (at < 2 && /^(Came from|Done): /.test(line)) continue;
    const [, name, value] = /^(\w+): (.*)$/.exec(line) ?? [];
    const last = known.at(-1);
    if (name !== undefined && value !== undefined) known.push([name, value]);
    else if (last) last[1] += `\n${line}`;
  }
  return { summary, known };
}

/** A name of the workflow as words: `identify/by_email` is "Identify, by email", `orders.get` "Orders: get", `orderId` "Order ID". */
export function labelOf(name: string): string {
  const words = name
    .replace(/__|\//g, ', ')
    .replace(/\./g, ': ')
    .replace(/_/g, ' ')
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replace(/\bid\b/g, 'ID')
    .replace(/\bzip\b/g, 'ZIP');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function counted(all: readonly string[]): readonly string[] {
  return [...new Set(all)].map((one) => {
    const times = all.filter((other) => other === one).length;
    return times === 1 ? one : `${one} (${times} times)`;
  });
}

/** What is true is read as yes, and data by its parts. */
function shownValue(text: string): string {
  if (text === 'true') return 'Yes';
  if (text === 'false') return 'No';
  if (!/^[[{]/.test(text)) return text;
  try {
    return flat(JSON.parse(text));
  } catch {
    return text;
  }
}

function flat(data: unknown): string {
  if (Array.isArray(data)) return data.map(flat).join('; ');
  if (typeof data !== 'object' || data === null) return String(data);
  return Object.entries(data)
    .map(([name, value]) => `${labelOf(name)}: ${flat(value)}`)
    .join(', ');
}
