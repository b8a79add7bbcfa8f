import { z } from 'zod';
import { type CenterInfo, centerInfo } from '../../src/desk/messages.ts';

/** What the contact center is: its workflows, and who runs and decides. */
export const askCenter = (): Promise<CenterInfo> => ask(centerInfo, 'GET', '/desk/center');

const wrong = z.object({ Message: z.string() });

/** What a page says while it has no connection. */
export const NO_ANSWER = 'The contact center does not answer. Trying again…';

/** Asks the contact center. Rejects with what it says is wrong, in words for whoever is at the page. */
export async function ask<S extends z.ZodType>(
  answer: S,
  method: 'GET' | 'PUT' | 'POST',
  path: string,
  body?: object,
): Promise<z.output<S>> {
  const response = await fetch(path, {
    method,
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  }).catch((cause: unknown) => {
    throw new Error('The contact center does not answer. Is it still running?', { cause });
  });
  const given: unknown = await response.json();
  if (response.ok) return answer.parse(given);
  throw new Error(wrong.safeParse(given).data?.Message ?? `It failed (${response.status}).`);
}
