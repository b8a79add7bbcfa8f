import { showPage } from '../shared/page.tsx';

showPage(
  <main>
    <h1>Caller</h1>
  </main>,
);
