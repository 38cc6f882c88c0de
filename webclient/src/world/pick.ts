/**
 * What lies under a ray: a product, the floor, a seat, or nothing one can do anything with.
 *
 * Products answer by their boxes, a little enlarged: a thumb is wide, and a chair is not missed between its legs. What
 * stands in between is asked of the bake's own tree of triangles (`tracer.ts`), which is there anyway. What it is not:
 * pointers and keys (`point.ts`), or people (`avatar/`).
 */
import { Vector3, type Raycaster } from "three";
import type { Seat } from "./plan";
import type { Stand } from "./stand";
import { Tracer } from "./tracer";
import type { World } from "./world";

export type Picked =
  | { readonly kind: "product"; readonly stand: Stand; readonly point: Vector3 }
  | { readonly kind: "floor"; readonly point: Vector3 }
  | { readonly kind: "seat"; readonly seat: Seat; readonly point: Vector3 }
  | { readonly kind: "none" };

const NONE: Picked = { kind: "none" };
/** How much wider than the product its box is, at least. */
const MARGIN_M = 0.03;
const LEAST_M = 0.16;
/** Rugs are floor, the stage is not. */
const FLOOR_M = 0.04;
const FAR_M = 60;

/** Where a ray enters a box that stands at `at`, turned by `yaw`; Infinity if it misses. Source: Kay & Kajiya 1986. */
export function boxHit(
  ox: number, oy: number, oz: number, dx: number, dy: number, dz: number, at: readonly [number, number, number], yaw_rad: number, w: number, h: number, d: number,
): number {
  const [s, c] = [Math.sin(yaw_rad), Math.cos(yaw_rad)];
  const [rx, ry, rz] = [ox - at[0], oy - at[1], oz - at[2]];
  const lx = c * rx - s * rz;
  const lz = s * rx + c * rz;
  const vx = c * dx - s * dz;
  const vz = s * dx + c * dz;
  let near = 0;
  let far = FAR_M;
  for (let k = 0; k < 3; k++) {
    const o = k === 0 ? lx : k === 1 ? ry : lz;
    const v = k === 0 ? vx : k === 1 ? dy : vz;
    const low = k === 0 ? -w / 2 : k === 1 ? 0 : -d / 2;
    const high = k === 0 ? w / 2 : k === 1 ? h : d / 2;
    const a = (low - o) / (v || 1e-12);
    const b = (high - o) / (v || 1e-12);
    near = Math.max(near, Math.min(a, b));
    far = Math.min(far, Math.max(a, b));
  }
  return near <= far ? near : Infinity;
}

export class Pick {
  readonly #world: World;
  readonly #stands: () => readonly Stand[];
  #tracer: Tracer | null = null;

  constructor(world: World, stands: () => readonly Stand[]) {
    this.#world = world;
    this.#stands = stands;
  }

  /** The nearest thing under the ray; allocates only its answer. */
  at(ray: Raycaster): Picked {
    const { origin: o, direction: d } = ray.ray;
    const wall_m = this.#wall(o, d);
    let best: Stand | null = null;
    let nearest = wall_m + 0.12; // a box may dip into the shelf it stands on
    for (const stand of this.#stands()) {
      const hit = this.hitOf(stand, o, d);
      if (hit >= nearest) continue;
      nearest = hit;
      best = stand;
    }
    if (best) return { kind: "product", stand: best, point: new Vector3().copy(d).multiplyScalar(nearest).add(o) };
    if (wall_m >= FAR_M) return NONE;
    const point = new Vector3().copy(d).multiplyScalar(wall_m).add(o);
    if (point.y < FLOOR_M && d.y < 0) return { kind: "floor", point };
    for (const { seats } of this.#world.plan.rooms) {
      for (const seat of seats) {
        if (boxHit(o.x, o.y, o.z, d.x, d.y, d.z, seat.position, (seat.yaw_deg * Math.PI) / 180, seat.size_m[0] + 0.05, seat.size_m[1] + 0.1, seat.size_m[2] + 0.05) <= wall_m + 0.02) {
          return { kind: "seat", seat, point };
        }
      }
    }
    return NONE;
  }

  /** How far along a ray a stand's box is; Infinity beside it. */
  hitOf(stand: Stand, o: Vector3, d: Vector3): number {
    const [w, h, l] = stand.row.dimensions_m;
    const wide = (x: number): number => Math.max(x + MARGIN_M, LEAST_M);
    return boxHit(o.x, o.y, o.z, d.x, d.y, d.z, stand.slot.position, stand.group.rotation.y, wide(w), wide(h), wide(l));
  }

  /** Whether walls or furniture stand between two points. */
  isHidden(from: Vector3, to: Vector3): boolean {
    const [dx, dy, dz] = [to.x - from.x, to.y - from.y, to.z - from.z];
    const far = Math.hypot(dx, dy, dz);
    return far > 0.1 && this.#solid().isBlocked(from.x, from.y, from.z, dx / far, dy / far, dz / far, far - 0.05);
  }

  #wall(o: Vector3, d: Vector3): number {
    const tracer = this.#solid();
    return tracer.nearest(o.x, o.y, o.z, d.x, d.y, d.z, FAR_M) ? tracer.hitDistance : FAR_M;
  }

  #solid(): Tracer {
    const { position, index, solid } = this.#world.assembly.light;
    return (this.#tracer ??= new Tracer(position, index.subarray(0, solid * 3)));
  }
}
