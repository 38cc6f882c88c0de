import { Matrix4, Vector3 } from "three";
import { describe, expect, it } from "vitest";
import { Mover } from "../../src/avatar/moving";
import { bone, BONES, euler, Pose } from "../../src/avatar/skeleton";
import { placeOn } from "../../src/avatar/worn-place";
import { BODY_BONES, type Moving } from "../../src/net";
import { rest } from "./figure";

const BODY = rest();
const chance = (seed: number): (() => number) => () => ((seed = (seed * 16807) % 2147483647) / 2147483647);

function moving(turns: Readonly<Record<string, readonly [yaw: number, pitch: number, roll: number]>>): Moving {
  const all = new Float32Array(BODY_BONES.length * 4);
  let mask = 0;
  for (const [name, [yaw, pitch, roll]] of Object.entries(turns)) {
    const at = BODY_BONES.indexOf(name as never);
    euler(all, at * 4, yaw, pitch, roll);
    mask |= 1 << at;
  }
  return { turns: all, mask };
}

function posed(mover: Mover, walking = 0): Pose {
  const pose = new Pose();
  mover.apply(pose, BODY, walking);
  pose.settle(BODY);
  return pose;
}
const angle = (pose: Pose, name: string): number => 2 * Math.acos(Math.min(1, Math.abs(pose.turn[bone(name) * 4 + 3]!)));
const full = (one: Moving): Mover => {
  const mover = new Mover();
  mover.advance(one, 1);
  return mover;
};

describe("a figure that is moved by its person", () => {
  it("bends no joint further than joints go and stays finite, whatever came", () => {
    const next = chance(11);
    for (let n = 0; n < 200; n++) {
      const turns = new Float32Array(BODY_BONES.length * 4).map(() => next() * 2 - 1);
      for (let o = 0; o < turns.length; o += 4) {
        const length = Math.hypot(turns[o]!, turns[o + 1]!, turns[o + 2]!, turns[o + 3]!);
        for (let k = 0; k < 4; k++) turns[o + k]! /= length;
      }
      const pose = posed(full({ turns, mask: (1 << BODY_BONES.length) - 1 }));
      expect(pose.position.every(Number.isFinite)).toBe(true);
      expect(angle(pose, "head")).toBeLessThanOrEqual(1.001);
      expect(angle(pose, "neck")).toBeLessThanOrEqual(0.801);
      expect(angle(pose, "leftHand")).toBeLessThanOrEqual(1.501);
      for (let i = 0; i < BONES.length; i++) expect(Math.hypot(...pose.turn.subarray(i * 4, i * 4 + 4))).toBeCloseTo(1, 4);
    }
  });

  it("comes in and goes out within a fifth of a second, and never jumps", () => {
    const mover = new Mover();
    const raised = moving({ leftUpperArm: [0, 0, 1.2] });
    let before = 0;
    const course: number[] = [];
    for (let i = 0; i < 40; i++) {
      mover.advance(i < 20 ? raised : null, 1 / 60);
      const now = angle(posed(mover), "leftUpperArm");
      expect(Math.abs(now - before)).toBeLessThan(0.2);
      course.push((before = now));
    }
    expect(course[13]).toBeCloseTo(1.2, 2);
    expect(course[33]).toBeCloseTo(0, 2);
  });

  it("goes on with what is seen when only an arm is lost", () => {
    const mover = full(moving({ leftUpperArm: [0, 0, 1.2], rightUpperArm: [0, 0, -1.2] }));
    mover.advance(moving({ rightUpperArm: [0, 0, -1.2] }), 1);
    const pose = posed(mover);
    expect(angle(pose, "leftUpperArm")).toBeCloseTo(0, 3);
    expect(angle(pose, "rightUpperArm")).toBeCloseTo(1.2, 3);
  });

  it("keeps its feet on the floor when its person bends the knees, and its own legs when it walks", () => {
    const crouched = moving({ hips: [0, 0.3, 0], leftUpperLeg: [0, -1, 0], leftLowerLeg: [0, 1.4, 0], rightUpperLeg: [0, -1, 0], rightLowerLeg: [0, 1.4, 0] });
    const pose = posed(full(crouched));
    const low = Math.min(pose.position[bone("leftFoot") * 3 + 1]!, pose.position[bone("rightFoot") * 3 + 1]!);
    expect(low).toBeCloseTo(BODY.position[bone("leftFoot") * 3 + 1]!, 2);
    expect(pose.position[1]).toBeLessThan(BODY.position[1]! - 0.05);
    const walking = posed(full(crouched), 1);
    expect(angle(walking, "leftUpperLeg")).toBeCloseTo(0, 4);
    expect(walking.position[1]).toBeCloseTo(BODY.position[1]!, 4);
  });
});

describe("what a figure wears", () => {
  const at = (name: string): Vector3 => new Vector3().fromArray(BODY.position, bone(name) * 3);
  /** Where a point of the product is on the figure as it was modelled. */
  const worn = (category: string, anchors: Parameters<typeof placeOn>[2], point: readonly [number, number, number]): Vector3 => {
    const place = placeOn(BODY, category, anchors)!;
    const joint = new Matrix4().makeTranslation(new Vector3().fromArray(BODY.position, place.bone * 3));
    return new Vector3(...point).applyMatrix4(joint.multiply(place.from));
  };

  it("has spectacles before its eyes, level and looking ahead", () => {
    const anchors = [
      { name: "bridge", position_m: [0, 0.035, 0.07] }, { name: "ear_left", position_m: [0.067, 0.031, -0.038] }, { name: "ear_right", position_m: [-0.067, 0.031, -0.038] },
    ] as const;
    const eyes = at("leftEye").add(at("rightEye")).multiplyScalar(0.5);
    const bridge = worn("sunglasses", anchors, [0, 0.035, 0.07]);
    expect(bridge.x).toBeCloseTo(0, 3);
    expect(Math.abs(bridge.y - eyes.y)).toBeLessThan(0.012);
    expect(bridge.z - eyes.z).toBeGreaterThan(0.015);
    expect(bridge.z - eyes.z).toBeLessThan(0.05);
    const [left, right] = [worn("sunglasses", anchors, [0.03, 0.03, 0.07]), worn("sunglasses", anchors, [-0.03, 0.03, 0.07])];
    expect(left.x).toBeGreaterThan(0.02); // its left is the figure's left
    expect(left.y).toBeCloseTo(right.y, 4);
  });

  it("has nothing on that does not say where it sits", () => {
    expect(placeOn(BODY, "sunglasses", [])).toBeNull();
    expect(placeOn(BODY, "watch", [])).toBeNull();
    expect(placeOn(BODY, "bag", [])).toBeNull();
    expect(placeOn(BODY, "sofa", [{ name: "bridge", position_m: [0, 0, 0] }])).toBeNull();
  });

  it("has a watch on the left wrist, its face out of the back of the hand", () => {
    const place = placeOn(BODY, "watch", [{ name: "wrist_center", position_m: [0, 0.034, 0] }])!;
    const middle = new Vector3(0, 0.034, 0).applyMatrix4(place.from);
    const face = new Vector3(0, 0.034, 1).applyMatrix4(place.from).sub(middle);
    const length = at("leftHand").distanceTo(at("leftLowerArm"));
    expect(place.bone).toBe(bone("leftLowerArm"));
    expect(middle.x).toBeGreaterThan(length * 0.8);
    expect(middle.x).toBeLessThan(length);
    expect([face.x, face.y, face.z].map((c) => Math.round(c * 1000) / 1000 + 0)).toEqual([0, 1, 0]);
  });
});
