import { describe, expect, it } from "vitest";
import { Neighbourhood } from "../../src/net/crowd";
import { ProtocolError } from "../../src/net/ids";
import { fromHex, toHex, vectors } from "./vectors";

interface Stream {
  cell_cm: number;
  columns: number;
  rows: number;
  fields: string[];
  steps: { what: string; hex: string; near: unknown[][]; centre: number }[];
}

const floor = (told: { cell_cm: number; columns: number; rows: number }) =>
  ({ ...told, corner_mm: [0, 0], size_cm: [told.columns * told.cell_cm, told.rows * told.cell_cm], y_cm: [0, 300] }) as const;

function opened(told: { cell_cm: number; columns: number; rows: number }, self = 60000): Neighbourhood {
  const crowd = new Neighbourhood();
  crowd.reopen(floor(told), self, 20, false);
  return crowd;
}

const held = (crowd: Neighbourhood): unknown[][] =>
  [...crowd.near.values()].sort((a, b) => a.slot - b.slot).map((p) => [
    p.slot, p.rev, p.cmX, p.cmZ, p.cmY, p.yaw256, p.state & 255, (p.state >>> 8) & 255, p.state >>> 29, (p.state >>> 16) & 0x1fff, p.hasJumped, toHex(p.rig.subarray(0, p.rigBytes)),
  ]);

describe("the crowd", () => {
  const told = vectors<Stream>("stream");

  it("holds what the stream says after every message", () => {
    const crowd = opened(told);
    let now = 1000;
    for (const { what, hex, near, centre } of told.steps) {
      now += 50;
      if (!hex.startsWith("45")) crowd.receive(fromHex(hex), now);
      crowd.update(now);
      expect(held(crowd), what).toEqual(near);
      expect(crowd.centre).toBe(centre);
      expect([...crowd.people.keys()].sort((a, b) => a - b)).toEqual(near.map(([slot]) => slot));
    }
  });

  it("is not oneself", () => {
    const crowd = opened(told, 1);
    crowd.receive(fromHex(told.steps[0]!.hex), 0);
    expect([...crowd.people.keys()]).toEqual([0]);
    expect(crowd.me?.slot).toBe(1);
  });

  it("tells of everybody's coming and going once", () => {
    const crowd = opened(told, 0);
    const around = new Set<number>();
    for (const { hex } of told.steps) {
      if (hex.startsWith("45")) continue;
      crowd.receive(fromHex(hex), 0);
      for (const { slot } of crowd.left.splice(0)) expect(around.delete(slot)).toBe(true);
      for (const { slot } of crowd.entered.splice(0)) expect(around.has(slot) || !around.add(slot)).toBe(false);
      expect([...around].sort()).toEqual([...crowd.people.keys()].sort());
    }
  });

  it("is somebody the same over a frame in which they change cells, and over a new look", () => {
    const crowd = opened(told);
    const seen = new Map<number, unknown>();
    for (const { what, hex } of told.steps.slice(0, 16)) {
      if (hex.startsWith("45")) continue;
      crowd.receive(fromHex(hex), 0);
      for (const [slot, person] of crowd.people) expect(seen.get(slot) ?? person, what).toBe(person);
      for (const [slot, person] of crowd.people) seen.set(slot, person);
    }
  });

  it("knows the crowd beyond where the vector says", () => {
    const far = vectors<{ cell_cm: number; columns: number; rows: number; hex: string; far: Record<string, [number, number]> }>("crowd");
    const crowd = opened(far);
    crowd.receive(fromHex(far.hex), 0);
    const found = Object.fromEntries([...crowd.people].map(([slot, p]) => [slot, [Math.round(p.x * 100), Math.round(p.z * 100)]]));
    expect(found).toEqual(far.far);
    expect([...crowd.people.values()].every((p) => p.isFar)).toBe(true);
  });

  it("asks for a keyframe once when a frame is missing, and skips frames until it comes", () => {
    const crowd = opened(told);
    crowd.receive(fromHex(told.steps[0]!.hex), 0);
    const before = held(crowd);
    crowd.receive(fromHex("420264001000047099"), 0);
    expect([crowd.takeGap(), crowd.takeGap()]).toEqual([true, false]);
    crowd.receive(fromHex("420164001000047099"), 0);
    expect(crowd.takeGap()).toBe(false);
    expect(held(crowd)).toEqual(before);
    crowd.receive(fromHex(told.steps[0]!.hex), 0);
    crowd.receive(fromHex("420164001000047099"), 0);
    expect(held(crowd)).not.toEqual(before);
  });

  it("throws nothing but ProtocolError, whatever bytes come, and stays usable", () => {
    let seed = 5;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      return Math.floor((seed / 2 ** 32) * below);
    };
    let refused = 0;
    for (let round = 0; round < 4000; round++) {
      const crowd = opened(told);
      crowd.receive(fromHex(told.steps[0]!.hex), 0);
      for (let step = 1; step < 6; step++) {
        const data = fromHex(told.steps[1 + random(told.steps.length - 1)]!.hex);
        for (let k = random(4); k > 0; k--) data[random(data.length)] = random(256);
        if (data[0]! < 0x42 || data[0] === 0x45) continue;
        const cut = data.slice(0, 1 + random(data.length));
        try {
          crowd.receive(random(2) ? cut : data, round);
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError);
          refused++;
          break;
        }
        crowd.update(round);
      }
    }
    expect(refused).toBeGreaterThan(500);
  });

  it("asks who somebody is once, keeps the card for the pair that was seen, and again for another look", () => {
    const crowd = opened(told, 0);
    crowd.receive(fromHex(told.steps[0]!.hex), 0);
    const asked: number[] = [];
    crowd.unknown(0, asked, 64);
    crowd.unknown(100, asked, 64);
    expect(asked.sort()).toEqual([0, 1]);
    const card = { slot: 1, rev: 0, member: 9, name: "Bo", role: "guest", avatar: "guest", tint: [], wears: [], party: 0, muted: false };
    crowd.takeCards([{ ...card, rev: 3 }]);
    expect(crowd.people.get(1)!.card).toBeNull();
    crowd.takeCards([card]);
    expect(crowd.people.get(1)!.card).toBe(card);
    crowd.receive(fromHex("42016400100003010101010001f4012c0100"), 50); // leaves and enters as revision 1
    expect(crowd.people.get(1)!.rev).toBe(1);
    expect(crowd.people.get(1)!.card).toBe(card);
    asked.length = 0;
    crowd.unknown(200, asked, 64);
    expect(asked).toEqual([1]);
    const old = crowd.people.get(1);
    crowd.entered.length = crowd.left.length = 0;
    crowd.takeCards([{ ...card, rev: 1, member: 10, name: "Cy" }]);
    expect(crowd.left).toEqual([old]);
    expect(crowd.entered).toEqual([crowd.people.get(1)]);
    expect(crowd.people.get(1)!.card!.name).toBe("Cy");
  });
});
