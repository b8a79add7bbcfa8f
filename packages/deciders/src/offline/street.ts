import type { VariableWanted } from '@parley/engine';
import { findValues } from '@parley/workflow';

/** Whether a variable is a street address: by its own name, for the language has no type for it. */
export const isStreet = ({ name, variable }: VariableWanted): boolean =>
  variable.type === 'string' && variable.pattern === undefined && /(?:street|address)(?:line)?\d?$/i.test(name);

const LEAD = /^(?:(?:it is|it's|its|that's|that is|the address is|my address is|i live at|at)\s+)+/i;
const HESITATION = /(?:^|\s+)(?:uh+|um+|er+|eh|hm+)(?=\s|$)/gi;
const HOUSE_NUMBER = { type: 'string', pattern: '\\d{1,6}', spoken: 'digits' } as const;

/** A street address as it is written: "it's forty uh eight birch road" is "48 birch road". */
export function streetOf(said: string, moment: { readonly now: number; readonly timezone: string }): string {
  const text = said.replace(HESITATION, '').trim().replace(LEAD, '').trim();
  const [number] = findValues(HOUSE_NUMBER, text, moment);
  if (number === undefined || number.start !== 0 || typeof number.value !== 'string') return text;
  return `${number.value} ${text.slice(number.end).trim()}`;
}
