import { Euler, Matrix4, Quaternion, Vector3 } from "three";
import { describe, expect, it } from "vitest";
import { Bodies, JOINTS, PARENTS, type Body } from "../../src/tryon/body";
import { joint, type Joint } from "../../src/tryon/body-bones";
import type { Habits } from "../../src/tryon/body-habits";
import { lifted } from "../../src/tryon/body-lengths";
import { AT, POINTS } from "../../src/tryon/body-solve";
import { lensOf } from "../../src/tryon/camera";
import type { BodySeen, Mask } from "../../src/tryon/tracking";

const LENS = lensOf(1280, 720);
/** The points below are the bones themselves. */
const EXACT: Habits = { heightShare: 1.327, shares: [0.266, 0.146, 0.155, 0.24, 0.249, 0.215, 0.12], shoulder: [0, 0], hip: [0, 0], crease: 0, knee: 0 };
const HEIGHT_M = 1.73;

/** A rig of the mean body, from each joint's parent. */
const OFFSETS: Readonly<Record<Joint, readonly [number, number, number]>> = {
  hips: [0, 0.05, 0.014], spine: [0, 0.092, 0.008], chest: [0, 0.101, -0.014], upperChest: [0, 0.123, -0.034], neck: [0, 0.19, 0.04], head: [0, 0.05, 0.007],
  leftShoulder: [0.063, 0.15, 0.04], leftUpperArm: [0.115, -0.055, -0.012], leftLowerArm: [0.252, 0, 0], leftHand: [0.267, 0, 0],
  rightShoulder: [-0.063, 0.15, 0.04], rightUpperArm: [-0.115, -0.055, -0.012], rightLowerArm: [-0.252, 0, 0], rightHand: [-0.267, 0, 0],
  leftUpperLeg: [0.1, -0.05, -0.014], leftLowerLeg: [0, -0.415, 0], leftFoot: [0, -0.43, 0], leftToes: [0, -0.045, 0.14],
  rightUpperLeg: [-0.1, -0.05, -0.014], rightLowerLeg: [0, -0.415, 0], rightFoot: [0, -0.43, 0], rightToes: [0, -0.045, 0.14],
};

interface Standing {
  readonly turns?: Readonly<Partial<Record<Joint, readonly [number, number, number]>>>;
  readonly x?: number;
  readonly z?: number;
  readonly yaw_deg?: number;
}

