import { ParleyError } from '@parley/workflow';
import { type App, CfnOutput, Stack } from 'aws-cdk-lib';
import { Alarms } from './alarms.ts';
import { Connect } from './connect.ts';
import { addDashboard } from './dashboard.ts';
import { chatsByBot, type Environment } from './environment.ts';
import { Functions, functionNames } from './functions.ts';
import { Machine } from './machine.ts';
import { guardrailArns, type Here, modelAccess } from './models.ts';
import { connectNameOf, executionsArn, functionArn, machineArn } from './names.ts';
import type { Reach } from './permissions.ts';
import { secondsOf } from './seconds.ts';
import { Storage } from './storage.ts';
import { Tick } from './tick.ts';
import { definitionOf, type Workflow } from './workflows.ts';

export interface ParleyStackProps {
  readonly environment: Environment;
  readonly workflows: readonly Workflow[];
  /** Where the bundles and the workflow files are: `functions/NAME/index.mjs`, `workflows/NAME/workflow.yaml`. */
  readonly bundles: string;
}

/** A deployment: everything that bears its prefix. */
export class ParleyStack extends Stack {
  constructor(app: App, { environment, workflows, bundles }: ParleyStackProps) {
    const { prefix, region, account } = environment;
    super(app, prefix, {
      env: { region, ...(account === undefined ? {} : { account }) },
      description: 'Parley: conversations as workflows',
      terminationProtection: environment.protected,
      analyticsReporting: false,
      tags: { 'parley:prefix': prefix },
    });
    requireKnown(environment, workflows);
    const here: Here = { partition: this.partition, region, account: this.account };
    const shapeOf = (workflow: Workflow) => environment.shapes[workflow.name] ?? 'per-contact';
    const definitions = new Map(
      workflows.map((workflow) => [workflow, definitionOf(workflow, shapeOf(workflow), functionNames(prefix))]),
    );

    const storage = new Storage(this, 'Storage', environment);
    const programs = workflows.map(({ program }) => program);
    const bedrock = environment.decider === 'bedrock';
    const reachOf = (some: readonly Workflow[]): Reach => {
      const named = (shape: string) => some.filter((one) => shapeOf(one) === shape).map(({ name }) => name);
      const programs = some.map(({ program }) => program);
      return {
        table: storage.table.tableArn,
        key: storage.key.keyArn,
        here,
        contacts: named('per-contact').map((name) => machineArn(here, prefix, name)),
        turns: named('per-turn').map((name) => machineArn(here, prefix, name)),
        executions: named('per-contact').map((name) => executionsArn(here, prefix, name)),
        models: bedrock ? modelAccess(programs, here) : [],
        guardrails: bedrock ? guardrailArns(programs, here) : [],
        pushed: chatsByBot(environment).map((name) => functionArn(here, prefix, connectNameOf(name, 'pushed'))),
        tools: environment.tools,
      };
    };
    const reach = reachOf(workflows);
    const functions = new Functions(this, 'Functions', {
      environment,
      storage,
      reach,
      bundles,
      seconds: secondsOf(programs, [...definitions.values()], prefix),
      machines: machineArn(here, prefix),
    });
    new Tick(this, 'Tick', {
      environment,
      reach,
      tick: functions.all.tick,
      deadLetters: functions.deadLetters.tick,
    });

    const machines = new Map(
      [...definitions].map(([workflow, definition]) => [
        workflow.name,
        new Machine(this, workflow.name, { environment, here, storage, workflow, definition }),
      ]),
    );
    const arns = new Map([...machines].map(([name, { arn }]) => [name, arn]));
    const connect = new Map(
      workflows.flatMap((workflow) => {
        const contacts = environment.connect[workflow.name];
        if (contacts === undefined) return [];
        const { common } = functions;
        const props = { common, reach: reachOf([workflow]), workflow, contacts };
        return [[workflow.name, new Connect(this, `Connect ${workflow.name}`, props)] as const];
      }),
    );
    const alarms = new Alarms(this, 'Alarms', { environment, key: storage.key, functions, machines: arns, connect });
    for (const [name, machine] of machines) {
      // A session may start as soon as the alias leads to it: on functions that are there, and are those of this deployment.
      machine.release(alarms.of(name)).node.addDependency(...Object.values(functions.all));
    }
    const models = programs.flatMap(({ models }) => [
      ...(models.decide === undefined ? [] : [models.decide]),
      ...models.fallback,
    ]);
    const onConnect = [...connect.values()].flatMap(({ names }) => names);
    addDashboard(this, environment, arns, [...new Set(models)], alarms.all, onConnect);

    new CfnOutput(this, 'FrontDoorArn', {
      value: functions.frontDoor.functionArn,
      description: 'What takes the events of contacts',
    });
    new CfnOutput(this, 'AlarmTopicArn', { value: alarms.topic.topicArn, description: 'Where alarms are told' });
  }
}

function requireKnown({ prefix, shapes, connect }: Environment, workflows: readonly Workflow[]): void {
  const names = new Set(workflows.map(({ name }) => name));
  for (const [what, given] of Object.entries({ 'a shape': shapes, connect })) {
    const strange = Object.keys(given).find((name) => !names.has(name));
    if (strange === undefined) continue;
    throw new ParleyError('infra/environment', `${prefix} has ${what} for ${strange}, and there is no such workflow.`, {
      fix: `There ${names.size === 1 ? 'is' : 'are'} ${[...names].join(', ')}.`,
    });
  }
}
