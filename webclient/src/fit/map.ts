/** Where on a body a size pinches or hangs: for the figure, and in linear colours for a garment in the mirror. */
import type { How, Verdict } from "./fit";
import type { MeasureKey } from "./measures";

export type Region = "height" | "head" | "temples" | "eyes" | "nose" | "neck" | "shoulders" | "chest" | "waist" | "hips" | "arms" | "back" | "legs" | "foot" | "toes" | "wrist" | "finger";

const REGION_OF: Readonly<Record<MeasureKey, Region>> = {
  height: "height", chest: "chest", waist: "waist", hip: "hips", neck: "neck", shoulder_width: "shoulders", arm_length: "arms", back_length: "back", inseam: "legs",
  foot_length: "foot", foot_width: "toes", wrist_girth: "wrist", finger_girth: "finger", head_girth: "head", head_width: "temples", pupillary_distance: "eyes", nose_width: "nose",
};

export interface Spot {
  readonly key: MeasureKey;
  readonly how: How;
  readonly off_mm: number;
}

/** Of one size, what is known of each region. */
export function fitMap(verdict: Verdict, size: string): ReadonlyMap<Region, Spot> {
  const fits = verdict.perSize.find((one) => one.size === size)?.fits ?? [];
  return new Map(fits.map(({ key, how, off_mm }) => [REGION_OF[key], { key, how, off_mm }]));
}

/** Clay, sage and slate; told apart by hatching and dots too. */
export const COLOURS: Readonly<Record<How, string>> = { tight: "#b4552d", good: "#5d8a6b", loose: "#5f7fa8" };
/** The worst that is shown, mm: beyond it the colour no longer changes. */
const FULL_MM = 60;

/**
 * Of one size, a colour for each region of a garment, linear RGB: from good to tight or loose by how much it is off.
 */
export function regionColours(verdict: Verdict, size: string): ReadonlyMap<Region, readonly [number, number, number]> {
  const good = linear(COLOURS.good);
  return new Map([...fitMap(verdict, size)].map(([region, { how, off_mm }]) => {
    const share = how === "good" ? 0 : 0.35 + 0.65 * Math.min(1, Math.abs(off_mm) / FULL_MM);
    const end = linear(COLOURS[how]);
    return [region, [0, 1, 2].map((k) => good[k]! + (end[k]! - good[k]!) * share) as unknown as readonly [number, number, number]];
  }));
}

/** Source: IEC 61966-2-1. */
function linear(hex: string): readonly number[] {
  return [1, 3, 5].map((at) => {
    const c = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
}
