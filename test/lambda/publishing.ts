import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { CERTIFICATE } from '../../packages/connect/src/chat/testing/certificate.ts';
import { PLACE } from '../../packages/connect/src/chat/testing/sns.ts';

/** A module that has a process find the test's certificate where SNS publishes its own. */
export async function publishing(to: string): Promise<string> {
  const file = path.join(to, 'publishing.mjs');
  await writeFile(
    file,
    `const { fetch } = globalThis;
globalThis.fetch = async (url, options) =>
  url === ${JSON.stringify(PLACE)} ? new Response(${JSON.stringify(CERTIFICATE)}) : fetch(url, options);
`,
  );
  return pathToFileURL(file).href;
}
