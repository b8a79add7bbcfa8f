import { ParleyError } from '@parley/workflow';
import { z } from 'zod';

/** How long CloudWatch can be told to keep a log, in days. */
const KEPT_FOR = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3653];

const shape = z.enum(['per-contact', 'per-turn']);

/** How new sessions come to a new version of a workflow: all at once, a part first, or by equal parts. Minutes between two steps. */
const shift = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('ALL_AT_ONCE') }),
  z.strictObject({
    type: z.enum(['CANARY', 'LINEAR']),
    percentage: z.int().min(1).max(99),
    minutes: z.int().min(1).max(2100),
  }),
]);

/** In Connect's own words, a GUID. */
const GUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const INSTANCE = `arn:aws[a-z-]*:connect:([a-z0-9-]+):\\d{12}:instance/${GUID}`;

/** How contacts of Amazon Connect come to a workflow. */
const contacts = z
  .strictObject({
    /** The ARN of the Connect instance. */
    instance: z.string().regex(new RegExp(`^${INSTANCE}$`), "An instance's ARN."),
    /** The ARN of each queue of that instance, by what the workflow calls it. A queue's hours are when somebody is there. */
    queues: z.record(z.string(), z.string().regex(new RegExp(`^${INSTANCE}/queue/${GUID}$`), "A queue's ARN.")),
    language: z
      .string()
      .regex(/^[a-z]{2,3}-[A-Z]{2}$/, 'A language such as en-US.')
      .default('en-US'),
    /** The Amazon Polly voice, one with a neural engine. */
    voice: z.string().min(1).default('Joanna'),
    /** What is said first. Where something is recorded it has to say so. */
    greeting: z.string().min(1).exactOptional(),
    /** What Connect records: nothing; both sides, once a person is on the line; or the conversation before, too. */
    record: z.enum(['nothing', 'agent', 'all']).default('nothing'),
    /** Who leads a chat: Lex, as it leads a call, or a bot that takes part in it. */
    chat: z.enum(['lex', 'bot']).default('lex'),
    /** So many of the functions that callers on the phone wait for are kept warm, which costs by the hour. */
    warm: z.int().min(1).exactOptional(),
  })
  .refine(({ instance, queues }) => Object.values(queues).every((queue) => queue.startsWith(`${instance}/`)), {
    message: 'A queue is of another instance.',
    path: ['queues'],
  });

/** How contacts of Amazon Connect come to a workflow, checked. */
export type Contacts = z.output<typeof contacts>;

const named = z.string().regex(/^[^*?]+$/, 'Name each one: no wildcards.');

const parameters = z.strictObject({
  /** What the names of everything in the account begin with; the stack is called so. */
  prefix: z.string().regex(/^[a-z][a-z0-9-]{1,20}[a-z0-9]$/, 'Small letters, digits and dashes, 3 to 22 of them.'),
  /** Where it is deployed. The account is that of whoever deploys, if left out. */
  region: z.string().regex(/^[a-z]{2,4}(-[a-z]+)+-\d$/, 'A region of AWS, such as us-east-1.'),
  account: z
    .string()
    .regex(/^\d{12}$/, 'An account has 12 digits.')
    .exactOptional(),
  /**
   * Real callers: the table can't be deleted by mistake and can be restored to any second of the last 35 days, table and key stay when the
   * stack is deleted, and the stack itself can't be deleted until its protection is taken off.
   */
  protected: z.boolean(),
  /** Who decides: Bedrock, or the offline decider, which needs no model and is for trying out. */
  decider: z.enum(['bedrock', 'offline']).default('bedrock'),
  /** Workflow → its shape; per-contact for those left out. */
  shapes: z.record(z.string(), shape).default({}),
  shift: shift.default({ type: 'ALL_AT_ONCE' }),
  /** Workflow → how contacts of Amazon Connect come to it. Those left out are not on Connect; an account without Connect has none. */
  connect: z.record(z.string(), contacts).default({}),
  /** MB of each function. Processor time comes with it. */
  memory: z.int().min(256).max(10_240).default(1024),
  /**
   * The front door. `reserved`: so many turns at a time, and no more, whatever else the account does. `provisioned`: so many are
   * kept warm, which costs by the hour.
   */
  turn: z
    .strictObject({ reserved: z.int().min(1).exactOptional(), provisioned: z.int().min(1).exactOptional() })
    .refine(
      ({ reserved, provisioned }) => reserved === undefined || provisioned === undefined || provisioned <= reserved,
      {
        message: 'No more can be provisioned than are reserved.',
      },
    )
    .default({}),
  /** X-Ray traces of functions and state machines. */
  tracing: z.boolean().default(false),
  logDays: z.number().refine((days) => KEPT_FOR.includes(days), `One of ${KEPT_FOR.join(', ')}.`),
  alarms: z
    .strictObject({
      /** Who is told. Each address confirms once. */
      emails: z.array(z.email()).default([]),
      /** Percent of a workflow's turns in five minutes that were not ready in time, and from how many turns on it counts. */
      overDeadline: z.strictObject({ percent: z.number().min(0).max(100), turns: z.int().min(1) }),
      /** Callers of a workflow put through to a person in five minutes because something failed. */
      handedByFailure: z.int().min(1),
      /** Percent of a workflow's turns in an hour that put a caller through to a person, whatever for, and from how many turns on. */
      handed: z.strictObject({ percent: z.number().min(0).max(100), turns: z.int().min(1) }),
      /** Refusals in five minutes, by models or by AWS, because too much was asked. */
      throttled: z.int().min(1),
    })
    .prefault({
      overDeadline: { percent: 5, turns: 20 },
      handedByFailure: 3,
      handed: { percent: 20, turns: 50 },
      throttled: 10,
    }),
  /** What the tools may do in the account, beyond what every function may: only the function `call` gets it. */
  tools: z.array(z.strictObject({ actions: z.array(named).min(1), resources: z.array(named).min(1) })).default([]),
});

const schema = parameters.refine(
  ({ region, connect }) => Object.values(connect).every(({ instance }) => instance.split(':')[3] === region),
  {
    message: 'A Connect instance is in another region: it and its functions have to be in the same.',
    path: ['connect'],
  },
);

/** A deployment's parameters, checked. */
export type Environment = z.output<typeof schema>;

/** Checks the parameters of a deployment. Throws ParleyError `infra/environment`, with all that is wrong. */
export function environment(given: z.input<typeof schema>): Environment {
  const read = schema.safeParse(given);
  if (read.success) return read.data;
  throw new ParleyError(
    'infra/environment',
    `The environment ${given.prefix} is wrong:\n${z.prettifyError(read.error)}`,
    {
      fix: 'Mend it in infra/environments; src/environment.ts says what each parameter is.',
    },
  );
}

/** The workflows whose chats a bot leads: what no event waits for is pushed to them. */
export const chatsByBot = ({ connect }: Pick<Environment, 'connect'>): readonly string[] =>
  Object.keys(connect).filter((workflow) => connect[workflow]?.chat === 'bot');
