import { createServer } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import type { Json } from '@parley/workflow';
import { isObject } from '../compare.ts';
import { anotherEngine, type Oddities, serve } from './another-engine.ts';
import { conformance } from './command.ts';

/** Waits of hours: one that the caller cuts short, one that is over, one that a caller hangs up in, one whose tool is lost. */
const CALL_BACKS = ['--only', 'supply-chain/call-back'];
const ONE = ['--only', 'support/track-on-its-way'];

async function conforms(...args: string[]) {
  const lines: string[] = [];
  const code = await conformance(['--tasks-port', '0', ...args], (line) => lines.push(line));
  return { code, text: lines.join('\n'), last: lines.at(-1) };
}

/** The command against another engine, each told where the other is. */
async function conformsTo(odd: Oddities, ...args: string[]) {
  const port = await freePort();
  const engine = await anotherEngine(`http://127.0.0.1:${port}`, odd);
  try {
    return await conforms('--endpoint', engine.url, '--tasks-port', String(port), ...args);
  } finally {
    await engine.close();
  }
}

async function freePort(): Promise<number> {
  const { url, close } = await serve(async () => undefined);
  await close();
  return Number(new URL(url).port);
}

describe('an engine that does all that AWS does', () => {
  it('is our own interpreter, where none is named', async () => {
    const { code, last, text } = await conforms(...CALL_BACKS);
    expect(text).not.toContain('✗');
    expect({ code, last }).toEqual({ code: 0, last: '8 of 8 on the same path' });
  });

  it('may be asked twice', async () => {
    const port = await freePort();
    const engine = await anotherEngine(`http://127.0.0.1:${port}`);
    const args = ['--endpoint', engine.url, '--tasks-port', String(port), ...ONE];
    expect([(await conforms(...args)).last, (await conforms(...args)).last]).toEqual([
      '2 of 2 on the same path',
      '2 of 2 on the same path',
    ]);
    await engine.close();
  });
});

describe('an engine that lacks something', () => {
  it('runs turns as Standard executions, pages history backwards, and is slow', async () => {
    const { code, last, text } = await conformsTo(
      { without: ['StartSyncExecution'], page: 3, slow: 4, otherArns: true, loudCalls: true },
      ...CALL_BACKS,
    );
    expect(text).toContain('- No StartSyncExecution of Express machines (UnknownOperationException');
    expect({ code, last }).toEqual({ code: 0, last: '8 of 8 on the same path' });
  });

  it('has no Express machines, no history, and can neither remove nor stop anything', async () => {
    const { code, last, text } = await conformsTo(
      {
        onlyStandard: true,
        without: ['GetExecutionHistory', 'DeleteStateMachine', 'StopExecution', 'ListExecutions'],
      },
      ...ONE,
    );
    expect(text).toContain('- No GetExecutionHistory (UnknownOperationException');
    expect(text).toContain('- It does not remove state machines');
    expect({ code, last }).toEqual({ code: 0, last: '2 of 2 on the same path' });
  });

  it('tells of no assigned variables', async () => {
    const { code, last } = await conformsTo({ silentAboutVariables: true }, ...ONE);
    expect({ code, last }).toEqual({ code: 0, last: '2 of 2 on the same path' });
  });
});

/** The first question's way to the e-mail address leads to a person instead. */
function misled(text: string): string {
  const definition: Json = JSON.parse(text);
  const states = isObject(definition) ? definition['States'] : undefined;
  const choice = isObject(states) ? states['need: next'] : undefined;
  if (!isObject(definition) || !isObject(states) || !isObject(choice) || !Array.isArray(choice['Choices'])) return text;
  const Choices = choice['Choices'].map((rule) =>
    isObject(rule) && rule['Next'] === 'identify/by_email' ? { ...rule, Next: 'handoff' } : rule,
  );
  return JSON.stringify({ ...definition, States: { ...states, 'need: next': { ...choice, Choices } } });
}

describe('an engine that goes another way', () => {
  it('is told apart, with both paths side by side', async () => {
    const { code, last, text } = await conformsTo({ definition: misled }, ...ONE, '--shape', 'per-contact');
    expect({ code, last }).toEqual({ code: 1, last: '0 of 1 on the same path' });
    expect(text).toContain('✗ support/track-on-its-way.jsonl, per-contact\nthe execution has come to an end');
    expect(text).toContain('last states: Start → Start: next → need → need: decide → need: next → handoff');
    expect(text).toMatch(/\n {2}embedded +\| Step Functions\n/);
  });

  it('is told apart by functions that answer with another move', async () => {
    const answer = (name: string, given: Json): Json => {
      const parley = isObject(given) ? given['parley'] : undefined;
      if (!name.endsWith('-decide') || !isObject(given) || !isObject(parley)) return given;
      return { ...given, parley: { ...parley, to: 'person' } };
    };
    const { code, last, text } = await conformsTo({ answer }, ...ONE);
    expect({ code, last }).toEqual({ code: 1, last: '0 of 2 on the same path' });
    expect(text).toContain('the execution is FAILED: Parley.OffTheMap: The session is at a step');
  });

  it('is told apart by a variable', async () => {
    const answer = (_: string, given: Json): Json =>
      isObject(given) && isObject(given['vars'])
        ? { ...given, vars: Object.fromEntries(Object.keys(given['vars']).map((name) => [name, 'another'])) }
        : given;
    const { code, last, text } = await conformsTo({ answer }, ...ONE, '--shape', 'per-contact');
    expect({ code, last }).toEqual({ code: 1, last: '0 of 1 on the same path' });
    expect(text).toMatch(/\n≠ customerId = "C1002" +\| customerId = "another"\n/);
  });

  it('shows the error and cause of an execution that fails', async () => {
    const definition = (text: string) =>
      text.includes('Does this endpoint') ? text : text.replace('{% $states.input.parley %}', '{% $nothing.here %}');
    const { code, text } = await conformsTo({ definition }, ...ONE);
    expect(code).toBe(1);
    expect(text).toContain('the execution is FAILED: States.QueryEvaluationError');
  });
});

describe('what can not be run at all', () => {
  it.each([
    [['--endpoint', 'http://127.0.0.1:1'], 'conformance/unreachable'],
    [['--endpoint', 'nowhere'], 'conformance/usage'],
    [['--shape', 'round'], 'conformance/usage'],
    [['--speed', '3'], 'conformance/usage'],
    [['--only', 'no such recording'], 'conformance/nothing'],
  ])('%j', async (args, says) => {
    const { code, text } = await conforms(...args);
    expect(text).toContain(says);
    expect(code).toBe(2);
  });

  it('a port that is taken', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const { code, text } = await conforms('--tasks-port', String(port));
    expect(text).toContain(`conformance/port\n    The tasks can not be answered at 127.0.0.1:${port}.`);
    expect(code).toBe(2);
    await new Promise((resolve) => server.close(resolve));
  });

  it('an engine that looks for functions elsewhere', async () => {
    const engine = await anotherEngine('http://127.0.0.1:1');
    const { code, text } = await conforms('--endpoint', engine.url);
    expect(text).toContain('conformance/unusable\n    It did not call the function parley-');
    expect(code).toBe(2);
    await engine.close();
  });

  it('something that is no Step Functions', async () => {
    const other = await serve(async (_, response) => {
      response.writeHead(404);
      response.end('<h1>Not found</h1>');
    });
    const { code, text } = await conforms('--endpoint', other.url);
    expect(text).toContain('conformance/unusable\n    CreateStateMachine does not work');
    expect(code).toBe(2);
    await other.close();
  });
});
