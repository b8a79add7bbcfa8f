import { Duration, IgnoreMode, Token } from 'aws-cdk-lib';
import { type Alias, Code, type Function as Lambda, LayerVersion } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Environment } from './environment.ts';
import { type Common, deadLettersOf, lambda, live } from './lambda.ts';
import { type FunctionName, nameOf } from './names.ts';
import { permissionsOf, type Reach } from './permissions.ts';
import type { Storage } from './storage.ts';

export interface FunctionsProps {
  readonly environment: Environment;
  readonly storage: Storage;
  readonly reach: Reach;
  /** Where the bundles and the workflow files are: `functions/NAME`, `workflows`. */
  readonly bundles: string;
  /** How long each function may take, in seconds. */
  readonly seconds: { readonly [name in FunctionName]: number };
  /** What all begin with that is a state machine's ARN. */
  readonly machines: string;
}

/** The functions, and the workflow files, as a layer: an edited workflow needs no new code. */
export class Functions extends Construct {
  readonly all: { readonly [name in FunctionName]: Lambda };
  /** What callers of the front door call. */
  readonly frontDoor: Alias;
  readonly deadLetters: { readonly turn: Queue; readonly tick: Queue };
  /** What other functions of the deployment have in common with these. */
  readonly common: Common;

  constructor(scope: Construct, id: string, props: FunctionsProps) {
    super(scope, id);
    const { environment, storage, reach, bundles, machines, seconds } = props;
    const layer = new LayerVersion(this, 'Workflows', {
      layerVersionName: nameOf(environment.prefix, 'workflows'),
      description: 'The workflow files, in /opt/workflows',
      // The folder itself has to be in it.
      code: Code.fromAsset(bundles, {
        exclude: ['/*', '!/workflows'],
        ignoreMode: IgnoreMode.GIT,
      }),
    });
    this.common = { environment, storage, reach, bundles, machines, layer };
    const one = (name: FunctionName, deadLetters?: Queue) =>
      lambda(this, this.common, {
        name,
        bundle: name,
        about: ABOUT[name],
        seconds: seconds[name],
        statements: permissionsOf(name, reach),
        ...(name === 'turn' || name === 'tick' ? { wildcards: executionsOf(reach) } : {}),
        ...(deadLetters ? { deadLetters } : {}),
        reserved: name === 'turn' ? environment.turn.reserved : undefined,
      });
    this.deadLetters = {
      turn: deadLettersOf(this, this.common, 'turn'),
      tick: deadLettersOf(this, this.common, 'tick'),
    };
    this.all = {
      ask: one('ask'),
      decide: one('decide'),
      call: one('call'),
      finish: one('finish'),
      turn: one('turn', this.deadLetters.turn),
      tick: one('tick', this.deadLetters.tick),
    };
    this.frontDoor = live(this, 'FrontDoor', this.all.turn, environment.turn.provisioned);
    // The next tick comes in a minute: one that failed is not worth repeating.
    this.all.tick.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: Duration.minutes(1) });
  }
}

const ABOUT: { readonly [name in FunctionName]: string } = {
  ask: 'Waits for the contact: keeps the token, or sends it where the event has come already',
  decide: 'Decides what the caller wants, and composes words',
  call: 'Calls tools',
  finish: 'Takes the door of a step whose function failed',
  turn: 'The front door: an event of a contact in, the reply out',
  tick: 'Every minute: timers that are due, sessions that are stuck, sessions to be removed',
};

/** That whoever has the front door may look at any execution of a workflow. */
export const executionsOf = ({ executions, here }: Pick<Reach, 'executions' | 'here'>) =>
  executions.map((arn) => {
    // cdk-nag writes an account that is not known yet in this way.
    const shown = Token.isUnresolved(here.account) ? arn.replace(here.account, '<AWS::AccountId>') : arn;
    return {
      id: `AwsSolutions-IAM5[Resource::${shown}]`,
      reason:
        'An execution has the name of its session, which is not known before it starts; of which state machine it is, is said.',
    };
  });

export const functionNames = (prefix: string) => ({
  ask: nameOf(prefix, 'ask'),
  decide: nameOf(prefix, 'decide'),
  call: nameOf(prefix, 'call'),
  finish: nameOf(prefix, 'finish'),
});
