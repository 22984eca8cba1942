// The map as a list box: arrows go to the nearest state in their direction.

export type Point = [x: number, y: number];

const DIRECTIONS: Record<string, Point> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** The state that an arrow leads to; null if none lies that way. */
export function nearest(from: Point, key: string, places: Map<string, Point>): string | null {
  const direction = DIRECTIONS[key];
  if (!direction) return null;
  let best: { code: string; distance: number } | null = null;
  for (const [code, [x, y]] of places) {
    const [dx, dy] = [x - from[0], y - from[1]];
    const along = dx * direction[0] + dy * direction[1];
    const across = Math.abs(dx * direction[1]) + Math.abs(dy * direction[0]);
    if (along < 0.5 || across > along * 1.8) continue;
    const distance = along + across * 1.5;
    if (!best || distance < best.distance) best = { code, distance };
  }
  return best?.code ?? null;
}

/** The next name after `from` that begins with the letter, around the end of the list. */
export function byLetter(letter: string, from: string | null, sorted: { code: string; name: string }[]): string | null {
  const start = sorted.findIndex(({ code }) => code === from);
  const around = [...sorted.slice(start + 1), ...sorted.slice(0, start + 1)];
  return around.find(({ name }) => plain(name).startsWith(plain(letter)))?.code ?? null;
}

/** Without accents and case. */
export const plain = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
