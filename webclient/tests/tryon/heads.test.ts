import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { lensOf, project } from "../../src/tryon/camera";
import { moved, newPose, type Pose } from "../../src/tryon/pnp";
import { Heads } from "../../src/tryon/heads";
import { canonicalFace } from "../../src/tryon/task";

const FACE = canonicalFace(new Uint8Array(readFileSync(fileURLToPath(new URL("../../public/trackers/face_landmarker.task", import.meta.url)))).buffer);
const LENS = lensOf(1280, 720);
const FRAME_MS = 1000 / 30;

function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
}
const bell = (random: () => number): number => Math.sqrt(-2 * Math.log(random() + 1e-12)) * Math.cos(2 * Math.PI * random());

function at(yaw: number, x: number, z: number): Pose {
  const pose = newPose();
  moved(newPose(), Float64Array.of(0, yaw, 0, x, 0, z), pose);
  return pose;
}

/** Landmarks of a head of the canonical size, irises too; `noise_px` on each. */
function landmarks({ rotation: r, translation: t }: Pose, random: () => number, noise_px = 0): Float32Array {
  const all = new Float32Array(478 * 3);
  const pixel = new Float64Array(2);
  const put = (i: number, p: readonly number[]): void => {
    const [x, y, z] = [0, 1, 2].map((k) => r[k * 3]! * p[0]! + r[k * 3 + 1]! * p[1]! + r[k * 3 + 2]! * p[2]! + t[k]!);
    project(LENS, x!, y!, z!, pixel);
    all[i * 3] = (pixel[0]! + noise_px * bell(random)) / LENS.width;
    all[i * 3 + 1] = (pixel[1]! + noise_px * bell(random)) / LENS.height;
  };
  for (let i = 0; i < 468; i++) put(i, [...FACE.points.subarray(i * 3, i * 3 + 3)]);
  for (const [i, x] of [[468, -0.0315], [473, 0.0315]] as const) {
    put(i, [x, 0.0263, 0.035]);
    for (const [k, dx, dy] of [[1, 0.00585, 0], [2, 0, 0.00585], [3, -0.00585, 0], [4, 0, -0.00585]] as const) put(i + k, [x + dx, 0.0263 + dy, 0.035]);
  }
  return all;
}

