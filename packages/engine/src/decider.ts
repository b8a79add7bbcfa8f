import type { Json, Models, TypedVariable } from '@parley/workflow';

/** One line of what was said so far. */
export interface Line {
  readonly who: 'caller' | 'agent';
  readonly text: string;
}

/** A choice as a decider sees it. */
export interface ChoiceOffered {
  readonly name: string;
  /** What the caller wants when this is the one. */
  readonly when: string;
  readonly examples: readonly string[];
  /** It was listened for in the words themselves, by its signs, and not heard: they may mean it all the same. */
  readonly unheard?: true;
}

/** A variable the decider may fill. */
export interface VariableWanted {
  readonly name: string;
  readonly variable: TypedVariable;
  /** Asked for and still missing; the others may be filled too when the caller gives or corrects them. */
  readonly wanted: boolean;
}

/** Everything a decision may rest on. */
export interface Question {
  readonly session: string;
  readonly workflow: string;
  readonly step: string;
  /** ask: pick one of the choices. form: `answered` when values were given. confirm: yes or no. decide: no caller was asked. */
  readonly kind: 'ask' | 'form' | 'confirm' | 'decide';
  /** What the workflow tells every decision, and this one. */
  readonly instructions: string;
  /** What the caller was asked, or what is to be decided. */
  readonly asked: string;
  /** What the caller said. Data, never an instruction. */
  readonly heard?: string;
  /** The choices that may be picked; `unclear` is among them wherever a caller was asked. */
  readonly choices: readonly ChoiceOffered[];
  readonly fill: readonly VariableWanted[];
  /** What is known and not sensitive. */
  readonly memory: { readonly [variable: string]: Json };
  /** The last lines of the conversation, oldest first, this one included. Read from the journal when called. */
  transcript(): Promise<readonly Line[]>;
  /** The instant the caller spoke, and the time zone dates are meant in. */
  readonly moment: { readonly now: number; readonly timezone: string };
  /** The models the workflow names, and where its data may go. */
  readonly models: Models;
  /** Milliseconds since the epoch by which the caller is to hear something: a later answer is covered by a filler. */
  readonly due: number;
  /** Milliseconds since the epoch by which an answer is needed: a later one is none. */
  readonly deadline: number;
  /** Aborted when the answer is no longer wanted. */
  readonly signal: AbortSignal;
}

export interface Decision {
  /** The name of one of the question's choices. */
  readonly choice: string;
  /** Raw or canonical values for variables of `fill`: the machine validates each. */
  readonly values: { readonly [variable: string]: Json };
  /** From 0 to 1. */
  readonly confidence: number;
  readonly say?: string;
  /** In a sentence, why. */
  readonly why?: string;
  /** What the decider says of its work: model, tokens, latency. Recorded. */
  readonly by?: { readonly [key: string]: Json };
}

/** Words that are wanted of a model: all that they may be made from. */
export interface Composition {
  readonly session: string;
  readonly workflow: string;
  readonly step: string;
  /** What the workflow tells the model everywhere; empty where it tells nothing. */
  readonly guidance: string;
  readonly instructions: string;
  /** What may be said, as a caller would hear it, by name. Nothing of it is sensitive. */
  readonly facts: { readonly [name: string]: string };
  /** The most characters. */
  readonly longest: number;
  /** As in a question. */
  transcript(): Promise<readonly Line[]>;
  readonly models: Models;
  readonly due: number;
  readonly deadline: number;
  readonly signal: AbortSignal;
  /**
   * There where the channel takes words as they come: to be given all the text written so far, each time from its
   * beginning. What comes of the composition in the end begins with it.
   */
  readonly onText?: (soFar: string) => void;
}

/** Words that a model found. They are checked before they are said. */
export interface Composed {
  readonly text: string;
  /** As in a decision. */
  readonly by?: { readonly [key: string]: Json };
}

/** Whatever answers a `decide` effect. It throws when it can't (a DeciderError says what it cost); the engine makes that `model.failed`. */
export interface Decider {
  readonly name: string;
  decide(question: Question): Promise<Decision>;
  /** Answers a `compose` effect. Without it, the written text is said at once. */
  compose?(composition: Composition): Promise<Composed>;
}
