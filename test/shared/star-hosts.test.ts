import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type LocalFunction, type LocalStepFunctions, startLocalStepFunctions } from '@parley/stepfunctions';
import { readStar } from '../star/format.ts';
import { run, type Verdict } from '../stepfunctions/conformance/run.ts';
import { starWork } from '../stepfunctions/conformance/work.ts';
import { Endpoint } from '../stepfunctions/endpoint.ts';

const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', '..', '..', 'shared', 'star');
/** Of each task, so many of the recordings that its dialogues are cut into; `npm run conformance -- --star` has all of them. */
const MOST = 150;

if (existsSync(folder)) {
  describe('the recorded human conversations take the same path on every host', () => {
    const functions: { [name: string]: LocalFunction } = {};
    let local: LocalStepFunctions;
    beforeAll(async () => {
      local = await startLocalStepFunctions({ functions, log: () => undefined });
    });
    afterAll(() => local.close());

    it.each(readStar(folder).all.map((data) => [data.task.name, data] as const))(
      '%s',
      async (_, data) => {
        const verdicts: Verdict[] = [];
        const endpoint = new Endpoint(local.url);
        await run(starWork([data], '', MOST), {
          endpoint,
          functions,
          shapes: ['per-contact', 'per-turn'],
          run: 'star',
          atOnce: 4,
          patience: 60_000,
          tell: (verdict) => verdicts.push(verdict),
        });
        endpoint.close();
        expect(verdicts.filter(({ wrong }) => wrong.length > 0)).toEqual([]);
        expect(verdicts.length).toBeGreaterThan(100);
      },
      600_000,
    );
  });
} else {
  const missing = `The recorded human conversations (STAR) are not at ${path.relative(process.cwd(), folder)}: tasks/TASK.json and dialogues/TASK.jsonl are needed there.`;
  console.warn(missing);
  it.skip(missing, () => undefined);
}
