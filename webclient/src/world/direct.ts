/**
 * Direct light on a texel of the lightmap: the sky through the windows, the sun, spots, strips and panels.
 *
 * Source: Kulla & Fajardo 2012 (equi-angular sampling) for strips.
 */
import type { BakeInput, BakePortal } from "./bake-input";
import { hash } from "./noise";
import type { Vec3 } from "./plan";
import { LAYERS, type Points } from "./texels";
import type { Tracer } from "./tracer";

/** How far off a surface rays start. */
export const OFF_M = 0.002;
const SUN_SIZE = 0.012;

/** The sky's luminance along a direction, as a part of its mean; the ground outside gives back a third. */
const skyAt = (up: number): number => (up > 0 ? 0.75 + 0.6 * up : 0.32);

function leavesByPortal(portals: readonly BakePortal[], px: number, py: number, pz: number, dx: number, dy: number, dz: number): boolean {
  for (let i = 0; i < portals.length; i++) {
    const { o, x, y, n, width_m, height_m } = portals[i]!;
    const leaving = dx * n[0] + dy * n[1] + dz * n[2];
    if (leaving > -1e-6) continue;
    const t = ((o[0] - px) * n[0] + (o[1] - py) * n[1] + (o[2] - pz) * n[2]) / leaving;
    if (t < 0) continue;
    const [hx, hy, hz] = [px + dx * t - o[0], py + dy * t - o[1], pz + dz * t - o[2]];
    if (Math.abs(hx * x[0] + hy * x[1] + hz * x[2]) < width_m / 2 && Math.abs(hx * y[0] + hy * y[1] + hz * y[2]) < height_m / 2) return true;
  }
  return false;
}

