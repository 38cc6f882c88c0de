/**
 * The one soft light that models a person: where most of the light comes from at the place where they stand, from the
 * windows and lamps that the bake knows, without its shadows.
 *
 * What it is not: all of the light; the room's picture gives the rest.
 */
import type { BakeInput } from "../world/bake-input";
import type { Inside } from "../world/assemble";
import type { Weights } from "../world/moods";
import type { World } from "../world/world";

export interface Key {
  /** Towards the light, of unit length. */
  x: number;
  y: number;
  z: number;
  /** Linear light on a face turned to it, in the scene's units. */
  r: number;
  g: number;
  b: number;
  /** How bright the place is as a whole. */
  level: number;
}

export const newKey = (): Key => ({ x: 0.3, y: 0.8, z: 0.5, r: 1, g: 1, b: 1, level: 0.5 });

/** Somebody whose light follows them. */
export interface Lit {
  readonly person: { readonly x: number; readonly y: number; readonly z: number };
  readonly key: Key;
  readonly goal: Key;
  /** When light was last looked for (below 0: never), and where. */
  litAt: number;
  litX: number;
  litZ: number;
}

/** How often light is looked for, and after which way. */
const LOOK_S = 1.5;
const LOOK_M = 0.35;
const CHEST_M = 1.35;
/** Windows in parts, so that a tall one near by is broad. */
const PARTS = 2;

/** Light changes with the place: looked for now and then, and eased. Once a frame; allocates nothing. */
export function follow(lit: Lit, { assembly, weights }: Pick<World, "assembly" | "weights">, now_s: number, dt: number): void {
  const { person, key, goal } = lit;
  const isFirst = lit.litAt < 0;
  if (isFirst || now_s - lit.litAt > LOOK_S || Math.abs(person.x - lit.litX) + Math.abs(person.z - lit.litZ) > LOOK_M) {
    keyAt(goal, assembly.light, assembly.insides, weights, person.x, person.y, person.z);
    lit.litAt = now_s;
    lit.litX = person.x;
    lit.litZ = person.z;
    if (isFirst) Object.assign(key, goal);
  }
  const k = Math.min(1, dt * 4);
  key.x += (goal.x - key.x) * k;
  key.y += (goal.y - key.y) * k;
  key.z += (goal.z - key.z) * k;
  key.r += (goal.r - key.r) * k;
  key.g += (goal.g - key.g) * k;
  key.b += (goal.b - key.b) * k;
  key.level += (goal.level - key.level) * k;
}

export function keyAt(out: Key, input: Pick<BakeInput, "portals" | "lamps">, insides: readonly Inside[], weights: Weights, px: number, py: number, pz: number): void {
  const y = py + CHEST_M;
  let dx = 0, dy = 0, dz = 0, r = 0, g = 0, b = 0;
  let room: Inside | null = null;
  for (let i = 0; i < insides.length; i++) {
    const { min, max } = insides[i]!;
    if (px >= min[0] && px <= max[0] && pz >= min[2] && pz <= max[2]) room = insides[i]!;
  }
  for (let i = 0; i < input.portals.length; i++) {
    const { o, x: across, y: up, n, width_m, height_m } = input.portals[i]!;
    if (room && !isIn(room, o[0], o[2], 0.6)) continue;
    const area = (width_m * height_m) / (PARTS * PARTS);
    for (let j = 0; j < PARTS * PARTS; j++) {
      const a = (((j % PARTS) + 0.5) / PARTS - 0.5) * width_m;
      const c = ((Math.floor(j / PARTS) + 0.5) / PARTS - 0.5) * height_m;
      const tx = o[0] + across[0] * a + up[0] * c - px;
      const ty = o[1] + across[1] * a + up[1] * c - y;
      const tz = o[2] + across[2] * a + up[2] * c - pz;
      const d2 = Math.max(0.25, tx * tx + ty * ty + tz * tz);
      const d = Math.sqrt(d2);
      const leaving = -(tx * n[0] + ty * n[1] + tz * n[2]) / d;
      if (leaving <= 0) continue;
      const e = (leaving * area) / d2;
      dx += (tx / d) * e * weights.sky[1];
      dy += (ty / d) * e * weights.sky[1];
      dz += (tz / d) * e * weights.sky[1];
      r += e * weights.sky[0];
      g += e * weights.sky[1];
      b += e * weights.sky[2];
    }
  }
  for (let i = 0; i < input.lamps.length; i++) {
    const lamp = input.lamps[i]!;
    const { o, n } = lamp;
    if (room && !isIn(room, o[0], o[2], 0.1)) continue;
    const tx = o[0] - px, ty = o[1] - y, tz = o[2] - pz;
    const d2 = tx * tx + ty * ty + tz * tz + 0.12;
    const d = Math.sqrt(d2);
    const toward = -(tx * n[0] + ty * n[1] + tz * n[2]) / d;
    if (toward <= 0) continue;
    let e = ((lamp.lumen / 1000 / Math.PI) * toward) / d2;
    if (lamp.kind === "spot") {
      const half = (lamp.beam_deg * Math.PI) / 360;
      const angle = Math.acos(Math.min(1, toward)) / half;
      e = ((lamp.lumen / 1000 / (2 * Math.PI * (1 - Math.cos(half)))) * 0.8 * Math.exp(-0.693 * angle ** 2.6)) / d2;
    }
    const lum = e * weights.lamps[1];
    dx += (tx / d) * lum;
    dy += (ty / d) * lum;
    dz += (tz / d) * lum;
    r += e * weights.lamps[0] * lamp.colour[0];
    g += e * weights.lamps[1] * lamp.colour[1];
    b += e * weights.lamps[2] * lamp.colour[2];
  }
  // Strips at the foot of a shelf are hidden from faces by what stands on it.
  dy = Math.max(dy, 0.3 * Math.sqrt(dx * dx + dz * dz));
  const n = Math.sqrt(dx * dx + dy * dy + dz * dz);
  const total = Math.max(1e-6, g);
  out.level = total;
  if (n < 1e-6) return void Object.assign(out, FALLBACK);
  out.x = dx / n;
  out.y = dy / n;
  out.z = dz / n;
  // What comes from all sides does not model: the part that agrees is the key.
  const agree = Math.min(1, n / total);
  // Half of a lamp's colour: eyes settle on faces, and skin takes no more orange.
  // Close to a lamp it is not as bright as arithmetic without shadows says: nobody is lit by a flash.
  const held = (STRENGTH * agree) / (1 + g / SHOULDER);
  out.r = (r + g) * 0.5 * held;
  out.g = g * held;
  out.b = (b + g) * 0.5 * held;
}
const STRENGTH = 0.7;
const SHOULDER = 1.8;
const FALLBACK = { x: 0.2, y: 0.95, z: 0.2, r: 0.3, g: 0.3, b: 0.3 };

const isIn = ({ min, max }: Inside, x: number, z: number, more: number): boolean => x > min[0] - more && x < max[0] + more && z > min[2] - more && z < max[2] + more;
