/**
 * The way from here to there round walls and furniture: a grid of places where a body fits, A*, and the string pulled
 * tight.
 *
 * What it is not: walking it (`guide.ts`). Source: Hart, Nilsson & Raphael 1968.
 */
import type { Segment } from "./architecture";
import type { Inside } from "./assemble";

const CELL_M = 0.2;
/** A little more than a body: a way that walls do not hold back. */
const CLEAR_M = 0.34;

export interface Spot {
  readonly x: number;
  readonly z: number;
}

export class Ways {
  readonly #x0: number;
  readonly #z0: number;
  readonly #columns: number;
  readonly #rows: number;
  readonly #isFree: Uint8Array;
  readonly #zones: Uint16Array;
  readonly #barriers: readonly Segment[];

  constructor(barriers: readonly Segment[], insides: readonly Inside[]) {
    this.#barriers = barriers;
    this.#x0 = Math.min(...insides.map(({ min }) => min[0])) - CELL_M;
    this.#z0 = Math.min(...insides.map(({ min }) => min[2])) - CELL_M;
    this.#columns = Math.ceil((Math.max(...insides.map(({ max }) => max[0])) - this.#x0) / CELL_M) + 1;
    this.#rows = Math.ceil((Math.max(...insides.map(({ max }) => max[2])) - this.#z0) / CELL_M) + 1;
    this.#isFree = new Uint8Array(this.#columns * this.#rows);
    for (let i = 0; i < this.#isFree.length; i++) {
      const { x, z } = this.#spot(i);
      // Doorways lie between rooms: a wall's half thickness counts as inside.
      const isInside = insides.some(({ min, max }) => x > min[0] - 0.3 && x < max[0] + 0.3 && z > min[2] - 0.3 && z < max[2] + 0.3);
      this.#isFree[i] = isInside && this.clearance(x, z) > CLEAR_M ? 1 : 0;
    }
    this.#zones = this.#zoned();
  }

  /** How far the nearest barrier is. */
  clearance(x: number, z: number): number {
    let least = Infinity;
    for (const [ax, az, bx, bz] of this.#barriers) {
      const [dx, dz] = [bx - ax, bz - az];
      const t = Math.min(1, Math.max(0, ((x - ax) * dx + (z - az) * dz) / (dx * dx + dz * dz || 1)));
      least = Math.min(least, Math.hypot(x - ax - dx * t, z - az - dz * t));
    }
    return least;
  }

  /** Corners to walk to one after the other, the last one as near to `to` as a body fits; null if there is no way. */
  find(from: Spot, to: Spot): Spot[] | null {
    const start = this.#nearest(from, 0);
    if (start < 0) return null;
    const goal = this.#nearest(to, this.#zones[start]!);
    if (goal < 0) return null;
    const cells = this.#search(start, goal);
    const end = this.#cell(to) === goal && this.clearance(to.x, to.z) > CLEAR_M ? to : this.#spot(goal);
    return this.#pulled([from, ...cells.slice(1, -1).map((cell) => this.#spot(cell)), end]);
  }

  #spot(cell: number): Spot {
    return { x: this.#x0 + (cell % this.#columns) * CELL_M, z: this.#z0 + Math.floor(cell / this.#columns) * CELL_M };
  }

