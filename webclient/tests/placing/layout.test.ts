import { describe, expect, it } from "vitest";
import { align, placed } from "../../src/place/align";
import { forget, recall, remember } from "../../src/place/keep";
import { layoutIn, linkOf, read, written, type Layout } from "../../src/place/layout";
import { Arrangement, MOST_PIECES } from "../../src/place/arrangement";
import { roomOf } from "../../src/place/room";
import { roomFrom } from "../../src/place/room-from";
import type { Point } from "../../src/place/polygon";
import { captured } from "./captures";

const LAYOUT: Layout = {
  pieces: [{ product: "dune-sofa", sku: "SOFA-DUNE-BON", x_m: 1.2, y_m: 0, z_m: -0.35, yaw_rad: Math.PI / 2 }, { product: "nordlicht.terra-vase", sku: "", x_m: -1.001, y_m: 0.75, z_m: 2, yaw_rad: -0.4 }],
  floor: [[0, 0], [4, 0], [4, 3], [0, 3]],
};
const SOFA = { product: "dune-sofa", name: "Dune", category: "sofa", size_m: [2, 0.92, 0.93], surface: "floor", clearance_m: 0 } as const;

function memory(): Storage {
  const kept = new Map<string, string>();
  return { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => void kept.set(key, value), removeItem: (key: string) => void kept.delete(key) } as unknown as Storage;
}

describe("a layout as text", () => {
  it("comes back as it was, to the millimetre and a tenth of a degree", () => {
    const back = read(written(LAYOUT));
    expect(back.floor).toEqual(LAYOUT.floor);
    back.pieces.forEach((one, i) => {
      const { yaw_rad, ...rest } = LAYOUT.pieces[i]!;
      expect(one).toMatchObject(rest);
      expect(Math.abs(one.yaw_rad - yaw_rad)).toBeLessThan(0.001);
    });
    expect(layoutIn(new URL(linkOf(LAYOUT, "https://shop.example/?store=a#/p/x")).hash)).toEqual(back);
  });

  it("takes nothing from an address that is not a product and a place", () => {
    for (const text of ["", "!!!!", "a~b", "<img>~x~1~2~3~4", "sofa~x~1e9~0~0~0", "sofa~x~1~0~0", "sofa~x~99999999~0~0~0", "!!1~2~3", "sofa~x~NaN~0~0~0"]) expect(read(text)).toEqual({ pieces: [], floor: null });
    expect(read(Array.from({ length: 50 }, () => "sofa~x~1~0~0~0").join("!")).pieces).toHaveLength(12);
    expect(layoutIn("#/p/sofa")).toBeNull();
  });
});

describe("what the device remembers", () => {
  it("is there after a reload and gone after forgetting", () => {
    const shelf = memory();
    const kept = { layout: read(written(LAYOUT)), things: [[1, 2]] as Point[], anchor: "abc", doorway: { width_m: 0.8, height_m: 2 } };
    expect(remember(kept, shelf)).toBe(true);
    expect(recall(shelf)).toEqual(kept);
    expect(forget(shelf)).toBe("abc");
    expect(recall(shelf)).toBeNull();
  });

  it("survives nonsense and a shelf that is full", () => {
    const shelf = memory();
    for (const text of ["{", "null", "[]", '{"v":1}', '{"v":2,"layout":""}', '{"v":1,"layout":"a","things":[["x"]],"doorway":{"width_m":"1"}}']) {
      shelf.setItem("showroom.place", text);
      expect(recall(shelf)?.layout.pieces ?? []).toEqual([]);
    }
    expect(remember({ layout: LAYOUT, things: [], anchor: null, doorway: null }, { ...memory(), setItem: () => { throw new Error("full"); } })).toBe(false);
  });
});

describe("finding the room again", () => {
  it("lays a captured room on itself, turned and shifted, within a millimetre", () => {
    for (const name of ["living_room", "office_large", "meeting_room"]) {
      const { planes, meshes } = captured(name);
      const { floor, things } = roomFrom(planes, meshes)!;
      const way = { yaw_rad: 0.7, x_m: 1.3, z_m: -2 };
      const middles = things.map(({ base }): Point => [base.reduce((s, p) => s + p[0], 0) / base.length, base.reduce((s, p) => s + p[1], 0) / base.length]);
      const found = align(floor, floor.map((p) => placed(p, way)), middles, middles.map((p) => placed(p, way)));
      expect(found, name).toMatchObject({ yaw_rad: expect.closeTo(0.7, 6), x_m: expect.closeTo(1.3, 3), z_m: expect.closeTo(-2, 3), isSure: true });
    }
  });

  it("is not sure of a bare rectangle, and does not take another room for this one", () => {
    const box = (w: number, d: number): Point[] => [[0, 0], [w, 0], [w, d], [0, d]];
    expect(align(box(4, 3), box(4, 3))).toMatchObject({ isSure: false });
    expect(align(box(4, 3), box(6, 5))).toBeNull();
  });
});

describe("an arrangement", () => {
  it("has no way to change a piece's size, and no more pieces than a phone draws", () => {
    const home = new Arrangement();
    for (let i = 0; i < MOST_PIECES; i++) expect(home.add(SOFA, { x_m: i, y_m: 0, z_m: 0 }, null, null)).not.toBeNull();
    expect(home.add(SOFA, { x_m: 0, y_m: 0, z_m: 0 }, null, null)).toBeNull();
    home.move(1, { x_m: 3, yaw_rad: 1, ...({ scale: 2, size_m: [9, 9, 9] } as object) });
    expect(home.piece(1)!.ware.size_m).toEqual([2, 0.92, 0.93]);
  });

  it("puts a copy beside its original, on the side that is free", () => {
    const home = new Arrangement();
    home.room = roomOf([[0, 0], [6, 0], [6, 3], [0, 3]], "walked", 0.03);
    home.add(SOFA, { x_m: 4.5, y_m: 0, z_m: 1.5 }, "Bone", "SKU");
    expect(home.duplicate(1)).toMatchObject({ x_m: expect.closeTo(2.4, 6), sku: "SKU" });
    expect(home.verdict(2)?.kind).toBe("fits");
  });

  it("stands a piece that is let go at a wall with its back to it", () => {
    const home = new Arrangement();
    home.room = roomOf([[0, 0], [6, 0], [6, 3], [0, 3]], "walked", 0.03);
    home.add(SOFA, { x_m: 3, y_m: 0, z_m: 0.5, yaw_rad: 0.1 }, null, null);
    home.settle(1);
    expect(home.piece(1)).toMatchObject({ z_m: expect.closeTo(0.47, 3), yaw_rad: expect.closeTo(0, 6) });
    expect(home.verdict(1)?.kind).toBe("fits");
  });

  it("judges every piece anew when one of them moves", () => {
    const home = new Arrangement();
    home.room = roomOf([[0, 0], [6, 0], [6, 3], [0, 3]], "walked", 0.03);
    home.add(SOFA, { x_m: 1.5, y_m: 0, z_m: 1.5 }, null, null);
    home.add(SOFA, { x_m: 4.5, y_m: 0, z_m: 1.5 }, null, null);
    expect(home.verdict(1)?.kind).toBe("fits");
    home.move(2, { x_m: 3 });
    expect([home.verdict(1)?.reason, home.verdict(2)?.reason]).toEqual(["piece", "piece"]);
    home.remove(2);
    expect(home.verdict(1)?.kind).toBe("fits");
    expect(home.selected?.id).toBe(1);
  });
});
