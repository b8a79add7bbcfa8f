import type { IdentityLevel, Json, JsonSchema, Sensitivity, ToolSignature, ToolSignatures } from '@parley/workflow';
import { milliseconds, ParleyError } from '@parley/workflow';
import { z } from 'zod';

/** What a tool's function is told besides its input. */
export interface ToolContext {
  readonly session: string;
  /** The same on every attempt at the same call, after a crash too: give it to whatever does the writing. */
  readonly idempotencyKey: string;
  /** From 1. */
  readonly attempt: number;
  /** Aborted when the attempt's time is up. */
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** A failure a tool names itself (one of its `errors`): an answer, not an accident, so it is not tried again. */
export class ToolError extends ParleyError {
  constructor(code: string, message: string) {
    super(code, message);
    this.name = 'ToolError';
  }
}

export interface ToolDefinition<Input extends z.ZodType, Output extends z.ZodType> {
  /** What it does, for the operator and the model. */
  readonly about: string;
  readonly effect: 'reads' | 'writes';
  /** A zod object. */
  readonly input: Input;
  readonly output: Output;
  readonly requires?: { readonly confirmation?: boolean; readonly identity?: IdentityLevel };
  readonly grants?: IdentityLevel;
  /** For one attempt: '3s' if left out. */
  readonly timeout?: string;
  readonly errors?: readonly string[];
  readonly cleared?: readonly Sensitivity[];
  /** Does the work. Throws ToolError for a failure of its own `errors`; anything else thrown counts as an accident. */
  run(input: z.output<Input>, context: ToolContext): Promise<z.input<Output>> | z.input<Output>;
}

/** A tool the engine can call: its signature, and a `call` that validates what goes in and comes out. */
export interface Tool {
  readonly signature: ToolSignature;
  /** Throws ToolError; `invalid_input` and `invalid_output` where a schema is not met. */
  call(input: { readonly [name: string]: Json }, context: ToolContext): Promise<Json>;
}

export interface Tools {
  readonly [name: string]: Tool;
}

/** What the checker, the machine and the compiler need of tools. */
export function signaturesOf(tools: { readonly [name: string]: Pick<Tool, 'signature'> }): ToolSignatures {
  return Object.fromEntries(Object.entries(tools).map(([name, { signature }]) => [name, signature]));
}

/** An amount of money as a number; texts read it aloud with its currency (ISO 4217). */
export const money = (currency = 'USD') => z.number().meta({ format: 'money', currency });

/** A code that is read aloud sign by sign, such as an order number. */
export const characters = () => z.string().meta({ format: 'characters' });

/**
 * Makes a tool of a function. `input` and `output` are zod schemas; what they can't express as JSON Schema
 * (dates, maps, transforms of the input) is refused here, when the program starts.
 */
export function defineTool<Input extends z.ZodType, Output extends z.ZodType>(
  definition: ToolDefinition<Input, Output>,
): Tool {
  const { input, output, run, about, effect } = definition;
  const signature: ToolSignature = {
    about,
    effect,
    input: jsonSchema(input, 'input'),
    output: jsonSchema(output, 'output'),
    requires: {
      confirmation: definition.requires?.confirmation ?? false,
      identity: definition.requires?.identity ?? 'none',
    },
    grants: definition.grants ?? 'none',
    timeout: milliseconds(definition.timeout ?? '3s'),
    errors: definition.errors ?? [],
    cleared: definition.cleared ?? [],
  };
  return {
    signature,
    async call(given, context) {
      const read = input.safeParse(given);
      if (!read.success) throw new ToolError('invalid_input', `The input does not fit: ${where(read.error)}.`);
      const returned = output.safeParse(await run(read.data, context));
      if (!returned.success)
        throw new ToolError('invalid_output', `The output does not fit: ${where(returned.error)}.`);
      // As JSON: what a journal can hold, and nothing shared with the tool.
      const plain: Json = JSON.parse(JSON.stringify(returned.data ?? null));
      return plain;
    },
  };
}

/** Which fields are wrong and how, without their values. */
function where(error: z.ZodError): string {
  return error.issues.map((issue) => `${issue.path.join('.') || 'it'} (${issue.code})`).join(', ');
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const { '~standard': _, ...json } = z.toJSONSchema(schema, { io });
  return z.record(z.string(), z.json()).parse(JSON.parse(JSON.stringify(json)));
}
