// A page without an initiative: it is loaded again once one is opened.

import { id as OPENED } from '../operations/Opened.graphql';
import { Socket } from './live/socket';

const QUIET = 300;
const SPREAD = 2000; // ms; a crowd must not ask as one

/** `after` is the cursor of the state that the page shows. */
export function waitForInitiative(after: string): void {
  let isExpected = false;
  const reload = () => {
    if (isExpected) return;
    isExpected = true;
    setTimeout(() => location.reload(), QUIET + Math.random() * SPREAD);
  };
  new Socket(OPENED, {
    variables: () => ({ after }),
    next: reload,
    // The ledger is another one than that of the page.
    failed: (code) => { if (code === 'CURSOR_INVALID') reload(); },
    changed: () => {},
  });
}
