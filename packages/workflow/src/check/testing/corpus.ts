import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Problem } from '../../problem.ts';
import type { WorkflowSource } from '../../program.ts';
import type { ToolSignature, ToolSignatures } from '../../tool-signature.ts';
import type { Json } from '../../type.ts';

const PACKAGE = fileURLToPath(new URL('../../../', import.meta.url));

interface Schema {
  readonly [keyword: string]: Json;
}

const object = (properties: { readonly [name: string]: Schema }, required = Object.keys(properties)): Schema => ({
  type: 'object',
  properties,
  required,
});
const text: Schema = { type: 'string' };

const tool = (given: Partial<ToolSignature>): ToolSignature => ({
  about: 'A tool of the corpus.',
  effect: 'reads',
  input: object({}),
  output: object({}),
  requires: { confirmation: false, identity: 'none' },
  grants: 'none',
  timeout: 1_000,
  errors: [],
  cleared: [],
  ...given,
});

/** The tools of the corpus. */
export const TOOLS: ToolSignatures = {
  'orders.get': tool({
    input: object({ orderId: text, since: { type: 'string', format: 'date' } }, ['orderId']),
    output: object({
      id: text,
      status: { type: 'string', enum: ['pending', 'shipped', 'delivered'] },
      total: { type: 'number', format: 'money', currency: 'USD' },
      items: { type: 'array', items: object({ name: text }) },
    }),
    errors: ['not_found'],
  }),
  'orders.cancel': tool({
    effect: 'writes',
    input: object({ orderId: text }),
    requires: { confirmation: true, identity: 'code' },
  }),
  'identity.find': tool({
    input: object({ email: text }),
    grants: 'looked_up',
    errors: ['not_found'],
    cleared: ['pii'],
  }),
  'identity.verify': tool({ input: object({ code: text }), grants: 'code', errors: ['wrong'], cleared: ['pii'] }),
  'stock.count': tool({ output: object({ left: { type: 'integer' } }) }),
  'notes.find': tool({ input: object({ text }) }),
  'report.make': tool({ output: object({ words: text }), timeout: 4_000 }),
};

/** The files of one of the package's corpora, by name, as sources with the parts beside them. */
export function corpus(
  folder: 'right' | 'wrong',
): readonly { readonly name: string; readonly source: WorkflowSource }[] {
  const read = (at: string) =>
    readdirSync(at)
      .filter((file) => file.endsWith('.yaml'))
      .sort()
      .map((file) => ({ name: path.basename(file, '.yaml'), text: readFileSync(path.join(at, file), 'utf8') }));
  const root = path.join(PACKAGE, folder);
  const parts = Object.fromEntries(
    read(path.join(root, 'parts')).map(({ name, text }) => [name, { file: `parts/${name}.yaml`, text }]),
  );
  return read(root).map(({ name, text }) => ({ name, source: { file: `${name}.yaml`, text, parts } }));
}

/** What a file says is wrong with it: its lines that begin with `# expect `. */
export function expected(source: WorkflowSource): readonly string[] {
  return source.text
    .split('\n')
    .filter((line) => line.startsWith('# expect '))
    .map((line) => line.slice('# expect '.length));
}

/** A problem as the files write it. */
export function written(source: WorkflowSource, problem: Problem): string {
  const { file, line, column, severity, code, message, fix, path } = problem;
  const where = file === source.file ? '' : `${file}:`;
  return `${where}${line}:${column} ${severity} ${code} ${message} | ${fix}${path ? ` | ${path.join(' → ')}` : ''}`;
}
