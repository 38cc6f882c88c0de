import { Matrix4 } from "three";
import { describe, expect, it } from "vitest";
import { verdict } from "../../src/place/fit";
import { put } from "../../src/place/found";
import type { Ware } from "../../src/place/piece";
import { apart, area, footprint, insideBy } from "../../src/place/polygon";
import { roomOf } from "../../src/place/room";
import { revived, roomFrom } from "../../src/place/room-from";
import { Walkways } from "../../src/place/walkways";
import { captured, ROOMS } from "./captures";

describe("shapes on a floor", () => {
  it("tells how far two boxes are apart, and how deep they are in each other", () => {
    const box = footprint(0, 0, 0, 2, 1);
    expect(apart(box, footprint(3, 0, 0, 2, 1))).toBeCloseTo(1, 9);
    expect(apart(box, footprint(1.9, 0, 0, 2, 1))).toBeCloseTo(-0.1, 9);
    expect(apart(box, footprint(0, 2, Math.PI / 2, 2, 1))).toBeCloseTo(0.5, 9);
    expect(apart(box, footprint(2, 1.5, 0, 2, 1))).toBeCloseTo(0.5, 9);
    expect(apart(box, footprint(2.3, 1.4, 0, 2, 1))).toBeCloseTo(0.5, 9); // corner to corner: 3-4-5
  });

  it("turns as glTF turns: the front of a piece at a quarter looks along +x", () => {
    const turned = footprint(0, 0, Math.PI / 2, 0, 2);
    expect(turned[2]![0]).toBeCloseTo(1, 9);
    expect(turned[2]![1]).toBeCloseTo(0, 9);
  });

  it("knows that a chimney breast reaches into a piece though all the piece's corners are free", () => {
    const room = [[0, 0], [2, 0], [2, 0.5], [2.2, 0.5], [2.2, 0], [4, 0], [4, 3], [0, 3]] as const;
    expect(insideBy(room, footprint(2.1, 0.8, 0, 1.5, 0.5))).toBeCloseTo(0.05, 9);
    expect(insideBy(room, footprint(2.1, 0.7, 0, 1.5, 0.5))).toBeCloseTo(-0.05, 9);
    expect(insideBy(room, footprint(2.1, 2.8, 0, 1.5, 0.5))).toBeCloseTo(-0.05, 9);
  });
});

describe("a room from what a device found", () => {
  it("has in every captured room walls all round, a floor, a ceiling, and the floor's own size", () => {
    for (const name of ROOMS) {
      const { planes, meshes } = captured(name);
      const room = roomFrom(planes, meshes);
      expect(room, name).not.toBeNull();
      const floor = planes.find(({ label }) => label === "floor")!;
      const [a, , c] = floor.polygon;
      const bounding = Math.abs((c![0] - a![0]) * (c![1] - a![1]));
      expect(room!.isWhole, name).toBe(true);
      // The captured floor is the box around the room's floor.
      expect(Math.abs(area(room!.floor)), name).toBeLessThan(bounding * 1.05);
      expect(Math.abs(area(room!.floor)), name).toBeGreaterThan(bounding * 0.55);
      expect(room!.ceiling_m! - room!.floor_m, name).toBeGreaterThan(2.3);
      expect(room!.tops.length, name).toBeGreaterThan(0);
      expect(room!.tops.every(({ y_m }) => y_m > 0.3 && y_m < 1.4), name).toBe(true);
    }
  });

  it("has a door where the device saw one, as wide as it saw it", () => {
    const { planes, meshes } = captured("office_small");
    const [door] = roomFrom(planes, meshes)!.doors;
    expect(door!.width_m).toBeCloseTo(0.94, 2);
    expect(door!.height_m).toBeCloseTo(2.1, 1);
  });

  it("does not take planes without a floor for a room", () => {
    const { planes, meshes } = captured("office_small");
    expect(roomFrom(planes.filter(({ label }) => label !== "floor"), meshes)).toBeNull();
    expect(roomOf([[0, 0], [0.1, 0], [0, 0.1]], "walked", 0.03)).toBeNull();
  });

  it("judges a piece as before when the room has come from another thread, among what stands about without a name too", () => {
    const { planes } = captured("office_small");
    const floor = planes.find(({ label }) => label === "floor")!;
    // A scan: a box of half a metre in the middle of the room, and one corner of the floor, which makes it a scan of it all.
    const middle = floor.polygon.map(([x, z]) => put(floor.matrix, x, 0, z));
    const [x, y, z] = [0, 1, 2].map((k) => middle.reduce((sum, p) => sum + p[k]!, 0) / middle.length) as [number, number, number];
    const vertices = [[-0.25, -0.25], [0.25, -0.25], [0.25, 0.25], [-0.25, 0.25]].flatMap(([dx, dz]) => [x + dx!, y + 0.5, z + dz!]);
    const scan = { label: "global mesh", matrix: new Matrix4().toArray(), vertices: new Float32Array(vertices), indices: new Uint32Array([0, 1, 2, 0, 2, 3]) };
    const room = roomFrom(planes, [scan])!;
    const arrived = revived(structuredClone(room));
    expect(room.clutter!.filled).toBeGreaterThan(50);
    const ware: Ware = { product: "box", name: "box", category: "box", size_m: [0.4, 0.6, 0.4], surface: "floor", clearance_m: 0 };
    const judges = [room, arrived].map((one) => [one, new Walkways(one)] as const);
    const seen = new Set<string>();
    for (let i = -2; i <= 2; i++) {
      for (let k = -2; k <= 2; k++) {
        const piece = { id: 1, ware, variant: null, sku: null, x_m: x + i * 0.3, y_m: room.floor_m, z_m: z + k * 0.3, yaw_rad: 0 };
        const [here, there] = judges.map(([one, walkways]) => verdict(piece, one, [], walkways));
        expect(there).toEqual(here);
        seen.add(here!.reason ?? here!.kind);
      }
    }
    expect(seen.size).toBeGreaterThan(1);
  });
});
