import { describe, expect, it } from "vitest";
import { Quaternion, Vector3 } from "three";
import { Grip, homeward, LEAST_SCALE, MOST_SCALE, newPose, rest, TwoHands, type Pose } from "../../src/xr/grab";

const pose = (x: number, y: number, z: number, about: [number, number, number] = [0, 1, 0], angle = 0): Pose => ({
  position: new Vector3(x, y, z), rotation: new Quaternion().setFromAxisAngle(new Vector3(...about).normalize(), angle),
});

describe("holding", () => {
  it("moves nothing when a thing is taken, and keeps its place in the hand wherever the hand goes", () => {
    const grip = new Grip();
    const thing = pose(0.3, 1, -0.4, [1, 2, 0], 0.5);
    grip.take(pose(0.2, 1.1, -0.3, [0, 1, 1], 0.7), thing);
    const out = newPose();
    grip.follow(pose(0.2, 1.1, -0.3, [0, 1, 1], 0.7), 0.016, out);
    expect(out.position.distanceTo(thing.position)).toBeLessThan(1e-9);
    expect(out.rotation.angleTo(thing.rotation)).toBeLessThan(1e-6);
    const far = pose(5, 2, 3, [1, 0, 0], 2);
    grip.follow(far, 0.016, out);
    expect(out.position.distanceTo(far.position)).toBeCloseTo(thing.position.distanceTo(new Vector3(0.2, 1.1, -0.3)));
  });

  it("brings a far thing near without a jump", () => {
    const grip = new Grip();
    const hand = pose(0, 1.2, 0);
    const thing = pose(0.5, 1, -4);
    const near = newPose();
    rest([0.2, 0.3, 0.2], hand, near);
    grip.pull(hand, thing, near);
    const out = newPose();
    let before = thing.position.clone();
    for (let i = 0; i < 40; i++) {
      grip.follow(hand, 0.016, out);
      expect(out.position.distanceTo(before)).toBeLessThan(0.9);
      before = out.position.clone();
    }
    expect(grip.isPulling).toBe(false);
    expect(out.position.distanceTo(hand.position)).toBeLessThan(0.5);
  });

  it("lets a pulled thing stand upright before the hand and far enough off to be seen whole", () => {
    for (const size of [[0.05, 0.05, 0.05], [0.16, 0.25, 0.16], [2, 0.9, 1]] as const) {
      const hand = pose(0, 1.2, 0, [1, 0.4, 0.1], 0.4);
      const near = newPose();
      rest(size, hand, near);
      const up = new Vector3(0, 1, 0).applyQuaternion(near.rotation).applyQuaternion(hand.rotation);
      expect(up.y).toBeCloseTo(1);
      expect(-near.position.z).toBeGreaterThan(Math.hypot(...size) / 4);
    }
  });

  it("keeps the true size between two hands unless it is magnified", () => {
    const two = new TwoHands();
    const thing = pose(0, 1, -0.4);
    two.begin(pose(-0.1, 1, -0.4), pose(0.1, 1, -0.4), thing, 1);
    expect(two.follow(pose(-0.3, 1, -0.4), pose(0.3, 1, -0.4), false, thing)).toBe(1);
    expect(two.follow(pose(-0.3, 1, -0.4), pose(0.3, 1, -0.4), true, thing)).toBeCloseTo(3);
    expect(two.follow(pose(-9, 1, -0.4), pose(9, 1, -0.4), true, thing)).toBe(MOST_SCALE);
    expect(two.follow(pose(-0.001, 1, -0.4), pose(0.001, 1, -0.4), true, thing)).toBe(LEAST_SCALE);
  });

  it("turns a thing as the line between two hands turns", () => {
    const two = new TwoHands();
    const thing = pose(0, 1, -0.4);
    two.begin(pose(-0.1, 1, -0.4), pose(0.1, 1, -0.4), thing, 1);
    two.follow(pose(0, 1, -0.3), pose(0, 1, -0.5), false, thing);
    const front = new Vector3(1, 0, 0).applyQuaternion(thing.rotation);
    expect(front.x).toBeCloseTo(0);
    expect(front.z).toBeCloseTo(-1);
    expect(thing.position.distanceTo(new Vector3(0, 1, -0.4))).toBeLessThan(1e-6);
  });

  it("ends on the shelf exactly", () => {
    const home = pose(1, 1.45, -2, [0, 1, 0], 0.3);
    const out = newPose();
    homeward(pose(0, 1, 0, [1, 0, 0], 1), home, 1, out);
    expect(out.position.distanceTo(home.position)).toBeLessThan(1e-9);
    expect(out.rotation.angleTo(home.rotation)).toBeLessThan(1e-6);
  });
});
