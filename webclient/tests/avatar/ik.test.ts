import { describe, expect, it } from "vitest";
import { sample } from "../../src/avatar/clip";
import { gazeAt, lead, look, reach } from "../../src/avatar/ik";
import { BONES, euler, HEAD, LEFT_ARM, LEFT_LEG, Pose, RIGHT_ARM, rotate } from "../../src/avatar/skeleton";
import { at, IDLE, lengths, rest } from "./figure";

const REST = rest();
const posed = (): Pose => {
  const pose = new Pose();
  sample(IDLE, 1, pose);
  pose.settle(REST);
  return pose;
};

describe("a reach", () => {
  it("brings the hand to every point within its length and keeps every bone as long as it is", () => {
    const before = lengths(posed().position);
    for (let i = 0; i < 200; i++) {
      const pose = posed();
      const arm = i % 2 ? LEFT_ARM : RIGHT_ARM;
      const shoulder = pose.position.slice(arm.upper * 3, arm.upper * 3 + 3);
      const most = before[arm.lower]! + before[arm.end]!;
      const r = most * (0.25 + 0.74 * ((i * 0.6180339) % 1));
      const [a, b] = [i * 2.4, Math.acos(1 - 2 * ((i + 0.5) / 200))];
      const target = [shoulder[0]! + r * Math.sin(b) * Math.cos(a), shoulder[1]! + r * Math.cos(b), shoulder[2]! + r * Math.sin(b) * Math.sin(a)] as const;
      reach(pose, REST, arm, ...target);
      const hand = pose.position.slice(arm.end * 3, arm.end * 3 + 3);
      expect(Math.hypot(hand[0]! - target[0], hand[1]! - target[1], hand[2]! - target[2])).toBeLessThan(1e-3);
      for (const [k, length] of lengths(pose.position).entries()) expect(length).toBeCloseTo(before[k]!, 4);
    }
  });

  it("points with a straight arm at what is too far", () => {
    const pose = posed();
    reach(pose, REST, RIGHT_ARM, -3, 1.4, 6);
    const [s, h] = [at(pose.position, "rightUpperArm"), at(pose.position, "rightHand")];
    const way = [h[0] - s[0], h[1] - s[1], h[2] - s[2]];
    const wish = [-3 - s[0], 1.4 - s[1], 6 - s[2]];
    const cosine = (way[0]! * wish[0]! + way[1]! * wish[1]! + way[2]! * wish[2]!) / Math.hypot(...way) / Math.hypot(...wish);
    expect(cosine).toBeGreaterThan(0.9999);
  });

  it("turns the hand as it was told", () => {
    const pose = posed();
    const turn = new Float32Array(4);
    euler(turn, 0, 0.4, -0.3, 0.2);
    reach(pose, REST, LEFT_ARM, 0.2, 1.2, 0.3, turn);
    for (let k = 0; k < 4; k++) expect(pose.rotation[LEFT_ARM.end * 4 + k]).toBeCloseTo(turn[k]!, 4);
  });

  it("does nothing without weight", () => {
    const pose = posed();
    const before = pose.turn.slice();
    reach(pose, REST, LEFT_ARM, 0, 1, 1, null, 0);
    expect(pose.turn).toEqual(before);
  });
});

describe("a gaze", () => {
  it("turns the face to what it looks at", () => {
    const pose = posed();
    const gaze = { yaw: 0, pitch: 0 };
    expect(gazeAt(gaze, REST, 1, 1.1, 1.4)).toBe(true);
    look(pose, REST, gaze.yaw, gaze.pitch);
    const face = new Float32Array(3);
    rotate(face, 0, pose.rotation, HEAD * 4, 0, 0, 1);
    expect(Math.atan2(face[0]!, face[2]!)).toBeCloseTo(gaze.yaw, 1);
    expect(face[1]).toBeLessThan(-0.2);
  });

  it("does not follow what is behind, nor farther than necks turn", () => {
    const gaze = { yaw: 0, pitch: 0 };
    expect(gazeAt(gaze, REST, 0.3, 1.5, -2)).toBe(false);
    gazeAt(gaze, REST, 5, 9, 0.1);
    expect(Math.abs(gaze.yaw)).toBeLessThanOrEqual(1.15);
    expect(Math.abs(gaze.pitch)).toBeLessThanOrEqual(0.6);
  });
});

describe("a headset", () => {
  it("puts the head where it is when one crouches, bends the spine a little, and legs still reach the floor", () => {
    const pose = posed();
    const foot = pose.position.slice(LEFT_LEG.end * 3, LEFT_LEG.end * 3 + 3);
    const level = Float32Array.of(0, 0, 0, 1);
    lead(pose, REST, 0.05, 1.15, 0.2, level);
    reach(pose, REST, LEFT_LEG, foot[0]!, foot[1]!, foot[2]!);
    const [x, y, z] = at(pose.position, "head");
    expect(Math.hypot(x - 0.05, y - 1.15, z - 0.2)).toBeLessThan(0.06);
    const toe = at(pose.position, "leftFoot");
    expect(Math.hypot(toe[0] - foot[0]!, toe[1] - foot[1]!, toe[2] - foot[2]!)).toBeLessThan(2e-3);
    for (const [i, length] of lengths(pose.position).entries()) expect(length, BONES[i]).toBeCloseTo(lengths(posed().position)[i]!, 4);
    expect(at(pose.position, "leftLowerLeg")[2]).toBeGreaterThan(0.1); // the knee goes ahead
  });
});
