import type { Reply } from '@parley/engine';
import type { Brief } from '@parley/machine';

/**
 * What the flow is told to go on by, after `parley_` each: stable, and all that a flow needs. In Lex's answer they are session
 * attributes (`$.Lex.SessionAttributes.['parley_rest']`), in the block's they are fields (`$.External.parley_rest`). None holds
 * a sensitive value: what is known comes from the brief, which has none.
 */
export type GoingOn = { readonly [key: `parley_${string}`]: string };

/** How a session rests, for the flow: as a reply says it, or `failed`, where the caller is to go to a person all the same. */
export type Rest = Reply['rest'] | 'failed';

/** The most characters of one value. */
const MAX_VALUE = 200;
const MAX_BRIEF = 2_000;

/** What the flow needs of a reply, the most needed first: who has no room leaves out the last. */
export function goingOn(reply: Reply): GoingOn {
  const rest = { parley_rest: reply.rest, parley_step: reply.step };
  switch (reply.rest) {
    case 'caller':
      return { ...rest, parley_expects: reply.listen.expects.join(',').slice(0, MAX_VALUE) };
    case 'wait':
    case 'work':
      return rest;
    case 'end':
      return { ...rest, parley_outcome: reply.end.outcome };
    case 'transfer': {
      const { queue, brief } = reply.transfer;
      if (!brief) return { ...rest, parley_queue: queue };
      return {
        ...rest,
        parley_queue: queue,
        parley_identity: brief.identity,
        parley_from: brief.from,
        parley_done: brief.done.join(',').slice(0, MAX_VALUE),
        parley_brief: briefText(brief),
        ...knownOf(brief),
      };
    }
  }
}

/** What the flow is told where nothing came of an event. */
export const failed = (code: string): GoingOn => ({ parley_rest: 'failed', parley_failure: code.slice(0, MAX_VALUE) });

/** Single values, for a flow to branch on. */
function knownOf({ known }: Brief): GoingOn {
  const single = Object.entries(known).flatMap(([name, value]) =>
    typeof value === 'object' ? [] : [[`parley_known_${name}`, String(value).slice(0, MAX_VALUE)]],
  );
  return Object.fromEntries(single);
}

/** A brief as a person reads it. */
export function briefText({ summary, from, identity, done, known }: Brief): string {
  const lines = [
    summary,
    `Identity: ${identity}`,
    `Came from: ${from}`,
    `Done: ${done.length > 0 ? done.join(', ') : 'nothing'}`,
    ...Object.entries(known).map(([name, value]) =>
      `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`.slice(0, MAX_VALUE * 2),
    ),
  ];
  let text = '';
  for (const line of lines) {
    const longer = text === '' ? line.slice(0, MAX_BRIEF) : `${text}\n${line}`;
    if (longer.length > MAX_BRIEF) break;
    text = longer;
  }
  return text;
}

/** Those of these that fit in so many bytes of JSON, the first ones first. */
export function fitting<T>(given: { readonly [key: string]: T }, most: number): { readonly [key: string]: T } {
  const { length } = Object.keys(given);
  // What is counted of each below, in one go: they all fit nearly always.
  if (Buffer.byteLength(JSON.stringify(given)) + length + 1 <= most) return given;
  const kept: [string, T][] = [];
  let bytes = 2;
  for (const [key, value] of Object.entries(given)) {
    const more = Buffer.byteLength(JSON.stringify({ [key]: value }));
    if (bytes + more > most) continue;
    bytes += more;
    kept.push([key, value]);
  }
  return Object.fromEntries(kept);
}

/** The most needed first: what a person reads, and what is known, after what the flow goes on by. */
export function inOrder<T>(given: { readonly [key: string]: T }): { readonly [key: string]: T } {
  const rank = (name: string) =>
    name.startsWith('parley_known_') ? 4 : name === 'parley_brief' ? 3 : /^(parley_|x-amz-)/.test(name) ? 1 : 2;
  return Object.fromEntries(Object.entries(given).sort(([a], [b]) => rank(a) - rank(b)));
}
