import type { Expression } from '../expression/expression.ts';
import { type BrokenStep, type Data, type Draft, expressionsIn, type Step, type Variable } from '../program.ts';
import { IDENTITY_LEVELS, type IdentityLevel, type ToolSignatures } from '../tool-signature.ts';
import type { Json } from '../type.ts';
import {
  type Formula,
  formulaOf,
  IDENTITY,
  leavesOf,
  MAX_VALUES,
  type Masks,
  MISSING,
  provedBy,
  provedByFailure,
  refine,
  type Tracking,
  Universe,
  valuesOf,
} from './condition.ts';
import { type Op, type StepWays, type Way, waysOf } from './way.ts';

/** More situations than this are not told apart: the variables that make most of them are left out of account. */
const MAX_NODES = 4_000;
/** The same, counted in what happens on all ways of all situations. */
const MAX_WORK = 400_000;

/** A step in one of the situations it can be entered in. */
export interface Situation {
  readonly index: number;
  readonly step: Step | BrokenStep;
  /** The lowest level of identity the caller can have here. */
  readonly identity: IdentityLevel;
  /** The situation it was first reached from; undefined for the start. */
  readonly from: number | undefined;
}

/** A read of a variable that may have no value, and how a session gets there. */
export interface Unset {
  readonly variable: string;
  readonly op: Op;
  readonly situation: Situation;
  readonly path: readonly string[];
}

/** Every way a session can go, as far as it can be told from the file. */
export interface Flow {
  readonly ways: ReadonlyMap<string, StepWays>;
  /** The steps that are reached at all, each in the situations it is entered in, the shortest way first. */
  readonly situations: readonly Situation[];
  /** The ways that are ever taken, with the situation each was first taken in. */
  readonly taken: ReadonlyMap<Way, Situation>;
  /** The steps from the start to a situation. */
  pathTo(situation: Situation): readonly string[];
  /** A path on which the caller's yes does not count when the situation is entered, for a call that reads these. */
  unconfirmed(
    situation: Situation,
    reads: readonly string[],
  ): { variable?: string; path: readonly string[] } | undefined;
  /** Reads of variables that may have no value there, each once. */
  unset(): readonly Unset[];
}

interface Node extends Situation {
  readonly masks: Masks;
  readonly edges: { readonly way: Way; readonly to: number }[];
}

/** Works out every way of a draft. */
export function flowOf(draft: Draft, tools: ToolSignatures | undefined): Flow {
  const ways = new Map<string, StepWays>();
  for (const [name, step] of draft.steps) ways.set(name, waysOf(draft, step, tools));
  const formulas = new Formulas(draft);
  let candidates = trackable(draft, ways, formulas);
  for (;;) {
    const nodes = explore(draft, ways, formulas, tracking(draft, candidates));
    if (nodes) return new Paths(draft, ways, nodes.nodes, nodes.taken);
    candidates = candidates.slice(0, Math.floor(candidates.length / 2));
  }
}

class Formulas {
  readonly #found = new Map<Expression, Formula>();
  readonly #booleans: ReadonlySet<string>;

  constructor(draft: Draft) {
    const booleans = [...draft.variables.values()].filter(({ type }) => type.kind === 'boolean');
    this.#booleans = new Set(booleans.map(({ name }) => name));
  }

