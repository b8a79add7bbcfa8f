import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { randomFrom } from '../simulation/random.ts';
import { type Invariant, wrongWith } from './came.ts';
import { CHANNELS, type Channel } from './channels.ts';
import { Figures } from './figures.ts';
import { PACKAGES, partsIn } from './parts.ts';

/** A way to break something on purpose, to see that it is found: in a file, `find` must stand there exactly once. */
export interface Sabotage {
  readonly name: string;
  readonly channel: Channel;
  /** What is then found not to hold. */
  readonly breaks: Invariant;
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

const byte = 'of(JSON.stringify(what), 2)';
const other = 'of(String(Math.random()), 8)';
const turnId = 'connect/src/turn-id.ts';
const hook = 'connect/src/lex/hook.ts';
const chat = 'connect/src/chat/chat.ts';
const flow = 'connect/src/flow/generate.ts';
const participants = 'center/src/api/participant.ts';
const sabotage = (
  channel: Channel,
  breaks: Invariant,
  name: string,
  file: string,
  find: string,
  replace: string,
): Sabotage => ({ channel, breaks, name, file, find, replace });

export const SABOTAGES: readonly Sabotage[] = [
  sabotage('call by Lex', 'taken', 'each call of the hook is an event of its own', turnId, byte, other),
  sabotage('call by Lex', 'written', 'what is called again is written again', turnId, byte, other),
  sabotage(
    'call by Lex',
    'taken',
    'the same words later are the same event',
    turnId,
    'const { type, ...what } = event;',
    'const { type, ...what } = event;\n  turn = 0;',
  ),
  sabotage(
    'chat by Lex',
    'taken',
    'answers are not counted',
    hook,
    'return answerTo(event, session, turn + 1, reply);',
    'return answerTo(event, session, turn, reply);',
  ),
  sabotage(
    'chat by Lex',
    'answered',
    'what is not ready is not asked for again',
    hook,
    "for (let k = 1; channel === 'chat' &&",
    "for (let k = 1; channel !== 'chat' &&",
  ),
  sabotage(
    'call by Lex',
    'taken',
    'where Lex fails, the caller is asked to say it again',
    flow,
    "'Sorry, that was a problem on our side.', 'Ask again'",
    "'Sorry, that was a problem on our side. Could you say it again, please?', 'Talk'",
  ),
  sabotage(
    'Lambda block',
    'taken',
    'each call of the block is an event of its own',
    'connect/src/block/block.ts',
    'id: turnId(numberOf(turn), what), event: what',
    'id: String(Math.random()), event: what',
  ),
  sabotage(
    'Lambda block',
    'taken',
    'the block does not count answers',
    'connect/src/block/block.ts',
    'parley_turn: String(numberOf(turn) + 1)',
    'parley_turn: String(numberOf(turn))',
  ),
  sabotage(
    'chat by SNS',
    'taken',
    'messages are taken as SNS brings them',
    chat,
    'if (before) await lookBack(chat, before);',
    '',
  ),
  sabotage(
    'chat by SNS',
    'taken',
    'messages are taken in the order they were heard of',
    'connect/src/chat/record.ts',
    '[...waiting].sort((a, b) => rank(a) - rank(b) || a.at - b.at || compare(a.id, b.id))',
    '[...waiting]',
  ),
  sabotage(
    'chat by SNS',
    'answered',
    'what is posted again is another message',
    'connect/src/chat/outlet.ts',
    'JSON.stringify([...this.#about, ...what])',
    'JSON.stringify([...this.#about, ...what, Math.random()])',
  ),
  sabotage(
    'chat by SNS',
    'taken',
    'a notification is done with before its message is answered',
    chat,
    'await answered(item.contact, item.id, due);',
    'await answered(item.contact, item.id, due).catch(() => undefined);',
  ),
  sabotage(
    'Participant API',
    'taken',
    'a message with the same token is another one',
    participants,
    'if (known) return known;',
    '',
  ),
  sabotage(
    'Participant API',
    'begun once',
    'a chat that is asked for again begins again',
    'center/src/api/connect.ts',
    'if (known) return known;',
    '',
  ),
  sabotage(
    'Participant API',
    'answered',
    'the transcript leaves out what the bot said',
    participants,
    'const items = all.slice(Math.max(0, from), Math.max(0, to));',
    "const items = all.slice(Math.max(0, from), Math.max(0, to)).filter(({ DisplayName }) => DisplayName !== 'BOT');",
  ),
];

/** Those that take minutes to be found, as nothing happens for so long: `npm run channels -- --sabotage` only. */
export const SLOW: readonly Sabotage[] = [
  sabotage(
    'chat by SNS',
    'done',
    'who died keeps others from answering for good',
    chat,
    'const lease = { holder, until: now + LEASE };',
    'const lease = { holder, until: now + 1e9 };',
  ),
];

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Tries contacts from seed 1 on until what the sabotage breaks does not hold; undefined where so many contacts go unnoticed. */
export async function searchFor(
  { name, channel, breaks, file, find, replace }: Sabotage,
  patience: number,
): Promise<{ readonly contacts: number } | undefined> {
  await mkdir(path.join(ROOT, '.parley'), { recursive: true });
  const folder = await mkdtemp(path.join(ROOT, '.parley', 'sabotaged-'));
  try {
    for (const part of ['connect', 'center']) {
      const from = path.join(PACKAGES, part);
      await cp(path.join(from, 'src'), path.join(folder, part, 'src'), {
        recursive: true,
        filter: (source) => !/\.test\.ts$|\/testing$/.test(source),
      });
      await symlink(path.join(from, 'node_modules'), path.join(folder, part, 'node_modules'));
    }
    await useCopies(path.join(folder, 'center', 'src'));
    const target = path.join(folder, file);
    const pieces = (await readFile(target, 'utf8')).split(find);
    if (pieces.length !== 2) throw new Error(`The sabotage "${name}" no longer fits ${file}: ${find}`);
    await writeFile(target, pieces.join(replace));
    const parts = await partsIn(folder);
    for (let seed = 1; seed <= patience; seed++) {
      const wrong = wrongWith(await CHANNELS[channel](parts, randomFrom(seed), new Figures()));
      // It may break other things on the way: what is looked for is what it is there to break.
      if (wrong.some(({ invariant }) => invariant === breaks)) return { contacts: seed };
    }
    return undefined;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The copy of the contact center runs on the copy of what it takes from `@parley/connect`. */
async function useCopies(folder: string): Promise<void> {
  for (const file of await readdir(folder, { recursive: true })) {
    if (!file.endsWith('.ts')) continue;
    const target = path.join(folder, file);
    const text = await readFile(target, 'utf8');
    const connect = `${'../'.repeat(file.split(path.sep).length)}../connect/src/index.ts`;
    await writeFile(target, text.replaceAll("'@parley/connect'", `'${connect}'`));
  }
}
