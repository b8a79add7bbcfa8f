import { sleep } from '@parley/engine';
import { type Handler, type LambdaContext, type WayIn, wayIn } from '@parley/stepfunctions/lambda';
import { ParleyError, type Program, type ToolSignatures } from '@parley/workflow';
import type { EntryOptions } from '../front-door.ts';

/** What answers events of Connect or Lex, made for one version of a workflow. */
type Answers = (event: unknown, context?: LambdaContext) => Promise<unknown>;

export interface Entry {
  /** Of which session an event is; empty, where it does not say. */
  readonly session: (event: unknown) => string;
  readonly make: (options: EntryOptions & { readonly workflow: Program }, way: WayIn) => Answers;
}

/** How long it may take to find out which version a session is on, in milliseconds: where there is another to go by, the caller need not wait. */
const SOON = 1_500;

/**
 * A Lambda function of one workflow, `PARLEY_WORKFLOW`: which workflow a contact comes to is said where it is deployed, not by an event. It
 * listens and asks by the version that the contact's session is on, which may be another than the newest.
 */
export function entryOf(
  name: string,
  signatures: { readonly [workflow: string]: ToolSignatures },
  { session, make }: Entry,
): Handler {
  const made = new Map<string, Answers>();
  let last: Program | undefined;

  return wayIn(name, signatures, async (way, event, context) => {
    const { world, lines, door } = way;
    const workflow = variable('PARLEY_WORKFLOW');
    const program = await soon(world, programOf(world, workflow, session(event)), last);
    last = program;
    const log: EntryOptions['log'] = ({ level, code, message, session }) => {
      const about = session === undefined ? {} : { session };
      lines.note({ level: level === 'error' ? 'error' : 'warn', code, function: name, message, ...about });
      // Whatever is an error here leads the caller to a person.
      if (level === 'error') lines.measure({ HandedToPerson: 1, HandedToPersonByFailure: 1 }, workflow);
    };
    const answers = made.get(program.version) ?? make({ door, workflow: program, clock: world.clock, log }, way);
    made.set(program.version, answers);
    return answers(event, context);
  });
}

/** A variable of the function's environment. Throws ParleyError `lambda/environment`. */
export function variable(name: string): string {
  const value = process.env[name];
  if (value) return value;
  throw new ParleyError('lambda/environment', `The environment of this function is not right: ${name} (missing).`, {
    fix: 'docs/connect.md says what each variable holds: set them where the function is deployed.',
  });
}

/** The workflow as the session is on it; one that has not begun will be on what is live. */
async function programOf({ store, machines, releases }: WayIn['world'], workflow: string, session: string) {
  const stored = session === '' ? undefined : await store.load(session);
  if (stored) return (await machines.of(stored)).program;
  const { version } = await releases.of(workflow, session);
  return (await machines.start(workflow, version)).program;
}

/** What is found, or what there is instead where it is not found soon. */
async function soon<T>({ clock }: WayIn['world'], finding: Promise<T>, instead: T | undefined): Promise<T> {
  if (instead === undefined) return finding;
  const found = new AbortController();
  const late = sleep(clock, SOON, found.signal).then(() => instead);
  return Promise.race([finding.catch(() => instead), late]).finally(() => found.abort());
}