  of(expression: Expression): Formula {
    const known = this.#found.get(expression);
    if (known) return known;
    const formula = formulaOf(expression, (name) => this.#booleans.has(name));
    this.#found.set(expression, formula);
    return formula;
  }
}

interface Candidate {
  readonly variable: Variable;
  readonly values: readonly Json[];
  readonly weight: number;
}

/** The variables that conditions tell apart by their values, those that matter most first. */
function trackable(draft: Draft, ways: ReadonlyMap<string, StepWays>, formulas: Formulas): readonly Candidate[] {
  const found = new Map<string, { values: Json[]; weight: number }>();
  for (const condition of conditionsOf(ways)) {
    for (const leaf of leavesOf(formulas.of(condition))) {
      const one = found.get(leaf.variable) ?? { values: [], weight: 0 };
      one.values.push(...leaf.values);
      // What is compared with values decides more than what merely may be missing.
      one.weight += leaf.values.length > 0 ? 100 : 1;
      found.set(leaf.variable, one);
    }
  }
  return [...found]
    .flatMap(([name, { values, weight }]): Candidate[] => {
      const variable = draft.variables.get(name);
      if (!variable) return [];
      const all = [...values, ...(valuesOf(variable.type) ?? [])];
      return new Set(all.map((value) => JSON.stringify(value))).size > MAX_VALUES
        ? []
        : [{ variable, values: all, weight }];
    })
    .sort((a, b) => b.weight - a.weight);
}

function conditionsOf(ways: ReadonlyMap<string, StepWays>): ReadonlySet<Expression> {
  const found = new Set<Expression>();
  for (const { ways: own } of ways.values()) {
    for (const { ops } of own) for (const op of ops) if (op.op === 'if') found.add(op.condition.expression);
  }
  return found;
}

const IDENTITY_AT = 0;

function tracking(draft: Draft, candidates: readonly Candidate[]): Tracking & { readonly start: Masks } {
  const index = new Map([['identity', IDENTITY_AT]]);
  const universes: Universe[] = [IDENTITY];
  const start: number[] = [IDENTITY.bit('none')];
  for (const { variable, values } of candidates) {
    const universe = new Universe(values, valuesOf(variable.type) !== undefined);
    index.set(variable.name, universes.length);
    universes.push(universe);
    const { initial } = draft.variables.get(variable.name) ?? variable;
    start.push(initial === undefined || initial === null ? MISSING : universe.bit(initial));
  }
  return { index, universes, start };
}

/** Goes every way from the start, breadth first; undefined where that are too many. */
function explore(
  draft: Draft,
  ways: ReadonlyMap<string, StepWays>,
  formulas: Formulas,
  tracked: Tracking & { readonly start: Masks },
): { nodes: readonly Node[]; taken: ReadonlyMap<Way, Situation> } | undefined {
  const nodes: Node[] = [];
  const known = new Map<string, number>();
  const taken = new Map<Way, Situation>();
  const alive = aliveAt(ways, formulas, tracked);
  const shared = sharedOps(ways);
  let work = 0;
  const reach = (name: string, masks: Masks, from: number | undefined): number | undefined => {
    const step = draft.steps.get(name);
    if (!step) return undefined;
    // What no condition will look at any more tells no situations apart.
    const live = alive.get(name) ?? 0n;
    const final = masks.map((mask, at) =>
      at === IDENTITY_AT || (live >> BigInt(at)) & 1n ? mask : (tracked.universes[at]?.all ?? mask),
    );
    const key = `${name} ${final.join(' ')}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const index = nodes.length;
    known.set(key, index);
    nodes.push({ index, step, masks: final, from, edges: [], identity: lowest(at(final, IDENTITY_AT)) });
    return index;
  };
  reach(draft.start, tracked.start, undefined);
  for (let next = 0; next < nodes.length; next++) {
    const node = nodes[next];
    if (!node) break;
    if ((nodes.length > MAX_NODES || work > MAX_WORK) && tracked.universes.length > 1) return undefined;
    /** What is left after each op of the way before, as far as it could be gone. */
    const left: Masks[] = [];
    for (const way of ways.get(node.step.name)?.ways ?? []) {
      const same = shared.get(way) ?? 0;
      const stopped = left.length < same;
      if (!stopped) left.length = same;
      let masks: Masks | undefined = stopped ? undefined : (left.at(-1) ?? node.masks);
      for (const op of way.ops.slice(same)) {
        if (!masks) break;
        work++;
        masks = after(op, masks, tracked, formulas);
        if (masks) left.push(masks);
      }
      if (!masks) continue;
      if (!taken.has(way)) taken.set(way, node);
      const to = way.to === undefined ? undefined : reach(way.to, masks, node.index);
      if (to !== undefined) node.edges.push({ way, to });
    }
  }
  return { nodes, taken };
}

/** For each way, how many ops it begins with are those of the way before: the conditions that did not hold. */
function sharedOps(ways: ReadonlyMap<string, StepWays>): ReadonlyMap<Way, number> {
  const shared = new Map<Way, number>();
  for (const { ways: own } of ways.values()) {
    for (const [index, way] of own.entries()) {
      const before = own[index - 1]?.ops ?? [];
      const first = way.ops.findIndex((op, at) => op !== before[at]);
      shared.set(way, first < 0 ? way.ops.length : first);
    }
  }
  return shared;
}

const at = (masks: Masks, index: number) => masks[index] ?? 0;

function lowest(mask: number): IdentityLevel {
  return IDENTITY_LEVELS.find((level) => (mask & IDENTITY.bit(level)) !== 0) ?? 'none';
}

/** For each step, the tracked variables that a condition may yet look at before they are set, as bits. */
function aliveAt(
  ways: ReadonlyMap<string, StepWays>,
  formulas: Formulas,
  { index }: Tracking,
): ReadonlyMap<string, bigint> {
  const bit = (name: string) => {
    const at = index.get(name);
    return at === undefined ? 0n : 1n << BigInt(at);
  };
  const looked = new Map<Expression, bigint>();
  const lookedAt = (expression: Expression): bigint => {
    const known = looked.get(expression);
    if (known !== undefined) return known;
    const bits = leavesOf(formulas.of(expression)).reduce((all, leaf) => all | bit(leaf.variable), 0n);
    looked.set(expression, bits);
    return bits;
  };
  const before = (op: Op, live: bigint): bigint => {
    switch (op.op) {
      case 'if':
        return live | lookedAt(op.condition.expression);
      case 'take':
        return op.maybe ? live : live & ~bit(op.variable);
      case 'forget':
        return live & ~bit(op.variable);
      case 'set':
        return op.set.reduce((all, { variable }) => all & ~bit(variable), live);
      default:
        return live;
    }
  };
  const alive = new Map<string, bigint>();
  const reversed = [...ways].reverse();
  for (let changed = true; changed; ) {
    changed = false;
    for (const [name, { ways: own }] of reversed) {
      const live = own.reduce((all, { to, ops }) => {
        const onward = to === undefined ? 0n : (alive.get(to) ?? 0n);
        return all | ops.reduceRight((live, op) => before(op, live), onward);
      }, alive.get(name) ?? 0n);
      if (live !== (alive.get(name) ?? 0n)) {
        alive.set(name, live);
        changed = true;
      }
    }
  }
  return alive;
}

/** The values left after an op; undefined where it can't happen. */
function after(op: Op, masks: Masks, tracked: Tracking, formulas: Formulas): Masks | undefined {
  const change = (name: string, to: (universe: Universe, mask: number) => number): Masks => {
    const index = tracked.index.get(name);
    const universe = index === undefined ? undefined : tracked.universes[index];
    return index === undefined || !universe ? masks : masks.with(index, to(universe, at(masks, index)));
  };
  switch (op.op) {
    case 'if':
      return refine(formulas.of(op.condition.expression), op.holds, masks, tracked);
    case 'take':
      return change(op.variable, (universe, mask) => universe.present | (op.maybe ? mask : 0));
    case 'forget':
      return change(op.variable, () => MISSING);
    case 'set':
      return op.set.reduce((all, { variable, value }) => {
        const index = tracked.index.get(variable);
        const universe = index === undefined ? undefined : tracked.universes[index];
        return index === undefined || !universe ? all : all.with(index, valueMask(value, universe, masks, tracked));
      }, masks);
    case 'grant':
    case 'passed': {
      const rank = IDENTITY_LEVELS.indexOf(op.level);
      const mask = at(masks, IDENTITY_AT);
      const above = IDENTITY_LEVELS.reduce(
        (all, level, i) => all | (i >= rank && (mask & IDENTITY.bit(level)) !== 0 ? IDENTITY.bit(level) : 0),
        0,
      );
      const below = mask & ~above;
      if (op.op === 'passed') return masks.with(IDENTITY_AT, above === 0 ? IDENTITY.bit(op.level) : above);
      const raised = above | (below === 0 ? 0 : IDENTITY.bit(op.level));
      return masks.with(IDENTITY_AT, op.maybe ? mask | raised : raised);
    }
    case 'anything':
      return masks.map((_, index) =>
        index === IDENTITY_AT ? IDENTITY.bit('person') : (tracked.universes[index]?.all ?? 0),
      );
    default:
      return masks;
  }
}

function valueMask(value: Data, universe: Universe, masks: Masks, tracked: Tracking): number {
  if (value.kind === 'literal') return value.value === null ? MISSING : universe.bit(value.value);
  if (value.kind !== 'expression') return universe.present;
  const { ast, variables } = value.expression;
  if (variables.length === 0) {
    const found = value.expression.evaluate({});
    return found === undefined || found === null ? MISSING : universe.bit(found);
  }
  // A value that is handed on, as a part's inputs and outputs are: whether it is there is known.
  if (ast.kind === 'variable') {
    const from = tracked.index.get(ast.name);
    if (from !== undefined && from !== IDENTITY_AT) {
      const mask = at(masks, from);
      return (mask & MISSING) | (mask === MISSING ? 0 : universe.present);
    }
  }
  return universe.all;
}

/** Where a bit of a situation came from: the situation before, and which of its bits, if one. */
interface Reason {
  readonly node: number;
  readonly bit: number | undefined;
}

/** Made on the way itself, not a bit from before. */
const MADE = -1;
const START = -1;

/** What ops do to the bits, worked out once for a way: those not named stay. */
interface Effect {
  readonly keep: Uint32Array;
  readonly made: Uint32Array;
  /** Bits that are set where one of others was. */
  readonly copied: readonly (readonly [bit: number, from: readonly number[]])[];
  /** Reads that do not reckon with a variable being without a value, and the bits by which it would be. */
  readonly reads: readonly { readonly op: Op; readonly variable: string; readonly from: readonly number[] }[];
}

/** The situations, and what may be so in each: a bit for each variable without a value, and for a yes that counts no more. */
class Paths implements Flow {
  readonly ways: ReadonlyMap<string, StepWays>;
  readonly situations: readonly Situation[];
  readonly taken: ReadonlyMap<Way, Situation>;
  readonly #draft: Draft;
  readonly #nodes: readonly Node[];
  readonly #names: readonly string[];
  readonly #index: ReadonlyMap<string, number>;
  readonly #words: number;
  readonly #bits: Uint32Array[];
  readonly #reasons: Map<number, Reason>[];
  readonly #reached = new Set<number>();
  readonly #effects = new Map<readonly Op[], Effect>();
  readonly #reads = new Map<string, Effect['reads']>();

  constructor(
    draft: Draft,
    ways: ReadonlyMap<string, StepWays>,
    nodes: readonly Node[],
    taken: ReadonlyMap<Way, Situation>,
  ) {
    this.#draft = draft;
    this.ways = ways;
    this.situations = nodes;
    this.taken = taken;
    this.#nodes = nodes;
    this.#names = [...draft.variables.keys()];
    this.#index = new Map(this.#names.map((name, index) => [name, index]));
    this.#words = Math.ceil((this.#unconfirmed + 1) / 32);
    this.#bits = nodes.map(() => new Uint32Array(this.#words));
    this.#reasons = nodes.map(() => new Map<number, Reason>());
    this.#solve();
  }

  pathTo(situation: Situation): readonly string[] {
    const path: string[] = [];
    for (let at: Situation | undefined = situation; at; ) {
      path.unshift(at.step.name);
      at = at.from === undefined ? undefined : this.#nodes[at.from];
    }
    return path;
  }

  unconfirmed(
    situation: Situation,
    reads: readonly string[],
  ): { variable?: string; path: readonly string[] } | undefined {
    if (this.#has(situation.index, this.#unconfirmed))
      return { path: this.#pathOf(situation.index, this.#unconfirmed) };
    for (const variable of reads) {
      const index = this.#index.get(variable);
      if (index !== undefined && this.#has(situation.index, this.#names.length + index)) {
        return { variable, path: this.#pathOf(situation.index, this.#names.length + index) };
      }
    }
    return undefined;
  }

  unset(): readonly Unset[] {
    const found = new Map<string, Unset>();
    for (const node of this.#nodes) {
      for (const { op, variable, from } of this.#readsAt(node.step.name)) {
        const source = from.find((bit) => bit === MADE || this.#has(node.index, bit));
        if (source === undefined) continue;
        const place = placeOf(op);
        const key = `${place?.file}:${place?.line}:${place?.column} ${variable}`;
        if (found.has(key)) continue;
        const path = source === MADE ? this.pathTo(node) : this.#pathOf(node.index, source);
        found.set(key, { variable, op, situation: node, path });
      }
    }
    return [...found.values()];
  }

  /** The reads of a step, each once: ways begin with the conditions of those before them. */
  #readsAt(step: string): Effect['reads'] {
    const known = this.#reads.get(step);
    if (known) return known;
    const own = this.ways.get(step);
    const lists = own ? [...own.reads, ...own.ways.map(({ ops }) => ops)] : [];
    const ids = new Map<object, number>();
    const reads = new Map<string, Effect['reads'][number]>();
    for (const one of lists.flatMap((ops) => this.#effectOf(ops).reads)) {
      const what = one.op.op === 'if' ? one.op.condition : one.op;
      const id = ids.get(what) ?? ids.size;
      ids.set(what, id);
      const key = `${id} ${one.variable} ${one.from.join()}`;
      if (!reads.has(key)) reads.set(key, one);
    }
    const found = [...reads.values()];
    this.#reads.set(step, found);
    return found;
  }

  get #unconfirmed(): number {
    return this.#names.length * 2;
  }

  #has(node: number, bit: number): boolean {
    const bits = this.#bits[node];
    return bits !== undefined && hasBit(bits, bit);
  }

  #solve(): void {
    if (this.#nodes.length === 0) return;
    const first = new Uint32Array(this.#words);
    setBit(first, this.#unconfirmed);
    for (const [index, name] of this.#names.entries()) {
      const initial = this.#draft.variables.get(name)?.initial;
      if (initial === undefined || initial === null) setBit(first, index);
    }
    this.#add(0, first, () => ({ node: START, bit: undefined }));
    const queue = [0];
    const queued = new Set(queue);
    for (let next = 0; next < queue.length; next++) {
      const node = this.#nodes[queue[next] ?? 0];
      const state = node && this.#bits[node.index];
      if (!node || !state) break;
      queued.delete(node.index);
      for (const { way, to } of node.edges) {
        const { keep, made, copied } = this.#effectOf(way.ops);
        const out = state.map((word, at) => (word & (keep[at] ?? 0)) | (made[at] ?? 0));
        for (const [bit, from] of copied) if (from.some((one) => this.#has(node.index, one))) setBit(out, bit);
        const grown = this.#add(to, out, (bit) => {
          if (hasBit(made, bit)) return { node: node.index, bit: undefined };
          const from = copied.find(([one]) => one === bit)?.[1].find((one) => this.#has(node.index, one));
          return { node: node.index, bit: from ?? bit };
        });
        if (grown && !queued.has(to)) {
          queued.add(to);
          queue.push(to);
        }
      }
    }
  }

  /** Adds bits to those of a situation; whether there are new ones, or it is reached for the first time. */
  #add(node: number, bits: Uint32Array, reason: (bit: number) => Reason): boolean {
    const have = this.#bits[node];
    const reasons = this.#reasons[node];
    if (!have || !reasons) return false;
    const first = !this.#reached.has(node);
    this.#reached.add(node);
    let grown = false;
    for (let word = 0; word < have.length; word++) {
      let fresh = (bits[word] ?? 0) & ~(have[word] ?? 0);
      if (fresh === 0) continue;
      grown = true;
      have[word] = (have[word] ?? 0) | fresh;
      for (; fresh !== 0; fresh &= fresh - 1) {
        const bit = word * 32 + (31 - Math.clz32(fresh & -fresh));
        reasons.set(bit, reason(bit));
      }
    }
    return grown || first;
  }

  #effectOf(ops: readonly Op[]): Effect {
    const known = this.#effects.get(ops);
    if (known) return known;
    const effect = this.#work(ops);
    this.#effects.set(ops, effect);
    return effect;
  }

  #work(ops: readonly Op[]): Effect {
    const count = this.#names.length;
    /** For each bit that ops touch, those before that it comes from. */
    const touched = new Map<number, readonly number[]>();
    const reads: { op: Op; variable: string; from: readonly number[] }[] = [];
    const fromOf = (bit: number) => touched.get(bit) ?? [bit];
    const change = (name: string, from: readonly number[]) => {
      const index = this.#index.get(name);
      if (index === undefined) return;
      touched.set(index, from);
      touched.set(count + index, [MADE]);
    };
    const read = (op: Op, name: string) => {
      const index = this.#index.get(name);
      if (index !== undefined && fromOf(index).length > 0) reads.push({ op, variable: name, from: fromOf(index) });
    };
    for (const op of ops) {
      switch (op.op) {
        case 'if':
          for (const { name, tolerantAsCondition } of op.condition.expression.variables) {
            if (!tolerantAsCondition) read(op, name);
          }
          for (const name of (op.holds ? provedBy : provedByFailure)(op.condition.expression.ast)) {
            const index = this.#index.get(name);
            if (index !== undefined) touched.set(index, []);
          }
          break;
        case 'read':
          for (const part of op.text.template.parts) {
            if (typeof part === 'string') continue;
            for (const { name, tolerant } of part.expression.variables) if (!tolerant) read(op, name);
          }
          break;
        case 'argument':
          for (const { expression } of op.required ? expressionsIn(op.data) : []) {
            for (const { name, tolerant } of expression.variables) if (!tolerant) read(op, name);
          }
          break;
        case 'take':
          if (op.maybe) {
            const index = this.#index.get(op.variable);
            if (index !== undefined) touched.set(count + index, [MADE]);
          } else change(op.variable, []);
          break;
        case 'forget':
          change(op.variable, [MADE]);
          break;
        case 'set': {
          const after = op.set.map((one, at) => {
            for (const { expression } of at < op.quiet ? expressionsIn(one.value) : []) {
              for (const { name, tolerant } of expression.variables) {
                if (!tolerant) read({ op: 'set', set: [one], quiet: 1 }, name);
              }
            }
            const changed = one.binds ? this.#changedBy(one.value, (bit) => touched.get(bit) ?? [bit]) : [MADE];
            return [one.variable, this.#sourcesOf(one.value, fromOf), changed] as const;
          });
          for (const [variable, from, changed] of after) {
            change(variable, from);
            const index = this.#index.get(variable);
            if (index !== undefined) touched.set(count + index, changed);
          }
          break;
        }
        case 'yes':
          for (let bit = count; bit <= count * 2; bit++) touched.set(bit, []);
          break;
        case 'asked':
          touched.set(count * 2, [MADE]);
          break;
        case 'anything':
          for (let bit = 0; bit <= count * 2; bit++) touched.set(bit, []);
          break;
        default:
          break;
      }
    }
    const keep = new Uint32Array(this.#words).fill(0xffffffff);
    const made = new Uint32Array(this.#words);
    const copied: (readonly [number, readonly number[]])[] = [];
    for (const [bit, from] of touched) {
      keep[bit >> 5] = (keep[bit >> 5] ?? 0) & ~(1 << (bit & 31));
      if (from.includes(MADE)) setBit(made, bit);
      else if (from.length > 0) copied.push([bit, from]);
    }
    return { keep, made, copied, reads };
  }

  /** By which bits a variable set to this has no value: it is cleared, or the value is made of one that has none. */
  #sourcesOf(value: Data, fromOf: (bit: number) => readonly number[]): readonly number[] {
    if (value.kind === 'literal') return value.value === null ? [MADE] : [];
    if (value.kind !== 'expression') return [];
    return value.expression.variables.flatMap(({ name, tolerant }) => {
      const index = this.#index.get(name);
      return tolerant || index === undefined ? [] : fromOf(index);
    });
  }

  /** By which bits a value that is handed on has changed since the caller's yes: those of what it is made of. */
  #changedBy(value: Data, fromOf: (bit: number) => readonly number[]): readonly number[] {
    return expressionsIn(value).flatMap(({ expression }) =>
      expression.variables.flatMap(({ name }) => {
        const index = this.#index.get(name);
        return index === undefined ? [] : fromOf(this.#names.length + index);
      }),
    );
  }

  #pathOf(node: number, bit: number): readonly string[] {
    const path: string[] = [];
    let at = node;
    let of: number | undefined = bit;
    while (of !== undefined) {
      const current = this.#nodes[at];
      const reason: Reason | undefined = this.#reasons[at]?.get(of);
      if (!current || !reason) break;
      path.unshift(current.step.name);
      if (reason.node === START) return path;
      at = reason.node;
      of = reason.bit;
    }
    const current = this.#nodes[at];
    return current ? [...this.pathTo(current), ...path] : path;
  }
}

function setBit(bits: Uint32Array, bit: number): void {
  bits[bit >> 5] = (bits[bit >> 5] ?? 0) | (1 << (bit & 31));
}

function hasBit(bits: Uint32Array, bit: number): boolean {
  return (((bits[bit >> 5] ?? 0) >>> (bit & 31)) & 1) === 1;
}

/** Where an op's expression stands. */
export function placeOf(op: Op) {
  switch (op.op) {
    case 'if':
      return op.condition.at;
    case 'read':
      return op.text.at;
    case 'argument':
      return op.data.at;
    case 'set':
      return op.set[0]?.at;
    default:
      return undefined;
  }
}
