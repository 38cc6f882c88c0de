import { Box3, PerspectiveCamera, Vector3 } from "three";
import { describe, expect, it } from "vitest";
import { elevationDeg, fitted, FOV_Y_DEG, YAW_DEG } from "../src/viewer/frame";
import { spheres } from "../src/viewer/reflections";
import { radiance } from "../src/viewer/studio";
import { backdrop } from "../src/ui/backdrop";

/** The corners of a box, as vertices. */
function corners(box: Box3): Float32Array {
  const out: number[] = [];
  for (const x of [box.min.x, box.max.x]) for (const y of [box.min.y, box.max.y]) for (const z of [box.min.z, box.max.z]) out.push(x, y, z);
  return new Float32Array(out);
}

describe("the first view", () => {
  for (const [name, size] of [["vase", [0.16, 0.25, 0.16]], ["table", [1.8, 0.74, 0.9]], ["ring", [0.02, 0.02, 0.006]]] as const) {
    it(`spans seven tenths of the picture and is centred: ${name}`, () => {
      const [x, y, z] = size;
      const box = new Box3(new Vector3(-x / 2, 0, -z / 2), new Vector3(x / 2, y, z / 2));
      const stand = fitted(corners(box), box, YAW_DEG, elevationDeg(box));
      const camera = new PerspectiveCamera(FOV_Y_DEG, 1, 0.001, 100);
      camera.position.copy(stand.eye);
      camera.lookAt(stand.target);
      camera.updateMatrixWorld();
      const seen = new Box3();
      const points = corners(box);
      for (let i = 0; i < points.length; i += 3) seen.expandByPoint(new Vector3().fromArray(points, i).project(camera).setZ(0));
      const [span, middle] = [seen.getSize(new Vector3()), seen.getCenter(new Vector3())];
      expect(Math.max(span.x, span.y) / 2).toBeCloseTo(0.7, 2);
      expect(Math.hypot(middle.x, middle.y)).toBeLessThan(0.01);
    });
  }
});

describe("reflections", () => {
  const at = ({ px, data }: { px: number; data: Float32Array }, face: number): number => data[((face * px + px / 2) * px + px / 2) * 3]!;
  it("are as bright as an even light at every roughness", () => {
    for (const { data } of spheres((_, into, i) => into.fill(2, i, i + 3))) for (const value of data) expect(value).toBeCloseTo(2, 4);
  });
  it("gather half a sky's light from the side where the surface is roughest, all of it from below", () => {
    const last = spheres((way, into, i) => into.fill(way.y > 0 ? 1 : 0, i, i + 3)).at(-1)!;
    expect(at(last, 2)).toBeCloseTo(1, 2);
    expect(at(last, 3)).toBeCloseTo(0, 2);
    expect(at(last, 4)).toBeGreaterThan(0.35);
    expect(at(last, 4)).toBeLessThan(0.65);
  });
  it("mirror what stands at the right on the cube's left face, as three turns it", () => {
    const [sharp] = spheres((way, into, i) => into.fill(way.x > 0.8 ? 1 : 0, i, i + 3));
    expect([at(sharp!, 0), at(sharp!, 1)]).toEqual([0, 1]);
  });
});

describe("the studio", () => {
  it("is brightest at the key light, upper left in front", () => {
    const best = { light: 0, way: new Vector3() };
    const light = new Float32Array(3);
    for (let i = 0; i < 2048; i++) {
      const y = 1 - (2 * i + 1) / 2048;
      const around = i * 2.39996322973;
      const way = new Vector3(Math.cos(around) * Math.sqrt(1 - y * y), y, Math.sin(around) * Math.sqrt(1 - y * y));
      radiance(way, light);
      expect(light.every((value) => Number.isFinite(value) && value >= 0)).toBe(true);
      if (light[0]! > best.light) Object.assign(best, { light: light[0], way });
    }
    expect(best.light).toBeGreaterThan(6);
    expect(best.way.y).toBeGreaterThan(0.17);
    expect(best.way.x).toBeLessThan(0); // −X is the left of the picture
  });
  it("has the poster's backdrop: light behind the product, darker corners", () => {
    const pixels = backdrop(64);
    const at = (x: number, y: number): number => pixels[(y * 64 + x) * 4] ?? 0;
    expect(at(29, 25)).toBeGreaterThan(at(0, 0) + 15);
    expect(at(63, 0)).toBeGreaterThan(200);
  });
});
