import type { Json } from '@parley/workflow';

/** What a caller knows and may be asked for. */
export interface Fact {
  /** As it is written; undefined where the caller does not know it. */
  readonly value: string | undefined;
  /** `code`: said sign by sign; `email`: with dots and ats; `date`: March 12, 1984; `plain`: as it is. */
  readonly as: 'plain' | 'code' | 'email' | 'date';
  /** What is said when it is asked for; `{}` is where the value goes. */
  readonly lines: readonly string[];
  /** What is said when it was not asked for: "my order number is {}". */
  readonly named?: string;
  /** Another value, which a confused caller gives first. */
  readonly slip?: string;
  /** What a workflow that understood it holds; the value if left out. */
  readonly means?: Json;
}

/** A call of a tool that writes something. */
export interface Write {
  readonly tool: string;
  /** The fields of its input that matter. A text is compared without case and marks. */
  readonly input: { readonly [name: string]: Json };
}

/** What a caller comes for, who they are and what they know: of people that the back end is seeded with. */
export interface Goal {
  readonly name: string;
  /** What they open with; `{topic}` is where a fact goes. */
  readonly wishes: readonly string[];
  /** The same in as few words as possible. */
  readonly clipped: readonly string[];
  /** The same as somebody says it whose first language is another. */
  readonly accented: readonly string[];
  /** The same once more, plainly, by whoever was not understood: often in words they were offered. */
  readonly plainly: readonly string[];
  readonly facts: { readonly [topic: string]: Fact };
  /** The facts that a caller in a hurry gives at once, in the order of the question they answer. */
  readonly breath: readonly string[];
  /** What a confused caller wants at first, and how they say later what they really want. */
  readonly first?: { readonly wishes: readonly string[]; readonly turns: readonly string[] };
  /** What has to be written, all of it and nothing else. */
  readonly writes: readonly Write[];
  /** What the caller has to hear to be content. */
  readonly hears?: RegExp;
  /** A read-back or an offer that matches gets a yes, any other a no. */
  readonly agrees?: RegExp;
  /** Who can do it. */
  readonly by: 'line' | 'person';
  /** The fewest turns of the caller's that it can take. */
  readonly least: number;
}

/** A question as a person recognises it, by its words, and the topic that answers it. */
export interface Cue {
  readonly topic: string;
  readonly hears: RegExp;
}

/** What is known of a workflow's callers. */
export interface Trade {
  readonly workflow: string;
  readonly cues: readonly Cue[];
  readonly goals: readonly Goal[];
  /** Words that announce that a value given before is of no use any more, such as a new code. */
  readonly void: readonly Cue[];
  /** Tools that write what no caller asks for, such as sending a code. */
  readonly aside: readonly string[];
  /** What comes from outside while the caller waits. */
  readonly signals?: { readonly [step: string]: { readonly name: string; readonly data: Json } };
}
