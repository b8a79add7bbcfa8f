import { type ReactNode, useEffect, useRef } from 'react';

/** What scrolls has to be reached by the keyboard. */
const SCROLLS = { tabIndex: 0 };
/** Who is so near to the end has not scrolled away from it. Pixels. */
const NEAR = 40;

/** What was said, oldest first. It is read out as it comes, and its end stays in view, unless the reader has scrolled away from it. */
export function Log({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  const box = useRef<HTMLElement>(null);
  const list = useRef<HTMLOListElement>(null);
  const atEnd = useRef(true);
  const top = useRef(0);
  useEffect(() => {
    const observer = new ResizeObserver(() => {
      if (atEnd.current) box.current?.scrollTo({ top: box.current.scrollHeight });
    });
    if (box.current) observer.observe(box.current);
    if (list.current) observer.observe(list.current);
    return () => observer.disconnect();
  }, []);
  return (
    <section
      className="log"
      role="log"
      aria-label={label}
      ref={box}
      onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
        // More may have come since it went down: only who goes up leaves the end.
        if (scrollTop < top.current || !atEnd.current) atEnd.current = scrollHeight - scrollTop - clientHeight < NEAR;
        top.current = scrollTop;
      }}
      {...SCROLLS}
    >
      <ol ref={list}>{children}</ol>
    </section>
  );
}
