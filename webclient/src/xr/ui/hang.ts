/**
 * Where a panel hangs: before the eyes and a little below, at arm's length and more, nearer if a wall is in the way; it
 * stays there, and comes along slowly only when one has turned away from it.
 */
import { MathUtils, type Vector3 } from "three";
import { wrapped } from "../../angle";
import type { Panel } from "./panel";

const NEAREST_M = 0.62;
export const BEST_M = 1.35;

export interface Hanging {
  /** To the right of where the head looks, radians. */
  readonly aside: number;
  /** Above the eyes, radians; below is less than zero. */
  readonly above: number;
  /** Turned further away than this, it follows. */
  readonly leash: number;
}

/** Hang a panel before a head that looks along `yaw` (the rig's space, 0 along +Z, right is a smaller yaw). */
export function hang(panel: Panel, head: Vector3, yaw: number, how: Hanging, distance_m = BEST_M): void {
  const toward = yaw - how.aside;
  const flat = Math.cos(how.above) * distance_m;
  const { mesh } = panel;
  mesh.position.set(head.x + Math.sin(toward) * flat, head.y + Math.sin(how.above) * distance_m, head.z + Math.cos(toward) * flat);
  mesh.rotation.set(how.above, toward + Math.PI, 0, "YXZ");
  panel.reach(distance_m);
}

/** A yaw that goes after another one without haste; stands still within the leash. Changed in place, frame by frame. */
export interface Lead {
  yaw: number;
  isFollowing: boolean;
}

export function follow(lead: Lead, wanted: number, leash: number, dt: number): void {
  const off = wrapped(wanted - lead.yaw);
  lead.isFollowing = lead.isFollowing ? Math.abs(off) > 0.03 : Math.abs(off) > leash;
  if (lead.isFollowing) lead.yaw += off * Math.min(1, dt * 5);
}

/** Nearer before a wall, never in one's face. */
export const within = (free_m: number): number => MathUtils.clamp(free_m - 0.12, NEAREST_M, BEST_M);
