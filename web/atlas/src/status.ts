// The line that screen readers read aloud, at most once in two seconds; and the bar for what went wrong.

import { byId, h } from './dom';

const PAUSE = 2000;
let queue: string[] = [];
let timer: ReturnType<typeof setTimeout> | undefined;

export function say(text: string): void {
  queue.push(text);
  if (timer === undefined) speak();
}

function speak(): void {
  if (queue.length === 0) {
    timer = undefined;
    return;
  }
  byId('status').textContent = queue.join(' ');
  queue = [];
  timer = setTimeout(speak, PAUSE);
}

export function notice(text: string, action?: { name: string; act: () => void }): void {
  const bar = byId('notice');
  const button = action && h('button', { type: 'button', class: 'link', onclick: action.act }, action.name);
  bar.replaceChildren(h('span', {}, text), ...(button ? [button] : []));
  bar.hidden = false;
}

export function clearNotice(): void {
  byId('notice').hidden = true;
}
