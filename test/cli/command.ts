import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of this repository, and the command as people run it: built. */
export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
export const BIN = path.join(ROOT, 'packages', 'cli', 'bin', 'parley.js');

/** How long one test of a few child processes may take on a slow machine, in milliseconds. */
export const PATIENCE = 120_000;

export interface Outcome {
  /** The exit code; null where it was killed. */
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A command that is running. */
export interface Running {
  readonly process: ChildProcess;
  /** Types a line. */
  type(line: string): void;
  /** Waits until `text` stands in what was printed since the last time. Rejects where the process ends without it. */
  until(text: string): Promise<void>;
  /** All that was printed up to now. */
  printed(): string;
  readonly ended: Promise<Outcome>;
}

/** Starts `parley` with standard input open. */
export function start(args: readonly string[], cwd: string): Running {
  if (!existsSync(path.join(ROOT, 'packages', 'cli', 'dist', 'main.js'))) {
    throw new Error('The command is not built: npm run build, then test again.');
  }
  return startProcess(process.execPath, [BIN, ...args], cwd);
}

/** What Node decides from, besides TERM, whether a terminal shows colours: a test that wants one of them sets it. */
const COLOURS = ['FORCE_COLOR', 'NO_COLOR', 'NODE_DISABLE_COLORS', 'COLORTERM', 'CI', 'TEAMCITY_VERSION', 'TMUX'];

/** Starts any program, without what the tests' own surroundings say of colours. */
export function startProcess(program: string, args: readonly string[], cwd: string): Running {
  const env = { ...process.env };
  for (const name of [...COLOURS, 'NODE_OPTIONS']) delete env[name];
  const child = spawn(program, args, { cwd, env, stdio: ['pipe', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  let seen = 0;
  const waiting = new Set<() => void>();
  const look = () => {
    for (const again of waiting) again();
  };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
    look();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  // A process that was killed no longer reads.
  child.stdin.on('error', () => undefined);
  let closed = false;
  const ended = new Promise<Outcome>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      closed = true;
      look();
      resolve({ code, out, err });
    });
  });
  return {
    process: child,
    type: (line) => void child.stdin.write(`${line}\n`),
    until: (text) =>
      new Promise((resolve, reject) => {
        const again = () => {
          const at = out.indexOf(text, seen);
          if (at < 0 && !closed) return;
          waiting.delete(again);
          if (at < 0) {
            reject(new Error(`It ended without "${text}":\n${out.slice(seen)}\n${err}`));
            return;
          }
          seen = at + text.length;
          resolve();
        };
        waiting.add(again);
        again();
      }),
    printed: () => out,
    ended,
  };
}

/** Runs `parley` to its end, with `input` as standard input. */
export async function parley(args: readonly string[], cwd: string, input = ''): Promise<Outcome> {
  const running = start(args, cwd);
  running.process.stdin?.end(input);
  return running.ended;
}

/** A folder of its own, with the files given by their paths, where packages of this repository can be imported. */
export function folderWith(files: { readonly [file: string]: string } = {}): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'parley-test-'));
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'), 'junction');
  for (const [file, text] of Object.entries(files)) put(folder, file, text);
  return folder;
}

/** Writes a file of such a folder. */
export function put(folder: string, file: string, text: string): void {
  mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
  writeFileSync(path.join(folder, file), text);
}

/** A folder where the workflows of this repository can be named. */
export function folderOfSupport(): string {
  const folder = folderWith();
  symlinkSync(path.join(ROOT, 'workflows'), path.join(folder, 'workflows'), 'junction');
  return folder;
}

export const remove = (folder: string) => rmSync(folder, { recursive: true, force: true });

/** A workflow without tools: a tea house takes an order, with an e-mail address for the bill. */
export const TEA = `workflow: tea
title: A tea house
otherwise: person

variables:
  email: { type: email, sensitive: pii, ask: What's your e-mail address? }
  cups: { type: integer, ask: How many cups? }

interrupts:
  human: { when: asks for a person, examples: [let me talk to a human], to: person }

steps:
  welcome:
    say: Welcome.
    then: need
  need:
    ask: Tea or coffee?
    choices:
      tea: { when: wants tea, examples: [a pot of tea], to: details }
      coffee: { when: wants coffee, examples: [an espresso], to: no_coffee }
  no_coffee:
    say: There is no coffee here.
    then: need
  details:
    form: [cups, email]
    then: sure
  sure:
    confirm: '{{ $cups }} cups of tea, is that right?'
    yes: done
    no: need
  done:
    end: { say: It is on its way., outcome: ordered }
  person:
    transfer: { queue: counter, say: Somebody will be with you. }
`;

/** What a caller says to order two cups. */
export const ORDER = ['a pot of tea please', 'two cups', 'lin@example.com', 'yes'];

/** The address the caller of ORDER gives. */
export const ADDRESS = 'lin@example.com';

/** Lines as standard input. */
export const lines = (all: readonly string[]) => all.map((line) => `${line}\n`).join('');
