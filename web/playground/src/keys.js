// GraphiQL names its keys with Ctrl on every system, but binds them to the Windows key outside of macOS.
// Must be imported before `graphiql`, which copies the names.
import { KEY_MAP, KeyCode, KeyMod, isMacOs } from '@graphiql/react';

function bind(action, key, binding) {
  action.key = key;
  action.keybindings.splice(0, action.keybindings.length, binding);
}

if (!isMacOs) {
  const shiftCtrl = KeyMod.Shift | KeyMod.CtrlCmd;
  bind(KEY_MAP.mergeFragments, 'Shift-Ctrl-M', shiftCtrl | KeyCode.KeyM);
  bind(KEY_MAP.copyQuery, 'Shift-Ctrl-C', shiftCtrl | KeyCode.KeyC);
  // In Firefox, Shift+Ctrl+P opens a private window and never reaches a page.
  const isFirefox = navigator.userAgent.includes('Firefox');
  if (isFirefox) {
    bind(KEY_MAP.prettify, 'Shift-Alt-F', KeyMod.Shift | KeyMod.Alt | KeyCode.KeyF);
  } else {
    bind(KEY_MAP.prettify, 'Shift-Ctrl-P', shiftCtrl | KeyCode.KeyP);
  }
}

// GraphiQL fetches the schema again with this key; the browser would reload the page.
window.addEventListener('keydown', (event) => {
  if (event.ctrlKey && event.shiftKey && event.key === 'R') {
    event.preventDefault();
  }
});