/** Forward kinematics, and what a perfect detector sees of it. */
function standing({ turns = {}, x = 0, z = -2.4, yaw_deg = 0 }: Standing): { readonly seen: BodySeen; readonly at: readonly Vector3[]; readonly turn: readonly Quaternion[] } {
  const at: Vector3[] = [];
  const turn: Quaternion[] = [];
  for (const [i, name] of JOINTS.entries()) {
    const own = new Quaternion().setFromEuler(new Euler(...(turns[name] ?? [0, 0, 0]).map((one) => (one * Math.PI) / 180) as [number, number, number], "YXZ"));
    if (i === 0) {
      const whole = new Quaternion().setFromAxisAngle(new Vector3(0, 1, 0), (yaw_deg * Math.PI) / 180);
      turn.push(whole.multiply(own));
      at.push(new Vector3(x, -0.1, z));
      continue;
    }
    const above = PARENTS[i]!;
    turn.push(turn[above]!.clone().multiply(own));
    at.push(new Vector3(...OFFSETS[name]).applyQuaternion(turn[above]!).add(at[above]!));
  }
  const points = new Float32Array(POINTS * 3);
  const world = new Float32Array(POINTS * 3);
  const put = (i: number, bone: Joint, off: readonly [number, number, number] = [0, 0, 0]): void => {
    const v = new Vector3(...off).applyMatrix4(new Matrix4().compose(at[joint(bone)]!, turn[joint(bone)]!, new Vector3(1, 1, 1)));
    points.set([0.5 + (LENS.focal * v.x) / -v.z / LENS.width, 0.5 - (LENS.focal * v.y) / -v.z / LENS.height, 0], i * 3);
    world.set([v.x, -v.y, -v.z], i * 3);
  };
  for (let i = 0; i < 11; i++) put(i, "head", [0, 0.06, 0.12]);
  put(AT.leftEar, "head", [0.07, 0.075, 0.015]);
  put(AT.rightEar, "head", [-0.07, 0.075, 0.015]);
  for (const [side, k] of [["left", 0], ["right", 1]] as const) {
    const sign = k ? -1 : 1;
    put(11 + k, `${side}UpperArm`);
    put(13 + k, `${side}LowerArm`);
    put(15 + k, `${side}Hand`);
    put(17 + k, `${side}Hand`, [sign * 0.085, 0, -0.035]);
    put(19 + k, `${side}Hand`, [sign * 0.085, 0, 0.035]);
    put(21 + k, `${side}Hand`, [sign * 0.05, 0, 0.05]);
    put(23 + k, `${side}UpperLeg`);
    put(25 + k, `${side}LowerLeg`);
    put(27 + k, `${side}Foot`);
    put(29 + k, `${side}Foot`, [0, -0.06, -0.05]);
    put(31 + k, `${side}Toes`, [0, -0.015, 0.05]);
  }
  const hips = at[joint("leftUpperLeg")]!.clone().add(at[joint("rightUpperLeg")]!).multiplyScalar(0.5);
  for (let i = 0; i < POINTS; i++) world.set([world[i * 3]! - hips.x, world[i * 3 + 1]! + hips.y, world[i * 3 + 2]! + hips.z], i * 3);
  return { seen: { points, world, visible: new Float32Array(POINTS).fill(1) }, at, turn };
}

/** Looked at until it is calm. */
function settled(bodies: Bodies, seen: BodySeen, from_ms = 0): Body | null {
  let body: Body | null = null;
  for (let i = 0; i < 12; i++) body = bodies.look([seen], LENS, from_ms + i * 66)[0] ?? null;
  return body;
}
const known = (): Bodies => {
  const bodies = new Bodies(2, EXACT);
  bodies.height_m = HEIGHT_M;
  return bodies;
};
const ARMS_DOWN = { leftUpperArm: [0, 0, -70], rightUpperArm: [0, 0, 70] } as const;
const turnOf = (body: Body, name: Joint): Quaternion => new Quaternion().fromArray(body.turns, joint(name) * 4);

