import { randomUUID } from 'node:crypto';
import type { Clock } from '@parley/engine';
import { ApiError, invalidMember } from './api-error.ts';
import { checkDefinition } from './check.ts';
import type { Definition } from './definition.ts';
import { seeded } from './random.ts';

/** What a machine was at one time. The first revision has no id. */
export interface Revision {
  readonly id: string | undefined;
  readonly text: string;
  readonly definition: Definition;
  readonly roleArn: string;
  readonly at: number;
}

export interface Version {
  readonly number: number;
  readonly arn: string;
  readonly revision: Revision;
  readonly description: string | undefined;
  readonly at: number;
}

export interface Route {
  readonly stateMachineVersionArn: string;
  readonly weight: number;
}

export interface Alias {
  readonly arn: string;
  readonly name: string;
  readonly at: number;
  readonly updated: number;
  readonly description: string | undefined;
  readonly routes: readonly Route[];
}

export interface Machine {
  readonly name: string;
  readonly arn: string;
  readonly type: 'STANDARD' | 'EXPRESS';
  readonly at: number;
  revision: Revision;
  readonly versions: Map<number, Version>;
  readonly aliases: Map<string, Alias>;
  /** Numbers are not given twice, not even that of a version that was deleted. */
  lastVersion: number;
}

/** What an ARN of a machine, a version or an alias leads to. */
export interface Found {
  readonly machine: Machine;
  readonly version: Version | undefined;
  readonly alias: Alias | undefined;
  readonly revision: Revision;
}

