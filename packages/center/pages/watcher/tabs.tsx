import { type KeyboardEvent, type ReactNode, useId, useRef, useState } from 'react';

export interface Tab {
  readonly id: string;
  readonly name: string;
  readonly content: ReactNode;
}

/** Tabs, by the pattern that WAI-ARIA describes: arrows go from one to the next. */
export function Tabs({ label, tabs }: { readonly label: string; readonly tabs: readonly Tab[] }) {
  const [picked, setPicked] = useState<string>();
  const base = useId();
  const list = useRef<HTMLDivElement>(null);
  const open = tabs.find(({ id }) => id === picked) ?? tabs[0];
  const move = (event: KeyboardEvent) => {
    const at = open ? tabs.indexOf(open) : 0;
    const steps = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 };
    const to = Object.entries(steps).find(([key]) => key === event.key)?.[1];
    const next = to === undefined ? undefined : tabs[(to + tabs.length) % tabs.length];
    if (!next) return;
    event.preventDefault();
    setPicked(next.id);
    list.current?.querySelector<HTMLElement>(`#${CSS.escape(`${base}-${next.id}`)}`)?.focus();
  };
  return (
    <div className="tabs">
      <div role="tablist" aria-label={label} ref={list}>
        {tabs.map(({ id, name }) => (
          <button
            key={id}
            type="button"
            role="tab"
            id={`${base}-${id}`}
            aria-selected={id === open?.id}
            aria-controls={`${base}-panel`}
            tabIndex={id === open?.id ? 0 : -1}
            onClick={() => setPicked(id)}
            onKeyDown={move}
          >
            {name}
          </button>
        ))}
      </div>
      <div
        key={open?.id}
        role="tabpanel"
        id={`${base}-panel`}
        aria-labelledby={`${base}-${open?.id}`}
        ref={scrolledByKeys}
        className={`panel panel-${open?.id}`}
      >
        {open?.content}
      </div>
    </div>
  );
}

/** As the pattern has it: whoever has no mouse scrolls it too. */
function scrolledByKeys(panel: HTMLElement | null): void {
  if (panel) panel.tabIndex = 0;
}
