/** What the references of a flow are looked up in: `$.Attributes.name` is `Attributes`, then `name`. */
export type Scope = { readonly [namespace: string]: unknown };

const NAMESPACES =
  'Agent|Attributes|Channel|ContactId|CustomerEndpoint|CustomerId|Description|External|FlowAttributes|InitialContactId|InitiationMethod|' +
  'InstanceARN|LanguageCode|Lex|Loop|MediaStreams|Metrics|Name|PreviousContactId|Queue|References|SegmentAttributes|StoredCustomerInput|SystemEndpoint|TextToSpeechVoice';
const STEP = String.raw`\.[\w-]+|\.?\['[^']*'\]|\.?\["[^"]*"\]|\[\d+\]`;
const REFERENCE = new RegExp(String.raw`\$\.(?:${NAMESPACES})\b(?:${STEP})*`, 'g');
const WHOLE = new RegExp(`^${REFERENCE.source}$`);
const STEPS = /\.?\['([^']*)'\]|\.?\["([^"]*)"\]|\[(\d+)\]|\.?([\w-]+)/g;

/**
 * Puts what they refer to in the place of references such as `$.Attributes.name` and `$.Lex.SessionAttributes.['key']`, in
 * texts however deep. A text that is a reference and nothing else becomes what is there, or undefined; within a text, what is not there is
 * nothing. What is put in is not looked through again.
 * Source: https://docs.aws.amazon.com/connect/latest/adminguide/how-to-reference-attributes.html
 */
export function resolved(value: unknown, scope: Scope): unknown {
  if (typeof value === 'string') {
    if (WHOLE.test(value)) return lookUp(value, scope);
    return value.replace(REFERENCE, (reference) => {
      const found = lookUp(reference, scope);
      return found === undefined || found === null || typeof found === 'object' ? '' : String(found);
    });
  }
  if (Array.isArray(value)) return value.map((item: unknown) => resolved(item, scope));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolved(item, scope)]));
}

function lookUp(reference: string, scope: Scope): unknown {
  let found: unknown = scope;
  for (const [, single, double, index, name] of reference.slice(2).matchAll(STEPS)) {
    const key = single ?? double ?? index ?? name ?? '';
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return undefined;
    found = Reflect.get(found, key);
  }
  return found;
}
