/**
 * The bodies before the mirror, in metres: kept each its own from frame to frame, calm, and honest about what is not seen.
 *
 * What it is not: the geometry of one body in one frame (`body-solve.ts`, `body-turns.ts`), or what it wears (`garment.ts`).
 */
import type { Bearer } from "./bearer";
import { JOINTS, PARENTS } from "./body-bones";
import type { Lens } from "./camera";
import type { BodySeen } from "./tracking";

export { JOINTS, PARENTS };
export type { BodySeen };

/** Of a joint's order see `JOINTS`. Arrays are changed in place by the next frame. */
export interface Body extends Bearer {
  readonly part: "body";
  /** 0 to 1: how much of what is worn may be shown. Falls softly when the body is lost. */
  readonly confidence: number;
  /** What the metres stand on: given by the shopper, or the mean of adults with its spread (one sigma). */
  readonly height_m: number;
  readonly height_spread_m: number;
  /** `(22, 3)` metres, camera's space: where each bone begins. */
  readonly joints: Float32Array;
  /** `(22, 4)` quaternions xyzw, each against its parent; the hips' against the camera. Identity is a T-pose facing it. */
  readonly rotations: Float32Array;
  /** `(22, 4)` the same, all against the camera. */
  readonly turns: Float32Array;
  /** `(22, 2)` pixels from the upper left, of the picture that was tracked. */
  readonly screen: Float32Array;
  /** `(22)` 0 to 1: how surely a joint was seen. */
  readonly sure: Float32Array;
}

/** Nobody told us theirs: the mean of adults, and how far people are from it. */
export const MEAN_ADULT_M = { height_m: 1.7, spread_m: 0.095 } as const;

export declare class BodiesShape {
  look(poses: readonly BodySeen[], lens: Lens, time_ms: number): readonly Body[];
}
