import './caller.css';
import { showPage } from '../shared/page.tsx';
import { Caller, resumed } from './caller.tsx';

showPage(<Caller before={resumed()} />);
