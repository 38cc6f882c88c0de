/**
 * Turning with a stick, and moving the space one stands in so that the head comes to be somewhere.
 *
 * Yaw as everywhere in a store: 0 looks along +Z, a quarter turn along +X. The rig's own yaw turns the headset's space,
 * in which the head looks along -Z.
 */
import type { Object3D, Quaternion, Vector3 } from "three";
import { wrapped } from "../angle";

const PUSH = 0.7;
const LET_GO = 0.4;

/** One turn a push: the stick must come back before the next. */
export class SnapTurn {
  #isPushed = false;

  /** 1 for a turn to the right, -1 to the left, 0 for none. */
  update(x: number, y = 0): -1 | 0 | 1 {
    if (this.#isPushed) {
      if (Math.abs(x) < LET_GO) this.#isPushed = false;
      return 0;
    }
    if (Math.abs(x) < PUSH || Math.abs(x) < Math.abs(y)) return 0;
    this.#isPushed = true;
    return x > 0 ? 1 : -1;
  }
}

/** Where a rotation looks, as a store's yaw. */
export function yawOf({ x, y, z, w }: Quaternion): number {
  return Math.atan2(-2 * (x * z + w * y), -(1 - 2 * (x * x + y * y)));
}

/** Put the rig so that a head at `head` (in the rig's space) stands over a place. The rig's height is the floor's. */
export function placeHead(rig: Object3D, head: Vector3, x: number, floor: number, z: number): void {
  const [s, c] = [Math.sin(rig.rotation.y), Math.cos(rig.rotation.y)];
  rig.position.set(x - (c * head.x + s * head.z), floor, z - (-s * head.x + c * head.z));
}

/** Turn the rig about the head, to the right for a positive angle: nothing but the view moves. */
export function turnAbout(rig: Object3D, head: Vector3, right_rad: number): void {
  const [s, c] = [Math.sin(rig.rotation.y), Math.cos(rig.rotation.y)];
  const x = rig.position.x + c * head.x + s * head.z;
  const z = rig.position.z - s * head.x + c * head.z;
  rig.rotation.y = wrapped(rig.rotation.y - right_rad);
  placeHead(rig, head, x, rig.position.y, z);
}

/** The rig's yaw that makes a head, looking along `headYaw` in its own space, look along a store's yaw. */
export function rigYaw(yaw: number, headYaw: number): number {
  return wrapped(yaw - headYaw);
}
