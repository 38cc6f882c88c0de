import { describe, expect, it } from "vitest";
import { focalOf } from "../../src/place/exif";
import { cameraOf, floorAt, precision, project, SIZES, type Corners, type PhotoCamera, type Reference } from "../../src/place/photo-camera";
import type { Point } from "../../src/place/polygon";

/** A camera at eye height that looks down at the rectangle. */
function camera(height: number, away: number, down_rad: number, focal_px: number, yaw_rad = 0): Pick<PhotoCamera, "focal_px" | "width_px" | "height_px" | "rotation" | "translation"> {
  const [c, s, cy, sy] = [Math.cos(down_rad), Math.sin(down_rad), Math.cos(yaw_rad), Math.sin(yaw_rad)];
  // Rows: right, down, forward, in the room.
  const rotation = [cy, 0, -sy, s * sy, -c, s * cy, -c * sy, -s, -c * cy];
  const eye = [0.1, height, away];
  return { focal_px, width_px: 1600, height_px: 1200, rotation, translation: [0, 1, 2].map((i) => -(rotation[i * 3]! * eye[0]! + rotation[i * 3 + 1]! * eye[1]! + rotation[i * 3 + 2]! * eye[2]!)) as unknown as [number, number, number] };
}

const seen = (from: ReturnType<typeof camera>, { width_m: w, length_m: l, isUpright }: Reference): Corners =>
  (isUpright ? [[0, 0, 0], [w, 0, 0], [w, l, 0], [0, l, 0]] : [[0, 0, 0], [w, 0, 0], [w, 0, -l], [0, 0, -l]]).map((p) => project(from, p as [number, number, number])) as unknown as Corners;

/** Gaussian, seeded. */
function noise(seed: number): () => number {
  let state = seed;
  const next = (): number => ((state = (state * 1664525 + 1013904223) >>> 0) + 0.5) / 4294967296;
  return () => Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next());
}

const TILE: Reference = { width_m: 1.2, length_m: 0.8, isUpright: false };

describe("the camera of a photo", () => {
  it("is found from four exact marks: floor points come back where they are", () => {
    for (const reference of [TILE, { ...SIZES.a4, isUpright: false }, { width_m: 0.86, length_m: 2, isUpright: true }]) {
      const truth = camera(1.5, 3, 0.45, 1150, 0.2);
      const found = cameraOf(seen(truth, reference), reference, 1600, 1200, 1150)!;
      for (const p of [[0.4, 0, 0.3], [-0.5, 0, -1], [1.5, 0, 0.2]] as const) {
        const back = floorAt(found, project(truth, p))!;
        expect(Math.hypot(back[0] - p[0], back[1] - p[2])).toBeLessThan(0.01);
      }
    }
  });

  it("finds the lens too, where the rectangle is large enough to tell", () => {
    const truth = camera(1.5, 2.6, 0.5, 1000, 0.5);
    const found = cameraOf(seen(truth, TILE), TILE, 1600, 1200)!;
    expect(found.focal_px).toBeGreaterThan(960);
    expect(found.focal_px).toBeLessThan(1060);
  });

  it("says honestly how true sizes are: two thirds of noisy trials lie within what it says, hardly any beyond three times", () => {
    const random = noise(7);
    let [one, three, n] = [0, 0, 0];
    for (let i = 0; i < 60; i++) {
      const truth = camera(1.3 + 0.4 * ((i * 7) % 11) / 11, 2.4 + (i % 5) * 0.3, 0.35 + 0.02 * (i % 7), 1150 * Math.exp(0.12 * random()), 0.05 * (i % 9));
      const marks = seen(truth, TILE).map(([x, y]): Point => [x + random() * 1.5, y + random() * 1.5]) as unknown as Corners;
      const found = cameraOf(marks, TILE, 1600, 1200);
      if (!found) continue;
      const pixel = project(truth, [0.9, 0, -0.6]);
      const size = (by: ReturnType<typeof camera>): number => {
        const at = floorAt(by, pixel)!;
        const [foot, head] = [project(by, [at[0], 0, at[1]]), project(by, [at[0], 1, at[1]])];
        return Math.hypot(head[0] - foot[0], head[1] - foot[1]);
      };
      const off = Math.abs(Math.log(size(found) / size(truth))) / precision(found, pixel);
      n++;
      if (off < 1) one++;
      if (off < 3) three++;
    }
    expect(n).toBeGreaterThan(55);
    expect(one / n).toBeGreaterThan(0.5);
    expect(one / n).toBeLessThan(0.95);
    expect(three / n).toBeGreaterThan(0.97);
  }, 60_000);

  it("refuses marks that cannot be the rectangle: crossed, or the wrong way round", () => {
    const [a, b, c, d] = seen(camera(1.5, 3, 0.45, 1150), TILE);
    expect(cameraOf([a, c, b, d], TILE, 1600, 1200)).toBeNull();
    expect(cameraOf([d, c, b, a], TILE, 1600, 1200)).toBeNull();
    expect(cameraOf([a, a, c, d], TILE, 1600, 1200)).toBeNull();
  });
});

describe("the lens that a file names", () => {
  it("is read from a JPEG, and from nothing else", () => {
    const bytes = new Uint8Array(80);
    const view = new DataView(bytes.buffer);
    view.setUint16(0, 0xffd8);
    view.setUint16(2, 0xffe1);
    view.setUint16(4, 70);
    view.setUint32(6, 0x45786966);
    view.setUint16(12, 0x4949);
    view.setUint32(16, 8, true);
    view.setUint16(20, 1, true);
    view.setUint16(22, 0x8769, true);
    view.setUint16(24, 4, true);
    view.setUint32(30, 30, true);
    view.setUint16(42, 1, true);
    view.setUint16(44, 0xa405, true);
    view.setUint16(46, 3, true);
    view.setUint16(52, 26, true);
    expect(focalOf(bytes.buffer, 4000, 3000)).toBeCloseTo((26 / 43.27) * 5000, 0);
    expect(focalOf(bytes.slice(0, 30).buffer, 4000, 3000)).toBeNull();
    expect(focalOf(new ArrayBuffer(0), 4000, 3000)).toBeNull();
  });
});
