import './styles/tokens.css';
import './styles/page.css';
import './styles/map.css';
import './styles/time.css';
import './styles/side.css';
import './styles/print.css';
import { Atlas } from './atlas';
import { waitForInitiative } from './waiting';

const waiting = document.querySelector<HTMLElement>('[data-waiting]');
if (waiting) waitForInitiative(waiting.dataset.waiting ?? '');
else void new Atlas().start();
