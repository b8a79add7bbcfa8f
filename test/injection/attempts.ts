import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';

/** An attempt to make the model do what the workflow does not draw. */
export interface Attempt {
  readonly family: string;
  /** In its family, from 1. */
  readonly number: number;
  /** What the caller says, turn by turn. */
  readonly say: readonly string[];
  /** What the model gives as the value of every text it may fill. */
  readonly value?: string;
  /** What stands in the contact's attributes. */
  readonly attribute?: string;
  /** What stands in place of every text that a tool returns. */
  readonly tool?: string;
}

const text = z.string().min(1);
const file = z.strictObject({
  about: text,
  attempts: z
    .array(
      z
        .strictObject({
          say: z.union([text, z.array(text).min(1)]).exactOptional(),
          value: text.exactOptional(),
          attribute: text.exactOptional(),
          tool: text.exactOptional(),
        })
        .refine((attempt) => Object.keys(attempt).length > 0),
    )
    .min(1),
});

const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), 'attempts');

/** All attempts, by family. */
export function loadAttempts(): readonly Attempt[] {
  return readdirSync(folder)
    .toSorted()
    .flatMap((name) => {
      const { attempts } = file.parse(parse(readFileSync(path.join(folder, name), 'utf8')));
      return attempts.map(
        ({ say, ...rest }, index): Attempt => ({
          family: path.basename(name, '.yaml').replaceAll('-', ' '),
          number: index + 1,
          say: say === undefined ? [rest.value ?? 'go on'] : [say].flat(),
          ...rest,
        }),
      );
    });
}
