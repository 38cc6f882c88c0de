import { describe, expect, it } from "vitest";
import { lensOf, project } from "../../src/tryon/camera";
import { moved, newPose, Pnp, type Pose } from "../../src/tryon/pnp";

const LENS = lensOf(1280, 720);

/** A repeatable source of chance. */
function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
}

const bell = (random: () => number): number => Math.sqrt(-2 * Math.log(random() + 1e-12)) * Math.cos(2 * Math.PI * random());

/** Points about as far apart as a face's, metres. */
function head(random: () => number, n = 40): Float64Array {
  return Float64Array.from({ length: n * 3 }, (_, i) => (random() - 0.5) * (i % 3 === 2 ? 0.08 : 0.16));
}

function posed(yaw_deg: number, pitch_deg: number, x: number, y: number, z: number): Pose {
  const [flat, turned] = [newPose(), newPose()];
  moved(flat, Float64Array.of(0, (yaw_deg * Math.PI) / 180, 0, x, y, z), turned);
  const found = newPose();
  moved(turned, Float64Array.of((pitch_deg * Math.PI) / 180, 0, 0, 0, 0, 0), found);
  return found;
}

function seenBy(pose: Pose, points: Float64Array): Float64Array {
  const seen = new Float64Array((points.length / 3) * 2);
  const { rotation: r, translation: t } = pose;
  for (let i = 0; i < points.length / 3; i++) {
    const at = [0, 1, 2].map((k) => r[k * 3]! * points[i * 3]! + r[k * 3 + 1]! * points[i * 3 + 1]! + r[k * 3 + 2]! * points[i * 3 + 2]! + t[k]!);
    project(LENS, at[0]!, at[1]!, at[2]!, seen, i * 2);
  }
  return seen;
}

function turnBetween(a: Pose, b: Pose): number {
  let trace = 0;
  for (let i = 0; i < 9; i++) trace += a.rotation[i]! * b.rotation[i]!;
  return (Math.acos(Math.min(1, Math.max(-1, (trace - 1) / 2))) * 180) / Math.PI;
}

describe("a pose from points", () => {
  it("is the true one from nothing, wherever a head may be before a camera", () => {
    const random = chance(1);
    const points = head(random);
    const weights = new Float64Array(40).fill(1);
    const pnp = new Pnp();
    for (const yaw of [-60, -35, 0, 35, 60]) {
      for (const pitch of [-30, 0, 25]) {
        for (const [x, z] of [[-0.22, -0.55], [0, -0.35], [0.2, -1.0]] as const) {
          const truth = posed(yaw, pitch, x, 0.05, z);
          const found = newPose();
          const { error_px } = pnp.solve(LENS, points, seenBy(truth, points), weights, found, true);
          expect(error_px).toBeLessThan(1e-3);
          expect(turnBetween(found, truth)).toBeLessThan(0.01);
          expect(Math.hypot(...truth.translation.map((one, k) => one - found.translation[k]!))).toBeLessThan(1e-5);
        }
      }
    }
  });

  it("is not biased to a side by noise, though the head is off the middle", () => {
    const random = chance(2);
    const points = head(random);
    const weights = new Float64Array(40).fill(1);
    const pnp = new Pnp();
    for (const x of [-0.22, 0.22]) {
      let bias = 0;
      const turns = 60;
      for (let i = 0; i < turns; i++) {
        const truth = posed(0, 0, x, 0, -0.55);
        const seen = seenBy(truth, points).map((one) => one + bell(random));
        const found = newPose();
        pnp.solve(LENS, points, seen, weights, found, true);
        bias += (Math.atan2(found.rotation[2]!, found.rotation[8]!) * 180) / Math.PI;
      }
      expect(Math.abs(bias / turns)).toBeLessThan(0.4);
    }
  });

  it("is held by the many when a hand covers some points", () => {
    const random = chance(3);
    const points = head(random);
    const weights = new Float64Array(40).fill(1);
    const truth = posed(15, -5, 0.05, 0, -0.6);
    const seen = seenBy(truth, points);
    for (let i = 0; i < 16; i += 2) seen[i] = seen[i]! + 35;
    const [robust, plain] = [newPose(), newPose()];
    const pnp = new Pnp();
    pnp.solve(LENS, points, seen, weights, robust, true, 2);
    pnp.solve(LENS, points, seen, weights, plain, true, 1e6);
    expect(turnBetween(robust, truth)).toBeLessThan(1);
    expect(turnBetween(plain, truth)).toBeGreaterThan(2 * turnBetween(robust, truth));
  });

  it("goes on from the last pose in few rounds", () => {
    const random = chance(4);
    const points = head(random);
    const weights = new Float64Array(40).fill(1);
    const pnp = new Pnp();
    const pose = posed(10, 0, 0, 0, -0.6);
    const { rounds, error_px } = pnp.solve(LENS, points, seenBy(posed(12, 1, 0.01, 0, -0.6), points), weights, pose, false);
    expect(error_px).toBeLessThan(1e-3);
    expect(rounds).toBeLessThanOrEqual(20);
  });

  it("stays finite on points that say nothing", () => {
    const pose = newPose();
    new Pnp().solve(LENS, new Float64Array(12), new Float64Array(8), new Float64Array(4), pose, true);
    new Pnp().solve(LENS, new Float64Array(12), new Float64Array(8).fill(100), new Float64Array(4).fill(1), pose, true);
    expect([...pose.rotation, ...pose.translation].every(Number.isFinite)).toBe(true);
  });

  it("is nearer the truth when points that are seen badly along the height count less there, however the head is tilted", () => {
    const weights = new Float64Array(40).fill(1);
    const up = Float64Array.from(weights, (_, i) => (i % 2 ? 0.02 : 1));
    const pnp = new Pnp();
    for (const roll of [0, 0.5, -1.2]) {
      const random = chance(11);
      const points = head(random);
      let [plain, weighed] = [0, 0];
      for (let trial = 0; trial < 20; trial++) {
        const [straight, truth, found] = [posed(20, 5, 0.05, 0, -0.6), newPose(), newPose()];
        // Clockwise in the picture is the other way round in space.
        const c = Math.cos(roll);
        const s = Math.sin(-roll);
        const r = straight.rotation;
        for (let k = 0; k < 3; k++) [truth.rotation[k], truth.rotation[3 + k], truth.rotation[6 + k]] = [c * r[k]! - s * r[3 + k]!, s * r[k]! + c * r[3 + k]!, r[6 + k]!];
        truth.translation.set(straight.translation);
        const seen = seenBy(truth, points);
        for (let i = 0; i < 40; i++) {
          const off = (i % 2 ? 6 : 0.3) * bell(random);
          seen[i * 2]! -= Math.sin(roll) * off;
          seen[i * 2 + 1]! += Math.cos(roll) * off;
        }
        pnp.solve(LENS, points, seen, weights, found, true, 40);
        plain += turnBetween(found, truth);
        pnp.solve(LENS, points, seen, weights, found, true, 40, up, roll);
        weighed += turnBetween(found, truth);
      }
      expect(weighed).toBeLessThan(0.5 * plain);
    }
  });
});
