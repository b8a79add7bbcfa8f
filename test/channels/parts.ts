import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

type Connect = typeof import('../../packages/connect/src/index.ts') &
  typeof import('../../packages/connect/src/sdk.ts');
type Center = typeof import('../../packages/center/src/center.ts') &
  typeof import('../../packages/center/src/contact.ts') &
  typeof import('../../packages/center/src/flow/definition.ts') &
  typeof import('../../packages/center/src/flow/lambda.ts') &
  typeof import('../../packages/center/src/flow/run.ts') &
  typeof import('../../packages/center/src/phone.ts') &
  typeof import('../../packages/center/src/queues.ts');

/** What is tried here: the ways in from Connect, and the contact center. */
export interface Parts {
  readonly connect: Connect;
  readonly center: Center;
}

export const PACKAGES = fileURLToPath(new URL('../../packages', import.meta.url));

/** What is tried here, from the sources in a folder of packages. */
export async function partsIn(folder: string): Promise<Parts> {
  const from = (file: string): string => pathToFileURL(path.join(folder, file)).href;
  const connect: Connect = {
    ...(await import(from('connect/src/index.ts'))),
    ...(await import(from('connect/src/sdk.ts'))),
  };
  const center: Center = {
    ...(await import(from('center/src/center.ts'))),
    ...(await import(from('center/src/contact.ts'))),
    ...(await import(from('center/src/flow/definition.ts'))),
    ...(await import(from('center/src/flow/lambda.ts'))),
    ...(await import(from('center/src/flow/run.ts'))),
    ...(await import(from('center/src/phone.ts'))),
    ...(await import(from('center/src/queues.ts'))),
  };
  return { connect, center };
}
