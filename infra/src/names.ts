import type { Here } from './models.ts';

/** The functions: those that state machines call, the front door, and what is done every minute. */
export const FUNCTIONS = ['ask', 'decide', 'call', 'finish', 'turn', 'tick'] as const;
export type FunctionName = (typeof FUNCTIONS)[number];

/** The functions that Connect, Lex and what they tell call, of each workflow that is on Amazon Connect. */
export const CONNECT = ['lex', 'block', 'joined', 'notified', 'pushed', 'ended'] as const;
export type ConnectName = (typeof CONNECT)[number];

/** The alias by which callers reach the front door, and sessions a workflow. */
export const LIVE = 'live';

/** What is called by its name from another place, so that nothing has to be made before it. */
export const nameOf = (prefix: string, what: string) => `${prefix}-${what}`;

export const functionArn = ({ partition, region, account }: Here, prefix: string, name: string) =>
  `arn:${partition}:lambda:${region}:${account}:function:${nameOf(prefix, name)}`;

/** What a function of a workflow is called after the prefix. */
export const connectNameOf = (workflow: string, name: ConnectName) => `${workflow}-${name}`;

/** The topic that Connect streams the chats of a workflow to, as its template names it: functions are told before it is there. */
export const topicArn = ({ partition, region, account }: Here, prefix: string, workflow: string) =>
  `arn:${partition}:sns:${region}:${account}:${nameOf(prefix, workflow)}-chat`;

/** `workflow`: its name; nothing for what all begin with. */
export const machineArn = ({ partition, region, account }: Here, prefix: string, workflow = '') =>
  `arn:${partition}:states:${region}:${account}:stateMachine:${nameOf(prefix, workflow)}`;

/** The executions of a state machine: each has its session's name, which is known only when it starts. */
export const executionsArn = ({ partition, region, account }: Here, prefix: string, workflow: string) =>
  `arn:${partition}:states:${region}:${account}:execution:${nameOf(prefix, workflow)}:*`;
