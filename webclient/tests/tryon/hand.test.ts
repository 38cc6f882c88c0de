import { describe, expect, it } from "vitest";
import { lensOf, project } from "../../src/tryon/camera";
import { TrackedHand } from "../../src/tryon/hand";
import { Hands } from "../../src/tryon/hands";
import { moved, newPose, type Pose } from "../../src/tryon/pnp";
import { seat, type Anchor } from "../../src/tryon/wear";

const LENS = lensOf(1280, 720);
/** A right hand flat on a table: wrist, palm and the ring finger; landmarks that nobody asks for stay at 0. */
const RIGHT: readonly (readonly [number, number, number, number])[] = [
  [0, 0, 0, 0], [1, -0.028, 0.021, -0.011], [5, -0.0218, 0.0815, 0], [9, 0, 0.079, 0.003], [13, 0.0175, 0.071, 0.001], [17, 0.0322, 0.0592, -0.004], [14, 0.0195, 0.1125, -0.002],
];

function posed(turn: readonly [number, number, number], at: readonly [number, number, number]): Pose {
  const pose = newPose();
  moved(newPose(), Float64Array.from([...turn, ...at]), pose);
  return pose;
}

/** @param flatter what the tracker believes of depth, against the truth */
function seen({ rotation: r, translation: t }: Pose, isLeft: boolean, flatter = 1): { points: Float32Array; isLeft: boolean } {
  const points = new Float32Array(21 * 3);
  const pixel = new Float64Array(2);
  for (const [landmark, rx, y, z] of RIGHT) {
    const x = isLeft ? -rx : rx;
    const at = [0, 1, 2].map((k) => r[k * 3]! * x + r[k * 3 + 1]! * y + r[k * 3 + 2]! * z + t[k]!);
    project(LENS, at[0]!, at[1]!, at[2]!, pixel);
    points[landmark * 3] = pixel[0]! / LENS.width;
    points[landmark * 3 + 1] = pixel[1]! / LENS.height;
    points[landmark * 3 + 2] = (((t[2]! - at[2]!) * LENS.focal) / -t[2]! / LENS.width) * flatter;
  }
  return { points, isLeft };
}

const column = (pose: Pose, k: number): number[] => [pose.rotation[k]!, pose.rotation[3 + k]!, pose.rotation[6 + k]!];
const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, one, i) => sum + one * b[i]!, 0);

describe("a hand in the picture", () => {
  it("has its back, its length and its place as they are, on either side, back or palm to the camera", () => {
    for (const isLeft of [true, false]) {
      for (const turn of [[0, 0, 0], [0.5, 0.3, 0.2], [-0.6, -0.3, 1.2], [0, Math.PI - 0.3, 0.4]] as const) {
        const truth = posed(turn, [0.08, -0.05, -0.5]);
        const hand = new TrackedHand(isLeft);
        expect(hand.look(seen(truth, isLeft), LENS, 0)).toBe(true);
        const { rotation, translation } = hand.wrist.pose;
        expect(dot(column(hand.wrist.pose, 2), column(truth, 2))).toBeGreaterThan(0.97);
        expect((isLeft ? 1 : -1) * dot(column(hand.wrist.pose, 1), column(truth, 1))).toBeGreaterThan(0.97);
        expect(Math.hypot(...translation.map((one, k) => one - (truth.translation[k]! - 0.034 * truth.rotation[k * 3 + 1]!)))).toBeLessThan(0.012);
        expect([...rotation].every(Number.isFinite)).toBe(true);
      }
    }
  });

  it("lies as it is seen to lie, though the tracker believes it flatter by a third, and narrower than the mean one", () => {
    for (const turn of [[0, 0, 0], [0.5, 0.3, 0.2], [-0.5, -0.4, 1.2], [0, Math.PI - 0.4, 0.4]] as const) {
      const truth = posed(turn, [0.08, -0.05, -0.5]);
      const given = seen(truth, true, 0.66);
      const narrow = 0.94;
      for (const [landmark] of RIGHT) given.points[landmark * 3] = given.points[0]! + narrow * (given.points[landmark * 3]! - given.points[0]!);
      const hand = new TrackedHand(true);
      expect(hand.look(given, LENS, 0)).toBe(true);
      expect(dot(column(hand.wrist.pose, 2), column(truth, 2))).toBeGreaterThan(0.93);
    }
  });

  it("does not flip from frame to frame when it is nearly edge on", () => {
    const hand = new TrackedHand(true);
    let last: number[] | null = null;
    for (let i = 0; i < 40; i++) {
      hand.look(seen(posed([0.9 + 0.004 * i, 0.2, 0.1], [0, 0, -0.5]), true), LENS, i * 33);
      const back = column(hand.wrist.pose, 2);
      if (last) expect(dot(back, last)).toBeGreaterThan(0.95);
      last = back;
    }
  });

  it("bears a ring on its fourth finger, the stone to the back of the hand", () => {
    const truth = posed([0, 0, 0], [0, 0, -0.4]);
    const hand = new TrackedHand(true);
    hand.look(seen(truth, true), LENS, 0);
    expect(hand.finger.pose.translation[0]).toBeCloseTo(-0.0183, 2);
    expect(hand.finger.pose.translation[1]).toBeCloseTo(0.071 + 0.55 * 0.0415, 2);
    const ring: readonly Anchor[] = [{ name: "finger_center", position_m: [0, 0.01, 0] }];
    const seated = seat("ring", ring, 1)!;
    expect([0, 1, 2].map((k) => seated.rotation[k * 3 + 1])).toEqual([0, 0, 1]); // the stone's +Y is the back, +Z
    expect([0, 1, 2].map((k) => seated.rotation[k * 3 + 2])).toEqual([0, 1, 0]); // the finger runs along +Y
  });

  it("is told from another by its side, and lost when it is gone", () => {
    const hands = new Hands();
    const [a, b] = [seen(posed([0, 0, 0], [-0.2, 0, -0.5]), true), seen(posed([0, 0, 0], [0.2, 0, -0.5]), false)];
    const first = [...hands.look([a, b], LENS, 0)];
    expect(first).toHaveLength(4);
    expect([...hands.look([b, a], LENS, 33)]).toEqual(first);
    expect(hands.look([], LENS, 66)).toHaveLength(0);
    expect(hands.look([{ points: new Float32Array(63), isLeft: true }], LENS, 99)).toHaveLength(0);
  });
});
