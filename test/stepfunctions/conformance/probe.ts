import { setTimeout } from 'node:timers/promises';
import type { LocalFunction } from '@parley/stepfunctions';
import { ParleyError } from '@parley/workflow';
import { entered } from '../compare.ts';
import type { Abilities, Endpoint, Standing } from '../endpoint.ts';

/** A machine that needs all that ours need: JSONata, a variable, a function, an output of its own. */
const definition = (functionName: string) =>
  JSON.stringify({
    Comment: 'Does this endpoint run JSONata, and call functions here?',
    QueryLanguage: 'JSONata',
    StartAt: 'Begin',
    States: {
      Begin: { Type: 'Pass', Assign: { number: '{% $states.input.number %}' }, Next: 'Call' },
      Call: {
        Type: 'Task',
        Resource: 'arn:aws:states:::lambda:invoke',
        Arguments: { FunctionName: functionName, Payload: { number: '{% $number %}' } },
        TimeoutSeconds: 20,
        Assign: { number: '{% $states.result.Payload.number %}' },
        Output: {},
        Next: 'End',
      },
      End: { Type: 'Succeed', Output: { number: '{% $number %}' } },
    },
  });
const STATES = ['Begin', 'Call', 'End'];
const GIVEN = JSON.stringify({ number: 20 });

/**
 * Finds out what an endpoint can do, by an execution that calls a function here. `note` gets a sentence for all that it lacks.
 * `seconds`: how long it may take. Throws ParleyError `conformance/unreachable`, or `conformance/unusable` where it can not
 * run such an execution at all.
 */
export async function probed(
  endpoint: Endpoint,
  functions: { [name: string]: LocalFunction },
  given: {
    readonly run: string;
    readonly tasks: string;
    readonly seconds: number;
    readonly note: (lack: string) => void;
  },
): Promise<Abilities> {
  const { run, tasks, seconds, note } = given;
  const name = `parley-${run}-probe`;
  let called = false;
  functions[name] = async (event) => {
    called = true;
    const { number = 0 } = Object(event);
    return { number: number + 1 };
  };
  const arn = await may('CreateStateMachine', () => endpoint.create(name, definition(name), 'STANDARD'));
  let history = false;
  try {
    const executionArn = await may('StartExecution', () => endpoint.start(arn, GIVEN, name));
    const standing = await may('DescribeExecution', () =>
      endpoint.over(executionArn, AbortSignal.timeout(seconds * 1_000)),
    );
    if (!called) {
      throw unusable(
        `It did not call the function ${name}: ${described(standing)}`,
        `Have it invoke Lambda functions at ${tasks}, by Lambda's Invoke API.`,
      );
    }
    if (!isRight(standing)) throw unusable(`A small execution did not go as on AWS: ${described(standing)}`, FIX);
    history = await tellsStates(endpoint, executionArn, note);
  } finally {
    await endpoint.remove(arn).catch((error: unknown) => note(`It does not remove state machines (${said(error)}).`));
  }
  return { history, sync: await runsSync(endpoint, name, note) };
}

async function tellsStates(endpoint: Endpoint, executionArn: string, note: (lack: string) => void): Promise<boolean> {
  try {
    for (let looks = 1; looks <= 4; looks++) {
      const states = entered(await endpoint.history(executionArn));
      if (states.join() === STATES.join()) return true;
      await setTimeout(100 * looks);
    }
    note('GetExecutionHistory does not tell which states were entered: the order of the functions called is compared.');
  } catch (error) {
    note(`No GetExecutionHistory (${said(error)}): the order of the functions called is compared.`);
  }
  return false;
}

async function runsSync(endpoint: Endpoint, function_: string, note: (lack: string) => void): Promise<boolean> {
  const name = `${function_}-express`;
  try {
    const arn = await endpoint.create(name, definition(function_), 'EXPRESS');
    try {
      const standing = await endpoint.sync(arn, GIVEN);
      if (isRight(standing)) return true;
      throw new Error(described(standing));
    } finally {
      await endpoint.remove(arn).catch(() => undefined);
    }
  } catch (error) {
    note(
      `No StartSyncExecution of Express machines (${said(error)}): a turn is a Standard execution, looked at until it is over.`,
    );
    return false;
  }
}

const FIX = 'It is to run state machines in JSONata mode, with variables, and `lambda:invoke`.';

function isRight({ status, output }: Standing): boolean {
  if (status !== 'SUCCEEDED' || output === undefined) return false;
  const { number }: { number?: unknown } = Object(JSON.parse(output));
  return number === 21;
}

function described({ status, error, cause, output }: Standing): string {
  return [status, error, cause, output].filter((part) => part !== undefined).join(', ');
}

const unusable = (what: string, fix: string, cause?: unknown) =>
  new ParleyError('conformance/unusable', what, { fix, cause });

/** Throws ParleyError where an operation that cannot be done without does not work. */
async function may<T>(operation: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isUnreachable(error)) {
      throw new ParleyError('conformance/unreachable', `Nothing answers at the endpoint (${said(error)}).`, {
        fix: 'Start it, or name another with --endpoint.',
        cause: error,
      });
    }
    const late = error instanceof Error && ['AbortError', 'TimeoutError'].includes(error.name);
    throw unusable(
      late ? 'A small execution is not over in time.' : `${operation} does not work: ${said(error)}`,
      FIX,
      error,
    );
  }
}

const UNREACHABLE =
  /^(\w+: )?(AWS SDK error wrapper for Error: )?((connect|getaddrinfo) )?(ECONNREFUSED|ENOTFOUND|EHOSTUNREACH|EAI_AGAIN)\b/;

/** Whether nobody answered at all. */
export const isUnreachable = (error: unknown): boolean => UNREACHABLE.test(said(error));

/** What an error says, in one line. */
export function said(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const [line = ''] = (error.message || code).split('\n');
  return ['Error', 'AggregateError', 'ParleyError'].includes(error.name) ? line : `${error.name}: ${line}`;
}
