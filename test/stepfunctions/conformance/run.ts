import { manualClock } from '@parley/engine';
import type { LocalFunction, Shape } from '@parley/stepfunctions';
import { differences, tellsVariables } from '../compare.ts';
import { Contact } from '../contact.ts';
import type { Endpoint } from '../endpoint.ts';
import { embedded, type Gone } from '../hosts.ts';
import { Site, type SteppedSession } from '../session.ts';
import { isUnreachable, said } from './probe.ts';
import type { Case, Work } from './work.ts';

/** How one session went on one shape. */
export interface Verdict {
  readonly name: string;
  readonly shape: Shape;
  /** Why it was not the same; nothing where it was. */
  readonly wrong: readonly string[];
  readonly toldVariables: boolean;
}

export interface Running {
  readonly endpoint: Endpoint;
  /** What is answered at the tasks port: the functions of each state machine are added. */
  readonly functions: { [name: string]: LocalFunction };
  readonly shapes: readonly Shape[];
  /** The names of what is made at the endpoint begin with it. */
  readonly run: string;
  /** So many sessions at a time. */
  readonly atOnce: number;
  /** So long nothing may happen in a session, in milliseconds. */
  readonly patience: number;
  readonly tell: (verdict: Verdict) => void;
}

/** A workflow in one shape: made when its first session begins, removed when its last one is over. */
interface Put {
  readonly site: Promise<Site>;
  left: number;
}

/** Has every session on the embedded engine and at the endpoint. Rejects where the endpoint does not answer any more. */
export async function run(works: AsyncIterable<Work> | Iterable<Work>, running: Running): Promise<void> {
  const { endpoint, functions, shapes, patience, tell } = running;
  let number = 0;

  async function* jobs() {
    for await (const work of works) {
      number += 1;
      const puts = shapes.map((shape): [Shape, Put] => {
        const name = `parley-${running.run}-${number}-${shape === 'per-turn' ? 'turn' : 'contact'}`;
        const site = Site.make(endpoint, functions, { ...work, name, shape });
        site.catch(() => undefined);
        return [shape, { site, left: work.cases.length }];
      });
      for (const one of work.cases) {
        const engine = inEngine(one);
        engine.catch(() => undefined);
        for (const [shape, put] of puts) yield () => judge(one, shape, put, engine);
      }
    }
  }

  async function judge(one: Case, shape: Shape, put: Put, engine: Promise<Gone>): Promise<void> {
    const { name } = one;
    let session: SteppedSession | undefined;
    try {
      const site = await put.site;
      const setting = one.setting();
      const contact = new Contact(setting.start, one.doings);
      const passes = (instant: number) => contact.passes(instant);
      session = site.session(setting, manualClock(setting.start), passes, patience);
      const gone = await contact.on(session);
      tell({ name, shape, wrong: differences(await engine, gone), toldVariables: tellsVariables(gone) });
    } catch (error) {
      if (isUnreachable(error)) throw error;
      // How far it came is shown beside how it should have gone.
      const gone = await session?.gone().catch(() => undefined);
      const should = await engine.catch(() => undefined);
      const [parted] = gone && should ? differences(should, gone) : [];
      tell({ name, shape, wrong: [said(error), ...(parted === undefined ? [] : [parted])], toldVariables: false });
    } finally {
      put.left -= 1;
      if (put.left === 0) await put.site.then((site) => site.close()).catch(() => undefined);
    }
  }

  await atOnce(running.atOnce, jobs());
}

const inEngine = async (one: Case): Promise<Gone> => {
  const setting = one.setting();
  return new Contact(setting.start, one.doings).on(await embedded(setting));
};

/** Does jobs as they come, so many at a time. */
async function atOnce(count: number, jobs: AsyncGenerator<() => Promise<void>>): Promise<void> {
  const worker = async () => {
    for (let job = await jobs.next(); !job.done; job = await jobs.next()) await job.value();
  };
  await Promise.all(Array.from({ length: count }, worker));
}
