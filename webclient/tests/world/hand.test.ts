import { BoxGeometry, Group, Mesh, MeshBasicMaterial, Vector3 } from "three";
import { describe, expect, it } from "vitest";
import { Explosion } from "../../src/world/explosion";
import { Handling } from "../../src/world/handling";
import { Surface } from "../../src/world/surface";
import { random } from "./stores";

describe("a thing in the hand", () => {
  const next = random(3);
  const held = (isStill = false): { hands: Handling; turns: () => number } => {
    let turns = 0;
    const hands = new Handling(isStill, () => turns++);
    Object.assign(hands, { least_m: 0.5, most_m: 4 });
    Object.assign(hands.home, { yaw: 0.5, pitch: 0.3, distance_m: 2 });
    hands.set(0.5, 0.3, 2);
    hands.arrive();
    return { hands, turns: () => turns };
  };

  it("never comes nearer than its skin, never tips over, whatever is done to it", () => {
    const { hands } = held();
    for (let turn = 0; turn < 500; turn++) {
      hands.nudge(next() * 4 - 2, next() * 4 - 2, 0.2 + next() * 4);
      hands.update(next() * 0.2);
      for (const at of [hands.to, hands.now]) {
        expect(at.distance_m).toBeGreaterThanOrEqual(0.5 - 1e-9);
        expect(at.distance_m).toBeLessThanOrEqual(4 + 1e-9);
        expect(Math.abs(at.pitch)).toBeLessThan(Math.PI / 2);
      }
    }
  });

  it("comes to rest where it is going, and says when it moves", () => {
    const { hands } = held();
    hands.nudge(2, 0.2, 0.7);
    let frames = 0;
    while (hands.update(1 / 60)) if (++frames > 600) expect.fail("it never rests");
    expect(hands.now).toEqual(hands.to);
    expect(frames).toBeGreaterThan(5);
    expect(held(true).hands.update(1 / 60)).toBe(false);
  });

  it("moves at once for whoever wants no motion", () => {
    const { hands } = held(true);
    hands.nudge(1, 0.1, 0.9);
    hands.update(1 / 60);
    expect(hands.now).toEqual(hands.to);
  });

  it("tells what the user does and not what others do to it", () => {
    const { hands, turns } = held();
    hands.set(1, 0, 1);
    expect(turns()).toBe(0);
    hands.nudge(0.1, 0);
    expect(turns()).toBe(1);
  });

  it("goes home the short way", () => {
    const { hands } = held();
    hands.set(0.5 + 6 * Math.PI + 0.4, 0, 1);
    hands.reset();
    expect(Math.abs(hands.to.yaw - (0.5 + 6 * Math.PI))).toBeLessThan(1e-9);
  });
});

describe("a product of parts", () => {
  const model = (): Group => {
    const group = new Group();
    group.scale.setScalar(2);
    for (const x of [-1, 0, 1]) {
      const part = new Mesh(new BoxGeometry(0.5, 0.5, 0.5), new MeshBasicMaterial());
      part.position.x = x;
      group.add(part);
    }
    return group;
  };

  it("comes apart outward, and together to where it was", () => {
    const group = model();
    const apart = new Explosion(group);
    expect(apart.parts).toBe(3);
    apart.apart(1);
    const [left, , right] = group.children;
    expect(left!.position.x).toBeLessThan(-1.3);
    expect(right!.position.x).toBeGreaterThan(1.3);
    apart.apart(0);
    expect(group.children.map(({ position: { x, y, z } }) => [x, y, z])).toEqual([[-1, 0, 0], [0, 0, 0], [1, 0, 0]]);
  });

  it("hides the spots on its far side, and those alone", () => {
    const group = model();
    group.updateMatrixWorld(true);
    const surface = new Surface(group);
    const eye = new Vector3(0, 0, 6);
    expect(surface.isHidden(eye, new Vector3(0, 0, 1), group)).toBe(false); // in the model's own axes
    expect(surface.isHidden(eye, new Vector3(0, 0, -0.6), group)).toBe(true);
  });
});
