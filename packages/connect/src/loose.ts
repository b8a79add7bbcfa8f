import { z } from 'zod';

// Every field of what Connect and Lex send may be missing, or be something else: then it is as if it were not there.

/** A text; empty where it is none. */
export const text = z.string().catch('');

/** Texts by their names, without whatever is none. */
export const texts = z
  .record(z.string(), z.unknown())
  .catch({})
  .transform((given) =>
    Object.fromEntries(
      Object.entries(given).flatMap(([key, value]) => (typeof value === 'string' ? [[key, value]] : [])),
    ),
  );
