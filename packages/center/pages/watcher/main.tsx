import '@xyflow/react/dist/base.css';
import './watcher.css';
import { showPage } from '../shared/page.tsx';
import { Watcher } from './watcher.tsx';

showPage(<Watcher />);