/** Direct light on one texel; nine neighbours share a pattern of samples, which `smoothCharts` joins. Returns rays cast. */
export function lightAt(input: BakeInput, tracer: Tracer, points: Points, at: number, pattern: number, out: Float32Array): number {
  const [nx, ny, nz] = [points.normal[at * 3]!, points.normal[at * 3 + 1]!, points.normal[at * 3 + 2]!];
  const px = points.position[at * 3]! + nx * OFF_M;
  const py = points.position[at * 3 + 1]! + ny * OFF_M;
  const pz = points.position[at * 3 + 2]! + nz * OFF_M;
  let rays = 0;
  for (let i = 0; i < input.portals.length; i++) {
    const portal = input.portals[i]!;
    const { o, x, y, n } = portal;
    if ((px - o[0]) * n[0] + (py - o[1]) * n[1] + (pz - o[2]) * n[2] < 0.01) continue;
    // A window far off is small: four samples do.
    const distance2 = (px - o[0]) ** 2 + (py - o[1]) ** 2 + (pz - o[2]) ** 2;
    const before = (px - o[0]) * n[0] + (py - o[1]) * n[1] + (pz - o[2]) * n[2];
    // Reveals and curtains lie so close before the glass that a few samples would blotch them.
    const isClose = before < 0.6 && distance2 < portal.width_m ** 2 + portal.height_m ** 2;
    const side = isClose ? 6 : distance2 < portal.width_m * portal.height_m * 1.6 ? 3 : 2;
    let sum = 0;
    for (let j = 0; j < side * side; j++) {
      const a = ((j % side) + hash(pattern, j * 2, i)) / side - 0.5;
      const b = (Math.floor(j / side) + hash(pattern, j * 2 + 1, i)) / side - 0.5;
      const tx = o[0] + x[0] * a * portal.width_m + y[0] * b * portal.height_m - px;
      const ty = o[1] + x[1] * a * portal.width_m + y[1] * b * portal.height_m - py;
      const tz = o[2] + x[2] * a * portal.width_m + y[2] * b * portal.height_m - pz;
      const d2 = tx * tx + ty * ty + tz * tz;
      const d = Math.sqrt(d2);
      const facing = (tx * nx + ty * ny + tz * nz) / d;
      const leaving = -(tx * n[0] + ty * n[1] + tz * n[2]) / d;
      if (facing <= 0 || leaving <= 0) continue;
      rays++;
      if (tracer.isBlocked(px, py, pz, tx / d, ty / d, tz / d, d - 0.01)) continue;
      sum += (skyAt(ty / d) * facing * leaving) / Math.max(d2, 0.02);
    }
    const e = (sum * portal.width_m * portal.height_m) / (side * side);
    for (let k = 0; k < 3; k++) out[at * LAYERS + k]! += e;
  }
  const [sx, sy, sz] = input.sun;
  const toSun = nx * sx + ny * sy + nz * sz;
  if (toSun > 0) {
    let seen = 0;
    for (let j = 0; j < 2; j++) {
      const dx = sx + (hash(pattern, j, 71) - 0.5) * 2 * SUN_SIZE;
      const dy = sy + (hash(pattern, j, 72) - 0.5) * 2 * SUN_SIZE;
      const dz = sz + (hash(pattern, j, 73) - 0.5) * 2 * SUN_SIZE;
      const d = Math.hypot(dx, dy, dz);
      if (!leavesByPortal(input.portals, px, py, pz, dx, dy, dz)) continue; // walls have no outer face to stop it
      rays++;
      if (!tracer.isBlocked(px, py, pz, dx / d, dy / d, dz / d, 1e9)) seen++;
    }
    out[at * LAYERS + 3]! += (toSun * seen) / 2;
  }
  for (let i = 0; i < input.lamps.length; i++) {
    const lamp = input.lamps[i]!;
    const { o, n } = lamp;
    let e = 0;
    if (lamp.kind === "spot") {
      const inner = Math.cos((lamp.beam_deg * Math.PI) / 360);
      const jitter = 0.03;
      const tx = o[0] + (hash(pattern, i, 81) - 0.5) * jitter - px;
      const ty = o[1] + (hash(pattern, i, 82) - 0.5) * jitter - py;
      const tz = o[2] + (hash(pattern, i, 83) - 0.5) * jitter - pz;
      const d2 = tx * tx + ty * ty + tz * tz;
      const d = Math.sqrt(d2);
      const facing = (tx * nx + ty * ny + tz * nz) / d;
      const toward = -(tx * n[0] + ty * n[1] + tz * n[2]) / d;
      if (facing <= 0 || toward <= 0) continue;
      // Half as bright at the beam's edge, as a lamp maker measures it, with a soft skirt.
      const angle = Math.acos(Math.min(1, toward)) / ((lamp.beam_deg * Math.PI) / 360);
      const shape = Math.exp(-0.693 * angle ** 2.6);
      if (shape < 0.004) continue;
      rays++;
      if (tracer.isBlocked(px, py, pz, tx / d, ty / d, tz / d, d - 0.16)) continue;
      e = ((lamp.lumen / 1000 / (2 * Math.PI * (1 - inner))) * 0.8 * shape * facing) / d2;
    } else if (lamp.kind === "strip") {
      const { along: l } = lamp;
      const t0 = (px - o[0]) * l[0] + (py - o[1]) * l[1] + (pz - o[2]) * l[2];
      const hx = px - o[0] - l[0] * t0;
      const hy = py - o[1] - l[1] * t0;
      const hz = pz - o[2] - l[2] * t0;
      if (hx * n[0] + hy * n[1] + hz * n[2] < 0) continue;
      const h = Math.max(0.02, Math.hypot(hx, hy, hz));
      const [from, to] = [Math.atan((-lamp.size_m[0] / 2 - t0) / h), Math.atan((lamp.size_m[0] / 2 - t0) / h)];
      const count = Math.max(2, Math.round(4 * input.quality));
      let sum = 0;
      for (let j = 0; j < count; j++) {
        const t = t0 + h * Math.tan(from + ((to - from) * (j + hash(pattern, j, 90 + i))) / count);
        const tx = o[0] + l[0] * t - px;
        const ty = o[1] + l[1] * t - py;
        const tz = o[2] + l[2] * t - pz;
        const d = Math.sqrt(tx * tx + ty * ty + tz * tz);
        const facing = (tx * nx + ty * ny + tz * nz) / d;
        const leaving = -(tx * n[0] + ty * n[1] + tz * n[2]) / d;
        if (facing <= 0 || leaving <= 0) continue;
        rays++;
        if (tracer.isBlocked(px, py, pz, tx / d, ty / d, tz / d, d - 0.012)) continue;
        sum += facing * leaving;
      }
      e = ((lamp.lumen / 1000 / (lamp.size_m[0] * Math.PI * h)) * (to - from) * sum) / count;
    } else {
      const { along: l } = lamp;
      const wide: Vec3 = [n[1] * l[2] - n[2] * l[1], n[2] * l[0] - n[0] * l[2], n[0] * l[1] - n[1] * l[0]];
      let sum = 0;
      for (let j = 0; j < 4; j++) {
        const a = (((j & 1) + hash(pattern, j, 110 + i)) / 2 - 0.5) * lamp.size_m[0];
        const b = (((j >> 1) + hash(pattern, j, 140 + i)) / 2 - 0.5) * lamp.size_m[1];
        const tx = o[0] + l[0] * a + wide[0] * b - px;
        const ty = o[1] + l[1] * a + wide[1] * b - py;
        const tz = o[2] + l[2] * a + wide[2] * b - pz;
        const d2 = tx * tx + ty * ty + tz * tz;
        const d = Math.sqrt(d2);
        const facing = (tx * nx + ty * ny + tz * nz) / d;
        const leaving = -(tx * n[0] + ty * n[1] + tz * n[2]) / d;
        if (facing <= 0 || leaving <= 0) continue;
        rays++;
        if (tracer.isBlocked(px, py, pz, tx / d, ty / d, tz / d, d - 0.02)) continue;
        sum += (facing * leaving) / Math.max(d2, 0.0025);
      }
      e = ((lamp.lumen / 1000 / Math.PI) * sum) / 4;
    }
    for (let k = 0; k < 3; k++) out[at * LAYERS + 4 + k]! += e * lamp.colour[k]!;
  }
  return rays;
}
