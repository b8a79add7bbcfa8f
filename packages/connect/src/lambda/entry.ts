import { type Handler, type LambdaContext, type WayIn, wayIn } from '@parley/stepfunctions/lambda';
import { ParleyError, type Program, type ToolSignatures } from '@parley/workflow';
import type { EntryOptions } from '../front-door.ts';
import { pinned } from './pinned.ts';

/** What answers events of Connect or Lex, made for one version of a workflow. */
type Answers = (event: unknown, context?: LambdaContext) => Promise<unknown>;

export interface Entry {
  /** Of which session an event is; empty, where it does not say. */
  readonly session: (event: unknown) => string;
  readonly make: (options: EntryOptions & { readonly workflow: Program }, way: WayIn) => Answers;
}

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
    const program = await pinned(world, workflow, session(event), last);
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
