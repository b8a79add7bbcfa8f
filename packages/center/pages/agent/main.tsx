import { showPage } from '../shared/page.tsx';

showPage(
  <main>
    <h1>Agent</h1>
  </main>,
);
