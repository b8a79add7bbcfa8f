import { ApiError } from './api-error.ts';

/** One page of a list, and where the next one begins; the place is that of the last item given. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly nextToken: string | undefined;
}

/**
 * The next page of items that are in the order of their places, upwards or downwards. Items that come in meanwhile move
 * nothing. Throws ApiError `InvalidToken`.
 */
export function pageOf<T>(
  items: readonly T[],
  placeOf: (item: T) => number,
  {
    maxResults,
    nextToken,
    most,
    reverse,
  }: { maxResults: number | undefined; nextToken: string | undefined; most: number; reverse: boolean },
): Page<T> {
  const after = nextToken === undefined ? undefined : placeIn(nextToken);
  const ordered = reverse ? [...items].reverse() : items;
  const rest =
    after === undefined ? ordered : ordered.filter((item) => (reverse ? placeOf(item) < after : placeOf(item) > after));
  const size = maxResults || most;
  const page = rest.slice(0, size);
  const last = page.at(-1);
  return { items: page, nextToken: rest.length > size && last !== undefined ? tokenOf(placeOf(last)) : undefined };
}

const tokenOf = (place: number): string => Buffer.from(`after ${place}`).toString('base64url');

function placeIn(token: string): number {
  const [, place] = /^after (\d+)$/.exec(Buffer.from(token, 'base64url').toString()) ?? [];
  if (place === undefined) throw new ApiError('InvalidToken', "Invalid Token: 'Invalid token'");
  return Number(place);
}