describe("heads before the mirror", () => {
  it("hold still to a tenth of a pixel at rest, though landmarks do not", () => {
    const random = chance(1);
    const heads = new Heads(FACE);
    const truth = at(0.1, 0.03, -0.6);
    let square = 0;
    let [x0, n] = [0, 0];
    for (let i = 0; i < 300; i++) {
      const [head] = heads.look([landmarks(truth, random, 0.3)], LENS, i * FRAME_MS);
      const bridge_px = (LENS.focal * head!.pose.translation[0]!) / -head!.pose.translation[2]!;
      if (i < 100) x0 = bridge_px;
      else {
        x0 += (bridge_px - x0) / 100;
        square += (bridge_px - x0) ** 2;
        n++;
      }
    }
    expect(Math.sqrt(square / n)).toBeLessThan(0.15);
  });

  it("follow a quick turn and step within a frame's way", () => {
    const random = chance(2);
    const heads = new Heads(FACE);
    let worst = 0;
    for (let i = 0; i < 60; i++) {
      const s = i / 30;
      const truth = at(0.5 * Math.sin(2 * s), 0.1 * Math.sin(3 * s), -0.6);
      const [head] = heads.look([landmarks(truth, random, 0.2)], LENS, i * FRAME_MS);
      if (i < 10) continue;
      worst = Math.max(worst, Math.abs(head!.pose.translation[0]! / head!.size.scale - truth.translation[0]!));
    }
    expect(worst).toBeLessThan(0.3 / 30); // the fastest way of one frame
  });

  it("stay themselves when two people stand side by side, and when one leaves", () => {
    const random = chance(3);
    const heads = new Heads(FACE);
    const [a, b] = [landmarks(at(0, -0.25, -0.9), random), landmarks(at(0, 0.25, -0.9), random)];
    const [first, second] = [...heads.look([a, b], LENS, 0)];
    expect([...heads.look([b, a], LENS, FRAME_MS)]).toEqual([first, second]);
    expect([...heads.look([b], LENS, 2 * FRAME_MS)]).toEqual([second]);
    heads.look([b], LENS, 1000);
    expect([...heads.look([b], LENS, 1000 + FRAME_MS)]).toEqual([second]);
  });

  it("stay themselves when two people cross, though the nearer is lost and the hidden one is seen in between", () => {
    for (const lost of [1, 2]) {
      const random = chance(8);
      const heads = new Heads(FACE);
      const owners = new Map<unknown, "near" | "far">();
      for (let i = 0; i < 90; i++) {
        const s = (i - 45) / 30;
        const [near, far] = [at(-0.15, -0.2 * s, -0.75), at(0.15, 0.2 * s, -1)];
        const isHidden = Math.abs(s) < 0.35;
        // As the tracker was seen to do: the nearer face is lost when the other touches it, and comes back a frame after the
        // wrong one, which is taken for larger than it is.
        const slip = at(0.15, 0.15 * s, -0.75);
        const seen = i >= 36 && i < 36 + lost ? [] : i === 36 + lost ? [slip] : isHidden ? [near] : [near, far];
        for (const head of heads.look(seen.map((pose) => landmarks(pose, random, 0.5)), LENS, i * FRAME_MS)) {
          if (Math.abs(s) < 0.1) continue;
          const x = head.pose.translation[0]! / -head.pose.translation[2]!;
          const is = Math.abs(x + (0.2 * s) / 0.75) < Math.abs(x - 0.2 * s) ? "near" : "far";
          expect(owners.get(head) ?? is).toBe(is);
          owners.set(head, is);
        }
      }
      expect(owners.size).toBeLessThanOrEqual(3); // the far one, hidden for long, may come back as somebody new; nobody else
    }
  });

  it("measure the pupils within their honest interval", () => {
    const random = chance(4);
    const heads = new Heads(FACE);
    for (let i = 0; i < 40; i++) heads.look([landmarks(at(0.05, 0, -0.5), random, 0.3)], LENS, i * FRAME_MS);
    const { distance_m, spread_m } = heads.heads[0]!.pupils;
    expect(Math.abs(distance_m - 0.063)).toBeLessThan(2 * spread_m);
    expect(spread_m).toBeGreaterThan(0.002); // the iris itself varies: nobody is told half a millimetre
  });

  it("fade within a third of a second when the face is lost, where they were, and are back at once", () => {
    const random = chance(6);
    const heads = new Heads(FACE);
    const face = landmarks(at(0.1, 0.05, -0.6), random);
    for (let i = 0; i < 10; i++) heads.look([face], LENS, i * FRAME_MS);
    const head = heads.heads[0]!;
    const place = [...head.pose.translation];
    expect(head.confidence).toBe(1);
    let last = 1;
    for (let i = 10; i < 20; i++) {
      expect(heads.look([], LENS, i * FRAME_MS)).toHaveLength(0);
      expect(head.confidence).toBeLessThan(last || 1);
      expect([...head.pose.translation]).toEqual(place);
      if (head.confidence > 0) expect(heads.bearers[0]).toBe(head);
      else expect(heads.bearers).toHaveLength(0);
      last = head.confidence;
    }
    expect(last).toBe(0);
    heads.look([face], LENS, 20 * FRAME_MS);
    expect(heads.heads[0]!.confidence).toBe(1);
  });

  it("do not follow a pose that jumps as no head can, unless it lasts", () => {
    const random = chance(7);
    const heads = new Heads(FACE);
    const [straight, flipped] = [landmarks(at(-0.6, 0, -0.6), random), landmarks(at(0.6, 0, -0.6), random)];
    for (let i = 0; i < 10; i++) heads.look([straight], LENS, i * FRAME_MS);
    const yaw = (): number => Math.atan2(heads.bearers[0]!.pose.rotation[2]!, heads.bearers[0]!.pose.rotation[8]!);
    for (let i = 10; i < 12; i++) {
      heads.look([flipped], LENS, i * FRAME_MS);
      expect(yaw()).toBeCloseTo(-0.6, 1);
      expect(heads.bearers[0]!.confidence).toBeLessThan(1);
    }
    heads.look([straight], LENS, 12 * FRAME_MS);
    expect(yaw()).toBeCloseTo(-0.6, 1);
    for (let i = 13; i < 18; i++) heads.look([flipped], LENS, i * FRAME_MS);
    expect(yaw()).toBeCloseTo(0.6, 1);
  });

  it("are not seen in what is no face", () => {
    const random = chance(5);
    const heads = new Heads(FACE);
    const noise = Float32Array.from({ length: 478 * 3 }, () => random());
    expect(heads.look([noise], LENS, 0)).toHaveLength(0);
    expect(heads.look([new Float32Array(478 * 3)], LENS, 33)).toHaveLength(0);
    expect(heads.look([], LENS, 66)).toHaveLength(0);
  });
});
