import { ConnectClient } from '@aws-sdk/client-connect';
import { wayIn } from '@parley/stepfunctions/lambda';
import { ParleyError } from '@parley/workflow';
import signatures from 'parley:signatures';
import { z } from 'zod';
import { afterContact } from '../after/after.ts';
import { contactEnded } from '../after/ended.ts';
import { variable } from './entry.ts';

/** Each queue as the workflow calls it: its ARN, and that of the flow that brings a contact to its people. */
const people = z.record(z.string(), z.object({ queue: z.string().min(1), flow: z.string().min(1) }));

/**
 * Lambda's *ended*: contact events of the instance `PARLEY_INSTANCE`, of which those are seen to that a session of its workflow had. Call backs are
 * made on behalf of the queue `PARLEY_CALL_BACK`; by nobody, if left out.
 */
export const handler = wayIn('ended', signatures, async ({ world, door, lines, aws }, event) => {
  const workflow = variable('PARLEY_WORKFLOW');
  const queues = peopleOf(variable('PARLEY_PEOPLE'));
  const caller = queues[process.env['PARLEY_CALL_BACK'] ?? ''];
  const { store, machines } = world;
  await contactEnded({
    door,
    store: {
      // The others of the instance are for the functions of other workflows, or for nobody.
      load: async (session) => {
        const stored = await store.load(session);
        return stored?.workflow === workflow ? stored : undefined;
      },
      events: (...given) => store.events(...given),
    },
    machineOf: (session) => machines.of(session),
    after: afterContact({ client: new ConnectClient(aws), instance: idOf(variable('PARLEY_INSTANCE')) }),
    followUp: (queue) => idOf(queues[queue]?.flow ?? ''),
    ...(caller ? { callBack: { flow: idOf(caller.flow), from: { queue: idOf(caller.queue) } } } : {}),
    log: ({ code, message, session }) =>
      lines.note({ level: 'warn', code, function: 'ended', message, ...(session === undefined ? {} : { session }) }),
  })(event);
});

function peopleOf(text: string): z.output<typeof people> {
  const read = people.safeParse(parsed(text));
  if (read.success) return read.data;
  throw new ParleyError('lambda/environment', 'The environment of this function is not right: PARLEY_PEOPLE.', {
    fix: 'docs/connect.md says what it holds: set it where the function is deployed.',
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What the API calls something whose ARN this is. */
const idOf = (arn: string) => arn.slice(arn.lastIndexOf('/') + 1);
