// Writes workflow.schema.json and part.schema.json from the zod schema: npm run schema
import { writeFileSync } from 'node:fs';
import { partJsonSchema, workflowJsonSchema } from '../src/json-schema.ts';

const write = (name: string, schema: unknown) =>
  writeFileSync(new URL(`../${name}`, import.meta.url), `${JSON.stringify(schema, null, 2)}\n`);

write('workflow.schema.json', workflowJsonSchema());
write('part.schema.json', partJsonSchema());
