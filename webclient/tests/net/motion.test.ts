import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { simulate } from "../../bench/simulation";
import { Neighbourhood } from "../../src/net/crowd";
import { Playback } from "../../src/net/playback";
import { fromHex } from "./vectors";

const FLOOR = { corner_mm: [-1000, 2000], size_cm: [2100, 2100], cell_cm: 700, columns: 3, rows: 3, y_cm: [0, 300] } as const;
const u16 = (...values: number[]): number[] => values.flatMap((v) => [v & 255, (v >> 8) & 255]);

/** A room with people in the middle cell, and a server that says where they are, 20 times a second, on a perfect line. */
class Room {
  readonly crowd = new Neighbourhood();
  now = 10_000;
  seq = 0;
  time = 0;

  constructor(places: readonly (readonly [number, number])[], slot = 999) {
    this.crowd.reopen(FLOOR, slot, 20, false);
    const enters = places.flatMap(([x, z], i) => [...u16(i), 0, ...u16(x, z), 0]);
    this.crowd.receive(Uint8Array.from([0x43, 0, 0, 0, 0, 0, ...u16(4), ...u16(0x8010), 2 | 128, ...u16(places.length), ...enters]), this.now);
  }

  /** A FRAME of the middle cell with these codes, a tick later. */
  frame(codes: readonly number[], more: readonly number[] = [], passed = 50): void {
    this.time += passed;
    this.now += passed;
    this.seq = (this.seq + 1) & 255;
    this.crowd.receive(Uint8Array.from([0x42, this.seq, ...u16(this.time), ...u16(0x10), 4, ...codes, ...more]), this.now);
  }

  at(slot: number): [number, number] {
    const { x, z } = this.crowd.people.get(slot)!;
    return [x, z];
  }
}

const code = (dx: number, dz: number): number => (dx + 7) * 15 + dz + 7;

describe("the motion of others", () => {
  it("has no visible step at 5 % loss and 80 ms jitter, where plain drawing leaps", () => {
    for (const seed of [1, 2]) {
      const scene = { link: { latency_ms: 30, jitter_ms: 80, loss: 0.05 }, seconds: 40, people: 8, seed } as const;
      const strollers = simulate({ ...scene, kind: "strollers" });
      const typists = simulate({ ...scene, kind: "typists" });
      // A centimetre in a picture beside the way one was going: at two metres' distance, a third of a degree.
      expect(strollers.ours.step_mm.max).toBeLessThan(7);
      expect(typists.ours.step_mm.max).toBeLessThan(10);
      expect(strollers.ours.acceleration.p99).toBeLessThan(9);
      expect(strollers.linear.acceleration.p99 / strollers.ours.acceleration.p99).toBeGreaterThan(50);
      expect(strollers.raw.acceleration.p99 / strollers.ours.acceleration.p99).toBeGreaterThan(50);
      expect(strollers.ours.error_mm.p50).toBeLessThan(80);
    }
  });

  it("is near the truth on a good line", () => {
    const { ours } = simulate({ link: { latency_ms: 10, jitter_ms: 4, loss: 0 }, seconds: 30, people: 8, seed: 3, kind: "strollers" });
    expect(ours.error_mm.p50).toBeLessThan(25);
    expect(ours.error_mm.max).toBeLessThan(90);
    expect(ours.delay_ms).toBeLessThan(170);
    expect(ours.acceleration.p99).toBeLessThan(6);
    expect(ours.speed_error.p99).toBeLessThan(0.3);
  });

  it("is a jump at once, with nothing in between", () => {
    const room = new Room([[800, 800], [900, 900]]);
    for (let i = 0; i < 20; i++) {
      room.frame([code(6, 0), 112]);
      room.crowd.update(room.now);
    }
    room.frame([227, 112], u16(1300, 1200));
    room.crowd.update(room.now + 1);
    for (let i = 0; i < 6; i++) {
      room.crowd.update(room.now + 1 + i * 16);
      expect(Math.hypot(room.at(0)[0] - 12, room.at(0)[1] - 14)).toBeLessThan(1e-9);
    }
  });

  it("stands exactly still for who stands", () => {
    const room = new Room([[800, 800], [900, 900]]);
    for (let i = 0; i < 60; i++) {
      room.frame([code(6, 0), 112]);
      for (let k = 0; k < 3; k++) {
        room.crowd.update(room.now + k * 16);
        const [x, z] = room.at(1);
        expect(Math.hypot(x - 8, z - 11)).toBeLessThan(1e-9);
        expect(room.crowd.people.get(1)!.vx).toBeCloseTo(0, 9);
      }
    }
  });

  it("goes on for a quarter of a second at most without news, and comes to rest gently", () => {
    const room = new Room([[800, 800]]);
    for (let i = 0; i < 40; i++) {
      room.frame([code(6, 0)]);
      room.crowd.update(room.now);
    }
    const newest = 800 / 100 - 1 + 40 * 0.06;
    const speed = 1.2;
    let last = room.crowd.people.get(0)!.vx;
    for (let i = 1; i < 200; i++) {
      room.crowd.update(room.now + i * 10);
      const { x, vx } = room.crowd.people.get(0)!;
      expect(x).toBeLessThan(newest + 0.25 * speed);
      expect(Math.abs(vx - last)).toBeLessThan(0.15);
      last = vx;
    }
    expect(last).toBe(0);
  });

  it("ends at the last place when the server has said that nothing changed since", () => {
    const room = new Room([[800, 800]]);
    for (let i = 0; i < 40; i++) {
      room.frame([code(6, 0)]);
      room.crowd.update(room.now);
    }
    expect(room.crowd.isStarved).toBe(false);
    room.crowd.update(room.now + 250);
    expect(room.crowd.isStarved).toBe(true);
    room.crowd.quiet(room.time + 260);
    for (let i = 0; i < 200; i++) room.crowd.update(room.now + 260 + i * 10);
    expect(room.at(0)[0]).toBeCloseTo(7 + 40 * 0.06, 3);
  });

  it("wears a correction of two metres off gently instead of leaping or racing", () => {
    const room = new Room([[800, 800]]);
    for (let i = 0; i < 40; i++) room.frame([112]), room.crowd.update(room.now);
    room.frame([226], u16(930, 800));
    let last: [number, number, number] = [...room.at(0), 0];
    let fastest = 0;
    for (let i = 1; i < 400; i++) {
      if (i % 3 === 0) room.frame([112]);
      else room.now += 0;
      room.crowd.update(room.now + (i % 3) * 16.67);
      const [x, z] = room.at(0);
      expect(Math.abs(x - last[0])).toBeLessThan(0.05);
      fastest = Math.max(fastest, Math.abs(x - last[0]) * 60);
      last = [x, z, 0];
    }
    expect(last[0]).toBeCloseTo(8.3, 3);
    expect(fastest).toBeLessThan(2);
  });

  it("shows an emote that is sent again once more, and none that was there before", () => {
    const room = new Room([[800, 800]]);
    const state = (word: number): void => {
      room.time += 50;
      room.now += 50;
      room.seq = (room.seq + 1) & 255;
      room.crowd.receive(Uint8Array.from([0x42, room.seq, ...u16(room.time), ...u16(0x10), 64, 1, 0, word & 255, (word >> 8) & 255, 0, 0]), room.now);
      room.crowd.update(room.now);
    };
    room.crowd.update(room.now);
    state(((1 << 6) | 5) << 8);
    expect([room.crowd.people.get(0)!.emote, room.crowd.people.get(0)!.emoteTurn]).toEqual([5, 1]);
    state(((1 << 6) | 5) << 8);
    expect(room.crowd.people.get(0)!.emoteTurn).toBe(1);
    state(((2 << 6) | 5) << 8);
    expect(room.crowd.people.get(0)!.emoteTurn).toBe(2);
    state(0);
    expect([room.crowd.people.get(0)!.emote, room.crowd.people.get(0)!.emoteTurn]).toEqual([0, 2]);
  });

  it("follows heads and hands, and forgets them when the headset is off", () => {
    const room = new Room([[800, 800]]);
    room.crowd.receive(fromHex("4a01000003" + "00aa00038140" + "e26e2d00817f" + "1e6e2d010140"), room.now);
    room.crowd.update(room.now + 16);
    const person = room.crowd.people.get(0)!;
    expect(person.head!.position[1]).toBeCloseTo(1.7);
    expect(Math.hypot(...person.left!.rotation)).toBeCloseTo(1);
    room.crowd.update(room.now + 3000);
    expect([person.head, person.left, person.right]).toEqual([null, null, null]);
  });
});

