/** A size chart as the manifest has it (`assets/schemas/product.json`), and how to find it there. */
import { isMeasureKey, type MeasureKey } from "./measures";

export interface ChartSize {
  readonly label: string;
  /** Smallest and largest of each measure that it is cut for. */
  readonly body_mm: { readonly [key in MeasureKey]?: readonly [low: number, high: number] };
  /** The item's own, girths all round. */
  readonly item_mm?: Readonly<Record<string, number>>;
  readonly skus?: readonly string[];
}

/** From small to large. */
export interface SizeChart {
  readonly sizes: readonly ChartSize[];
  /** Without these no size can be named; the weightiest first. */
  readonly decides: readonly MeasureKey[];
  /** `largest`: the largest size that any measure calls for; `all`: every measure in the range of one size. */
  readonly rule?: "largest" | "all";
  readonly system?: string;
  readonly ease_mm?: { readonly [key in MeasureKey]?: readonly [number, number] };
}

/** The chart of a product; null if it came without one. */
export function chartOf(manifest: object): SizeChart | null {
  const chart = (manifest as { readonly size_chart?: SizeChart }).size_chart;
  return chart?.sizes.length && chart.decides.length ? chart : null;
}

/** Every measure that a chart speaks of, those that decide first. */
export function measuresOf(chart: SizeChart): readonly MeasureKey[] {
  const all = chart.sizes.flatMap(({ body_mm }) => Object.keys(body_mm).filter(isMeasureKey));
  return [...new Set([...chart.decides, ...all])];
}

/** Whether this size is sold at all: a chart may name sizes that nobody stocks. */
export function isSold(chart: SizeChart, size: ChartSize): boolean {
  return (size.skus?.length ?? 0) > 0 || chart.sizes.every(({ skus }) => !skus?.length);
}
