/** The sizes that a product comes in, and how another one differs from that which was modelled. Numbers are the chart's. */
import { chartOf, type ChartSize } from "../fit/chart";
import type { SizeRatios } from "./garment";

/** The garment's own measures by preference, else those of the body that it is cut for. */
const GIRTHS = ["chest", "waist", "hip"] as const;
const LENGTHS = ["length", "back_length"] as const;
const SLEEVES = ["sleeve", "sleeve_length", "arm_length"] as const;
/** What a chart may say of two sizes of one thing; more is a typing error. */
const BELIEVED = [0.6, 1.6] as const;

/** From small to large; empty if there is but one. */
export function sizesOf(manifest: object): readonly string[] {
  const sizes = chartOf(manifest)?.sizes ?? [];
  return sizes.length > 1 ? sizes.map(({ label }) => label) : [];
}

/** Which of them the model has; empty if nobody said. */
export const modelledSize = (manifest: object): string => (manifest as { readonly wearable?: { readonly size?: string } }).wearable?.size ?? "";

/** @returns undefined if it is not known how they differ: then it is shown as it was modelled */
export function ratiosOf(manifest: object, label: string): SizeRatios | undefined {
  const sizes = chartOf(manifest)?.sizes ?? [];
  const [from, to] = [modelledSize(manifest), label].map((name) => sizes.find((one) => one.label === name));
  if (!from || !to || from === to) return undefined;
  return { girth: ratio(from, to, GIRTHS), length: ratio(from, to, LENGTHS), sleeve: ratio(from, to, SLEEVES) };
}

function ratio(from: ChartSize, to: ChartSize, keys: readonly string[]): number {
  for (const of of [item, body]) {
    for (const key of keys) {
      const share = of(to, key) / of(from, key);
      if (share > BELIEVED[0] && share < BELIEVED[1]) return share;
    }
  }
  return 1;
}

const item = (size: ChartSize, key: string): number => size.item_mm?.[key] ?? NaN;
function body(size: ChartSize, key: string): number {
  const range = (size.body_mm as Readonly<Record<string, readonly [number, number]>>)[key];
  return range ? (range[0] + range[1]) / 2 : NaN;
}