  #cell({ x, z }: Spot): number {
    const i = Math.min(this.#columns - 1, Math.max(0, Math.round((x - this.#x0) / CELL_M)));
    const j = Math.min(this.#rows - 1, Math.max(0, Math.round((z - this.#z0) / CELL_M)));
    return j * this.#columns + i;
  }

  /** The nearest free cell, of one zone or (0) of all. */
  #nearest(to: Spot, zone: number): number {
    let best = -1;
    let least = Infinity;
    for (let cell = 0; cell < this.#isFree.length; cell++) {
      if (!this.#isFree[cell] || (zone && this.#zones[cell] !== zone)) continue;
      const dx = this.#x0 + (cell % this.#columns) * CELL_M - to.x;
      const dz = this.#z0 + Math.floor(cell / this.#columns) * CELL_M - to.z;
      const far = dx * dx + dz * dz;
      if (far < least) [best, least] = [cell, far];
    }
    return best;
  }

  /** Diagonal steps need both sides free: no corner is cut. */
  #neighbours(cell: number, each: (next: number, cost: number) => void): void {
    const [i, j] = [cell % this.#columns, Math.floor(cell / this.#columns)];
    for (let dj = -1; dj <= 1; dj++) {
      for (let di = -1; di <= 1; di++) {
        const [x, y] = [i + di, j + dj];
        if ((!di && !dj) || x < 0 || y < 0 || x >= this.#columns || y >= this.#rows) continue;
        const next = y * this.#columns + x;
        if (!this.#isFree[next]) continue;
        if (di && dj && (!this.#isFree[j * this.#columns + x] || !this.#isFree[y * this.#columns + i])) continue;
        each(next, di && dj ? Math.SQRT2 : 1);
      }
    }
  }

  /** Number the parts of the grid that hang together: from 1. */
  #zoned(): Uint16Array {
    const zones = new Uint16Array(this.#isFree.length);
    let zone = 0;
    for (let first = 0; first < zones.length; first++) {
      if (!this.#isFree[first] || zones[first]) continue;
      zone++;
      const wave = [first];
      zones[first] = zone;
      for (let cell = wave.pop(); cell !== undefined; cell = wave.pop()) {
        this.#neighbours(cell, (next) => {
          if (zones[next]) return;
          zones[next] = zone;
          wave.push(next);
        });
      }
    }
    return zones;
  }

  #search(start: number, goal: number): number[] {
    const cost = new Float64Array(this.#isFree.length).fill(Infinity); // 32 bits round up, and the same way would seem shorter again
    const from = new Int32Array(this.#isFree.length).fill(-1);
    const [gi, gj] = [goal % this.#columns, Math.floor(goal / this.#columns)];
    const ahead = (cell: number): number => Math.hypot((cell % this.#columns) - gi, Math.floor(cell / this.#columns) - gj);
    const open: [number, number][] = [[ahead(start), start]];
    cost[start] = 0;
    for (;;) {
      const top = pop(open);
      if (!top) return [];
      const cell = top[1];
      if (cell === goal) break;
      this.#neighbours(cell, (next, step) => {
        const total = cost[cell]! + step;
        if (total >= cost[next]! - 1e-6) return;
        cost[next] = total;
        from[next] = cell;
        push(open, [total + ahead(next), next]);
      });
    }
    const cells: number[] = [];
    for (let cell = goal; cell >= 0; cell = from[cell]!) cells.push(cell);
    return cells.reverse();
  }

  /** Leave out every corner that can be passed in sight of the one before. */
  #pulled(spots: readonly Spot[]): Spot[] {
    const out: Spot[] = [];
    let at = 0;
    while (at < spots.length - 1) {
      let next = at + 1;
      while (next + 1 < spots.length && this.#isClear(spots[at]!, spots[next + 1]!)) next++;
      out.push(spots[next]!);
      at = next;
    }
    return out;
  }

  #isClear(a: Spot, b: Spot): boolean {
    const steps = Math.ceil(Math.hypot(b.x - a.x, b.z - a.z) / (CELL_M / 2));
    for (let i = 1; i < steps; i++) {
      const t = i / steps;
      if (!this.#isFree[this.#cell({ x: a.x + (b.x - a.x) * t, z: a.z + (b.z - a.z) * t })]) return false;
    }
    return true;
  }
}

/** A binary heap, least first. */
function push(heap: [number, number][], item: [number, number]): void {
  let i = heap.push(item) - 1;
  while (i > 0) {
    const up = (i - 1) >> 1;
    if (heap[up]![0] <= item[0]) break;
    heap[i] = heap[up]!;
    i = up;
  }
  heap[i] = item;
}

function pop(heap: [number, number][]): [number, number] | undefined {
  const top = heap[0];
  const last = heap.pop();
  if (!top || !last || !heap.length) return top;
  let i = 0;
  for (;;) {
    let down = 2 * i + 1;
    if (down >= heap.length) break;
    if (down + 1 < heap.length && heap[down + 1]![0] < heap[down]![0]) down++;
    if (heap[down]![0] >= last[0]) break;
    heap[i] = heap[down]!;
    i = down;
  }
  heap[i] = last;
  return top;
}
