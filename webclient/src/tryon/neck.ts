/**
 * Where a head's neck ends and the chest begins, from the head alone: what a necklace lies on.
 *
 * Own frame: origin in the neck's middle at the height of the pit of the throat, +Y up along it, +Z out of the throat.
 * A neck goes along with a third of the head's turn, and hardly with its nod: shoulders stay. What it is not: seen. With
 * a tracked body, its shoulders know better.
 *
 * Source: White & Panjabi 1990 (half of the neck's turn happens in its two upper joints, the rest on the way down).
 */
import type { Bearer } from "./bearer";
import type { Head } from "./face";
import { newPose, type Pose } from "./pnp";

/** In the head's frame, before its scale: where it turns upon the neck. */
const PIVOT = [0, -0.012, -0.055] as const;
/** From there down to the neck's end, and forward of the spine. */
const LONG_M = 0.118;
const FORWARD_M = 0.012;
const TURN_SHARE = 0.35;
const NOD_SHARE = 0.15;

export class Neck implements Bearer {
  readonly part = "neck";
  readonly pose: Pose = newPose();
  readonly #head: Head;

  constructor(head: Head) {
    this.#head = head;
  }

  get scale(): number {
    return this.#head.scale;
  }

  get isFound(): boolean {
    return this.#head.isFound;
  }

  get confidence(): number {
    return this.#head.confidence;
  }

  /** After the head was found in a frame. */
  follow(): void {
    const { rotation: r, translation: t } = this.#head.pose;
    const size = this.#head.scale;
    // The head's own turn, nod and tilt, and what of each the neck's end still takes part in.
    const turn = TURN_SHARE * Math.atan2(r[2]!, r[8]!);
    const nod = NOD_SHARE * Math.asin(Math.min(1, Math.max(-1, -r[5]!)));
    const tilt = NOD_SHARE * Math.atan2(r[3]!, r[4]!);
    const [cy, sy, cx, sx, cz, sz] = [Math.cos(turn), Math.sin(turn), Math.cos(nod), Math.sin(nod), Math.cos(tilt), Math.sin(tilt)];
    const o = this.pose.rotation;
    // Ry · Rx · Rz
    o[0] = cy * cz + sy * sx * sz;
    o[1] = -cy * sz + sy * sx * cz;
    o[2] = sy * cx;
    o[3] = cx * sz;
    o[4] = cx * cz;
    o[5] = -sx;
    o[6] = -sy * cz + cy * sx * sz;
    o[7] = sy * sz + cy * sx * cz;
    o[8] = cy * cx;
    for (let k = 0; k < 3; k++) {
      const pivot = (r[k * 3]! * PIVOT[0] + r[k * 3 + 1]! * PIVOT[1] + r[k * 3 + 2]! * PIVOT[2]) * size;
      this.pose.translation[k] = t[k]! + pivot + (FORWARD_M * o[k * 3 + 2]! - LONG_M * o[k * 3 + 1]!) * size;
    }
  }
}
