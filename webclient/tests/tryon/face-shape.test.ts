import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { lensOf, project } from "../../src/tryon/camera";
import { Head } from "../../src/tryon/face";
import { moved, newPose, type Pose } from "../../src/tryon/pnp";
import { canonicalFace } from "../../src/tryon/task";

const FACE = canonicalFace(new Uint8Array(readFileSync(fileURLToPath(new URL("../../public/trackers/face_landmarker.task", import.meta.url)))).buffer);
const LENS = lensOf(1280, 720);
const NOSE = [168, 6, 197, 195, 5, 4, 122, 351, 193, 417];

function at(turn: number, nod = 0, x = 0): Pose {
  const [level, pose] = [newPose(), newPose()];
  moved(newPose(), Float64Array.of(nod, 0, 0, 0, 0, 0), level);
  moved(level, Float64Array.of(0, turn, 0, x, 0, -0.5), pose);
  return pose;
}

/** Landmarks of a head of the canonical size whose nose lies so much further out. */
function seen({ rotation: r, translation: t }: Pose, further_m: number): Float32Array {
  const all = new Float32Array(478 * 3);
  const pixel = new Float64Array(2);
  for (let i = 0; i < 468; i++) {
    const p = [FACE.points[i * 3]!, FACE.points[i * 3 + 1]!, FACE.points[i * 3 + 2]! + (NOSE.includes(i) ? further_m : 0)] as const;
    const [x, y, z] = [0, 1, 2].map((k) => r[k * 3]! * p[0] + r[k * 3 + 1]! * p[1] + r[k * 3 + 2]! * p[2] + t[k]!);
    project(LENS, x!, y!, z!, pixel);
    [all[i * 3], all[i * 3 + 1]] = [pixel[0]! / LENS.width, pixel[1]! / LENS.height];
  }
  return all;
}

const yawOf = (head: Head): number => Math.atan2(head.pose.rotation[2]!, head.pose.rotation[8]!);

function turned(further_m: number): Head {
  const head = new Head(FACE);
  for (let i = 0; i < 120; i++) head.look(seen(at(0.55 * Math.sin(i / 9), 0.15 * Math.sin(i / 5)), further_m), LENS);
  return head;
}

describe("a person's own face", () => {
  it("is learned from a turning head: most of what makes the bridge of the nose flat or high, and never more", () => {
    for (const further_m of [-0.008, -0.004, 0.006]) {
      const learned = turned(further_m).bridge_m / further_m;
      expect(learned).toBeGreaterThan(0.5);
      expect(learned).toBeLessThan(1.02);
    }
    expect(Math.abs(turned(0).bridge_m)).toBeLessThan(0.0003);
  });

  it("lets a flat-nosed person's head be posed better than by the mean face", () => {
    const [learned, fresh] = [turned(-0.008), new Head(FACE)];
    let [mine, means] = [0, 0];
    for (const yaw of [-0.5, -0.3, 0.3, 0.5]) {
      const face = seen(at(yaw), -0.008);
      learned.look(face, LENS);
      fresh.forget();
      fresh.look(face, LENS);
      mine += Math.abs(yawOf(learned) - yaw);
      means += Math.abs(yawOf(fresh) - yaw);
    }
    expect(mine).toBeLessThan(0.5 * means);
  });

  it("stays the mean as long as only the front was seen, for that says nothing of depth", () => {
    const head = new Head(FACE);
    for (let i = 0; i < 120; i++) head.look(seen(at(0), -0.008), LENS);
    expect(Math.abs(head.bridge_m)).toBeLessThan(0.002);
  });

  it("does not learn from a face that is half hidden", () => {
    const head = turned(0);
    const before = head.bridge_m;
    for (let i = 0; i < 120; i++) {
      const face = seen(at(0.4 * Math.sin(i / 9)), 0);
      // A hand before the left half: its points are anywhere.
      for (let k = 0; k < 468; k++) if (FACE.points[k * 3]! > 0.005) face[k * 3]! += 0.03 * Math.sin(k * 7 + i);
      head.look(face, LENS);
    }
    expect(Math.abs(head.bridge_m - before)).toBeLessThan(0.001);
  });

  it("is forgotten with the head", () => {
    const head = turned(-0.008);
    head.forget();
    expect(head.bridge_m).toBe(0);
  });
});