/** Names of machines and executions. */
export function checkName(name: string): void {
  if (name === '' || name.length > 80 || /[\s\p{Cc}<>{}[\]?*"#%\\^|~`$&,;:/]/u.test(name)) {
    throw new ApiError('InvalidName', `Invalid Name: '${name}'`);
  }
}

/** The state machines of one account and region, with their versions and aliases. Everything it throws is an ApiError. */
export class Machines {
  readonly #machines = new Map<string, Machine>();
  readonly #clock: Clock;
  readonly #prefix: string;

  constructor(clock: Clock, region: string, account: string) {
    this.#clock = clock;
    this.#prefix = `arn:aws:states:${region}:${account}:stateMachine:`;
  }

  all(): Machine[] {
    return [...this.#machines.values()];
  }

  create(asked: { name: string; definition: string; roleArn: string; type: 'STANDARD' | 'EXPRESS' }): Machine {
    checkName(asked.name);
    const definition = read(asked.definition, asked.type);
    const arn = this.#prefix + asked.name;
    const there = this.#machines.get(arn);
    if (there) {
      if (there.revision.text === asked.definition && there.type === asked.type) return there;
      throw new ApiError('StateMachineAlreadyExists', `State Machine Already Exists: '${arn}'`);
    }
    const at = this.#clock.now();
    const machine: Machine = {
      name: asked.name,
      arn,
      type: asked.type,
      at,
      revision: { id: undefined, text: asked.definition, definition, roleArn: asked.roleArn, at },
      versions: new Map(),
      aliases: new Map(),
      lastVersion: 0,
    };
    this.#machines.set(arn, machine);
    return machine;
  }

  update(arn: string, asked: { definition: string | undefined; roleArn: string | undefined }): Machine {
    const machine = this.machine(arn);
    const { revision } = machine;
    const definition = asked.definition === undefined ? revision.definition : read(asked.definition, machine.type);
    const [text, roleArn] = [asked.definition ?? revision.text, asked.roleArn ?? revision.roleArn];
    if (text !== revision.text || roleArn !== revision.roleArn) {
      machine.revision = { id: randomUUID(), text, definition, roleArn, at: this.#clock.now() };
    }
    return machine;
  }

  /** Removes a machine; it is nothing to remove one that isn't there. */
  remove(arn: string): Machine | undefined {
    this.#check(arn);
    const machine = this.#machines.get(arn);
    this.#machines.delete(arn);
    return machine;
  }

  /** The machine of an ARN without a version or alias. */
  machine(arn: string): Machine {
    this.#check(arn);
    const machine = this.#machines.get(arn);
    if (!machine) throw missing(arn);
    return machine;
  }

  /** What an ARN leads to. Where an alias has two versions, `by` decides: the same text always the same way. */
  find(arn: string, by = arn): Found {
    this.#check(arn);
    const whole = this.#machines.get(arn);
    if (whole) return { machine: whole, version: undefined, alias: undefined, revision: whole.revision };
    const [, of = '', qualifier = ''] = /^(.*):([^:]+)$/.exec(arn) ?? [];
    const machine = this.#machines.get(of);
    const alias = machine?.aliases.get(qualifier);
    const version = alias ? versionIn(machine, routed(alias, by)) : machine?.versions.get(Number(qualifier));
    if (!machine || !version) throw missing(arn);
    return { machine, version, alias, revision: version.revision };
  }

  /** Publishes the machine as it is; again, it is the version that there is. */
  publish(machine: Machine, description: string | undefined, revisionId?: string): Version {
    const { revision } = machine;
    if (revisionId !== undefined && revisionId !== (revision.id ?? 'INITIAL')) {
      throw new ApiError(
        'ConflictException',
        `Failed to publish the State Machine version for revision ${revisionId}. The current State Machine revision is ${revision.id ?? 'INITIAL'}.`,
      );
    }
    const there = [...machine.versions.values()].find((version) => version.revision === revision);
    if (there) return there;
    machine.lastVersion += 1;
    const number = machine.lastVersion;
    const version = { number, arn: `${machine.arn}:${number}`, revision, description, at: this.#clock.now() };
    machine.versions.set(number, version);
    return version;
  }

  removeVersion(arn: string): void {
    const [, of = '', number = ''] = /^(.*):(\d+)$/.exec(arn) ?? [];
    this.#check(arn);
    const machine = this.#machines.get(of);
    const users = [...(machine?.aliases.values() ?? [])].filter(({ routes }) =>
      routes.some((route) => route.stateMachineVersionArn === arn),
    );
    if (users.length > 0) {
      throw new ApiError(
        'ConflictException',
        `Version to be deleted must not be referenced by an alias. Current list of aliases referencing this version: [${users.map(({ name }) => name).join(', ')}]`,
      );
    }
    machine?.versions.delete(Number(number));
  }

  createAlias(name: string, description: string | undefined, routes: readonly Route[]): Alias {
    if (name.length > 80) throw invalidMember(`'${name}'`, 'name', 'Member must have length less than or equal to 80');
    if (!/^(?=.*[a-zA-Z_\-.])[a-zA-Z0-9_\-.]+$/.test(name)) {
      const pattern = '^(?=.*[a-zA-Z_\\-\\.])[a-zA-Z0-9_\\-\\.]+$';
      throw invalidMember(`'${name}'`, 'name', `Member must satisfy regular expression pattern: ${pattern}`);
    }
    const machine = this.#routed(routes);
    const there = machine.aliases.get(name);
    if (there) {
      if (there.description === description && JSON.stringify(there.routes) === JSON.stringify(routes)) return there;
      throw new ApiError(
        'ConflictException',
        'Failed to create alias because an alias with the same name and a different routing configuration already exists.',
      );
    }
    const at = this.#clock.now();
    const alias = { arn: `${machine.arn}:${name}`, name, at, updated: at, description, routes };
    machine.aliases.set(name, alias);
    return alias;
  }

  updateAlias(arn: string, description: string | undefined, routes: readonly Route[] | undefined): Alias {
    const { machine, alias } = this.alias(arn);
    if (routes !== undefined && this.#routed(routes) !== machine) throw missing(arn);
    const changed = {
      ...alias,
      description: description ?? alias.description,
      routes: routes ?? alias.routes,
      updated: this.#clock.now(),
    };
    machine.aliases.set(alias.name, changed);
    return changed;
  }

  removeAlias(arn: string): void {
    const [, of = '', name = ''] = /^(.*):([^:]+)$/.exec(arn) ?? [];
    this.#check(arn);
    this.#machines.get(of)?.aliases.delete(name);
  }

  alias(arn: string): { machine: Machine; alias: Alias } {
    const [, of = '', name = ''] = /^(.*):([^:]+)$/.exec(arn) ?? [];
    this.#check(arn);
    const machine = this.#machines.get(of);
    const alias = machine?.aliases.get(name);
    if (!machine || !alias) {
      throw new ApiError('ResourceNotFound', 'Request references a resource that does not exist.');
    }
    return { machine, alias };
  }

  /** The one machine whose versions these routes lead to. */
  #routed(routes: readonly Route[]): Machine {
    const arns = routes.map(({ stateMachineVersionArn }) => stateMachineVersionArn);
    if (routes.length > 2) {
      throw invalidMember(
        `'[${arns.join(', ')}]'`,
        'routingConfiguration',
        'Member must have length less than or equal to 2',
      );
    }
    for (const [i, { weight }] of routes.entries()) {
      if (weight <= 100) continue;
      throw invalidMember(
        `'${weight}'`,
        `routingConfiguration.${i + 1}.member.weight`,
        'Member must have value less than or equal to 100',
      );
    }
    if (arns.some((arn) => !/:stateMachine:[^:]+:\d+$/.test(arn))) {
      throw new ApiError(
        'ValidationException',
        `Routing configuration must contain state machine version ARNs. Received: [${arns.join(', ')}]`,
      );
    }
    if (new Set(arns).size < arns.length) {
      throw new ApiError(
        'ValidationException',
        `Routing configuration must contain distinct state machine version ARNs. Received: [${arns.join(', ')}]`,
      );
    }
    if (routes.reduce((sum, { weight }) => sum + weight, 0) !== 100) {
      const weights = routes.map(({ weight }) => weight).join(', ');
      throw new ApiError(
        'ValidationException',
        `Sum of routing configuration weights must equal 100. Received: [${weights}]`,
      );
    }
    const [first, ...others] = arns.map((arn) => this.find(arn).machine);
    if (!first || others.some((other) => other !== first)) {
      throw new ApiError('ValidationException', 'Routing configuration must contain versions of one state machine.');
    }
    return first;
  }

  #check(arn: string): void {
    if (!arn.startsWith('arn:')) throw new ApiError('InvalidArn', `Invalid Arn: 'Invalid ARN prefix: ${arn}'`);
    if (!/^arn:[\w-]+:states:[\w-]*:\d*:stateMachine:[^:]+(:[^:]+)?$/.test(arn)) {
      throw new ApiError('InvalidArn', `Invalid Arn: 'Resource type not valid in this context: ${arn}'`);
    }
  }
}

const missing = (arn: string) => new ApiError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);

const versionIn = (machine: Machine | undefined, arn: string | undefined): Version | undefined =>
  [...(machine?.versions.values() ?? [])].find((version) => version.arn === arn);

function routed({ routes }: Alias, by: string): string | undefined {
  let drawn = seeded(by)() * 100;
  return routes.find(({ weight }) => {
    drawn -= weight;
    return drawn < 0;
  })?.stateMachineVersionArn;
}

function read(text: string, type: 'STANDARD' | 'EXPRESS'): Definition {
  const { definition, diagnostics } = checkDefinition(text, type);
  if (definition) return definition;
  const words = diagnostics.map(({ code, message, location }) =>
    location === undefined ? `${code}: ${message}` : `${code}: ${message} at ${location}`,
  );
  throw new ApiError('InvalidDefinition', `Invalid State Machine Definition: '${words.join(', ')}'`);
}
