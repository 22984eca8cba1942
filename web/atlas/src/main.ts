import './styles/tokens.css';
import './styles/page.css';
import './styles/map.css';
import './styles/time.css';
import './styles/side.css';
import './styles/print.css';
import { Atlas } from './atlas';

void new Atlas().start();
