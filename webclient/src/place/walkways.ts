/**
 * Whether people still get about: the floor as a grid of five centimetres, where the middle of a person of `WALKWAY_M`
 * can be, and what is cut off from the rest, or from the door, once a piece stands there.
 *
 * What it is not: a distance that is shown to anybody; those are measured on the shapes themselves (`fit.ts`).
 */
import { WALKWAY_M } from "./clearance";
import { contains, pointToSegment, toEdge, type Point, type Polygon } from "./polygon";
import { CELL_M as CLUTTER_M } from "./clutter";
import type { Room } from "./room";

const CELL_M = 0.05;
/** Lower than this one walks over it or does not see it; higher one walks under it. */
const HEAD_M = 2;
const STEP_M = 0.05;
/** So much floor that it matters: a chair's worth. */
const WORTH_M2 = 0.3;
const DOOR_REACH_M = 0.8;

export interface Blocked {
  /** Floor that can be reached no more, m². */
  readonly cut_m2: number;
  readonly isDoorShut: boolean;
}

export class Walkways {
  readonly #room: Room;
  readonly #columns: number;
  readonly #rows: number;
  readonly #x: number;
  readonly #z: number;
  /** From each cell to the nearest thing that was there already; 0 outside. */
  readonly #free: Float32Array;
  readonly #mark: Int32Array;
  readonly #queue: Int32Array;

  constructor(room: Room) {
    this.#room = room;
    const [xs, zs] = [room.floor.map((p) => p[0]), room.floor.map((p) => p[1])];
    [this.#x, this.#z] = [Math.min(...xs), Math.min(...zs)];
    this.#columns = Math.max(1, Math.min(600, Math.ceil((Math.max(...xs) - this.#x) / CELL_M)));
    this.#rows = Math.max(1, Math.min(600, Math.ceil((Math.max(...zs) - this.#z) / CELL_M)));
    const n = this.#columns * this.#rows;
    this.#free = new Float32Array(n);
    this.#mark = new Int32Array(n);
    this.#queue = new Int32Array(n);
    const low = room.things.filter((one) => one.from_m < room.floor_m + HEAD_M && one.to_m > room.floor_m + STEP_M).map((one) => one.base);
    const clutter = this.#clutter();
    for (let at = 0; at < n; at++) {
      const p = this.#middle(at);
      // A floor whose edge is not known goes on behind it.
      let free = contains(room.floor, p) ? (room.isWhole ? toEdge(room.floor, p) : WALKWAY_M) : 0;
      for (const { a, b } of room.walls) if (free > 0) free = Math.min(free, pointToSegment(p, a, b));
      for (const base of low) if (free > 0) free = contains(base, p) ? 0 : Math.min(free, toEdge(base, p));
      for (const [x, z] of clutter) if (free > 0) free = Math.min(free, Math.hypot(x - p[0], z - p[1]));
      this.#free[at] = free;
    }
  }

  #clutter(): readonly Point[] {
    const { clutter, floor_m } = this.#room;
    if (!clutter) return [];
    const found: Point[] = [];
    for (let at = 0; at < clutter.low.length; at++) if (clutter.low[at]! < floor_m + HEAD_M && clutter.high[at]! > floor_m + STEP_M + CLUTTER_M) found.push(clutter.middle(at));
    return found;
  }

  #middle(at: number): Point {
    return [this.#x + ((at % this.#columns) + 0.5) * CELL_M, this.#z + (Math.floor(at / this.#columns) + 0.5) * CELL_M];
  }

  /** What the last of `bases` takes away from those who walk; the others stand there already. */
  blocked(bases: readonly Polygon[]): Blocked {
    const [last, others] = [bases[bases.length - 1], bases.slice(0, -1)];
    if (!last) return { cut_m2: 0, isDoorShut: false };
    const before = this.#reach(others);
    const was = this.#mark.slice();
    const now = this.#reach(bases);
    let cut = 0;
    for (let at = 0; at < was.length; at++) {
      // It was in the great floor, one could stand there still, and one cannot get there.
      if (was[at] === before.main && before.main > 0 && this.#mark[at]! > 0 && this.#mark[at] !== now.main) cut++;
    }
    const cut_m2 = cut * CELL_M * CELL_M;
    return { cut_m2: cut_m2 >= WORTH_M2 ? cut_m2 : 0, isDoorShut: this.#doors(was, before.main) > this.#doors(this.#mark, now.main) };
  }

  /** Numbers each part of the floor in `#mark`; the largest is `main`. */
  #reach(bases: readonly Polygon[]): { readonly main: number } {
    const mark = this.#mark;
    const half = WALKWAY_M / 2;
    for (let at = 0; at < mark.length; at++) {
      let isFree = this.#free[at]! >= half;
      if (isFree) {
        const p = this.#middle(at);
        for (const base of bases) if (contains(base, p) || toEdge(base, p) < half) isFree = false;
      }
      mark[at] = isFree ? 0 : -1;
    }
    let [part, main, most] = [0, 0, 0];
    for (let at = 0; at < mark.length; at++) {
      if (mark[at] !== 0) continue;
      const size = this.#flood(at, ++part);
      if (size > most) [most, main] = [size, part];
    }
    return { main };
  }

  #flood(from: number, part: number): number {
    const [queue, mark, columns] = [this.#queue, this.#mark, this.#columns];
    let [head, tail] = [0, 0];
    const push = (at: number): void => {
      if (mark[at] !== 0) return;
      mark[at] = part;
      queue[tail++] = at;
    };
    push(from);
    while (head < tail) {
      const at = queue[head++]!;
      const column = at % columns;
      if (column > 0) push(at - 1);
      if (column < columns - 1) push(at + 1);
      if (at >= columns) push(at - columns);
      if (at + columns < mark.length) push(at + columns);
    }
    return tail;
  }

  /** Doors that one gets to. */
  #doors(mark: Int32Array, main: number): number {
    let open = 0;
    for (const { a, b } of this.#room.doors) {
      const [x, z] = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
      for (let at = 0; at < mark.length; at++) {
        if (mark[at] !== main) continue;
        const p = this.#middle(at);
        if (Math.hypot(p[0] - x, p[1] - z) > DOOR_REACH_M) continue;
        open++;
        break;
      }
    }
    return open;
  }
}
