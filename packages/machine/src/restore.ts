import { IDENTITY_LEVELS, type Json, ParleyError } from '@parley/workflow';
import { z } from 'zod';
import type { Machine, Snapshot } from './machine.ts';
import { LEFT, START, STUCK } from './way.ts';

const pending = z.object({
  tool: z.string(),
  index: z.number(),
  failed: z.string().optional(),
  done: z.literal(true).optional(),
  output: z.json().optional(),
});

const waiting = z.discriminatedUnion('for', [
  z.object({ for: z.literal('nothing') }),
  z.object({ for: z.literal('caller') }),
  z.object({
    for: z.literal('decision'),
    decision: z.string(),
    choices: z.array(z.string()),
    heard: z.string().optional(),
    early: z.boolean().optional(),
    noted: z.boolean().optional(),
  }),
  z.object({
    for: z.literal('words'),
    decision: z.string(),
    facts: z.record(z.string(), z.string()),
    said: z.string().optional(),
  }),
  z.object({ for: z.literal('calls'), calls: z.record(z.string(), pending) }),
  z.object({ for: z.literal('timer'), timer: z.string(), due: z.number() }),
  z.object({ for: z.literal('leaving') }),
  z.object({ for: z.literal('door'), code: z.string() }),
]);

const snapshot = z.object({
  parley: z.literal(1),
  workflow: z.string(),
  version: z.string(),
  step: z.string(),
  ended: z.boolean(),
  memory: z.object({
    vars: z.record(z.string(), z.json()),
    identity: z.enum(IDENTITY_LEVELS),
    waiting,
    ids: z.number(),
    turns: z.number(),
    tries: z.number(),
    hops: z.number(),
    confirmed: z.array(z.string()).optional(),
    done: z.array(z.string()),
    early: z.string().optional(),
    channel: z.enum(['voice', 'chat']),
    asked: z.string().optional(),
    at: z.number(),
  }),
});

/**
 * A snapshot that was kept as JSON. Throws ParleyError: `machine/damaged` where it is none,
 * `machine/other-version` where it belongs to another workflow or another version of this one.
 */
export function restoreSnapshot(machine: Machine, json: Json): Snapshot {
  const read = snapshot.safeParse(json);
  const { name, version, steps } = machine.program;
  if (read.success && (read.data.workflow !== name || read.data.version !== version)) {
    throw new ParleyError(
      'machine/other-version',
      `The session is on version ${read.data.version.slice(0, 12)} of ${read.data.workflow}; this is version ${version.slice(0, 12)} of ${name}.`,
      { fix: 'A session keeps the version it started on: compile that one and go on with it.' },
    );
  }
  if (!read.success || !(steps.has(read.data.step) || NOWHERE.has(read.data.step))) {
    throw new ParleyError('machine/damaged', `This is not a snapshot of a session of ${name}.`, {
      fix: 'Its journal is whole: replay it to get the snapshot back.',
    });
  }
  return read.data;
}

/** Where a session can be besides at a step. */
const NOWHERE: ReadonlySet<string> = new Set([START, LEFT, STUCK]);
