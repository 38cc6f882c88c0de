/**
 * Where one may stand in VR: on a room's floor or a stage, as far from walls and furniture as Walk keeps, and in sight.
 *
 * The same barriers as Walk's, and the same rule as the server's for jumps: nothing between here and there. What it is
 * not: the way there (see `../world/guide.ts`) or the arc that points at it.
 */
import type { Segment } from "../world/architecture";
import type { StorePlan } from "../world/plan";
import { held } from "../world/walk";

/** What of a plan one stands on. */
export type Floors = Pick<StorePlan, "rooms">;

const STEP_ASIDE_M = 0.4;

/** The server counts in whole centimetres: keep a little more away from what it would refuse. */
const CLEAR_M = 0.02;

export class Ground {
  readonly barriers: readonly Segment[];
  readonly #plan: Floors;

  constructor(plan: Floors, barriers: readonly Segment[]) {
    this.#plan = plan;
    this.barriers = barriers;
  }

  /** Height of what one would stand on, metres; null where there is no floor. */
  height(x: number, z: number): number | null {
    for (const room of this.#plan.rooms) {
      if (!isInside(x, z, room.floor)) continue;
      for (const stage of room.stages) {
        if (Math.hypot(x - stage.position[0], z - stage.position[2]) <= stage.radius_m) return stage.position[1] + stage.height_m;
      }
      return 0;
    }
    return null;
  }

  /** Whether a body stands here without touching anything. */
  isFree(x: number, z: number): boolean {
    if (this.height(x, z) === null) return false;
    PROBE.x = x;
    PROBE.z = z;
    held(PROBE, this.barriers);
    return Math.hypot(PROBE.x - x, PROBE.z - z) < 0.01;
  }

  /** Whether nothing stands between two places. */
  isClear(ax: number, az: number, bx: number, bz: number): boolean {
    for (let i = 0; i < this.barriers.length; i++) if (crosses(ax, az, bx, bz, this.barriers[i]!)) return false;
    return true;
  }

  /**
   * Make a place that was pointed at one to stand on: a step aside from what is too close. False if none is.
   *
   * @param from where one stands; a jump keeps in its sight
   */
  settle(at: { x: number; z: number }, from: { readonly x: number; readonly z: number }, reach_m: number): boolean {
    const [x, z] = [at.x, at.z];
    if (this.height(x, z) === null) return false;
    held(at, this.barriers);
    if (Math.hypot(at.x - x, at.z - z) > STEP_ASIDE_M || !this.isFree(at.x, at.z)) return false;
    if (Math.hypot(at.x - from.x, at.z - from.z) > reach_m) return false;
    return this.isClear(from.x, from.z, at.x, at.z);
  }
}

const PROBE = { x: 0, z: 0 };

/** Even-odd rule. */
export function isInside(x: number, z: number, corners: readonly (readonly [number, number])[]): boolean {
  let isIn = false;
  for (let i = 0, j = corners.length - 1; i < corners.length; j = i++) {
    const [ax, az] = corners[i]!;
    const [bx, bz] = corners[j]!;
    if (az > z !== bz > z && x < ((bx - ax) * (z - az)) / (bz - az) + ax) isIn = !isIn;
  }
  return isIn;
}

/** Whether a straight way meets a barrier, its ends made a little longer. */
export function crosses(ax: number, az: number, bx: number, bz: number, [px, pz, qx, qz]: Segment): boolean {
  const long = Math.hypot(qx - px, qz - pz) || 1;
  const ex = ((qx - px) / long) * CLEAR_M;
  const ez = ((qz - pz) / long) * CLEAR_M;
  const side = (ox: number, oz: number, mx: number, mz: number, x: number, z: number): number => (mx - ox) * (z - oz) - (mz - oz) * (x - ox);
  const a = side(px - ex, pz - ez, qx + ex, qz + ez, ax, az);
  const b = side(px - ex, pz - ez, qx + ex, qz + ez, bx, bz);
  const c = side(ax, az, bx, bz, px - ex, pz - ez);
  const d = side(ax, az, bx, bz, qx + ex, qz + ez);
  return a * b < 0 && c * d < 0;
}
