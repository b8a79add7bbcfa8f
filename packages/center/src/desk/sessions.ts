import { recordSession } from '@parley/engine';
import { writeRecording } from '@parley/replay';
import { drawingOf, ParleyError, type Program } from '@parley/workflow';
import { z } from 'zod';
import { Fault, invalidRequest, notFound } from '../api/fault.ts';
import { operation } from '../api/operation.ts';
import type { CenterWorkflow, Sessions } from '../center.ts';
import { Board } from './board.ts';
import type { Desk } from './desk.ts';
import { listener, NOT_FOUND } from './listener.ts';
import { paced } from './paced.ts';
import { keepRecording } from './recording-file.ts';
import { SessionView } from './session-view.ts';
import { type DrawingMessage, type madeRecording, wantedDrawing, wantedRecording } from './sessions-messages.ts';

/** What is told of one session, at most every so many milliseconds. */
const PACE = 200;

/** What watchers ask for: the sessions of all workflows as they run, one of them, its drawing and its recording. */
export function sessionsDesk(workflows: readonly CenterWorkflow[]): Pick<Desk, 'operations' | 'listeners'> {
  const all = new Map<string, Sessions>();
  for (const { program, sessions } of workflows) if (sessions) all.set(program.name, sessions);
  const board = new Board(all);
  /** Whole ones: a large workflow takes a third of a second. */
  const drawings = new WeakMap<Program, DrawingMessage>();
  const sessionsOf = (workflow: string): Sessions => {
    const sessions = all.get(workflow);
    if (sessions) return sessions;
    throw notFound('The workflow');
  };

  return {
    listeners: [
      listener('/desk/watch', {
        input: z.object({}),
        messages: z.never(),
        open: (_, peer) => {
          const closed = board.watch(peer);
          return { message: () => undefined, closed };
        },
      }),
      listener('/desk/watch/session', {
        input: z.object({ workflow: z.string(), session: z.string() }),
        messages: z.never(),
        open: ({ workflow, session }, peer) => {
          const sessions = all.get(workflow);
          if (!sessions) return undefined;
          const view = new SessionView(sessions, session);
          const pace = paced(PACE, async () => {
            try {
              const message = await view.next();
              if (message === 'gone') peer.close(NOT_FOUND, 'There is no such session.');
              else if (message !== 'same') peer.send(message);
            } catch {
              peer.close(UNREADABLE, 'The session can not be read.');
            }
          });
          const unwatch = sessions.watch((changed) => {
            if (changed === session) pace.ask();
          });
          pace.ask();
          return {
            message: () => undefined,
            closed: () => {
              unwatch();
              pace.stop();
            },
          };
        },
      }),
    ],
    operations: [
      operation('POST', '/desk/drawing', {
        input: wantedDrawing,
        invalid: invalidRequest,
        run: ({ workflow, version, taken }) =>
          told(async () => {
            const { program } = await sessionsOf(workflow).machine({ workflow, version });
            if (taken) return { ...drawingMessage(drawingOf(program, taken)), down: true };
            const drawn = drawings.get(program) ?? { ...drawingMessage(drawingOf(program)), down: false };
            drawings.set(program, drawn);
            return drawn;
          }),
      }),
      operation('POST', '/desk/recording', {
        input: wantedRecording,
        invalid: invalidRequest,
        run: ({ workflow, session, name }) =>
          told(async (): Promise<z.infer<typeof madeRecording>> => {
            const { store, machine, recordings } = sessionsOf(workflow);
            const found = await store.load(session);
            if (!found) throw notFound('The session');
            const { recording, replaced } = await recordSession(store, found, await machine(found));
            const text = writeRecording(recording);
            if (name === undefined) return { text, replaced };
            if (recordings === undefined) throw invalidRequest('There is no folder for recordings here.');
            return { text, file: await keepRecording(recordings, name, text), replaced };
          }),
      }),
    ],
  };
}

/** What a page is told by where a session can't be read. */
const UNREADABLE = 4500;

/** What is wrong, in words for whoever watches: errors of ours hold nothing of callers. */
async function told<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof ParleyError)) throw error;
    throw new Fault(409, 'ConflictException', [error.message, error.fix].filter(Boolean).join(' '));
  }
}

function drawingMessage({ graph, steps, groups, ways, start }: ReturnType<typeof drawingOf>) {
  return {
    title: graph.title,
    steps: steps.map(({ node: { id, kind, text: whole }, family, box, name, text, written }) => ({
      id,
      kind,
      family,
      whole,
      box,
      name: [...name],
      text: [...text],
      written: written.map(({ edge: { kind }, line }) => ({ kind, line })),
    })),
    groups: [...groups],
    ways: ways.map(({ edge, points, label }) => ({
      ...edge,
      points: [...points],
      ...(label ? { words: { lines: [...label.lines], box: { ...label.at, ...label.size } } } : {}),
    })),
    ...(start ? { start } : {}),
  };
}
