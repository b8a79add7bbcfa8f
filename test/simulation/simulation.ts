import type { EngineOptions, Reply, TurnRequest } from '@parley/engine';
import { createMachine, type Machine } from '@parley/machine';
import { compileWorkflow, ParleyError, type ToolSignatures } from '@parley/workflow';
import { drawEvent } from './caller.ts';
import { simulatedDecider } from './decider.ts';
import { simulatedGuard } from './guard.ts';
import { Disk } from './disk.ts';
import { Model, type Sending, type Violation } from './model.ts';
import { drawProfile, type Profile } from './profile.ts';
import { type Random, randomFrom } from './random.ts';
import { Scheduler, WORLD } from './scheduler.ts';
import { simulatedStore } from './store.ts';
import { Backend, simulatedTools } from './tools.ts';
import { VERSIONS } from './workflows.ts';
import type { EngineModule, Process, World } from './world.ts';

export interface Options {
  /** The engine under test. */
  readonly module: EngineModule;
  /** Puts something between the engine and a port: a sabotage. */
  readonly ports?: (options: EngineOptions, scheduler: Scheduler, process: Process) => EngineOptions;
  /** What is the same in every world, instead of drawn from its seed. */
  readonly profile?: Partial<Profile>;
  /** Told of everything that happens, in order. */
  readonly trace?: (line: string) => void;
}

/** What came of one seed. */
export interface Outcome {
  readonly seed: number;
  /** What did not hold, after the first step where something did not. */
  readonly violations: readonly Violation[];
  readonly figures: Figures;
}

export interface Figures {
  readonly sessions: number;
  readonly steps: number;
  readonly turns: number;
  readonly commits: number;
  readonly conflicts: number;
  readonly crashes: number;
  readonly closes: number;
  readonly pushes: number;
  readonly streams: number;
  readonly writes: number;
  /** Simulated milliseconds. */
  readonly simulated: number;
}

const START = Date.UTC(2026, 10, 24, 12);
/** How long callers call, and how long everything then has to come to rest. Simulated milliseconds. */
const DISTURBED = 180_000;
const CALM = 900_000;
/** More than any run takes: who comes here goes round in circles. */
const STEPS = 60_000;

/** Runs the world of one seed until all is at rest, or something does not hold. */
export async function simulate(seed: number, options: Options): Promise<Outcome> {
  const simulation = new Simulation(seed, options);
  return simulation.run();
}

interface Contact {
  readonly session: string;
  readonly version: string;
  events: number;
  count: number;
  /** Everything that was sent, by id. */
  readonly sent: TurnRequest[];
  readonly answered: Set<string>;
}

interface Host {
  readonly name: string;
  process: Process | undefined;
  count: number;
}

class Simulation {
  readonly #seed: number;
  readonly #options: Options;
  readonly #random: Random;
  readonly #profile: Profile;
  readonly #scheduler: Scheduler;
  readonly #disk = new Disk();
  readonly #backend = new Backend();
  readonly #model: Model;
  readonly #world: World;
  readonly #hosts: Host[];
  readonly #contacts: Contact[];
  #version = 0;
  #crashes = 0;
  #closes = 0;
  #steps = 0;

