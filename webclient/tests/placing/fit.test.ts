import { describe, expect, it } from "vitest";
import { passage } from "../../src/place/doorway";
import { gapsOf, verdict } from "../../src/place/fit";
import type { Piece, Ware } from "../../src/place/piece";
import { roomOf, type Room } from "../../src/place/room";
import { Walkways } from "../../src/place/walkways";

const SOFA: Ware = { product: "dune-sofa", name: "Dune", category: "sofa", size_m: [2, 0.92, 0.93], surface: "floor", clearance_m: 0 };
const LAMP: Ware = { product: "halo-lamp", name: "Halo", category: "lamp", size_m: [0.3, 0.43, 0.3], surface: "table", clearance_m: 0 };
const piece = (ware: Ware, x_m: number, z_m: number, yaw_rad = 0, y_m = 0): Piece => ({ id: 1, ware, variant: null, sku: null, x_m, y_m, z_m, yaw_rad });
const ROOM = roomOf([[0, 0], [4, 0], [4, 3], [0, 3]], "walked", 0.03)!;
const judged = (one: Piece, room: Room | null = ROOM, others: readonly Piece[] = []) => verdict(one, room, others, room && new Walkways(room));

describe("does it fit", () => {
  it("says yes in the open, no through a wall, and that it cannot know within what the measuring is worth", () => {
    expect(judged(piece(SOFA, 2, 1.5))).toMatchObject({ kind: "fits", margin_m: expect.closeTo(1, 6) });
    expect(judged(piece(SOFA, 2, 0.4))).toMatchObject({ kind: "no", reason: "wall", margin_m: expect.closeTo(-0.065, 6) });
    expect(judged(piece(SOFA, 2, 0.45))).toMatchObject({ kind: "unsure", reason: "wall" });
    expect(judged(piece(SOFA, 2, 0.47)).kind).toBe("fits");
    expect(judged(piece(SOFA, 2, 1.5), null)).toMatchObject({ kind: "unsure", reason: "unmeasured" });
  });

  it("lets a lamp stand on the table and not through it, nor over its edge", () => {
    const table = { label: "table", base: [[1, 1], [2, 1], [2, 2], [1, 2]] as const, from_m: 0, to_m: 0.75 };
    const room: Room = { ...ROOM, things: [table], tops: [{ label: "table", shape: table.base, y_m: 0.75 }] };
    expect(judged(piece(LAMP, 1.5, 1.5, 0, 0.75), room).kind).toBe("fits");
    expect(judged(piece(LAMP, 1.5, 1.5, 0, 0), room)).toMatchObject({ kind: "no", reason: "thing", what: "table" });
    expect(judged(piece(LAMP, 1.92, 1.5, 0, 0.75), room)).toMatchObject({ kind: "no", reason: "edge" });
  });

  it("names the piece that is in the way, and the ceiling", () => {
    expect(judged(piece(SOFA, 2, 1.5), ROOM, [piece(LAMP, 2.5, 1.5)])).toMatchObject({ kind: "no", reason: "piece", what: "Halo" });
    expect(judged(piece({ ...SOFA, size_m: [1, 2.5, 0.5] }, 2, 1.5), { ...ROOM, ceiling_m: 2.4 })).toMatchObject({ kind: "no", reason: "ceiling" });
  });

  it("minds those who walk: a sofa across a corridor cuts off what is behind it", () => {
    const corridor = roomOf([[0, 0], [2.4, 0], [2.4, 6], [0, 6]], "walked", 0.03)!;
    expect(judged(piece(SOFA, 1.2, 3), corridor)).toMatchObject({ kind: "snug", reason: "way" });
    expect(judged(piece(SOFA, 0.47, 3, Math.PI / 2), corridor).kind).toBe("fits");
  });

  it("keeps doors free", () => {
    const room: Room = { ...ROOM, doors: [{ a: [1, 0], b: [1.9, 0], width_m: 0.9, height_m: 2 }] };
    expect(judged(piece(SOFA, 1.5, 0.6), room)).toMatchObject({ kind: "snug", reason: "door", margin_m: expect.closeTo(0.135, 6) });
    expect(judged(piece(SOFA, 1.5, 2.5, Math.PI), room).kind).toBe("fits");
  });

  it("measures from each side to what comes next, across the whole side", () => {
    expect(gapsOf(piece(SOFA, 1.5, 1), ROOM, [])).toEqual({ left: expect.closeTo(0.5, 6), right: expect.closeTo(1.5, 6), front: expect.closeTo(1.535, 6), back: expect.closeTo(0.535, 6) });
    expect(gapsOf(piece(SOFA, 1.5, 1), ROOM, [piece(LAMP, 2.4, 2)]).front).toBeCloseTo(2 - 0.15 - 1.465, 6);
    expect(gapsOf(piece(SOFA, 1.5, 1, Math.PI), ROOM, []).front).toBeCloseTo(0.535, 6);
  });

  it("allows a floor whose edge nobody has seen to go on", () => {
    const open: Room = { ...ROOM, isWhole: false, walls: [] };
    expect(judged(piece(SOFA, 3.5, 1.5), open)).toMatchObject({ kind: "no", reason: "outside" });
    expect(gapsOf(piece(SOFA, 2, 1.5), open, []).left).toBeNull();
  });
});

describe("through the doorway", () => {
  const DOOR = { width_m: 0.8, height_m: 2 };
  it("carries a sofa on its side, a wardrobe upright, and a round table top at an angle or not at all", () => {
    expect(passage([0.6, 1.9, 0.5], DOOR)).toMatchObject({ passes: true, how: "upright" });
    expect(passage([2, 0.75, 0.93], DOOR)).toMatchObject({ passes: true, how: "laid", run_m: 2 });
    expect(passage([2, 0.92, 0.93], DOOR).passes).toBe(false);
    expect(passage([2.02, 0.05, 2.02], DOOR)).toMatchObject({ passes: true, how: "tilted" });
  });

  it("agrees with Carver's rule on when a longer rectangle fits into a shorter one", () => {
    let [right, tilted] = [0, 0];
    for (let i = 0; i < 400; i++) {
      const [a, b] = [2, 0.7 + (i % 20) * 0.05];
      const [p, q] = [1.5 + (i % 37) * 0.03, 0.05 + (i % 23) * 0.05];
      const long = Math.max(p, q);
      const short = Math.min(p, q);
      const isCarver = (long <= a && short <= b) ||
        (long > a && short <= b && b >= (2 * long * short * a + (long ** 2 - short ** 2) * Math.sqrt(Math.max(0, long ** 2 + short ** 2 - a ** 2))) / (long ** 2 + short ** 2));
      // A box with no length: only this side of it shows.
      const found = passage([p, q, 9], { width_m: b, height_m: a }, 0);
      if (found.passes && found.how === "tilted") tilted++;
      if (found.passes === isCarver) right++;
    }
    expect(right).toBe(400);
    expect(tilted).toBeGreaterThan(20);
  });

  it("counts hands: a piece as wide as the door does not pass", () => {
    expect(passage([0.8, 1, 3], DOOR).passes).toBe(false);
    expect(passage([0.75, 1, 3], DOOR)).toMatchObject({ passes: true, spare_m: expect.closeTo(0.025, 6) });
  });
});
