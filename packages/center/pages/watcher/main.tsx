import { showPage } from '../shared/page.tsx';

showPage(
  <main>
    <h1>Watcher</h1>
  </main>,
);
