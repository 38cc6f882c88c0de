import { describe, expect, it } from "vitest";
import type { Person } from "../../src/net/person";
import { Actor, type Scene } from "../../src/avatar/actor";
import { apart, sample } from "../../src/avatar/clip";
import { ANIMATIONS, EMOTES, standing } from "../../src/avatar/motions";
import { bone, Pose } from "../../src/avatar/skeleton";
import { at, CLIPS, rest } from "./figure";

const REST = rest();

function person(over: Partial<Person> = {}): Person {
  return {
    slot: 3, rev: 0, card: null, x: 0, y: 0, z: 0, yaw: 0, vx: 0, vz: 0, animation: 0, emote: 0, emoteTurn: 0, mode: 0, focus: 0,
    head: null, left: null, right: null, isFar: false, isTalking: false, ...over,
  };
}

const scene = (over: Partial<Scene> = {}): Scene => ({ clips: CLIPS, isStill: false, slot: () => null, talker: () => null, eye: { x: 50, y: 1.6, z: 50 }, now_s: 0, ...over });

function run(actor: Actor, over: Scene, seconds: number): Pose {
  const pose = new Pose();
  const other = new Pose();
  for (let i = 0; i < seconds * 60; i++) {
    over.now_s += 1 / 60;
    actor.advance(over, REST, 1 / 60);
    actor.pose(over, REST, pose, other, 1 / 60);
  }
  return pose;
}

describe("somebody who stands", () => {
  it("moves by no more than a little from frame to frame, whatever they do next", () => {
    const one = person();
    const actor = new Actor(one, 0);
    const world = scene();
    const [pose, other, last] = [new Pose(), new Pose(), new Pose()];
    for (let i = 0; i < 900; i++) {
      if (i === 120) Object.assign(one, { emote: 1, emoteTurn: 1 });
      if (i === 200) Object.assign(one, { vz: 1.3 });
      if (i === 420) Object.assign(one, { vz: 0 });
      if (i === 600) Object.assign(one, { animation: 4 });
      world.now_s += 1 / 60;
      actor.advance(world, REST, 1 / 60);
      actor.pose(world, REST, pose, other, 1 / 60);
      if (i > 0) expect(apart(pose, last), `frame ${i}`).toBeLessThan(0.4);
      last.copy(pose);
    }
  });

  it("is not in step with the next one", () => {
    const [a, b] = [new Actor(person({ slot: 1 }), 0), new Actor(person({ slot: 2 }), 1)];
    expect(a.actTime_s).not.toBeCloseTo(b.actTime_s, 1);
    expect(a.gait.phase).not.toBeCloseTo(b.gait.phase, 2);
  });

  it("shows each emote for its time, the same one again too", () => {
    const one = person({ emote: 1 });
    const actor = new Actor(one, 0);
    const world = scene();
    for (let turn = 1; turn <= 2; turn++) {
      one.emoteTurn = turn;
      run(actor, world, 0.5);
      expect(actor.act).toBe("wave");
      run(actor, world, 4);
      expect(actor.emote).toBeNull();
      expect(actor.act).toBe("idle");
    }
  });

  it("points at the product that is meant", () => {
    const world = scene({ slot: () => [-1, 1.2, 2] });
    const pose = run(new Actor(person({ mode: 1, focus: 1 }), 0), world, 2);
    const [s, h] = [at(pose.position, "rightUpperArm"), at(pose.position, "rightHand")];
    const [way, wish] = [[h[0] - s[0], h[1] - s[1], h[2] - s[2]], [-1 - s[0], 1.35 - s[1], 2 - s[2]]];
    const cosine = (way[0]! * wish[0]! + way[1]! * wish[1]! + way[2]! * wish[2]!) / Math.hypot(...way) / Math.hypot(...wish);
    expect(cosine).toBeGreaterThan(0.98);
  });

  it("comes and goes softly", () => {
    const actor = new Actor(person(), 0);
    actor.advance(scene(), REST, 0.1);
    expect(actor.presence).toBeCloseTo(0.5);
    actor.advance(scene(), REST, 0.2);
    expect(actor.presence).toBe(1);
    actor.isLeaving = true;
    actor.advance(scene(), REST, 0.25);
    expect(actor.presence).toBe(0);
  });
});

