/**
 * Measures of a body, each with how far it may be off: typed by the shopper, or taken from what the mirror tracks.
 *
 * `spread_mm` is half of the interval in which the true value lies 19 times of 20. A measure that cannot be a person's
 * is none. What it is not: the tracking, or the keeping (`own.ts`).
 *
 * Source: ISO 8559-1 (what is measured where); Yoon & Radwin 1994 and the trade's own tolerances for tape held by oneself;
 * ISO 7250-3 (joint centres against acromion, heads against the distance of pupils).
 */
import type { Body } from "../tryon/body";

export const MEASURES = [
  "height", "chest", "waist", "hip", "neck", "shoulder_width", "arm_length", "back_length", "inseam",
  "foot_length", "foot_width", "wrist_girth", "finger_girth", "head_girth", "head_width", "pupillary_distance", "nose_width",
] as const;
export type MeasureKey = (typeof MEASURES)[number];

export interface Measure {
  readonly mm: number;
  readonly spread_mm: number;
}
export type Measures = { readonly [key in MeasureKey]?: Measure };

/** From toddler to giant, and what a tape in one's own hand is off by. */
const KNOWN: Readonly<Record<MeasureKey, { readonly least: number; readonly most: number; readonly tape: number }>> = {
  height: { least: 500, most: 2400, tape: 15 }, chest: { least: 400, most: 1900, tape: 20 }, waist: { least: 350, most: 1900, tape: 20 },
  hip: { least: 400, most: 2000, tape: 20 }, neck: { least: 180, most: 650, tape: 10 }, shoulder_width: { least: 180, most: 650, tape: 15 },
  arm_length: { least: 200, most: 950, tape: 15 }, back_length: { least: 180, most: 700, tape: 20 }, inseam: { least: 180, most: 1200, tape: 20 },
  foot_length: { least: 85, most: 380, tape: 3 }, foot_width: { least: 35, most: 160, tape: 3 }, wrist_girth: { least: 85, most: 280, tape: 4 },
  finger_girth: { least: 30, most: 90, tape: 1 }, head_girth: { least: 380, most: 700, tape: 8 }, head_width: { least: 90, most: 200, tape: 4 },
  pupillary_distance: { least: 38, most: 82, tape: 2 }, nose_width: { least: 8, most: 36, tape: 2 },
};

export const isMeasureKey = (text: string): text is MeasureKey => Object.hasOwn(KNOWN, text);

/** What a person can measure there, mm. */
export const possible = (key: MeasureKey): readonly [least: number, most: number] => [KNOWN[key].least, KNOWN[key].most];

/** As a shopper types it; null if nobody measures that. */
export function typed(key: MeasureKey, mm: number): Measure | null {
  const { least, most, tape } = KNOWN[key];
  return Number.isFinite(mm) && mm >= least && mm <= most ? { mm, spread_mm: tape } : null;
}

/** A finger's girth from the inside of a ring that fits it: a ruler reads it to 0.3 mm. */
export function fromRing(inner_diameter_mm: number): Measure | null {
  const measure = typed("finger_girth", inner_diameter_mm * Math.PI);
  return measure && { mm: measure.mm, spread_mm: 0.3 * Math.PI };
}

/** Heads of one scale differ in shape by so much of their width, one sigma. */
const HEAD_SHAPE = 0.035;
/** Of the canonical head, at the temples where spectacles touch. */
const HEAD_WIDTH_MM = 141;

/**
 * From a head before the mirror.
 *
 * @param pupils metres, spread one sigma, as heads have it
 */
export function fromHead(pupils: { readonly distance_m: number; readonly spread_m: number }, scale: number, scale_spread: number): Measures {
  if (!(pupils.distance_m > 0) || !(scale > 0)) return {};
  return possibleOnly({
    pupillary_distance: { mm: pupils.distance_m * 1000, spread_mm: Math.max(1, 2 * pupils.spread_m * 1000) },
    head_width: { mm: HEAD_WIDTH_MM * scale, spread_mm: 2 * HEAD_WIDTH_MM * scale * Math.hypot(HEAD_SHAPE, scale_spread) },
  });
}

/** The order of `JOINTS` in `tryon/body.ts` matters here by name only. */
type Joints = readonly string[];

/** Joints lie inside the shoulder: a tape lies over it. Share of the joints' distance, and one sigma of what is left, mm. */
const OVER_SHOULDER = { factor: 1.12, sigma_mm: 16 } as const;
/** A tape runs from the acromion over the bent elbow to the wrist bone. */
const OVER_ARM = { factor: 1.04, sigma_mm: 14 } as const;
/** From the nape to the waist, of the way from the hips to the neck. */
const OVER_BACK = { factor: 0.86, sigma_mm: 24 } as const;
/** A body seen this surely is measured. */
const SURE = 0.7;

/** From a body before the mirror: honest, therefore wide unless its height is known. */
export function fromBody(body: Pick<Body, "joints" | "sure" | "height_m" | "height_spread_m">, names: Joints): Measures {
  const share = body.height_spread_m / body.height_m;
  const out: Partial<Record<MeasureKey, Measure>> = { height: { mm: body.height_m * 1000, spread_mm: 2 * body.height_spread_m * 1000 } };
  const along = (...bones: readonly string[]): number | null => {
    let sum = 0;
    let last = -1;
    for (const bone of bones) {
      const at = names.indexOf(bone);
      if (at < 0 || (body.sure[at] ?? 0) < SURE) return null;
      if (last >= 0) sum += Math.hypot(...[0, 1, 2].map((k) => body.joints[at * 3 + k]! - body.joints[last * 3 + k]!));
      last = at;
    }
    return sum * 1000;
  };
  const put = (key: MeasureKey, mm: number | null, { factor, sigma_mm }: { readonly factor: number; readonly sigma_mm: number }): void => {
    if (mm) out[key] = { mm: mm * factor, spread_mm: 2 * Math.hypot(sigma_mm, mm * factor * share) };
  };
  put("shoulder_width", along("leftUpperArm", "rightUpperArm"), OVER_SHOULDER);
  const arms = [along("leftUpperArm", "leftLowerArm", "leftHand"), along("rightUpperArm", "rightLowerArm", "rightHand")].filter((one) => one !== null);
  put("arm_length", arms.length ? Math.max(...arms) : null, OVER_ARM);
  put("back_length", along("hips", "neck"), OVER_BACK);
  return possibleOnly(out);
}

/** Of two measures of one thing the narrower one is believed. */
export function merged(...all: readonly Measures[]): Measures {
  const out: Partial<Record<MeasureKey, Measure>> = {};
  for (const measures of all) {
    for (const key of MEASURES) {
      const [one, best] = [measures[key], out[key]];
      if (one && (!best || one.spread_mm < best.spread_mm)) out[key] = one;
    }
  }
  return out;
}

function possibleOnly(measures: Measures): Measures {
  const out: Partial<Record<MeasureKey, Measure>> = {};
  for (const key of MEASURES) {
    const one = measures[key];
    if (one && typed(key, one.mm)) out[key] = one;
  }
  return out;
}