describe("the moment that is drawn", () => {
  it("never goes back, and is the later the more the frames are spread", () => {
    const spread = (jitter: number): number => {
      const playback = new Playback();
      let last = -Infinity;
      for (let i = 0; i < 800; i++) {
        playback.heard(i * 50, 5000 + i * 50 + ((i * 7919) % 100) * (jitter / 100));
        for (let k = 0; k < 3; k++) {
          const moment = playback.at(5100 + i * 50 + k * 16);
          expect(moment).toBeGreaterThan(last);
          last = moment;
        }
      }
      return playback.delay_ms;
    };
    expect(spread(80)).toBeGreaterThan(spread(5) + 50);
  });

  it("is not carried off by one frame that took a route of its own", () => {
    const playback = new Playback();
    let before = 0;
    for (let i = 0; i < 400; i++) {
      playback.heard(i * 50, 1000 + i * 50 + (i === 300 ? -40 : 0));
      const moment = playback.at(1001 + i * 50);
      if (i > 50) expect(moment - before).toBeLessThan(50 * 1.08);
      before = moment;
    }
  });
});

it("a frame of the screen allocates nothing for a hundred people who walk", () => {
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc") as () => void;
  const people = 100;
  const room = new Room(Array.from({ length: people }, (_, i) => [710 + (i % 10) * 60, 710 + Math.floor(i / 10) * 60] as const));
  let turn = 0;
  const walk = (): void => room.frame(Array.from({ length: people }, (_, i) => code(((turn + i) % 40 < 20 ? 1 : -1) * 5, 3 * ((turn + i) % 20 < 10 ? 1 : -1))), []);
  for (let i = 0; i < 3000; i++) {
    if (i % 3 === 0) turn++, walk();
    room.crowd.update(room.now + (i % 3) * 16);
  }
  let least = Infinity;
  for (let round = 0; round < 5; round++) {
    walk();
    gc();
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < 1000; i++) room.crowd.update(room.now + i * 0.2);
    least = Math.min(least, process.memoryUsage().heapUsed - before);
  }
  // One number each would be 1,600 bytes a frame at least.
  expect(least / 1000).toBeLessThan(100);
});
