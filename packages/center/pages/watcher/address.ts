import { useCallback, useEffect, useState } from 'react';
import { type Row, STATES } from '../../src/desk/sessions-messages.ts';
import type { Filter } from './rows.ts';

/** What the page shows, as its address says it: so it can be reloaded, linked to and gone back from. */
export interface Address {
  readonly selected?: Pick<Row, 'workflow' | 'session'>;
  /** The event that is looked at; left out: the last one, whichever that is. */
  readonly at?: number;
  /** The graph shows only what was gone through. */
  readonly path?: boolean;
  readonly filter: Filter;
}

export function readAddress(search: string): Address {
  const query = new URLSearchParams(search);
  const [workflow, session] = [query.get('workflow'), query.get('session')];
  const at = Number(query.get('at') ?? '');
  const state = STATES.find((one) => one === query.get('state'));
  const [of, find] = [query.get('of'), query.get('find')];
  return {
    ...(workflow !== null && session !== null ? { selected: { workflow, session } } : {}),
    ...(Number.isInteger(at) && at > 0 ? { at } : {}),
    ...(query.get('path') === '1' ? { path: true } : {}),
    filter: {
      ...(of === null ? {} : { workflow: of }),
      ...(state ? { state } : {}),
      ...(find === null ? {} : { find }),
    },
  };
}

export function writeAddress({ selected, at, path, filter: { workflow, state, find } }: Address): string {
  const query = new URLSearchParams({
    ...(selected ?? {}),
    ...(selected && at !== undefined ? { at: String(at) } : {}),
    ...(selected && path ? { path: '1' } : {}),
    ...(workflow === undefined ? {} : { of: workflow }),
    ...(state === undefined ? {} : { state }),
    ...(find === undefined || find === '' ? {} : { find }),
  });
  const text = query.toString();
  return text === '' ? '/watch' : `/watch?${text}`;
}

/** The address, and how to go to another: a session is gone to, and back from; the rest takes the place of what it was. */
export function useAddress(): readonly [Address, (next: Address, how: 'push' | 'replace') => void] {
  const [address, setAddress] = useState(() => readAddress(location.search));
  useEffect(() => {
    const back = () => setAddress(readAddress(location.search));
    addEventListener('popstate', back);
    return () => removeEventListener('popstate', back);
  }, []);
  const go = useCallback((next: Address, how: 'push' | 'replace') => {
    if (how === 'push') history.pushState(null, '', writeAddress(next));
    else history.replaceState(null, '', writeAddress(next));
    setAddress(next);
  }, []);
  return [address, go];
}
