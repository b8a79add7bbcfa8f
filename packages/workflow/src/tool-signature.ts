import type { Json } from './type.ts';

/** How sure we are of who is calling, least first. A tool that proves it raises it; see `grants`. */
export const IDENTITY_LEVELS = ['none', 'looked_up', 'code', 'person'] as const;
export type IdentityLevel = (typeof IDENTITY_LEVELS)[number];

export type Sensitivity = 'pii' | 'phi' | 'pci';

/** JSON Schema, as zod writes it (draft 2020-12). */
export interface JsonSchema {
  readonly [keyword: string]: Json | undefined;
}

/** What the language needs to know of a tool: all but how it does its work. */
export interface ToolSignature {
  readonly about: string;
  /** A tool that writes changes something in the world and is never done twice. */
  readonly effect: 'reads' | 'writes';
  readonly input: JsonSchema;
  readonly output: JsonSchema;
  /** What must have happened before, on every path: the caller's yes, and how well they are identified. */
  readonly requires: { readonly confirmation: boolean; readonly identity: IdentityLevel };
  /** The level of identity that the caller has once it has returned. It must fail where that isn't proved. */
  readonly grants: IdentityLevel;
  /** How long one attempt may take, in milliseconds. */
  readonly timeout: number;
  /** The failures it names itself (`not_found`): they are answers, so they are not tried again. */
  readonly errors: readonly string[];
  /** The kinds of sensitive data it may be given. */
  readonly cleared: readonly Sensitivity[];
}

export interface ToolSignatures {
  readonly [name: string]: ToolSignature;
}
