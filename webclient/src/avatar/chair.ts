/** A wheelchair, light and plain: big wheels with hand rims, a sling, two casters. It stands still under whoever sits in it. */
import { BoxGeometry, BufferAttribute, BufferGeometry, CylinderGeometry, Matrix4, Quaternion, TorusGeometry, Vector3 } from "three";
import { mergeGeometries } from "three/examples/jsm/utils/BufferGeometryUtils.js";

const METAL = 9;
const LEATHER = 4;
const BIG_M = 0.3;
const HALF_M = 0.27;

/** For the crowd's material: no bone moves it. Metres, +Z ahead, the seat at 0.46. */
export function chairGeometry(): BufferGeometry {
  const parts: BufferGeometry[] = [];
  const add = (geometry: BufferGeometry, region: number, shade: number): void => {
    const n = geometry.getAttribute("position").count;
    geometry.deleteAttribute("uv");
    const fill = (values: readonly number[]): Uint8Array => Uint8Array.from({ length: n * 4 }, (_, i) => values[i % 4] ?? 0);
    geometry.setAttribute("joints", new BufferAttribute(fill([0, 0, 0, 0]), 4));
    geometry.setAttribute("weights", new BufferAttribute(fill([0, 0, 0, 0]), 4, true));
    geometry.setAttribute("region", new BufferAttribute(fill([region, 0, 0, 0]), 4));
    const s = Math.round(Math.sqrt(shade) * 255);
    geometry.setAttribute("shade", new BufferAttribute(fill([s, s, s, 0]), 4, true));
    parts.push(geometry);
  };
  const tube = (a: readonly [number, number, number], b: readonly [number, number, number], radius = 0.011, region = METAL, shade = 0.8): void => {
    const [from, to] = [new Vector3(...a), new Vector3(...b)];
    const way = to.clone().sub(from);
    const turn = new Quaternion().setFromUnitVectors(new Vector3(0, 1, 0), way.clone().normalize());
    const middle = from.add(to).multiplyScalar(0.5);
    add(new CylinderGeometry(radius, radius, way.length(), 8, 1).applyMatrix4(new Matrix4().compose(middle, turn, new Vector3(1, 1, 1))), region, shade);
  };
  const slab = (w: number, h: number, d: number, x: number, y: number, z: number, tilt: number): void => {
    add(new BoxGeometry(w, h, d).applyMatrix4(new Matrix4().makeRotationX(tilt).setPosition(x, y, z)), LEATHER, 0.07);
  };
  slab(0.42, 0.045, 0.42, 0, 0.435, 0, -0.05);
  slab(0.4, 0.36, 0.02, 0, 0.66, -0.235, -0.14);
  for (const side of [1, -1]) {
    const x = side * HALF_M;
    // Wheels lean in a little at the top, as they do.
    const lean = new Matrix4().makeRotationZ(side * 0.05).setPosition(x, BIG_M, -0.1);
    const wheel = (radius: number, thick: number, out: number): BufferGeometry =>
      new TorusGeometry(radius, thick, 8, 40).rotateY(Math.PI / 2).translate(side * out, 0, 0).applyMatrix4(lean);
    add(wheel(BIG_M - 0.015, 0.015, 0), LEATHER, 0.05);
    add(wheel(BIG_M - 0.035, 0.007, 0), METAL, 0.9);
    add(wheel(BIG_M - 0.055, 0.008, 0.028), METAL, 1);
    for (let i = 0; i < 12; i++) {
      const a = (i * Math.PI) / 6;
      add(new CylinderGeometry(0.0016, 0.0016, BIG_M - 0.035, 4, 1).translate(0, (BIG_M - 0.035) / 2, 0).rotateX(a).applyMatrix4(lean), METAL, 0.9);
    }
    add(new CylinderGeometry(0.022, 0.022, 0.05, 12).rotateZ(Math.PI / 2).applyMatrix4(lean), METAL, 0.6);
    const s = side * 0.215;
    tube([s, 0.435, -0.22], [s, 0.435, 0.2]);
    tube([s, 0.435, 0.2], [side * 0.16, 0.09, 0.43]);
    tube([s, 0.415, -0.2], [s, 0.86, -0.27]);
    tube([s, 0.86, -0.27], [s, 0.87, -0.35], 0.014, LEATHER, 0.05);
    tube([s, 0.42, 0.12], [side * 0.22, 0.1, 0.22]);
    tube([s, 0.42, -0.1], [x, BIG_M, -0.1], 0.014);
    add(new TorusGeometry(0.05, 0.014, 8, 20).rotateY(Math.PI / 2).translate(side * 0.22, 0.064, 0.22), LEATHER, 0.05);
    add(new BoxGeometry(0.13, 0.012, 0.15).applyMatrix4(new Matrix4().makeRotationX(0.16).setPosition(side * 0.1, 0.075, 0.46)), METAL, 0.5);
  }
  tube([-HALF_M, BIG_M, -0.1], [HALF_M, BIG_M, -0.1], 0.012);
  const merged = mergeGeometries(parts.map((part) => (part.index ? part.toNonIndexed() : part)));
  for (const part of parts) part.dispose();
  return merged;
}