  constructor(seed: number, options: Options) {
    this.#seed = seed;
    this.#options = options;
    const random = randomFrom(seed);
    const profile = { ...drawProfile(random), ...options.profile };
    const scheduler = new Scheduler(random, START, options.trace);
    const model = new Model(scheduler, this.#disk, machines(options.module));
    this.#random = random;
    this.#profile = profile;
    this.#scheduler = scheduler;
    this.#model = model;
    this.#world = {
      random,
      scheduler,
      profile,
      disk: this.#disk,
      observer: model,
      module: options.module,
      calm: false,
    };
    this.#hosts = Array.from({ length: profile.hosts }, (_, index) => ({
      name: 'AB'.charAt(index),
      process: undefined,
      count: 0,
    }));
    this.#contacts = Array.from({ length: profile.sessions }, (_, index) => ({
      session: `s${index + 1}`,
      version: '',
      events: random.int(3, 16),
      count: 0,
      sent: [],
      answered: new Set<string>(),
    }));
  }

  async run(): Promise<Outcome> {
    this.#scheduler.trace(() => `seed ${this.#seed}: ${JSON.stringify(this.#profile)}`);
    for (const host of this.#hosts) this.#boot(host);
    for (const contact of this.#contacts)
      this.#scheduler.park(WORLD, this.#random.int(0, 20_000), `${contact.session} begins`, () => this.#act(contact));
    await this.#untilRest();
    const { counts } = this.#model;
    return {
      seed: this.#seed,
      violations: this.#model.violations,
      figures: {
        ...counts,
        sessions: this.#profile.sessions,
        steps: this.#steps,
        crashes: this.#crashes,
        closes: this.#closes,
        simulated: this.#scheduler.now - START,
      },
    };
  }

  async #untilRest(): Promise<void> {
    const { violations } = this.#model;
    let fetched = false;
    for (this.#steps = 0; ; this.#steps++) {
      const alive = await this.#scheduler.step();
      this.#model.check();
      if (violations.length > 0) return;
      const passed = this.#scheduler.now - START;
      if (!this.#world.calm) {
        this.#disturb();
        if (passed > DISTURBED || this.#contacts.every(({ events }) => events <= 0)) this.#becalm();
        continue;
      }
      if (this.#isDone()) {
        if (fetched) return;
        fetched = true;
        this.#fetch();
      }
      if (!alive || passed > DISTURBED + CALM || this.#steps > STEPS) {
        this.#model.violate(
          'at-rest',
          undefined,
          `Not at rest in time: ${this.#model.undone().join('; ') || this.#starting()}.`,
        );
      }
    }
  }

  #isDone(): boolean {
    return (
      this.#model.undone().length === 0 &&
      this.#starting() === '' &&
      this.#contacts.every(({ sent, answered }) => sent.every(({ id }) => answered.has(id)))
    );
  }

  /** What has yet to start or close. */
  #starting(): string {
    return this.#hosts
      .filter(({ process }) => !process?.started || process.closing)
      .map(({ name }) => `${name} is not up`)
      .join('; ');
  }

  // ---- processes

  #boot(host: Host): void {
    if (this.#profile.edits && this.#version < VERSIONS.length - 1 && host.count > 0 && this.#random.chance(0.5))
      this.#version += 1;
    host.count += 1;
    const process: Process = {
      name: `${host.name}${host.count}`,
      alive: true,
      started: false,
      closing: false,
      engine: undefined,
    };
    host.process = process;
    const world = this.#world;
    const options: EngineOptions = {
      workflows: VERSIONS.slice(this.#version, this.#version + 1),
      store: simulatedStore(world, process),
      decider: simulatedDecider(world, process),
      tools: simulatedTools(world, process, this.#backend),
      guard: simulatedGuard(world, process),
      clock: this.#scheduler.clock(process),
      log: ({ code, session }) => {
        this.#scheduler.trace(() => `  ${process.name} logs ${code}${session === undefined ? '' : ` of ${session}`}`);
        this.#expected(code, session);
      },
      ...(this.#profile.streams
        ? { stream: (session: string, words: string) => this.#model.streamed(process, session, words) }
        : {}),
      ...(this.#profile.pushes ? { push: (reply: Reply) => this.#push(process, reply) } : {}),
    };
    process.engine = this.#options.module.createEngine(
      this.#options.ports?.(options, this.#scheduler, process) ?? options,
    );
    this.#scheduler.trace(() => `${process.name} starts, on version ${this.#version + 1}`);
    this.#start(process);
  }

  #start(process: Process): void {
    process.engine?.start().then(
      () => {
        process.started = true;
        this.#model.runs(process);
      },
      () => this.#scheduler.park(process, 1_000, `${process.name} starts again`, () => this.#start(process)),
    );
  }

  #push(process: Process, reply: Reply): Promise<void> {
    const { profile } = this.#world;
    const fails = () => !this.#world.calm && this.#random.chance(profile.pushFails);
    const done = this.#model.waits(process, reply.session);
    const taken = this.#model.pushing(process, reply);
    const takes = this.#world.calm ? 0 : this.#random.int(0, 300);
    return this.#scheduler.answer(process, takes, `${process.name} pushes to ${reply.session}`, () => {
      done();
      if (fails()) {
        this.#model.disturbed();
        throw new Error('The channel is gone.');
      }
      taken();
    });
  }

  #disturb(): void {
    for (const host of this.#hosts) {
      const { process } = host;
      if (!process) continue;
      if (this.#random.chance(this.#profile.crash)) this.#crash(host, process);
      else if (!process.closing && this.#random.chance(this.#profile.close)) this.#close(host, process);
    }
  }

  #crash(host: Host, process: Process): void {
    this.#scheduler.trace(() => `${process.name} dies`);
    this.#crashes += 1;
    this.#bury(host, process);
  }

  #close(host: Host, process: Process): void {
    this.#scheduler.trace(() => `${process.name} is closed`);
    this.#closes += 1;
    process.closing = true;
    this.#model.disturbed();
    const closed = () => {
      if (process.alive) this.#bury(host, process);
    };
    process.engine?.close().then(closed, () => this.#model.violate('error', undefined, 'It could not be closed.'));
  }

  /** Nothing that a process still does has an effect. What was asked of it is asked again. */
  #bury(host: Host, process: Process): void {
    process.alive = false;
    host.process = undefined;
    this.#scheduler.drop(process);
    for (const { request } of this.#model.died(process)) this.#again(request);
    const down = this.#world.calm ? 100 : this.#random.int(0, 5_000);
    this.#scheduler.park(WORLD, down, `${host.name} boots`, () => this.#boot(host));
  }

  // ---- callers

  #act(contact: Contact): void {
    if (this.#world.calm || contact.events <= 0) return;
    const { impatient } = this.#profile;
    const [first] = contact.sent;
    if (!first) this.#begin(contact);
    else if (this.#random.chance(impatient / 2)) this.#send(this.#random.pick(contact.sent));
    else if (this.#random.chance(0.01)) this.#begin(contact);
    else {
      const burst = this.#random.chance(impatient) ? this.#random.int(2, 3) : 1;
      for (let i = 0; i < burst; i++) this.#say(contact);
      if (this.#random.chance(impatient / 3)) this.#send(contact.sent.at(-1) ?? first);
    }
    contact.events -= 1;
    const pause = this.#random.chance(0.3) ? this.#random.int(0, 20) : this.#random.int(20, 9_000);
    this.#scheduler.park(WORLD, pause, `${contact.session} goes on`, () => this.#act(contact));
  }

  #begin(contact: Contact): void {
    const id = this.#id(contact);
    const event = {
      type: 'session.started',
      workflow: 'shop',
      contact: { id: contact.session, channel: 'chat' },
    } as const;
    this.#ask(contact, { session: contact.session, id, event });
  }

  #say(contact: Contact): void {
    const id = this.#id(contact);
    const event = drawEvent(this.#random, this.#model.step(contact.session), this.#profile.erratic, id);
    this.#ask(contact, { session: contact.session, id, event });
  }

  #id(contact: Contact): string {
    contact.count += 1;
    return `e${contact.count}`;
  }

  #ask(contact: Contact, request: TurnRequest): void {
    contact.sent.push(request);
    this.#model.events.set(`${request.session} ${request.id}`, request.event);
    this.#send(request);
  }

  /** Sends an event to one of the processes that are up; when none is, later. */
  #send(request: TurnRequest): void {
    const up = this.#hosts.flatMap(({ process }) => (process?.engine ? [process] : []));
    if (up.length === 0) {
      this.#again(request);
      return;
    }
    const process = this.#random.pick(up);
    this.#scheduler.trace(() => `${request.session} sends ${request.id} (${describe(request)}) to ${process.name}`);
    const sending = this.#model.sent(process, request);
    process.engine?.turn(request).then(
      (reply) => this.#replied(sending, reply),
      (error: unknown) => this.#refused(sending, error),
    );
  }

  /** A caller's channel sends an event until it has an answer. */
  #again(request: TurnRequest): void {
    this.#scheduler.park(WORLD, this.#random.int(50, 2_000), `${request.session} sends ${request.id} again`, () => {
      if (!this.#contactOf(request)?.answered.has(request.id)) this.#send(request);
    });
  }

  #contactOf({ session }: TurnRequest): Contact | undefined {
    return this.#contacts.find((contact) => contact.session === session);
  }

  #replied(sending: Sending, reply: Reply): void {
    const { process, request } = sending;
    if (!process.alive) return;
    this.#scheduler.trace(
      () =>
        `${request.session} hears in reply to ${request.id}: ${JSON.stringify(reply.say)} (${reply.rest} at ${reply.step})`,
    );
    this.#model.replied(sending, reply);
    this.#contactOf(request)?.answered.add(request.id);
  }

  #refused(sending: Sending, error: unknown): void {
    const { process, request } = sending;
    if (!process.alive) return;
    const code = error instanceof ParleyError ? error.code : String(error);
    this.#scheduler.trace(() => `${request.session} gets no reply to ${request.id}: ${code}`);
    this.#model.refused(sending);
    this.#expected(code, request.session);
    const contact = this.#contactOf(request);
    if (code === 'engine/started-already' && !this.#model.took(request)) contact?.answered.add(request.id);
    else this.#again(request);
  }

  /** Whatever was done to the engine, these are the only errors it may come to. */
  #expected(code: string, session: string | undefined): void {
    const known = ['store/', 'engine/closed', 'engine/unknown-session', 'engine/started-already'];
    if (this.#profile.pushFails > 0) known.push('engine/failed');
    if (this.#profile.guardFails > 0) known.push('engine/unseen');
    if (!known.some((one) => code.startsWith(one))) this.#model.violate('error', session, `It came to ${code}.`);
  }

  // ---- the end

  /** Nothing goes wrong any more, and nobody says anything new. */
  #becalm(): void {
    this.#scheduler.trace(() => 'calm');
    this.#world.calm = true;
    this.#model.disturbed();
  }

  /** Whoever is owed something, and can't be pushed to, asks for it. */
  #fetch(): void {
    for (const contact of this.#contacts) {
      if (!this.#model.owed(contact.session)) continue;
      if (this.#profile.pushes)
        this.#model.violate('words', contact.session, 'Something is owed that was never pushed.');
      const request = { session: contact.session, id: this.#id(contact), event: { type: 'caller.silent' } as const };
      this.#ask(contact, request);
    }
  }
}

function describe({ event }: TurnRequest): string {
  switch (event.type) {
    case 'caller.said':
      return event.text;
    case 'caller.pressed':
      return `presses ${event.keys}`;
    default:
      return event.type;
  }
}

let made: ReadonlyMap<string, Machine> | undefined;

/** The machines of all versions, to replay journals with. */
function machines(module: EngineModule): ReadonlyMap<string, Machine> {
  made ??= new Map(
    VERSIONS.map((source) => {
      const signatures = signaturesOf(module);
      const machine = createMachine(compileWorkflow(source, signatures), signatures);
      return [machine.program.version, machine];
    }),
  );
  return made;
}

function signaturesOf(module: EngineModule): ToolSignatures {
  const random = randomFrom(0);
  const scheduler = new Scheduler(random, START);
  const disk = new Disk();
  const process = { name: '', alive: true, started: false, closing: false, engine: undefined };
  const observer = new Model(scheduler, disk, new Map());
  const world = { random, scheduler, profile: drawProfile(random), disk, observer, module, calm: false };
  const tools = simulatedTools(world, process, new Backend());
  return Object.fromEntries(Object.entries(tools).map(([name, { signature }]) => [name, signature]));
}
