import { type Random, randomFrom } from '../simulation/random.ts';
import { throughBlock } from './block.ts';
import { type Came, type Wrong, wrongWith } from './came.ts';
import { Figures } from './figures.ts';
import { throughLex } from './lex.ts';
import { throughParticipant } from './participant.ts';
import type { Parts } from './parts.ts';
import { throughSns } from './sns.ts';

/** The ways that what callers say comes in. */
export const CHANNELS = {
  'call by Lex': (parts, random, figures) => throughLex(parts, random, 'VOICE', figures),
  'chat by Lex': (parts, random, figures) => throughLex(parts, random, 'CHAT', figures),
  'Lambda block': throughBlock,
  'chat by SNS': throughSns,
  'Participant API': throughParticipant,
} satisfies { readonly [name: string]: (parts: Parts, random: Random, figures: Figures) => Promise<Came> };

export type Channel = keyof typeof CHANNELS;
export const NAMES: readonly Channel[] = [
  'call by Lex',
  'chat by Lex',
  'Lambda block',
  'chat by SNS',
  'Participant API',
];

/** What did not hold of a contact, by the seed that brings it about again. */
export interface Finding {
  readonly channel: Channel;
  readonly seed: number;
  readonly wrong: readonly Wrong[];
}

/** So many contacts of a channel, each by a seed of its own from this one on. */
export async function contacts(parts: Parts, channel: Channel, from: number, count: number) {
  const figures = new Figures();
  const findings: Finding[] = [];
  for (let seed = from; seed < from + count; seed++) {
    const came = await CHANNELS[channel](parts, randomFrom(seed), figures);
    figures.met(`came to ${came.end}`);
    const wrong = wrongWith(came);
    if (wrong.length > 0) findings.push({ channel, seed, wrong });
  }
  return { figures, findings };
}
