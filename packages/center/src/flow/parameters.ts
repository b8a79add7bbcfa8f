/** The parameters of an action, with what they refer to in its place. */
export type Parameters = { readonly [name: string]: unknown };

/** A text, or a number as one; undefined where there is neither. */
export function textIn(parameters: Parameters, name: string): string | undefined {
  const value = parameters[name];
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
}

/** A number: exports write them as text. */
export function numberIn(parameters: Parameters, name: string): number | undefined {
  const text = textIn(parameters, name);
  return text === undefined || text.trim() === '' || !Number.isFinite(Number(text)) ? undefined : Number(text);
}

export function recordIn(parameters: Parameters, name: string): Parameters {
  const value = parameters[name];
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

/** The values that are texts: what refers to nothing is left out. */
export function textsIn(parameters: Parameters, name: string): { readonly [name: string]: string } {
  const record = recordIn(parameters, name);
  return Object.fromEntries(
    Object.keys(record).flatMap((key) => {
      const text = textIn(record, key);
      return text === undefined ? [] : [[key, text]];
    }),
  );
}

/** What is said first; undefined where that is nothing. */
export function promptIn(
  parameters: Parameters,
): { readonly content: string; readonly contentType: string } | undefined {
  const text = textIn(parameters, 'Text');
  if (text !== undefined && text.trim() !== '') return { content: text, contentType: 'text/plain' };
  const ssml = textIn(parameters, 'SSML');
  if (ssml !== undefined && ssml.trim() !== '') return { content: ssml, contentType: 'application/ssml+xml' };
  return undefined;
}