describe("somebody with a headset", () => {
  it("has their hands where they are", () => {
    const part = (x: number, y: number, z: number): NonNullable<Person["head"]> => ({ position: Float32Array.of(x, y, z), rotation: Float32Array.of(0, 0, 0, 1) });
    const pose = run(new Actor(person({ head: part(0, 1.62, 0.09), left: part(0.25, 1.2, 0.35), right: part(-0.2, 1.3, 0.4) }), 0), scene(), 0.2);
    // The palm is at the grip: upright in a hand that hangs, the wrist is above it and outside.
    const [left, right] = [at(pose.position, "leftHand"), at(pose.position, "rightHand")];
    expect(Math.hypot(left[0] - 0.278, left[1] - 1.285, left[2] - 0.35)).toBeLessThan(2e-3);
    expect(Math.hypot(right[0] + 0.228, right[1] - 1.385, right[2] - 0.4)).toBeLessThan(2e-3);
  });

  it("has their fingers round what they hold, and open again without it", () => {
    const part = (x: number, y: number, z: number): NonNullable<Person["head"]> => ({ position: Float32Array.of(x, y, z), rotation: Float32Array.of(0, 0, 0, 1) });
    const one = person({ head: part(0, 1.62, 0.09), left: part(0.25, 1.2, 0.35), right: part(-0.2, 1.3, 0.4) });
    const actor = new Actor(one, 0);
    const bent = (pose: Pose, name: string): number => 2 * Math.acos(Math.min(1, Math.abs(pose.turn[bone(name) * 4 + 3]!)));
    const held = run(actor, scene(), 0.2);
    for (const side of ["left", "right"]) {
      for (const finger of ["Index", "Middle", "Ring", "Little"]) {
        const all = ["Proximal", "Intermediate", "Distal"].reduce((sum, joint) => sum + bent(held, `${side}${finger}${joint}`), 0);
        expect(all, `${side} ${finger}`).toBeGreaterThan(2.5);
      }
    }
    one.left = one.right = null;
    expect(bent(run(actor, scene(), 0.2), "leftIndexProximal")).toBeLessThan(0.6);
  });
});

describe("the tables", () => {
  it("choose by what is shown, then by who talks, then a wait", () => {
    expect(standing({ animation: 1, isTalking: true, mode: 0 }, { isSeated: false }, 0)).toBe("sit");
    expect(standing({ animation: 0, isTalking: true, mode: 0 }, { isSeated: false }, 0)).toBe("talk");
    expect(standing({ animation: 0, isTalking: false, mode: 0 }, { isSeated: false }, 0)).toBe("idle");
    expect(standing({ animation: 63, isTalking: false, mode: 0 }, { isSeated: false }, 2)).toBe("idle2");
    expect(standing({ animation: 4, isTalking: false, mode: 0 }, { isSeated: true }, 0)).toBe("sit");
  });

  it("know the emotes that bots show, and every animation of the protocol", () => {
    expect([1, 2, 3, 4, 5].map((i) => EMOTES[i]?.name)).toEqual(["wave", "point", "applaud", "dance", "nod"]);
    for (let i = 1; i <= 8; i++) expect(ANIMATIONS[i]).toBeTruthy();
  });

  it("sample a movement the same at its end as at its beginning", () => {
    const [a, b] = [new Pose(), new Pose()];
    sample(CLIPS.get("walk")!, 0, a);
    sample(CLIPS.get("walk")!, CLIPS.get("walk")!.duration_s * 3, b);
    expect(apart(a, b)).toBeLessThan(1e-3);
  });
});
