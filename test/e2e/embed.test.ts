import { expect, it, jest } from '@jest/globals';
import { PATIENCE, ROOT, startProcess } from '../cli/command.ts';

jest.setTimeout(PATIENCE);

it('the example of a program of its own says what the workflow says', async () => {
  const { code, out, err } = await startProcess(
    process.execPath,
    ['scripts/run-ts.mjs', 'examples/embed/main.ts'],
    ROOT,
  ).ended;
  expect(err).toBe('');
  expect(code).toBe(0);
  const [greeting, question, next] = out.split('\n');
  expect(greeting).toMatch(/^Thanks for calling Acme/);
  expect(question).toMatch(/\?$/);
  // Before an order is looked up, the caller is.
  expect(next).toMatch(/e-mail/);
});
