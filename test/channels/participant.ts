import { ConnectClient, StartChatContactCommand } from '@aws-sdk/client-connect';
import {
  ConnectParticipantClient,
  CreateParticipantConnectionCommand,
  GetTranscriptCommand,
  SendMessageCommand,
} from '@aws-sdk/client-connectparticipant';
import { signaturesOf, systemClock } from '@parley/engine';
import { compileWorkflow } from '@parley/workflow';
import { WebSocket } from 'ws';
import { z } from 'zod';
import type { Random } from '../simulation/random.ts';
import { Caller, linesOf } from './caller.ts';
import { type Came, takenIn, type Wrong } from './came.ts';
import type { Figures } from './figures.ts';
import { hostOf } from './host.ts';
import { Ledger, notes, noteTools } from './notes.ts';
import type { Parts } from './parts.ts';

const program = compileWorkflow(notes, signaturesOf(noteTools(new Ledger())));
const pushed = z.object({ topic: z.literal('aws/chat'), content: z.string() });
const item = z.looseObject({
  Id: z.string(),
  ContentType: z.string(),
  Content: z.string().optional(),
  DisplayName: z.string().optional(),
});
type Item = z.output<typeof item>;

const BAD = ['lost', 'answer lost', 'twice', 'again'] as const;
/** How long a customer waits for an answer, in milliseconds of real time. */
const PATIENCE = 10_000;

/**
 * A customer who chats with the contact center by the real clients: requests, answers and frames of the socket are lost, requests come
 * twice, the socket is cut. What a page does about it is all that is done: the SDK sends again what failed, and what was pushed while there
 * was no socket is read from the transcript.
 */
