/**
 * Values that nothing the product writes may hold, by the channel each comes in on: made up, and like nothing else in a
 * session. What they are looked for in is not what they are hidden by: this file knows nothing of the packages.
 */
export const MARKS = {
  'the address of the contact': 'quillon-vantassel',
  'an attribute of the contact': 'Zebulon Quartermain',
  'words that no variable holds': '4929718826041375',
  'words that nothing was understood of': 'wrenfield okonjo quillfeather',
  'keys that were pressed': '58213',
  'a name that was decided on': 'Ottoline Fetherstonhaugh',
  'an e-mail address that was said': 'ottoline@brackenmail.net',
  'a date that was said': '1958-09-17',
  'an answer that is not valid': 'thaddeus#nowhereland',
  'a correction': 'o.fetherston@brackenmail.net',
  'what a tool returned': 'Isambard Thistlewood',
  'a number that a tool returned': '4821377',
  'what a tool returned and nothing keeps': 'Balthazar Winterbourne',
  'a failure that a tool names': 'Cressida Hollingberry',
  'an error that a tool throws': 'Leopold Ravenscroft',
  'what a tool returned that is not valid': 'Millicent Abernathy',
  'an error that the decider throws': 'Peregrine Smallwood',
  'the data of a signal': 'Hyacinth Dragonetti',
  'the data of a signal that nothing keeps': 'Barnaby Oglethorpe',
  'an error that the store throws': 'Euphemia Standish',
  'an error that whoever is pushed to throws': 'Horatio Pemberton',
  'an event that is none': 'Lysander Whitcombe',
} as const;

export type Channel = keyof typeof MARKS;

const WORDS: ReadonlyMap<string, string> = new Map(
  'zero:0 oh:0 one:1 two:2 three:3 four:4 five:5 six:6 seven:7 eight:8 nine:9'.split(' ').map((pair) => {
    const [word = '', digit = ''] = pair.split(':');
    return [word, digit];
  }),
);
const MONTHS = 'january february march april may june july august september october november december'.split(' ');

/** Letters and digits only, in small letters, numbers in words as figures, "at" and "dot" as nothing. */
function plain(text: string): string {
  return text
    .toLowerCase()
    .replace(/[a-z]+/g, (word) => WORDS.get(word) ?? (word === 'at' || word === 'dot' ? '' : word))
    .replace(/[^\p{L}\p{N}]/gu, '');
}

/** What a mark may look like, wherever it stands. */
function looksOf(value: string): readonly string[] {
  const looks = [value];
  // A name may stand in pieces.
  if (/^[\p{L} ]+$/u.test(value)) looks.push(...value.split(' '));
  const [year, month, day] = value.split('-').map(Number);
  if (/^\d{4}-\d\d-\d\d$/.test(value)) {
    const name = MONTHS[(month ?? 1) - 1] ?? '';
    looks.push(
      `${name} ${day} ${year}`,
      `${name} ${day}th ${year}`,
      `${day} ${name} ${year}`,
      `${month}/${day}/${year}`,
    );
  }
  return looks;
}

/** The middle of a text in base 64, however many bytes stand before it. */
function inBase64(text: string): readonly string[] {
  return [0, 1, 2].map((shift) => {
    const all = Buffer.from('\0'.repeat(shift) + text).toString('base64');
    return all.slice(shift === 0 ? 0 : shift + 1, Math.floor(((shift + text.length) * 8) / 6) - 1);
  });
}

/** The channels of whose marks there is one in what was written, in any way of writing it. */
export function marksIn(written: string | Uint8Array): readonly Channel[] {
  const text = typeof written === 'string' ? written : Buffer.from(written).toString('latin1');
  const lower = text.toLowerCase();
  const squeezed = plain(text);
  const channels = Object.keys(MARKS).filter((channel): channel is Channel => channel in MARKS);
  return channels.filter((channel) =>
    looksOf(MARKS[channel]).some((look) => {
      if (lower.includes(look.toLowerCase()) || squeezed.includes(plain(look))) return true;
      if (lower.includes(encodeURIComponent(look).toLowerCase())) return true;
      return [look, look.toLowerCase()].some((one) => {
        const bytes = Buffer.from(one);
        if (lower.includes(bytes.toString('hex'))) return true;
        const sixtyFour = inBase64(one);
        return sixtyFour.some(
          (piece) => text.includes(piece) || text.includes(piece.replace(/\+/g, '-').replace(/\//g, '_')),
        );
      });
    }),
  );
}
