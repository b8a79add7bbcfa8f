import './page.css';
import { type ReactNode, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { z } from 'zod';

// Else zod tries whether it may make functions of text, which these pages' policy forbids, and the browser tells of it.
z.config({ jitless: true });

const PAGES = [
  { href: '/', name: 'Call or chat' },
  { href: '/watch', name: 'Watch' },
  { href: '/agent', name: 'Agent' },
] as const;

/** Puts a page on the screen, under the head that all pages share. */
export function showPage(content: ReactNode): void {
  const place = document.getElementById('page');
  if (!place) return;
  createRoot(place).render(
    <StrictMode>
      <header className="page-head">
        <span className="page-name">Parley</span>
        <nav aria-label="Pages">
          <ul>
            {PAGES.map(({ href, name }) => (
              <li key={href}>
                <a href={href} aria-current={location.pathname === href ? 'page' : undefined}>
                  {name}
                </a>
              </li>
            ))}
          </ul>
        </nav>
      </header>
      {content}
    </StrictMode>,
  );
}