export async function throughParticipant(parts: Parts, random: Random, figures: Figures): Promise<Came> {
  const host = hostOf(systemClock, random, { fails: 0.02, slowest: 0 });
  const center = await parts.center.startCenter({ workflows: [{ program, door: host.door }] });
  const often = random.pick([0, 0.1, 0.3]);
  const config = {
    endpoint: center.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 8,
  };
  const connect = new ConnectClient(config);
  const people = new ConnectParticipantClient(config);
  /** What becomes of one attempt of a request. The SDK makes more of those whose answer does not come. */
  const attempt = async <T>(send: () => Promise<T>): Promise<T> => {
    const bad = random.chance(often) ? random.pick(BAD) : undefined;
    if (bad) figures.met(`request ${bad}`);
    switch (bad) {
      case undefined:
        return send();
      case 'lost':
        throw lost();
      case 'answer lost':
        await send();
        throw lost();
      case 'twice':
        return (await Promise.all([send(), send()]))[0];
      case 'again': {
        const answer = await send();
        setTimeout(() => void send().catch(() => undefined), random.int(0, 50));
        return answer;
      }
    }
  };
  const each = { step: 'deserialize', priority: 'high' } as const;
  connect.middlewareStack.add((next) => (args) => attempt(() => next(args)), each);
  people.middlewareStack.add((next) => (args) => attempt(() => next(args)), each);

  const caller = new Caller(linesOf(random, random.int(1, 4)));
  const page = new Page();
  let socket: WebSocket | undefined;
  let ConnectionToken: string | undefined;
  const begun = await connect.send(
    new StartChatContactCommand({
      InstanceId: center.instanceId,
      ContactFlowId: center.flowId('notes'),
      ParticipantDetails: { DisplayName: 'Luis' },
    }),
  );
  const { ContactId = '', ParticipantToken } = begun;
  const open = async (): Promise<void> => {
    const connection = await people.send(
      new CreateParticipantConnectionCommand({ ParticipantToken, Type: ['WEBSOCKET', 'CONNECTION_CREDENTIALS'] }),
    );
    ConnectionToken = connection.ConnectionCredentials?.ConnectionToken;
    const opened = new WebSocket(connection.Websocket?.Url ?? '');
    socket = opened;
    /** From the so manieth frame on nothing comes through, and some frames later the socket is cut. */
    let deaf = random.chance(often) ? random.int(1, 8) : Number.POSITIVE_INFINITY;
    const cut = deaf + random.int(1, 3);
    let frames = 0;
    await new Promise<void>((resolve, reject) => {
      opened.on('error', reject).on('close', () => resolve());
      opened.on('open', () =>
        opened.send(JSON.stringify({ topic: 'aws/subscribe', content: { topics: ['aws/chat'] } })),
      );
      opened.on('message', (data) => {
        const read = pushed.safeParse(JSON.parse(String(data)));
        if (!read.success) return resolve();
        frames += 1;
        if (frames >= cut) {
          figures.met('socket cut');
          deaf = 0;
          opened.terminate();
          page.changed();
        }
        if (frames < deaf) page.put(item.parse(JSON.parse(read.data.content)));
      });
    });
  };
  /** What a page does where its socket was lost, or nothing has come for a while. */
  const heal = async (): Promise<void> => {
    try {
      if (socket?.readyState !== WebSocket.OPEN) await open();
    } catch {
      // The chat is over: what was said can still be read.
    }
    const all: Item[] = [];
    let NextToken: string | undefined;
    do {
      const read = await people.send(
        new GetTranscriptCommand({
          ConnectionToken,
          SortOrder: 'ASCENDING',
          ScanDirection: 'FORWARD',
          StartPosition: { MostRecent: 100 },
          MaxResults: random.int(1, 100),
          NextToken,
        }),
      );
      all.push(...z.array(item).parse(read.Transcript));
      NextToken = read.NextToken;
    } while (NextToken !== undefined);
    page.heal(all);
  };

  const talk = async (): Promise<Came['end']> => {
    await heal();
    const until = Date.now() + PATIENCE;
    let shown = 0;
    for (;;) {
      const { items } = page;
      // What was healed may stand before what was shown: it is all looked at anew.
      const words = items.filter(({ DisplayName }) => DisplayName === 'BOT' || DisplayName === 'SYSTEM_MESSAGE');
      caller.heard.length = 0;
      for (const [index, { Content = '' }] of words.entries())
        if (index < shown) caller.heard.push(Content);
        else caller.hear(Content);
      shown = words.length;
      if (page.over) return 'over';
      if (Date.now() > until) return 'stuck';
      const answered = words.length > 0 && /\?$/.test(words.at(-1)?.Content ?? '');
      const next = answered ? caller.says(takenIn(await host.journal(ContactId)).length) : undefined;
      if (next !== undefined) {
        try {
          await people.send(new SendMessageCommand({ ConnectionToken, ContentType: 'text/plain', Content: next }));
        } catch {
          // It ended meanwhile.
          await heal();
        }
      } else if (!(await page.change(500))) await heal();
      if (socket?.readyState !== WebSocket.OPEN) await heal();
    }
  };
  const end = await talk().finally(() => socket?.terminate());
  const journal = await host.journal(ContactId);
  const wrong: Wrong[] = [];
  const contacts = center.contacts.all.length;
  if (contacts !== 1) wrong.push({ invariant: 'begun once', what: `there are ${contacts} contacts` });
  const ended = journal.some(({ type }) => type === 'session.ended');
  await center.close();
  await host.engine.close();
  connect.destroy();
  people.destroy();
  return {
    caller,
    said: caller.said,
    journal,
    ledger: host.ledger,
    end: end === 'over' && !ended ? 'person' : end,
    wrong,
  };
}

const lost = () => Object.assign(new Error('The connection is lost.'), { name: 'TimeoutError' });

/** What a customer sees: each item once. */
class Page {
  items: readonly Item[] = [];
  #look: () => void = () => undefined;

  get over(): boolean {
    return this.items.some(({ ContentType }) => ContentType.endsWith('.chat.ended'));
  }

  put(one: Item): void {
    if (!this.items.some(({ Id }) => Id === one.Id)) this.items = [...this.items, one];
    this.changed();
  }

  /** What the transcript holds stands in its order; what has come since, after it. */
  heal(all: readonly Item[]): void {
    const known = new Set(all.map(({ Id }) => Id));
    this.items = [...all, ...this.items.filter(({ Id }) => !known.has(Id))];
    this.changed();
  }

  changed(): void {
    this.#look();
  }

  /** Whether something has changed within so many milliseconds. */
  change(within: number): Promise<boolean> {
    return new Promise((resolve) => {
      const late = setTimeout(() => resolve(false), within);
      this.#look = () => {
        clearTimeout(late);
        resolve(true);
      };
    });
  }
}
