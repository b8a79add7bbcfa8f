import { type Json, type Program, type Sensitivity, sayValue, type Type } from '@parley/workflow';
import type { JournalEvent } from './store.ts';

/**
 * The one place that decides what of a session may be shown: everything that prints or logs events goes through it.
 * Sensitive values are replaced by their kind: `[pii]`. (Encryption of what is kept is the store's codec.)
 */
export class Mask {
  readonly #program: Program;
  /** Sensitive values seen so far, in every form they may stand in. */
  readonly #values = new Map<string, Sensitivity>();
  /** The variable each call under way saves to. */
  readonly #saves = new Map<string, string>();

  constructor(program: Program) {
    this.#program = program;
  }

  /** Remembers the sensitive values of an event; they are hidden from then on. */
  see({ type, data }: JournalEvent): void {
    const { step, call } = data;
    switch (type) {
      case 'session.started':
        if (isMap(data['contact'])) this.#remember(data['contact']['address'], 'pii');
        break;
      case 'model.decided':
        for (const [name, value] of isMap(data['values']) ? Object.entries(data['values']) : [])
          this.value(name, value);
        break;
      case 'tool.called':
        if (typeof step === 'string' && typeof call === 'string' && typeof data['tool'] === 'string') {
          const save = this.#saveOf(step, data['tool']);
          if (save !== undefined) this.#saves.set(call, save);
        }
        break;
      case 'tool.returned': {
        const save = typeof call === 'string' ? this.#saves.get(call) : undefined;
        if (save !== undefined && data['output'] !== undefined) this.value(save, data['output']);
        break;
      }
      default:
        break;
    }
  }

  /** Remembers the value of a variable, where that is sensitive. */
  value(name: string, value: Json): void {
    const variable = this.#program.variables.get(name);
    if (!variable?.sensitive) return;
    this.#remember(value, variable.sensitive, variable.type);
  }

  /** Whether this is one of the sensitive values seen so far, whole, in any form that it may stand in. */
  knows(text: string): boolean {
    return this.#values.has(text.trim().toLowerCase());
  }

  /** A value of a variable as it may be shown. */
  show(name: string, value: Json): Json {
    const sensitive = this.#program.variables.get(name)?.sensitive;
    return sensitive ? `[${sensitive}]` : this.hide(value);
  }

  /** Data with every sensitive value seen so far replaced. */
  hide(data: Json): Json {
    if (typeof data === 'string') return this.text(data);
    if (typeof data === 'number') {
      const kind = this.#values.get(String(data));
      return kind === undefined ? data : `[${kind}]`;
    }
    if (Array.isArray(data)) return data.map((item: Json) => this.hide(item));
    if (!isMap(data)) return data;
    return Object.fromEntries(Object.entries(data).map(([key, item]) => [this.text(key), this.hide(item)]));
  }

  text(text: string): string {
    const lower = text.toLowerCase();
    // A few letters change their length with their case: then positions would not match.
    let hidden = lower.length === text.length ? text : lower;
    // The longest first: of an address, nothing is left when a name in it is hidden too.
    for (const [value, kind] of [...this.#values].sort(([a], [b]) => b.length - a.length)) {
      for (let at = find(hidden, value, 0); at >= 0; at = find(hidden, value, at + kind.length + 2)) {
        hidden = `${hidden.slice(0, at)}[${kind}]${hidden.slice(at + value.length)}`;
      }
    }
    return hidden;
  }

  /** Whether an answer at this step may hold a sensitive value. */
  asksFor(step: string): Sensitivity | undefined {
    const one = this.#program.steps.get(step);
    if (!one || !('fill' in one)) return undefined;
    const names = one.kind === 'form' ? [...one.variables, ...one.fill] : one.fill;
    return names.map((name) => this.#program.variables.get(name)?.sensitive).find((kind) => kind !== undefined);
  }

  #saveOf(step: string, tool: string): string | undefined {
    const one = this.#program.steps.get(step);
    if (one?.kind === 'call') return one.call.save;
    return one?.kind === 'parallel' ? one.calls.find((call) => call.tool === tool)?.save : undefined;
  }

  /** Remembers every piece of a value, as it is and as it is said; `type` tells how that is. */
  #remember(value: Json | undefined, kind: Sensitivity, type?: Type): void {
    if (typeof value === 'string' || typeof value === 'number') {
      const said = (['chat', 'voice'] as const).map((channel) => sayValue(value, type, channel));
      for (const form of [String(value), ...said]) {
        const text = form.trim().toLowerCase();
        // Shorter ones stand in too many words to be hidden wherever they occur.
        if (text.length >= 3) this.#values.set(text, kind);
      }
    } else if (Array.isArray(value)) {
      for (const item of value) this.#remember(item, kind, type?.kind === 'list' ? type.items : undefined);
    } else if (isMap(value)) {
      const fields = type?.kind === 'object' ? type.fields : {};
      for (const [name, item] of Object.entries(value)) {
        this.#remember(item, kind, Object.hasOwn(fields, name) ? fields[name]?.type : undefined);
      }
    }
  }
}

/** A session's events as they may be shown: what a caller said where it gave, or was asked for, a sensitive value is hidden whole. */
export function maskEvents(program: Program, events: readonly JournalEvent[]): readonly JournalEvent[] {
  const mask = new Mask(program);
  for (const event of events) mask.see(event);
  return events.map((event, index) => {
    if (event.type === 'caller.said' || event.type === 'caller.pressed') {
      const kind = given(program, mask, events, index);
      if (kind !== undefined) {
        const field = event.type === 'caller.said' ? 'text' : 'keys';
        return { ...event, data: { ...event.data, [field]: `[${kind}]` } };
      }
    }
    const data = Object.entries(event.data).map(([key, item]): [string, Json] => {
      if (key === 'values' && isMap(item)) {
        return [key, Object.fromEntries(Object.entries(item).map(([name, value]) => [name, mask.show(name, value)]))];
      }
      return [key, key === 'step' || key === 'path' ? item : mask.hide(item)];
    });
    return { ...event, data: Object.fromEntries(data) };
  });
}

/** The kind of what the caller gave at this event: of a variable it filled, or, where nothing became of it, of one that was asked for. */
function given(program: Program, mask: Mask, events: readonly JournalEvent[], index: number): Sensitivity | undefined {
  const step = events[index]?.data['step'];
  for (const { type, data } of events.slice(index + 1)) {
    if (type === 'caller.said' || type === 'caller.pressed') break;
    if (type !== 'model.decided' || !isMap(data['values'])) continue;
    const filled = Object.keys(data['values'])
      .map((name) => program.variables.get(name)?.sensitive)
      .find((kind) => kind !== undefined);
    if (filled !== undefined) return filled;
    if (data['choice'] !== 'unclear') return undefined;
  }
  return typeof step === 'string' ? mask.asksFor(step) : undefined;
}

/** Where `value` (in lower case) stands in a text as a word of its own, from `from` on; -1 where it doesn't. */
function find(text: string, value: string, from: number): number {
  const lower = text.toLowerCase();
  for (let at = lower.indexOf(value, from); at >= 0; at = lower.indexOf(value, at + 1)) {
    const before = /[\p{L}\p{N}]/u.test(lower.charAt(at - 1)) && /^[\p{L}\p{N}]/u.test(value);
    const after = /[\p{L}\p{N}]/u.test(lower.charAt(at + value.length)) && /[\p{L}\p{N}]$/u.test(value);
    if (!before && !after) return at;
  }
  return -1;
}

function isMap(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
