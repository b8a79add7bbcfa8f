import { describe, expect, it } from '@jest/globals';
import { ParleyError } from '@parley/workflow';
import { checkFlow } from './check.ts';
import { readFlow } from './read.ts';
import { actionOf, LEGACY, soundFlow } from './testing/flows.ts';

const NAMES = ['hello', 'rounds', 'menu', 'look up', 'compare', 'queue', 'hours', 'transfer', 'sorry', 'bye'];
const read = (content: unknown, indent?: number) => readFlow(JSON.stringify(content, null, indent), 'flow.json');
const text = JSON.stringify(soundFlow());

describe('every form of an exported flow', () => {
  it.each([
    ['in one line', text],
    ['pretty', JSON.stringify(soundFlow(), null, 2)],
    ['with tabs and line ends of Windows', JSON.stringify(soundFlow(), null, '\t').replaceAll('\n', '\r\n')],
    ['with a byte order mark', `\uFEFF${text}`],
    ['as an API answers', JSON.stringify({ ContactFlow: { Name: 'x', Type: 'CONTACT_FLOW', Content: text } })],
    ['as an API answers, of a module', JSON.stringify({ ContactFlowModule: { Content: text } })],
    ['as what such an answer holds', JSON.stringify({ Name: 'x', Content: text })],
    ['as a string alone', JSON.stringify(text)],
    ['with its content as it is', JSON.stringify({ ContactFlow: { Content: soundFlow() } })],
    ['with fields nobody knows', JSON.stringify({ ...soundFlow(), Settings: { InputParameters: [] }, Extra: [1] })],
    ['without metadata', JSON.stringify({ ...soundFlow(), Metadata: undefined })],
  ])('is read: %s', (_, content) => {
    const flow = readFlow(content, 'flow.json');
    expect(flow.actions.map(({ identifier }) => identifier)).toEqual(NAMES);
    expect(checkFlow(content, 'flow.json').problems).toEqual([]);
  });

  it('is read in the form of before 2020, as the flow language would have it', () => {
    const flow = read(LEGACY);
    expect(flow.format).toBe('legacy');
    expect(flow.actions.map(({ type }) => type)).toEqual([
      'MessageParticipant',
      'GetParticipantInput',
      'UpdateContactTargetQueue',
      'TransferContactToQueue',
      'DisconnectParticipant',
    ]);
    expect(flow.actions[1]?.errors.map(({ error }) => error)).toEqual([
      'InputTimeLimitExceeded',
      'NoMatchingCondition',
      'NoMatchingError',
    ]);
    expect(flow.actions[1]?.conditions).toMatchObject([{ to: 'queue', operands: ['1'] }]);
    expect(checkFlow(JSON.stringify(LEGACY), 'flow.json').problems).toEqual([]);
  });

  it('takes numbers for what exports write as strings', () => {
    const flow = soundFlow();
    actionOf(flow, 'rounds').Parameters['LoopCount'] = 3;
    actionOf(flow, 'menu').Parameters['InputTimeLimitSeconds'] = 5;
    actionOf(flow, 'look up').Parameters['InvocationTimeLimitSeconds'] = 8;
    expect(checkFlow(JSON.stringify(flow), 'flow.json').problems).toEqual([]);
  });
});

describe('where things stand', () => {
  it('is told by line and column of the file', () => {
    const { actions } = read(soundFlow(), 2);
    const lines = JSON.stringify(soundFlow(), null, 2).split('\n');
    const line = lines.findIndex((one) => one.includes('"Identifier": "menu"')) + 1;
    expect(actions[2]?.at).toEqual({ file: 'flow.json', line, column: (lines[line - 1] ?? '').indexOf('"menu"') + 1 });
  });

  it('is told inside of a string, past everything that is written with a backslash', () => {
    const flow = soundFlow();
    actionOf(flow, 'hello').Parameters['Text'] = 'A "quote", a \\, a tab\t, an é and a 😀.';
    // An API answer in which every character beyond ASCII is escaped.
    const escaped = JSON.stringify({ ContactFlow: { Content: JSON.stringify(flow) } }).replace(/[^ -~]/g, (sign) =>
      [...Array(sign.length).keys()].map((at) => `\\u${sign.charCodeAt(at).toString(16).padStart(4, '0')}`).join(''),
    );
    const { actions } = readFlow(escaped, 'flow.json');
    expect(actions[2]?.at).toEqual({ file: 'flow.json', line: 1, column: escaped.indexOf('\\"menu\\",\\"Type') + 1 });
  });
});

describe('what is no flow', () => {
  const why = (content: string) => {
    try {
      readFlow(content, 'flow.json');
    } catch (error) {
      if (error instanceof ParleyError) return error;
    }
    throw new Error('It was read.');
  };
  it.each([
    ['nothing', '', 'flow/empty', 1, 1],
    ['a byte order mark alone', '\uFEFF \r\n', 'flow/empty', 1, 1],
    ['a web page', '<!doctype html>', 'flow/not-json', 1, 1],
    ['half of a flow', '{\n "Actions": [{"Type": "Disc', 'flow/not-json', 2, 28],
    ['an answer with half of a flow', '{"ContactFlow":{"Content":"{\\"Actions\\": [,"}}', 'flow/not-json', 1, 43],
    ['something else', '{"a": [1]}', 'flow/not-a-flow', 1, 1],
    ['a number', '7', 'flow/not-a-flow', 1, 1],
    ['an answer without content', '{"ContactFlow": {"Name": "x"}}', 'flow/not-a-flow', 1, 17],
    ['a string in a string', JSON.stringify(JSON.stringify('x')), 'flow/not-json', 1, 4],
    ['a comma too many', '{"Actions": [1,}', 'flow/not-json', 1, 16],
  ])('is told of %s, with the place', (_, content, code, line, column) => {
    const error = why(content);
    expect(error.code).toBe(code);
    expect(error.place).toEqual({ file: 'flow.json', line, column });
    expect(error.fix).toMatch(/\w/);
  });

  it('is told of lists in lists without end, and of a file beyond all bounds', () => {
    expect(why('['.repeat(200_000)).code).toBe('flow/not-json');
    expect(why(`"${'x'.repeat(8_000_001)}"`).code).toBe('flow/too-large');
  });

  it('holds nothing of what the file says', () => {
    const error = why('{"Actions": secret-of-somebody}');
    expect(`${error.message} ${error.fix} ${String(error.cause)}`).not.toContain('secret');
  });
});
