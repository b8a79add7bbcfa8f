/**
 * The static types of the language: what a variable, a tool's result or an expression can be.
 * The checker works with these; nothing at run time does, except the formatting of values in texts.
 */

/** JSON, the only data a session holds. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** How a string or number is meant, which decides how it is read aloud. */
export type Format = (typeof FORMATS)[number];
export const FORMATS = ['date', 'date-time', 'time', 'email', 'phone', 'money', 'characters', 'digits'] as const;

export type Type =
  /** Nothing is known of it: anything may be done with it, and any of it may be missing. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'null' }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'number'; readonly integer?: boolean; readonly format?: Format; readonly currency?: string }
  /** `values`: the only strings it can be. */
  | { readonly kind: 'string'; readonly values?: readonly string[]; readonly format?: Format }
  | { readonly kind: 'list'; readonly items: Type }
  /** `open`: fields that are not named may exist too. */
  | { readonly kind: 'object'; readonly fields: { readonly [name: string]: Field }; readonly open?: boolean }
  | { readonly kind: 'union'; readonly of: readonly Type[] };

export interface Field {
  readonly type: Type;
  readonly optional?: boolean;
}

export const UNKNOWN: Type = { kind: 'unknown' };
