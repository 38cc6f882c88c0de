/** Verdicts in the shopper's language and units. What it is not: deciding them. */
import { KNEES_M, FRONT_M, ROUND_M, WALKWAY_M } from "./clearance";
import type { Passage } from "./doorway";
import type { Verdict } from "./fit";
import type { Piece, Ware } from "./piece";
import { length, type Unit } from "../ui/format";
import { spoken } from "../ui/words";
import { t } from "./words";

export interface Speech {
  /** A length with its unit. */
  format(metres: number): string;
  readonly unit: Unit;
}

export const speech = (unit: Unit): Speech => ({ unit, format: (metres) => `${length(metres, unit, spoken())} ${unit === "in" ? t("in") : unit === "cm" ? t("cm") : "mm"}` });

/** What devices call things (WebXR semantic labels). */
const THINGS = { table: "thing_table", couch: "thing_couch", shelf: "thing_shelf", lamp: "thing_lamp", plant: "thing_plant", screen: "thing_screen", bed: "thing_bed", desk: "thing_desk" } as const;

/** In the shopper's language; empty: it has no name that they would know. */
const named = (label: string): string => (Object.hasOwn(THINGS, label) ? t(THINGS[label as keyof typeof THINGS]) : "");

export function verdictWords(verdict: Verdict, piece: Piece, { format }: Speech): string {
  const m = format(Math.abs(verdict.margin_m));
  const { category, clearance_m } = piece.ware;
  const number = new Intl.NumberFormat(spoken(), { maximumFractionDigits: 1 });
  if (verdict.kind === "fits") return Number.isFinite(verdict.margin_m) && verdict.margin_m < 5 ? t("v_fits", { m }) : t("v_fits_open");
  if (verdict.reason === "unmeasured") return t("v_unmeasured");
  if (verdict.kind === "unsure") return t("v_unsure", { m, s: format(verdict.spread_m) });
  switch (verdict.reason) {
    case "thing": return named(verdict.what) ? t("v_thing", { m, what: named(verdict.what) }) : t("v_thing_any", { m });
    case "piece": return t("v_piece", { m, what: verdict.what });
    case "edge": return t("v_edge", { m, what: named(verdict.what) || t("thing_table") });
    case "way": return t("v_way", { m: number.format(verdict.margin_m), way: format(WALKWAY_M) });
    case "front": return t("v_front", { m, want: format(FRONT_M[category] ?? KNEES_M) });
    case "round": return t("v_round", { m, want: format(clearance_m || ROUND_M[category] || 0) });
    case "outside": return t("v_outside", { m });
    case "ceiling": return t("v_ceiling", { m });
    case "door": return t("v_door");
    default: return t("v_wall", { m });
  }
}

export function passageWords(passage: Passage | null, door: { readonly width_m: number; readonly height_m: number } | null, { format }: Speech): string {
  if (!passage || !door) return t("d_none");
  const gaps = { w: format(door.width_m), h: format(door.height_m), m: format(Math.abs(passage.spare_m)), run: format(passage.run_m), deg: Math.round((passage.tilt_rad * 180) / Math.PI) };
  return t(!passage.passes ? "d_no" : passage.how === "upright" ? "d_upright" : passage.how === "laid" ? "d_laid" : "d_tilted", gaps);
}

export const sizeWords = ({ size_m }: Ware, { format }: Speech): string => t("size", { w: format(size_m[0]), h: format(size_m[1]), d: format(size_m[2]) });
