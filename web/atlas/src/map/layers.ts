// The drawn map: shapes in units under one transform, dots and names over them in pixels.

import { set, svg } from '../dom';
import type { Relationship, Shape, World } from '../types';
import { words } from '../text.en';
import { layOutDots, type Dot } from './dots';
import { isWithin, Labeller, type Box, type Label, type Named } from './labels';
import { toPixels, type Scale } from './scale';

interface Drawn { shape: SVGPathElement; stripes: SVGPathElement; name: string }

export interface Shown { stance: string; disputed: boolean; faded: boolean; selected: boolean }

const SMALLEST_OUTLINE = 14; // px²

export class Layers {
  readonly svg = svg('svg', { role: 'none', focusable: 'false' });
  private readonly ground = svg('g', { role: 'none' });
  private readonly leaders = svg('g', { class: 'leaders', 'aria-hidden': 'true' });
  private readonly marks = svg('g', { role: 'none' });
  private readonly names = svg('g', { class: 'names', 'aria-hidden': 'true' });
  private readonly rings = svg('g', { class: 'rings', 'aria-hidden': 'true' });
  private readonly drawn = new Map<string, Drawn>();
  private readonly shapes = new Map<string, Shape>();
  private readonly paths = new Map<string, Path2D>();
  private readonly patterns: SVGPatternElement[];
  private readonly labeller = new Labeller();
  private askerParts: { path: string; area: number }[] = [];
  private readonly askerOutline = svg('path', { class: 'asker', 'aria-hidden': 'true' });
  private readonly askerName = svg('text', { class: 'asker-name', 'text-anchor': 'middle', 'aria-hidden': 'true' });
  private dots = new Map<string, { dot: Dot; element: SVGCircleElement; stripes: SVGCircleElement; leader: SVGPathElement | null }>();
  private labels = new Map<string, SVGTextElement>();

  constructor(private readonly world: World) {
    this.patterns = [stripes('stripes'), stripes('bars')];
    this.svg.append(svg('defs', {}, ...this.patterns), this.ground, this.leaders, this.marks, this.names, this.askerName, this.rings);
  }

  /** Draws the world for these relationships; land without any until they are known. */
  draw(relationships: Map<string, Relationship>, asker: { code: string; name: string } | null): void {
    this.drawn.clear();
    const land: string[] = [];
    const states: SVGPathElement[] = [];
    for (const shape of this.world.shapes) {
      const { code } = shape;
      if (code) this.shapes.set(code, shape);
      const relationship = code ? relationships.get(code) : undefined;
      if (code && code === asker?.code) {
        this.askerParts = shape.d.split(/(?=M)/).map((path) => ({ path, area: ringArea(path) }));
        states.push(svg('path', { d: shape.d, class: 'asker-land', 'data-code': code, 'aria-hidden': 'true' }));
      } else if (code && relationship) {
        const drawn = {
          shape: svg('path', { d: shape.d, class: 'state', 'data-code': code }),
          stripes: svg('path', { d: shape.d, class: 'pattern', 'aria-hidden': 'true' }),
          name: relationship.requestedState.short ?? relationship.requestedState.name,
        };
        this.drawn.set(code, drawn);
        if (shape.d) states.push(drawn.shape, drawn.stripes);
      } else if (code) {
        if (shape.d) states.push(svg('path', { d: shape.d, class: 'land', 'data-code': code, 'aria-hidden': 'true' }));
      } else land.push(shape.d);
    }
    this.ground.replaceChildren(svg('path', { d: land.join(''), class: 'land', 'aria-hidden': 'true' }), ...states, this.askerOutline);
    const lines = asker ? [svg('tspan', { class: 'strong' }, asker.name), svg('tspan', { dy: 15 }, words.asks)] : [];
    this.askerName.replaceChildren(...lines);
  }

  layOut(scale: Scale, taken: Box[], first: (code: string) => boolean): void {
    const { k, dx, dy } = scale;
    set(this.svg, 'viewBox', `0 0 ${scale.width} ${scale.height}`);
    set(this.svg, 'width', String(scale.width));
    set(this.svg, 'height', String(scale.height));
    set(this.ground, 'transform', `translate(${dx} ${dy}) scale(${k})`);
    for (const pattern of this.patterns) set(pattern, 'patternTransform', `scale(${1 / k})${pattern.id === 'stripes' ? ' rotate(45)' : ''}`);
    set(this.askerOutline, 'd', this.askerParts.filter(({ area }) => area * k * k >= SMALLEST_OUTLINE).map(({ path }) => path).join(''));
    const related = [...this.drawn.keys()].flatMap((code) => this.shapes.get(code) ?? []);
    const dots = layOutDots(related, scale);
    this.placeDots(dots);
    const asker = this.placeAsker(scale);
    const named = related.map((shape): Named => {
      const code = shape.code ?? '';
      return { shape, name: this.drawn.get(code)?.name ?? code, path: this.pathOf(shape), first: first(code) };
    });
    this.placeLabels(this.labeller.layOut(named, dots, scale, [...taken, ...asker]));
  }

  private pathOf(shape: Shape): Path2D {
    const code = shape.code ?? '';
    const path = this.paths.get(code) ?? new Path2D(shape.d);
    this.paths.set(code, path);
    return path;
  }