describe("bodies before the mirror", () => {
  it.each([
    ["stands", { turns: ARMS_DOWN }],
    ["stands aside", { turns: ARMS_DOWN, x: 0.8 }],
    ["is turned", { turns: ARMS_DOWN, yaw_deg: 35 }],
    ["spreads its arms", { turns: { leftUpperArm: [0, 0, -10], rightUpperArm: [0, 0, 10] } }],
    ["bends its elbows and knees", { turns: { leftUpperArm: [0, 0, -60], leftLowerArm: [0, -80, 0], rightUpperArm: [0, 0, 60], rightUpperLeg: [-40, 0, 0], rightLowerLeg: [50, 0, 0] } }],
  ] as const)("are where they are to 3 cm and seen where they are seen, when one %s", (_, pose) => {
    const { seen, at } = standing(pose);
    const body = settled(known(), seen)!;
    for (const name of ["leftUpperArm", "rightUpperArm", "leftLowerArm", "rightLowerArm", "leftHand", "rightHand", "leftUpperLeg", "rightLowerLeg", "leftFoot"] as const) {
      const i = joint(name);
      expect(new Vector3().fromArray(body.joints, i * 3).distanceTo(at[i]!)).toBeLessThan(0.03);
      const [u, v] = [LENS.width / 2 + (LENS.focal * at[i]!.x) / -at[i]!.z, LENS.height / 2 - (LENS.focal * at[i]!.y) / -at[i]!.z];
      expect(Math.hypot(body.screen[i * 2]! - u, body.screen[i * 2 + 1]! - v)).toBeLessThan(1);
    }
  });

  it("turn each bone as it is turned, twist of the arms included", () => {
    const turns = { leftUpperArm: [40, 0, -50], leftLowerArm: [0, -85, 0], leftHand: [45, 0, 0], rightUpperArm: [-30, 0, 60], rightLowerArm: [0, 70, 0] } as const;
    const { seen, turn } = standing({ turns });
    const body = settled(known(), seen)!;
    for (const name of ["hips", "chest", "leftUpperArm", "leftLowerArm", "leftHand", "rightUpperArm", "rightLowerArm", "leftUpperLeg"] as const) {
      expect(turnOf(body, name).angleTo(turn[joint(name)]!)).toBeLessThan(0.12);
    }
  });

  it("tell rotations against the parent that give the turns back", () => {
    const body = settled(known(), standing({ turns: ARMS_DOWN, yaw_deg: 20 }).seen)!;
    for (const [i] of JOINTS.entries()) {
      const own = new Quaternion().fromArray(body.rotations, i * 4);
      if (PARENTS[i]! >= 0) own.premultiply(new Quaternion().fromArray(body.turns, PARENTS[i]! * 4));
      expect(own.angleTo(new Quaternion().fromArray(body.turns, i * 4))).toBeLessThan(1e-3);
    }
  });

  it("stand as far away as the height that was told says, and say how unsure they are if none was", () => {
    const { seen, at } = standing({ turns: ARMS_DOWN });
    const told = settled(known(), seen)!;
    const untold = settled(new Bodies(2, EXACT), seen)!;
    const hips = joint("leftUpperLeg");
    expect(told.joints[hips * 3 + 2]! / at[hips]!.z).toBeCloseTo(1, 1);
    expect(untold.joints[hips * 3 + 2]! / told.joints[hips * 3 + 2]!).toBeCloseTo(untold.height_m / HEIGHT_M, 2);
    expect(untold.height_spread_m).toBeGreaterThan(0.05);
    expect(told.height_spread_m).toBeLessThan(0.02);
    const absurd = known();
    absurd.height_m = 17;
    expect(settled(absurd, seen)!.height_m).toBeLessThan(2.5);
  });

  it("stand where they stood when the model's own metres shrink, as they do far from the camera", () => {
    const bodies = known();
    const { seen } = standing({ turns: ARMS_DOWN });
    const before = settled(bodies, seen)!.joints.slice();
    const after = settled(bodies, { ...seen, world: seen.world.map((one) => 0.9 * one) }, 12 * 66)!;
    for (const name of ["hips", "leftHand", "rightFoot", "head"] as const) expect(Math.abs(after.joints[joint(name) * 3 + 2]! - before[joint(name) * 3 + 2]!)).toBeLessThan(0.02);
  });

  it("have their own size at a desk, where legs are out of the picture and only guessed", () => {
    const { seen, at } = standing({ turns: ARMS_DOWN, z: -0.9 });
    const world = seen.world.slice();
    const visible = seen.visible.slice();
    for (let i = AT.leftKnee; i < POINTS; i++) {
      for (let k = 0; k < 3; k++) world[i * 3 + k]! *= 0.6;
      visible[i] = 0.1;
    }
    // Longer than it is, as the model makes a trunk whose legs it does not see.
    for (let i = 0; i < AT.leftHip; i++) world[i * 3 + 1]! *= 1.2;
    const body = settled(known(), { points: seen.points, world, visible })!;
    const hand = joint("leftUpperArm");
    expect(body.joints[hand * 3 + 2]! / at[hand]!.z).toBeGreaterThan(0.95);
    expect(body.joints[hand * 3 + 2]! / at[hand]!.z).toBeLessThan(1.05);
  });

  it("are nobody's until the mask of people shows them, where masks come", () => {
    const bodies = known();
    bodies.hasMasks = true;
    const { seen } = standing({ turns: ARMS_DOWN });
    const mask = (value: number): Mask => ({ width: 16, height: 16, pixels: new Uint8Array(256).fill(value) });
    expect(settled(bodies, seen)).toBeNull();
    expect(bodies.isUnsure).toBe(true);
    // There is somebody, elsewhere.
    bodies.outline({ ...mask(0), pixels: mask(0).pixels.fill(255, 0, 64) }, LENS);
    expect(bodies.isUnsure).toBe(false);
    expect(settled(bodies, seen, 12 * 66)).toBeNull();
    bodies.outline(mask(255), LENS);
    expect(settled(bodies, seen, 24 * 66)!.confidence).toBe(1);
    // One who stands far away may be in no mask at all.
    const far = known();
    far.hasMasks = true;
    settled(far, seen);
    far.outline(mask(0), LENS);
    expect(settled(far, seen, 12 * 66)!.confidence).toBe(1);
  });

  it("give the place of what no mask shows to somebody new", () => {
    const bodies = new Bodies(1, EXACT);
    bodies.hasMasks = true;
    const [ghost, person] = [standing({ turns: ARMS_DOWN, x: -0.9 }).seen, standing({ turns: ARMS_DOWN, x: 0.9 }).seen];
    bodies.look([ghost], LENS, 0);
    bodies.outline({ width: 2, height: 1, pixels: Uint8Array.of(0, 255) }, LENS);
    bodies.look([ghost, person], LENS, 66);
    bodies.outline({ width: 2, height: 1, pixels: Uint8Array.of(0, 255) }, LENS);
    bodies.look([person], LENS, 132);
    const [body] = bodies.look([person], LENS, 198);
    expect(body!.joints[0]).toBeGreaterThan(0.7);
  });

  it("do not turn round because left and right were mistaken for a frame", () => {
    const bodies = known();
    const { seen } = standing({ turns: ARMS_DOWN });
    settled(bodies, seen);
    const swapped: BodySeen = { points: seen.points.slice(), world: seen.world.slice(), visible: seen.visible };
    for (let i = 11; i < POINTS; i++) {
      const j = i % 2 ? i + 1 : i - 1;
      for (const key of ["points", "world"] as const) swapped[key].set(seen[key].subarray(j * 3, j * 3 + 3), i * 3);
    }
    const [body] = bodies.look([swapped], LENS, 12 * 66);
    expect(turnOf(body!, "chest").angleTo(new Quaternion())).toBeLessThan(0.1);
  });

  it("keep a seen arm before the chest, however deep it was thought", () => {
    const { seen } = standing({ turns: { ...ARMS_DOWN, rightUpperArm: [0, 30, 60], rightLowerArm: [0, 100, 0] } });
    const wrist = AT.rightWrist;
    const world = seen.world.slice();
    world[wrist * 3 + 2] = 0.02; // inside the trunk
    const body = settled(known(), { ...seen, world })!;
    const hand = new Vector3().fromArray(body.joints, joint("rightHand") * 3).sub(new Vector3().fromArray(body.joints, joint("upperChest") * 3));
    hand.applyQuaternion(turnOf(body, "upperChest").invert());
    expect(Math.hypot(hand.x / 0.175, (hand.z - 0.02) / 0.165)).toBeGreaterThan(0.97);
    expect(hand.z).toBeGreaterThan(0.03);
  });

  it("fade when they are lost, and are forgotten", () => {
    const bodies = known();
    settled(bodies, standing({ turns: ARMS_DOWN }).seen);
    const [last] = bodies.look([], LENS, 12 * 66);
    expect(last!.confidence).toBeLessThan(1);
    expect(last!.confidence).toBeGreaterThan(0);
    bodies.look([], LENS, 12 * 66 + 300);
    expect(bodies.look([], LENS, 12 * 66 + 600)).toHaveLength(0);
  });

  it("are two for two people, who stay themselves, and one for one who was seen twice", () => {
    const bodies = known();
    const [a, b] = [standing({ turns: ARMS_DOWN, x: -0.6 }).seen, standing({ turns: ARMS_DOWN, x: 0.6 }).seen];
    const [first, second] = [...bodies.look([a, b], LENS, 0)];
    expect([...bodies.look([b, a], LENS, 66)]).toEqual([first, second]);
    expect(known().look([a, a], LENS, 0)).toHaveLength(1);
  });

  it("stay themselves when one walks behind the other and is not seen for a while", () => {
    const bodies = known();
    const at = (i: number): readonly [BodySeen, BodySeen] => [standing({ turns: ARMS_DOWN, x: -0.5 + 0.08 * i, z: -2.3 }).seen, standing({ turns: ARMS_DOWN, x: 0.5 - 0.08 * i, z: -3.1 }).seen];
    const [near, far] = [...bodies.look(at(0), LENS, 0)];
    for (let i = 1; i < 14; i++) {
      const [a, b] = at(i);
      // The one behind is hidden for some frames, then the one before is missed for two.
      const seen = i === 7 || i === 8 ? [b] : i > 4 && i < 9 ? [a] : [b, a];
      const found = [...bodies.look(seen, LENS, i * 100)];
      expect(found).toContain(near);
      expect(found).toContain(far);
    }
    expect(near!.joints[0]).toBeGreaterThan(0.4);
    expect(far!.joints[0]).toBeLessThan(-0.4);
  });

  it("go on by themselves in a frame in which nobody looked", () => {
    const bodies = known();
    for (let i = 0; i < 20; i++) bodies.look([standing({ turns: ARMS_DOWN, x: 0.3 * i * 0.066 }).seen], LENS, i * 66);
    const before = bodies.bodies[0]!.joints[0]!;
    const [body] = bodies.coast(LENS, 20 * 66);
    expect(body!.joints[0]! - before).toBeGreaterThan(0.01);
    expect(body!.joints[0]! - before).toBeLessThan(0.035);
  });

  it("are not made of what is no body", () => {
    const nothing: BodySeen = { points: new Float32Array(99), world: new Float32Array(99), visible: new Float32Array(33) };
    expect(known().look([nothing], LENS, 0)).toHaveLength(0);
    expect(known().look([{ ...standing({}).seen, points: new Float32Array(99).fill(Number.NaN) }], LENS, 0)).toHaveLength(0);
    const { seen } = standing({ turns: ARMS_DOWN });
    expect(settled(known(), { ...seen, points: seen.points.map((one, i) => (i % 3 === 0 ? one - 0.7 : one)) })).toBeNull();
    expect(settled(known(), { ...seen, world: seen.world.map((one, i) => (i % 3 === 0 ? 0.3 * one : one)) })).toBeNull();
    expect(known().look([{ points: new Float32Array(0), world: new Float32Array(0), visible: new Float32Array(0) }], LENS, 0)).toHaveLength(0);
  });
});

describe("a thigh", () => {
  it.each([[0, 0], [45, 45], [85, 85]] as const)("is lifted by %i degrees, whichever way the body looks", (deg, lift) => {
    for (const yaw_deg of [0, 60, 180]) {
      const { seen } = standing({ turns: { leftUpperLeg: [-deg, 0, 0] }, yaw_deg });
      const up = Float64Array.from(seen.world, (one, i) => (i % 3 ? -one : one));
      expect((lifted(up, 0) * 180) / Math.PI).toBeGreaterThan(lift - 9);
      expect((lifted(up, 0) * 180) / Math.PI).toBeLessThan(lift + 2);
      expect(lifted(up, 1)).toBe(0);
    }
  });

  it("that goes back or aside is not lifted", () => {
    for (const turn of [[30, 0, 0], [0, 0, 40]] as const) {
      const up = Float64Array.from(standing({ turns: { leftUpperLeg: turn } }).seen.world, (one, i) => (i % 3 ? -one : one));
      expect(lifted(up, 0)).toBeLessThan(0.05);
    }
  });
});
