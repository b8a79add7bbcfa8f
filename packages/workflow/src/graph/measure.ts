/** The width of a text in a sans-serif face, in px, as near as can be told without a browser: a little on the wide side. */
export function widthOf(text: string, size: number, bold = false): number {
  let ems = 0;
  for (const character of text) ems += emsOf(character);
  return ems * size * (bold ? 1.08 : 1);
}

function emsOf(character: string): number {
  if (/[iljtfrI.,;:'’|!()[\]{} /]/.test(character)) return 0.36;
  if (/[mwMW@%—…]/.test(character)) return 0.92;
  if (/[A-Z&$=+<>~_#]/.test(character)) return 0.7;
  // East Asian characters and symbols are as wide as they are high.
  if (/[\u1100-\u11ff\u2e80-\ud7ff\uf900-\ufaff\uff00-\uffef]|\p{Extended_Pictographic}/u.test(character)) return 1.05;
  return 0.6;
}

/** A text in lines no wider than `width`, at most `most` of them: what is left over ends in an ellipsis. */
export function wrapped(text: string, width: number, size: number, most: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((one) => broken(one, width, size))) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (widthOf(longer, size) <= width) line = longer;
    else {
      lines.push(line);
      line = word;
    }
  }
  if (line !== '') lines.push(line);
  if (lines.length <= most) return lines;
  const last = [...(lines[most - 1] ?? '')];
  while (last.length > 0 && widthOf(`${last.join('')}…`, size) > width) last.pop();
  return [...lines.slice(0, most - 1), `${last.join('').trimEnd()}…`];
}

/** A word that is wider than a line, in pieces that are not. */
function broken(word: string, width: number, size: number): readonly string[] {
  if (widthOf(word, size) <= width) return [word];
  const pieces: string[] = [];
  let piece = '';
  for (const character of word) {
    if (widthOf(piece + character, size) > width) {
      pieces.push(piece);
      piece = '';
    }
    piece += character;
  }
  return [...pieces, piece];
}
