// Zoom and pan by wheel, pinch, double click and drag. A plain wheel scrolls the page.

import { scaleFor, toUnits, within, type Centre, type Scale } from './scale';
import type { Frame } from '../types';

interface Zoomed { frame: Frame; scale: Scale; centre: Centre }

export class Zoom {
  private readonly pointers = new Map<number, [number, number]>();
  private moved = false;

  constructor(
    private readonly host: HTMLElement,
    private readonly current: () => Zoomed,
    private readonly move: (centre: Centre) => void,
    private readonly hint: () => void,
  ) {
    host.addEventListener('wheel', (event) => this.wheel(event), { passive: false });
    host.addEventListener('dblclick', (event) => this.by(2, this.at(event)));
    host.addEventListener('pointerdown', (event) => this.down(event));
    host.addEventListener('pointermove', (event) => this.drag(event));
    for (const name of ['pointerup', 'pointercancel', 'pointerleave'] as const) {
      host.addEventListener(name, (event) => this.pointers.delete(event.pointerId));
    }
    // A drag is no click.
    host.addEventListener('click', (event) => { if (this.moved) event.stopPropagation(); }, { capture: true });
  }

  /** Zooms so that the point, in pixels, stays where it is. */
  by(factor: number, point?: [number, number]): void {
    const { frame, scale, centre } = this.current();
    const at = point ?? [scale.width / 2, scale.height / 2];
    const fixed = toUnits(scale, at);
    const zoom = Math.min(12, Math.max(1, centre.zoom * factor));
    const next = scaleFor(frame, scale.width, scale.height, { ...centre, zoom });
    const moved = toUnits(next, at);
    this.move(within(frame, { x: centre.x + fixed[0] - moved[0], y: centre.y + fixed[1] - moved[1], zoom }));
  }

  private at({ clientX, clientY }: MouseEvent): [number, number] {
    const { left, top } = this.host.getBoundingClientRect();
    return [clientX - left, clientY - top];
  }

  private wheel(event: WheelEvent): void {
    if (!event.ctrlKey && !event.metaKey) {
      this.hint();
      return;
    }
    event.preventDefault();
    this.by(2 ** (-event.deltaY / 200), this.at(event));
  }

  private down(event: PointerEvent): void {
    this.pointers.set(event.pointerId, this.at(event));
    this.moved = false;
  }

  private drag(event: PointerEvent): void {
    const before = this.pointers.get(event.pointerId);
    if (!before || event.buttons === 0) return;
    const now = this.at(event);
    const other = [...this.pointers].find(([id]) => id !== event.pointerId)?.[1];
    const { frame, scale, centre } = this.current();
    if (!this.moved && Math.hypot(now[0] - before[0], now[1] - before[1]) < 4) return;
    this.moved = true;
    this.pointers.set(event.pointerId, now);
    if (other) {
      const spread = (point: [number, number]) => Math.hypot(point[0] - other[0], point[1] - other[1]);
      this.by(spread(now) / Math.max(1, spread(before)), [(now[0] + other[0]) / 2, (now[1] + other[1]) / 2]);
    } else if (centre.zoom > 1) {
      this.move(within(frame, { ...centre, x: centre.x - (now[0] - before[0]) / scale.k, y: centre.y - (now[1] - before[1]) / scale.k }));
    }
  }
}
