import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { BadModel, canonicalFace } from "../../src/tryon/task";

const MODEL = fileURLToPath(new URL("../../public/trackers/face_landmarker.task", import.meta.url));
const bytes = (): ArrayBuffer => new Uint8Array(readFileSync(MODEL)).buffer;

describe("the canonical face", () => {
  it("is a face in metres, the same on both sides", () => {
    const { points, triangles } = canonicalFace(bytes());
    const at = (i: number): number[] => [...points.subarray(i * 3, i * 3 + 3)];
    expect(triangles.length / 3).toBeGreaterThan(800);
    const [right, left] = [at(33), at(263)]; // outer corners of the eyes
    expect(left[0]! - right[0]!).toBeGreaterThan(0.08);
    expect(left[0]! - right[0]!).toBeLessThan(0.1);
    expect([-right[0]!, right[1], right[2]]).toEqual(left.map((one) => expect.closeTo(one, 5)));
    expect(at(1)[2]).toBeGreaterThan(at(33)[2]!); // the nose is before the eyes
    expect(at(10)[1]).toBeGreaterThan(at(152)[1]!); // the forehead is above the chin
  });

  it("is refused with a reason when the file is not the model", () => {
    const cut = bytes().slice(0, 100_000);
    for (const bad of [new ArrayBuffer(0), new ArrayBuffer(4096), cut]) expect(() => canonicalFace(bad)).toThrow(BadModel);
  });
});
