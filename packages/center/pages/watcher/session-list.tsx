import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, memo, useCallback, useEffect, useMemo, useRef } from 'react';
import { type Row, STATES } from '../../src/desk/sessions-messages.ts';
import { NO_ANSWER } from '../shared/center.ts';
import { type Address, writeAddress } from './address.ts';
import type { Board } from './live.ts';
import { keyOf, matching, nameOfState, type Rows, standing } from './rows.ts';

const HEIGHT = 74;

export interface SessionListProps {
  readonly board: Board;
  readonly workflows: readonly { readonly name: string; readonly title: string }[];
  readonly address: Address;
  readonly go: (next: Address, how: 'push' | 'replace') => void;
  /** Looks at a session. It stays the same. */
  readonly pick: (row: Row) => void;
}

/** All sessions, newest first. Only the rows in sight are in the page. */
export function SessionList({ board, workflows, address, go, pick }: SessionListProps) {
  const { filter, selected } = address;
  const titles = useMemo(() => new Map(workflows.map(({ name, title }) => [name, title])), [workflows]);
  const rows = useMemo(() => matching(board.rows ?? [], filter), [board.rows, filter]);
  const change = (next: Address['filter']) => go({ ...address, filter: next }, 'replace');
  const { workflow, state, find } = filter;
  const rest = { ...(workflow ? { workflow } : {}), ...(state ? { state } : {}), ...(find ? { find } : {}) };
  return (
    <section className="list" aria-labelledby="list-name">
      <div className="list-head">
        <h2 id="list-name">Sessions</h2>
        <p className="count" role="status">
          {countOf(board, rows)}
        </p>
        <label className="wide">
          <span>Find by id or step</span>
          <input
            type="search"
            value={find ?? ''}
            onChange={({ target: { value } }) => change({ ...rest, find: value })}
          />
        </label>
        <label>
          <span>Workflow</span>
          <select
            value={workflow ?? ''}
            onChange={({ target: { value } }) => {
              const { workflow: _, ...others } = rest;
              change(value === '' ? others : { ...others, workflow: value });
            }}
          >
            <option value="">All</option>
            {workflows.map(({ name, title }) => (
              <option key={name} value={name}>
                {title}
              </option>
            ))}
          </select>
        </label>
        <label>
          <span>State</span>
          <select
            value={state ?? ''}
            onChange={({ target: { value } }) => {
              const { state: _, ...others } = rest;
              const picked = STATES.find((one) => one === value);
              change(picked ? { ...others, state: picked } : others);
            }}
          >
            <option value="">Any</option>
            {STATES.map((one) => (
              <option key={one} value={one}>
                {nameOfState(one)}
              </option>
            ))}
          </select>
        </label>
      </div>
      {board.rows && rows.length === 0 ? (
        <p className="empty">
          {board.rows.length === 0
            ? 'No sessions yet. Call or chat on the first page, and they appear here as they run.'
            : 'No session is like that.'}
        </p>
      ) : (
        <Listed rows={rows} titles={titles} selected={selected && keyOf(selected)} pick={pick} />
      )}
      {board.more && <p className="count">Only the newest 1,000 of each workflow are listed.</p>}
    </section>
  );
}

function countOf({ rows: all, connected }: Board, rows: Rows): string {
  if (!connected) return NO_ANSWER;
  if (!all) return 'Looking…';
  return rows.length === all.length ? `${all.length} in all` : `${rows.length} of ${all.length}`;
}

interface ListedProps {
  readonly rows: Rows;
  readonly titles: ReadonlyMap<string, string>;
  readonly selected: string | undefined;
  readonly pick: (row: Row) => void;
}

function Listed({ rows, titles, selected, pick }: ListedProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const list = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => HEIGHT,
    getItemKey: (index) => {
      const row = rows[index];
      return row ? keyOf(row) : index;
    },
    overscan: 6,
  });
  const chosen = rows.findIndex((row) => keyOf(row) === selected);
  /** The row whose link is focused as soon as it is in the page. */
  const wanted = useRef<string>(undefined);
  const focusWanted = useCallback(() => {
    const link = [...(scroller.current?.querySelectorAll('a') ?? [])].find(
      ({ dataset }) => dataset['key'] === wanted.current,
    );
    if (!link) return;
    wanted.current = undefined;
    link.focus();
  }, []);
  useEffect(focusWanted);
  const now = useRef({ rows, list });
  now.current = { rows, list };
  const move = useCallback(
    (event: KeyboardEvent<HTMLElement>) => {
      const { rows, list } = now.current;
      const focused = rows.findIndex((row) => keyOf(row) === event.currentTarget.dataset['key']);
      const places = { ArrowDown: focused + 1, ArrowUp: focused - 1, Home: 0, End: rows.length - 1 };
      const to = Object.entries(places).find(([key]) => key === event.key)?.[1] ?? -1;
      const row = rows[to];
      if (!row) return;
      event.preventDefault();
      wanted.current = keyOf(row);
      list.scrollToIndex(to);
      focusWanted();
    },
    [focusWanted],
  );
  const items = list.getVirtualItems();
  // One of them is come to with Tab; arrows go on from there.
  const stop = items.some(({ index }) => index === chosen) ? chosen : items[0]?.index;
  return (
    <div className="rows" ref={scroller}>
      <ul style={{ height: list.getTotalSize() }}>
        {items.map(({ index, key, start }) => {
          const row = rows[index];
          return row ? (
            <li
              key={String(key)}
              style={{ transform: `translateY(${start}px)`, height: HEIGHT }}
              aria-setsize={rows.length}
              aria-posinset={index + 1}
            >
              <Line
                row={row}
                title={titles.get(row.workflow) ?? row.workflow}
                chosen={index === chosen}
                stop={index === stop}
                pick={pick}
                move={move}
              />
            </li>
          ) : null;
        })}
      </ul>
    </div>
  );
}

interface LineProps {
  readonly row: Row;
  readonly title: string;
  readonly chosen: boolean;
  readonly stop: boolean;
  /** The same at all times. */
  readonly move: (event: KeyboardEvent<HTMLElement>) => void;
  readonly pick: (row: Row) => void;
}

/** A session in the list: drawn anew when its row is another object. */
const Line = memo(({ row, title, chosen, stop, pick, move }: LineProps) => (
  <a
    href={writeAddress({ filter: {}, selected: row })}
    data-key={keyOf(row)}
    tabIndex={stop ? 0 : -1}
    aria-current={chosen ? 'true' : undefined}
    onKeyDown={move}
    onClick={(event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      pick(row);
    }}
  >
    <span className="line-title">{title}</span>
    <span className="line-id">{row.session}</span>
    <span className={`state state-${row.state}`}>{standing(row)}</span>
    <span className="line-step">{row.step}</span>
    <span className="line-facts">
      {begun(row.startedAt)} · {row.channel === 'voice' ? 'phone' : 'chat'} · {row.turns}{' '}
      {row.turns === 1 ? 'turn' : 'turns'}
    </span>
  </a>
));

const TIME = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const DAY = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });

/** When it began, with the day where that is not today. */
function begun(at: number): string {
  const then = new Date(at);
  return then.toDateString() === new Date().toDateString() ? TIME.format(then) : DAY.format(then);
}
