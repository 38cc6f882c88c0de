import { Box3, PerspectiveCamera, Vector3 } from "three";
import { describe, expect, it } from "vitest";
import { elevationDeg, fitted, FOV_Y_DEG, YAW_DEG } from "../src/viewer/frame";
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

describe("the studio", () => {
  it("is brightest at the key light, upper left in front", () => {
    const [width, height] = [64, 32];
    const light = radiance(width, height);
    let [best, at] = [0, 0];
    for (let i = 0; i < light.length; i += 4) if ((light[i] ?? 0) > best) [best, at] = [light[i] ?? 0, i / 4];
    const elevation = ((Math.floor(at / width) + 0.5) / height - 0.5) * 180;
    const around = (((at % width) + 0.5) / width - 0.5) * 2 * Math.PI;
    expect(best).toBeGreaterThan(6);
    expect(elevation).toBeGreaterThan(10);
    expect(Math.cos(around)).toBeLessThan(0); // −X is the left of the picture
    expect(light.every((value) => Number.isFinite(value) && value >= 0)).toBe(true);
  });
  it("has the poster's backdrop: light behind the product, darker corners", () => {
    const pixels = backdrop(64);
    const at = (x: number, y: number): number => pixels[(y * 64 + x) * 4] ?? 0;
    expect(at(29, 25)).toBeGreaterThan(at(0, 0) + 15);
    expect(at(63, 0)).toBeGreaterThan(200);
  });
});
