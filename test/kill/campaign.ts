import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { integrity } from '../../packages/stores/src/testing/statements.ts';
import { randomFrom } from '../simulation/random.ts';
import { astray, difference, type Outcome, outcomesIn } from './compare.ts';
import { PLACES, type Place, type Point } from './points.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const LIFE = path.join(ROOT, 'workflows', 'support', 'dist', 'test', 'kill', 'life.js');

/** How many conversations a round has. */
const AT_ONCE = 8;
/** How far a life gets at most before it is killed, as a share of what all the conversations take undisturbed. */
const REACH = 1 / 12;
/** After so many lives they get further: on a busy machine one may be over before it has kept anything. */
const PATIENCE = 10;
/** More lives than any round needs: one that comes to no end is a failure. */
const MOST = 200;

export interface Campaign {
  /** How many kills there were, by where they struck. */
  readonly struck: ReadonlyMap<Place | 'from outside', number>;
  readonly rounds: number;
  readonly failures: readonly string[];
}

export interface CampaignOptions {
  /** How many kills there are to be, at least. */
  readonly points: number;
  readonly seed: number;
  /** This round alone, however many kills it takes. */
  readonly only?: number;
  /** How many rounds run at once. */
  readonly lanes: number;
  readonly struck?: (count: number) => void;
}

/**
 * Has the conversations of the support workflow, killing the process again and again, until it was killed `points` times;
 * a round is a folder with some of them at once, gone on with until they are over. What a round does follows from the seed
 * and its number, but for each fourth: those are killed from outside at random moments.
 */
export async function campaign({ points, seed, only, lanes, struck: told }: CampaignOptions): Promise<Campaign> {
  build();
  const whole = await undisturbed();
  const struck = new Map<Place | 'from outside', number>(
    [...PLACES, 'from outside' as const].map((place) => [place, 0]),
  );
  const failures: string[] = [];
  let count = 0;
  let next = only ?? 0;
  const lane = async () => {
    do {
      const number = next++;
      const failure = await round(seed, number, whole, {
        struck: (place) => {
          struck.set(place, (struck.get(place) ?? 0) + 1);
          count += 1;
          told?.(count);
        },
        enough: () => count >= points,
      });
      if (failure !== undefined) failures.push(`--seed ${seed} --round ${number}: ${failure}`);
    } while (only === undefined && count < points && failures.length === 0);
  };
  await Promise.all(Array.from({ length: only === undefined ? lanes : 1 }, lane));
  return { struck, rounds: next - (only ?? 0), failures };
}

/** Builds the process, so that it starts fast. */
export function build(): void {
  const tsc = path.join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', path.join(ROOT, 'test', 'kill')], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`The process can't be built.\n${stdout}`);
}

export interface Undisturbed {
  readonly outcomes: ReadonlyMap<string, Outcome>;
  /** How often each place was passed. */
  readonly passed: readonly Point[];
  /** How long it took on this machine. */
  readonly milliseconds: number;
}

/** What comes of the conversations when nothing disturbs them. */
export async function undisturbed(): Promise<Undisturbed> {
  return inFolder(async (folder) => {
    const { code, out, err, milliseconds } = await life(folder, {});
    if (code !== 0) throw new Error(`The undisturbed process failed.\n${err}`);
    const [, said = ''] = out.split('\n');
    const passed = counts.parse(JSON.parse(said)).map(([place, count]) => ({ place, count }));
    return { outcomes: await outcomesIn(folder), passed, milliseconds };
  });
}

const counts = z.array(z.tuple([z.enum(PLACES), z.number()]));

/** One round; what went wrong, or undefined. */
async function round(
  seed: number,
  number: number,
  { outcomes, passed, milliseconds }: Undisturbed,
  { struck, enough }: { struck(place: Place | 'from outside'): void; enough(): boolean },
): Promise<string | undefined> {
  const random = randomFrom(seed * 1_000_003 + number);
  const outside = number % 4 === 1;
  const drawn = [...outcomes].map((one) => ({ one, place: random.next() })).sort((a, b) => a.place - b.place);
  const expected = new Map(drawn.slice(0, AT_ONCE).map(({ one }) => one));
  const pushed = random.chance(0.5);
  return inFolder(async (folder) => {
    const kills = path.join(folder, 'kills.txt');
    const places = () => (existsSync(kills) ? readFileSync(kills, 'utf8').trimEnd().split('\n') : []);
    for (let lives = 1; lives <= MOST; lives++) {
      const place = random.pick(passed);
      const reach = REACH * Math.ceil(lives / PATIENCE);
      const last = { ...place, count: random.int(1, Math.ceil(place.count * reach)) };
      const late = random.int(0, Math.ceil(milliseconds * reach));
      const options = { seed: random.int(0, 1e9), pushed, of: [...expected.keys()] };
      const { code, err } = enough()
        ? await life(folder, options)
        : await life(folder, outside ? options : { ...options, last }, outside ? late : undefined);
      const failed = (what: string) => {
        const where = outside ? `after ${late} ms` : `at ${places().at(-1) ?? 'no point'}`;
        return `life ${lives}, killed ${where}: ${what}`;
      };
      if (code === 0) {
        const wrong = await tried(async () => difference(await outcomesIn(folder), expected));
        return wrong === undefined ? undefined : failed(wrong);
      }
      if (code !== null) return failed(`it ended by itself.\n${err}`);
      if (err !== '') return failed(`the engine complained.\n${err}`);
      struck(outside ? 'from outside' : last.place);
      const wrong = await tried(async () => judge(folder, expected));
      if (wrong !== undefined) return failed(wrong);
    }
    return `It came to no end in ${MOST} lives.`;
  });
}

/** What is wrong with what a killed process left; a copy is looked at, so that the next process finds it as it was. */
async function judge(folder: string, expected: ReadonlyMap<string, Outcome>): Promise<string | undefined> {
  const file = path.join(folder, 'sessions.sqlite');
  if (!existsSync(file)) return undefined;
  return inFolder(async (copy) => {
    for (const name of ['sessions.sqlite', 'sessions.sqlite-wal', 'heard.jsonl']) {
      const original = path.join(folder, name);
      if (existsSync(original)) cpSync(original, path.join(copy, name));
    }
    const said = integrity(path.join(copy, 'sessions.sqlite'));
    return said === 'ok' ? astray(await outcomesIn(copy), expected) : `SQLite finds the store damaged: ${said}`;
  });
}

const tried = async (judge: () => Promise<string | undefined>): Promise<string | undefined> => {
  try {
    return await judge();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

interface Options {
  readonly seed?: number;
  readonly last?: Point | undefined;
  readonly pushed?: boolean;
  readonly of?: readonly string[];
}

interface Ended {
  /** From its beginning, as it says when it has started. */
  readonly milliseconds: number;
  /** Null where it was killed. */
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs a life; kills it so many milliseconds after its beginning where they are given. */
function life(folder: string, options: Options, kill?: number): Promise<Ended> {
  return new Promise((resolve, reject) => {
    // Few lives are long enough to pay for what V8's optimizer costs: without it they take a third less.
    const child = spawn(process.execPath, ['--no-opt', LIFE, folder, JSON.stringify(options)], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let out = '';
    let begun = performance.now();
    let err = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err += text;
    });
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (out === '') {
        begun = performance.now();
        if (kill !== undefined) setTimeout(() => child.kill('SIGKILL'), kill);
      }
      out += text;
    });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, out, err, milliseconds: performance.now() - begun }));
  });
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(path.join(tmpdir(), 'parley-kill-'));
  mkdirSync(path.join(folder, 'shops'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
