import { describe, expect, it } from "vitest";
import type { Head } from "../../src/tryon/face";
import { Neck } from "../../src/tryon/neck";
import { moved, newPose } from "../../src/tryon/pnp";

/** A neck under a head turned by yaw, then nodded by pitch, radians. */
function neckOf(yaw: number, pitch: number, scale = 1): Neck {
  const [nodded, pose] = [newPose(), newPose()];
  moved(newPose(), Float64Array.of(pitch, 0, 0, 0, 0, 0), nodded);
  moved(nodded, Float64Array.of(0, yaw, 0, 0.1, 0.05, -0.6), pose);
  const neck = new Neck({ pose, scale, isFound: true, confidence: 1 } as Head);
  neck.follow();
  return neck;
}

describe("a neck", () => {
  it("ends below the chin and behind it, upright under an upright head", () => {
    const { rotation, translation } = neckOf(0, 0).pose;
    expect([...rotation]).toEqual([1, 0, 0, 0, 1, 0, 0, 0, 1].map((one) => expect.closeTo(one, 12)));
    expect(translation[0]).toBeCloseTo(0.1, 12);
    expect(0.05 - translation[1]!).toBeGreaterThan(0.1);
    expect(translation[2]).toBeLessThan(-0.63);
  });

  it("hardly moves when the head nods or turns: shoulders stay", () => {
    const rest = neckOf(0, 0).pose.translation;
    for (const [yaw, pitch] of [[0.8, 0], [-0.8, 0], [0, 0.4], [0, -0.4]] as const) {
      const { translation } = neckOf(yaw, pitch).pose;
      expect(Math.hypot(...[0, 1, 2].map((k) => translation[k]! - rest[k]!))).toBeLessThan(0.05);
    }
  });

  it("goes along with a third of a turn, to its side, and stays a rotation", () => {
    for (const yaw of [-0.7, 0.3, 0.7]) {
      const { rotation: r } = neckOf(yaw, 0.2).pose;
      const own = Math.atan2(r[2]!, r[8]!);
      expect(own * yaw).toBeGreaterThan(0);
      expect(own / yaw).toBeGreaterThan(0.25);
      expect(own / yaw).toBeLessThan(0.45);
      for (let a = 0; a < 3; a++) for (let b = 0; b < 3; b++) expect(r[a]! * r[b]! + r[3 + a]! * r[3 + b]! + r[6 + a]! * r[6 + b]!).toBeCloseTo(a === b ? 1 : 0, 12);
    }
  });

  it("is as much longer as the head is larger", () => {
    const [small, large] = [neckOf(0, 0, 0.9).pose.translation, neckOf(0, 0, 1.1).pose.translation];
    expect((0.05 - large[1]!) / (0.05 - small[1]!)).toBeCloseTo(1.1 / 0.9, 6);
  });
});
