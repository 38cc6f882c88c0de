/**
 * Where a detector's points lie against the bones that garments are rigged to.
 *
 * MediaPipe's shoulders sit higher and further in than the upper arms' heads of a MakeHuman rig, its hips and knees
 * lower; a thigh that is lifted takes the hip's point up with it. Measured on two synthetic people, the crease in moves of
 * their own, and judged on four others (`tests/bench/tryon/bodies.py`).
 */
export interface Habits {
  /** Trunk, thigh and shank between the points, against the body's whole height: the height is so many times their sum. */
  readonly heightShare: number;
  /** What the mean body measures between the points, as shares of its height, in `LONG`'s order. */
  readonly shares: readonly number[];
  /** From point to bone on the mean body, metres: outward and up in the frame of the shoulders, and of the hips. */
  readonly shoulder: readonly [out: number, up: number];
  readonly hip: readonly [out: number, up: number];
  /** How far the hip's point rides up the trunk as a thigh is lifted, metres a radian: it lies in the crease, not in the joint. */
  readonly crease: number;
  /** From the knee's point towards the hip's. */
  readonly knee: number;
}

export const BLAZEPOSE: Habits = { heightShare: 1.284, shares: [0.302, 0.148, 0.152, 0.247, 0.23, 0.199, 0.136], shoulder: [0.014, -0.02], hip: [0.006, 0.045], crease: 0.07, knee: 0.06 };
