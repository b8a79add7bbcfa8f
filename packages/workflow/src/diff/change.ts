import type { Place } from '../error.ts';

/** What a change is about. The steps and variables of a part have their whole names, such as `identity/ask_email`. */
export type Subject =
  | { readonly kind: 'workflow' }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'interrupt'; readonly name: string }
  | { readonly kind: 'step'; readonly name: string }
  | { readonly kind: 'choice'; readonly step: string; readonly name: string };

/** Which side of its subject changed. */
export type Aspect =
  /** What callers hear. */
  | 'text'
  /** What a choice means, its examples and its key. */
  | 'meaning'
  /** When a choice is offered or a way is taken. */
  | 'condition'
  /** Where it leads. */
  | 'target'
  /** Where it leads when it fails. */
  | 'door'
  /** Which variables are set, filled or saved. */
  | 'data'
  /** Which tool, part or queue it goes to, and with what. */
  | 'call'
  /** What a form asks for. */
  | 'form'
  /** What the model is told. */
  | 'guidance'
  /** What a variable may hold. */
  | 'type'
  | 'sensitive'
  | 'limit'
  | 'model'
  | 'order'
  | 'name'
  /** What kind of step it is. */
  | 'kind'
  /** A step that cannot be read. */
  | 'broken';

interface Base {
  readonly subject: Subject;
  /** What changed, in an operator's words. */
  readonly sentence: string;
  /** Where it stands in the newer file; in the older one, for what is gone. */
  readonly at: Place | undefined;
}

/** One difference between two workflows. */
export type Change =
  | (Base & { readonly kind: 'added' })
  | (Base & { readonly kind: 'removed' })
  | (Base & { readonly kind: 'renamed'; readonly from: string })
  /** `before` and `after` as the sentence has them; undefined where there was or is nothing. */
  | (Base & {
      readonly kind: 'changed';
      readonly aspect: Aspect;
      readonly before: string | undefined;
      readonly after: string | undefined;
    });
