import { describe, expect, it } from "vitest";
import { Vector3 } from "three";
import type { Row } from "../../src/api";
import type { Slot } from "../../src/world/plan";
import { Stand } from "../../src/world/stand";
import { Carry, LINGER_S } from "../../src/xr/carry";
import { Hand } from "../../src/xr/input";
import { recall, DEFAULTS, keep } from "../../src/xr/settings";
import { stops } from "../../src/xr/travel";
import { random } from "../world/stores";

const slot = (id: string, position: [number, number, number]): Slot => ({ id, position, yaw_deg: 30, product: id, room_m: [1, 1, 1], isHero: false });
const row = (id: string): Row => ({ id, name: id, dimensions_m: [0.2, 0.3, 0.2], variants: [] }) as unknown as Row;

function shelf(): { carry: Carry; vase: Stand; lamp: Stand; hand: Hand; other: Hand } {
  const vase = new Stand(slot("vase", [0, 1, -2]), row("vase"), 1);
  const lamp = new Stand(slot("lamp", [1, 1, -2]), row("lamp"), 2);
  const carry = new Carry({ stands: [vase, lamp] }, () => false);
  const [hand, other] = [new Hand("right"), new Hand("left")];
  for (const one of [hand, other]) {
    one.isTracked = true;
    one.ray.origin.set(0, 1.15, 0);
    one.aim.position.copy(one.ray.origin);
    one.grip.position.copy(one.ray.origin);
    one.ray.direction.set(0, 0, -1);
  }
  return { carry, vase, lamp, hand, other };
}
const run = (carry: Carry, seconds: number): void => {
  for (let t = 0; t < seconds; t += 1 / 60) carry.update(1 / 60);
};
const isHome = ({ group, slot: { position } }: Stand): boolean => group.position.distanceTo(new Vector3(...position)) < 1e-6 && group.scale.x === 1;

describe("a product in the hand", () => {
  it("is the one under the ray, comes to the hand and follows it at true size", () => {
    const { carry, vase, hand } = shelf();
    expect(carry.take(hand)).toBe(true);
    expect(carry.stand).toBe(vase);
    run(carry, 0.5);
    const before = vase.group.position.clone();
    expect(before.distanceTo(hand.aim.position)).toBeLessThan(0.7);
    hand.aim.position.y += 0.3;
    carry.update(1 / 60);
    expect(vase.group.position.y - before.y).toBeCloseTo(0.3);
    expect(vase.group.scale.x).toBe(1);
  });

  it("waits a while after it was let go, stays while it is watched, and then goes home by itself", () => {
    const { carry, vase, hand } = shelf();
    carry.take(hand);
    run(carry, 0.5);
    carry.release(hand);
    carry.isWatched = true;
    run(carry, LINGER_S * 2);
    expect(carry.stand).toBe(vase);
    carry.isWatched = false;
    run(carry, LINGER_S + 1.5);
    expect(carry.stand).toBeNull();
    expect(isHome(vase)).toBe(true);
  });

  it("goes home when another one is taken: one never has two", () => {
    const { carry, vase, lamp, hand } = shelf();
    carry.take(hand);
    run(carry, 0.4);
    hand.ray.origin.x = 1;
    carry.release(hand);
    carry.bring(lamp, new Vector3(0, 1.6, 0), Math.PI);
    run(carry, 1.5);
    expect(carry.stand).toBe(lamp);
    expect(isHome(vase)).toBe(true);
  });

  it("is on its shelf after whatever hands did, once they are gone", () => {
    const next = random(11);
    for (let turn = 0; turn < 60; turn++) {
      const { carry, vase, lamp, hand, other } = shelf();
      for (let step = 0; step < 25; step++) {
        const one = next() < 0.5 ? hand : other;
        const what = next();
        if (what < 0.3) carry.take(one);
        else if (what < 0.55) carry.release(one);
        else if (what < 0.65) carry.home();
        else if (what < 0.75) carry.magnify(next() < 0.5);
        else if (what < 0.85) one.grip.position.set(next() - 0.5, 1 + next(), -next() * 2);
        else one.isTracked = next() < 0.8;
        run(carry, next() * 0.3);
        for (const { group } of [vase, lamp]) expect(Number.isFinite(group.position.lengthSq() + group.quaternion.lengthSq())).toBe(true);
      }
      carry.dispose();
      expect(isHome(vase) && isHome(lamp)).toBe(true);
      expect(carry.stand).toBeNull();
    }
  });
});

describe("the way there in jumps", () => {
  const open = { isClear: () => true, isFree: () => true };

  it("never jumps further than the room allows, and ends where one wanted to be", () => {
    const made = stops({ x: 0, z: 0 }, [{ x: 1, z: 0 }, { x: 21, z: 3 }], open, 7.9);
    let at = { x: 0, z: 0 };
    for (const stop of made) {
      expect(Math.hypot(stop.x - at.x, stop.z - at.z)).toBeLessThanOrEqual(7.9);
      at = stop;
    }
    expect(at).toEqual({ x: 21, z: 3 });
  });

  it("leaves out corners that need no stop", () => {
    expect(stops({ x: 0, z: 0 }, [{ x: 1, z: 0 }, { x: 2, z: 0 }, { x: 3, z: 1 }], open, 7.9)).toHaveLength(1);
  });
});

describe("what was chosen", () => {
  it("comes back as it was kept, and strange things become the default", () => {
    const kept = new Map<string, string>();
    const storage = { getItem: (name: string) => kept.get(name) ?? null, setItem: (name: string, value: string) => void kept.set(name, value) };
    expect(recall(storage)).toEqual(DEFAULTS);
    keep({ ...DEFAULTS, locomotion: "glide", turn: "smooth", isSeated: true, lift_m: 0.3 }, storage);
    expect(recall(storage)).toEqual({ ...DEFAULTS, locomotion: "glide", turn: "smooth", isSeated: true, lift_m: 0.3 });
    for (const strange of ["null", "[]", "{", '{"locomotion":"fly","lift_m":1e9,"captions":"yes"}']) {
      kept.set("showroom.headset", strange);
      expect(recall(storage)).toEqual(DEFAULTS);
    }
  });
});