  private placeAsker(scale: Scale): Box[] {
    const asker = [...this.shapes.values()].find(({ code }) => code !== null && !this.drawn.has(code) && this.svg.querySelector(`.asker-land[data-code="${code}"]`));
    if (!asker) return [];
    const [x, y] = toPixels(scale, asker.label);
    const parts = [...this.askerName.children];
    for (const part of parts) set(part, 'x', String(x));
    set(this.askerName, 'y', String(y - 2));
    const half = this.labeller.width(parts[0]?.textContent ?? '') / 2 + 6;
    const box = { left: x - half, right: x + half, top: y - 15, bottom: y + 17 };
    const fits = !scale.narrow && asker.area * scale.k * scale.k > half * 2 * 25 && isWithin(box, scale);
    this.askerName.classList.toggle('hidden', !fits);
    return fits ? [box] : [];
  }

  private placeDots(dots: Dot[]): void {
    this.dots = new Map(dots.map((dot) => {
      const circle = { cx: dot.x, cy: dot.y, r: dot.radius };
      return [dot.code, {
        dot,
        element: svg('circle', { ...circle, class: 'state dot', 'data-code': dot.code }),
        stripes: svg('circle', { ...circle, class: 'pattern', 'aria-hidden': 'true' }),
        leader: dot.leader ? svg('path', { d: dot.leader }) : null,
      }];
    }));
    const all = [...this.dots.values()];
    this.leaders.replaceChildren(...all.flatMap(({ leader }) => leader ?? []));
    this.marks.replaceChildren(...all.flatMap(({ element, stripes: over }) => [element, over]));
  }

  private placeLabels(labels: Label[]): void {
    this.labels = new Map(labels.map(({ code, text, x, y, anchor, inside }) => [
      code,
      svg('text', { x, y, 'text-anchor': anchor, class: inside ? 'inside' : 'beside', 'data-code': code }, text),
    ]));
    this.names.replaceChildren(...this.labels.values());
  }

  /** Colours every state; touches only what differs. */
  paint(shownOf: (code: string) => Shown): void {
    for (const [code, { shape, stripes: over }] of this.drawn) {
      const shown = shownOf(code);
      const dot = this.dots.get(code);
      const label = this.labels.get(code);
      const marks = dot ? [[shape, over], [dot.element, dot.stripes]] as const : [[shape, over]] as const;
      for (const [mark, pattern] of marks) {
        set(mark, 'data-stance', shown.stance);
        mark.classList.toggle('faded', shown.faded);
        mark.classList.toggle('selected', shown.selected);
        pattern.classList.toggle('faded', shown.faded);
        set(pattern, 'data-pattern', patternOf(shown));
      }
      const isNothing = shown.stance === 'UNKNOWN';
      dot?.element.classList.toggle('hidden', isNothing);
      dot?.leader?.classList.toggle('hidden', isNothing);
      dot?.leader?.classList.toggle('faded', shown.faded);
      if (label) {
        set(label, 'data-stance', shown.stance);
        label.classList.toggle('hidden', isNothing || shown.faded);
      }
    }
  }

  /** The element that stands for a state: its dot or its shape. */
  markOf(code: string): SVGGraphicsElement | null {
    return this.dots.get(code)?.element ?? this.drawn.get(code)?.shape ?? null;
  }

  /** Where a state stands, in pixels. */
  placeOf(code: string, scale: Scale): [number, number] | null {
    const dot = this.dots.get(code)?.dot;
    if (dot) return [dot.x, dot.y];
    const shape = this.shapes.get(code);
    return shape ? toPixels(scale, shape.label) : null;
  }

  shapeOf(code: string): Shape | undefined {
    return this.shapes.get(code);
  }

  codes(): string[] {
    return [...this.drawn.keys()];
  }

  ring(code: string, kind: string, scale: Scale): void {
    const place = this.placeOf(code, scale);
    if (!place) return;
    const ring = svg('circle', { cx: place[0], cy: place[1], r: 12, class: `ring ${kind}` });
    this.rings.append(ring);
    setTimeout(() => ring.remove(), 6000);
  }
}

function patternOf({ stance, disputed }: Shown): string | null {
  if (stance === 'UNKNOWN') return null;
  if (disputed) return 'stripes';
  return stance === 'SUSPENDED' ? 'bars' : null;
}

function stripes(id: string): SVGPatternElement {
  const [width, line] = id === 'stripes' ? [5, 1.7] : [6, 2];
  const pattern = svg('pattern', { id, width, height: width, patternUnits: 'userSpaceOnUse' });
  pattern.append(svg('rect', { width: line, height: width, class: 'stripe' }));
  return pattern;
}

/** Of a ring as in shapes.json: `M x y l dx dy …z`. */
function ringArea(path: string): number {
  const [x = 0, y = 0, ...steps] = (path.match(/-?\d+/g) ?? []).map(Number);
  let [px, py, sum] = [x, y, 0];
  for (let i = 0; i + 1 < steps.length; i += 2) {
    const [nx, ny] = [px + (steps[i] ?? 0), py + (steps[i + 1] ?? 0)];
    sum += px * ny - nx * py;
    [px, py] = [nx, ny];
  }
  return Math.abs(sum + px * y - x * py) / 2;
}
