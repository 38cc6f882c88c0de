/**
 * Where a detector's points lie against the bones that garments are rigged to.
 *
 * MediaPipe's shoulders sit higher and further in than the upper arms' heads of a MakeHuman rig, its hips and knees
 * lower. Measured on two synthetic people and judged on four others (`tests/bench/tryon/bodies.py`).
 */
export interface Habits {
  /** Trunk, thigh and shank between the points, against the body's whole height: the height is so many times their sum. */
  readonly heightShare: number;
  /** From point to bone on the mean body, metres: outward and up in the frame of the shoulders, and of the hips. */
  readonly shoulder: readonly [out: number, up: number];
  readonly hip: readonly [out: number, up: number];
  /** From the knee's point towards the hip's. */
  readonly knee: number;
}

export const BLAZEPOSE: Habits = { heightShare: 1.284, shoulder: [0.014, -0.02], hip: [0.006, 0.045], knee: 0.06 };
