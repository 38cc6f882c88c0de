import { describe, expect, it } from "vitest";
import { nativeViewer, type Device } from "../../src/place/native";
import { inverse, into, outOf } from "../../src/place/origin";
import { wareOf } from "../../src/place/piece";
import { roomFrom } from "../../src/place/room-from";
import { spotOn } from "../../src/place/surfaces";
import { captured } from "./captures";

type Given = Parameters<typeof nativeViewer>[0];
const PRODUCT = {
  name: "Dune & co", poster: "/p.webp", files: { "product.usdz": "/blobs/aa", "webp.glb": "/blobs/bb", "mobile.glb": "/blobs/cc" },
  manifest: { deliveries: { mobile: { file: "mobile.glb" }, webp: { file: "webp.glb" } } },
} as unknown as Given;
const PAGE: Device = { hasQuickLook: false, isAndroid: false, page: "https://shop.example/#/p/dune" };

describe("viewers that phones bring along", () => {
  it("opens Quick Look with the USDZ, and asks it not to scale", () => {
    expect(nativeViewer(PRODUCT, { ...PAGE, hasQuickLook: true })).toMatchObject({ kind: "quick-look", href: "https://shop.example/blobs/aa#allowsContentScaling=0" });
  });

  it("hands Scene Viewer the plainest model by an absolute https address, and says what http makes impossible", () => {
    const found = nativeViewer(PRODUCT, { ...PAGE, isAndroid: true });
    expect(found.kind).toBe("scene-viewer");
    const query = new URLSearchParams((found as { href: string }).href.split("?")[1]!.split("#")[0]);
    expect(Object.fromEntries(query)).toEqual({ file: "https://shop.example/blobs/bb", mode: "ar_preferred", resizable: "false", title: "Dune & co" });
    expect(nativeViewer(PRODUCT, { ...PAGE, isAndroid: true, page: "http://192.168.1.5:8787/" })).toEqual({ kind: "needs-https" });
    expect(nativeViewer(PRODUCT, PAGE)).toEqual({ kind: "none" });
  });
});

describe("where a ray meets the room", () => {
  const { planes, meshes } = captured("office_small");
  const room = roomFrom(planes, meshes)!;
  const row = { id: "x", name: "X", category: "vase", dimensions_m: [0.2, 0.3, 0.2] as const };
  const down = (x: number, z: number, surface: string) => spotOn(room, wareOf(row, { surface }), [x, 1.6, z], [0, -1, 0]);

  it("is the table's own height for a lamp, and the floor under it for a chair", () => {
    expect(down(0.06, -0.65, "table")).toMatchObject({ on: "table", y_m: expect.closeTo(0.75, 2) });
    expect(down(0.06, -0.65, "floor")).toMatchObject({ on: "floor", y_m: room.floor_m });
    expect(down(0, 0.6, "table")).toMatchObject({ on: "floor" });
    expect(down(9, 9, "floor")).toBeNull();
  });

  it("hangs a picture flat on the wall that it points at, its back to it", () => {
    const spot = spotOn(room, wareOf(row, { surface: "wall" }), [0, 1.5, 0.4], [1, 0, 0])!;
    expect(spot.on).toBe("wall");
    expect(spot.x_m).toBeCloseTo(1.2 - 0.1, 1);
    expect(Math.sin(spot.yaw_rad!)).toBeCloseTo(-1, 1); // it looks back along -x
  });
});

describe("a layout told from an anchor", () => {
  it("comes back wherever the anchor is found, turned and shifted", () => {
    const layout = { pieces: [{ product: "a", sku: "", x_m: 1, y_m: 0, z_m: 2, yaw_rad: 0.5 }], floor: [[0, 0], [4, 0], [4, 3]] as [number, number][] };
    const anchor = { x_m: 0.3, y_m: -0.01, z_m: -1, yaw_rad: 2 };
    const back = outOf(into(layout, anchor), anchor);
    expect(back.pieces[0]).toMatchObject({ x_m: expect.closeTo(1, 9), y_m: expect.closeTo(0, 9), z_m: expect.closeTo(2, 9), yaw_rad: expect.closeTo(0.5, 9) });
    const twice = inverse(inverse(anchor));
    expect(twice.x_m).toBeCloseTo(anchor.x_m, 9);
    // Two pieces keep their distance whatever becomes of the anchor.
    const elsewhere = outOf(into(layout, anchor), { x_m: 9, y_m: 1, z_m: 9, yaw_rad: -1 });
    expect(Math.hypot(elsewhere.floor![1]![0] - elsewhere.floor![0]![0], elsewhere.floor![1]![1] - elsewhere.floor![0]![1])).toBeCloseTo(4, 9);
  });
});
