/**
 * What stands about without a name: columns of the room's mesh, four centimetres wide, that are neither floor nor wall
 * nor a thing that was named.
 *
 * Scans are lumpy: what is near the floor, a wall or a named thing is taken for a part of that. What it is not: exact; a
 * verdict asks for more than a speck.
 */
import { put, type FoundMesh } from "./found";
import { contains, pointToSegment, toEdge, type Point, type Polygon } from "./polygon";

export const CELL_M = 0.04;
const OVER_FLOOR_M = 0.08;
const MOST_M = 2.6;
const OFF_WALL_M = 0.12;
const OFF_THING_M = 0.1;
const MOST_TRIANGLES = 200_000;

/** What is known of the room already, as far as it hides what lies near. */
interface House {
  readonly floor: Polygon;
  readonly floor_m: number;
  readonly things: readonly { readonly base: Polygon }[];
  readonly walls: readonly { readonly a: Point; readonly b: Point }[];
}

/** A clutter's numbers alone, as they come from another thread. */
export type Columns = Pick<Clutter, "x_m" | "z_m" | "columns" | "rows" | "low" | "high">;

export class Clutter {
  readonly x_m: number;
  readonly z_m: number;
  readonly columns: number;
  readonly rows: number;
  /** Lowest and highest thing in each column; lowest is Infinity where there is none. */
  readonly low: Float32Array;
  readonly high: Float32Array;

  constructor({ x_m, z_m, columns, rows, low, high }: Columns) {
    [this.x_m, this.z_m, this.columns, this.rows, this.low, this.high] = [x_m, z_m, columns, rows, low, high];
  }

  static from(meshes: readonly FoundMesh[], house: House): Clutter {
    const [xs, zs] = [house.floor.map((p) => p[0]), house.floor.map((p) => p[1])];
    const [x0, z0] = [Math.min(...xs), Math.min(...zs)];
    const [columns, rows] = [Math.max(1, Math.ceil((Math.max(...xs) - x0) / CELL_M)), Math.max(1, Math.ceil((Math.max(...zs) - z0) / CELL_M))];
    const grid = new Clutter({ x_m: x0, z_m: z0, columns, rows, low: new Float32Array(columns * rows).fill(Infinity), high: new Float32Array(columns * rows).fill(-Infinity) });
    for (const mesh of meshes) grid.#draw(mesh, house);
    grid.#clean(house);
    return grid;
  }

  get filled(): number {
    let n = 0;
    for (const y of this.high) if (y > -Infinity) n++;
    return n;
  }

  #draw({ matrix, vertices, indices }: FoundMesh, { floor_m }: House): void {
    const most = Math.min(indices.length, MOST_TRIANGLES * 3);
    const [low, high] = [floor_m + OVER_FLOOR_M, floor_m + MOST_M];
    for (let i = 0; i + 2 < most; i += 3) {
      const corner = (k: number): readonly [number, number, number] => {
        const at = indices[i + k]! * 3;
        return put(matrix, vertices[at]!, vertices[at + 1]!, vertices[at + 2]!);
      };
      const [a, b, c] = [corner(0), corner(1), corner(2)];
      const long = Math.max(...[[a, b], [b, c], [c, a]].map(([p, q]) => Math.hypot(p![0]! - q![0]!, p![1]! - q![1]!, p![2]! - q![2]!)));
      // Points close enough together that no column is missed.
      const steps = Math.max(1, Math.ceil(long / (CELL_M * 0.7)));
      for (let s = 0; s <= steps; s++) {
        for (let t = 0; t <= steps - s; t++) {
          const [u, v] = [s / steps, t / steps];
          const y = a[1]! + (b[1]! - a[1]!) * u + (c[1]! - a[1]!) * v;
          if (y < low || y > high) continue;
          const column = Math.floor((a[0]! + (b[0]! - a[0]!) * u + (c[0]! - a[0]!) * v - this.x_m) / CELL_M);
          const row = Math.floor((a[2]! + (b[2]! - a[2]!) * u + (c[2]! - a[2]!) * v - this.z_m) / CELL_M);
          if (column < 0 || row < 0 || column >= this.columns || row >= this.rows) continue;
          const at = row * this.columns + column;
          if (y < this.low[at]!) this.low[at] = y;
          if (y > this.high[at]!) this.high[at] = y;
        }
      }
    }
  }

  #clean({ floor, things, walls }: House): void {
    for (let at = 0; at < this.low.length; at++) {
      if (this.high[at] === -Infinity) continue;
      const p = this.middle(at);
      const isHouse = !contains(floor, p) || toEdge(floor, p) < OFF_WALL_M || walls.some(({ a, b }) => pointToSegment(p, a, b) < OFF_WALL_M) ||
        things.some(({ base }) => contains(base, p) || toEdge(base, p) < OFF_THING_M);
      if (!isHouse) continue;
      this.low[at] = Infinity;
      this.high[at] = -Infinity;
    }
  }

  middle(at: number): Point {
    return [this.x_m + ((at % this.columns) + 0.5) * CELL_M, this.z_m + (Math.floor(at / this.columns) + 0.5) * CELL_M];
  }

  /** The least way, metres, that a shape between two heights would have to shrink to be clear of it; 0: it is clear. */
  within(shape: Polygon, from_m: number, to_m: number): number {
    const [xs, zs] = [shape.map((p) => p[0]), shape.map((p) => p[1])];
    const first = [Math.max(0, Math.floor((Math.min(...xs) - this.x_m) / CELL_M)), Math.max(0, Math.floor((Math.min(...zs) - this.z_m) / CELL_M))] as const;
    const last = [Math.min(this.columns - 1, Math.floor((Math.max(...xs) - this.x_m) / CELL_M)), Math.min(this.rows - 1, Math.floor((Math.max(...zs) - this.z_m) / CELL_M))] as const;
    let [deep, count] = [0, 0];
    for (let row = first[1]; row <= last[1]; row++) {
      for (let column = first[0]; column <= last[0]; column++) {
        const at = row * this.columns + column;
        if (this.low[at]! > to_m || this.high[at]! < from_m) continue;
        const p = this.middle(at);
        if (!contains(shape, p)) continue;
        count++;
        deep = Math.max(deep, toEdge(shape, p));
      }
    }
    return count >= SPECK ? deep : 0;
  }
}

/** Fewer columns than this are noise. */
const SPECK = 4;
