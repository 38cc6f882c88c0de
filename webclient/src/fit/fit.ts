/**
 * Which size: from measures with their intervals to one size and why, or to what would have to be known.
 *
 * A measure is a normal distribution whose 95 % interval is mm ± spread. Where two ranges meet one size ends and the next
 * begins, so a measure gives each size a probability. By the rule `largest` the size is the largest that any measure calls
 * for: its distribution is the product of theirs (the maximum of independent values), and a larger measure never gives a
 * smaller size. By `all` every measure has to lie in the range of the same size. A size is named only if it is likely
 * enough; between two that are likely together the shopper's wish decides; otherwise the measure is asked for that would
 * settle it. What it is not: the words (`words.ts`).
 */
import { measuresOf, type ChartSize, type SizeChart } from "./chart";
import type { Measure, MeasureKey, Measures } from "./measures";

export type Wish = "close" | "regular" | "loose";
export type How = "tight" | "good" | "loose";

export interface Fit {
  readonly key: MeasureKey;
  /** Room beyond what the middle of the size has; negative: it pinches. Falls as the measure grows. */
  readonly slack_mm: number;
  /** Beyond the range: how much too loose (positive) or too tight (negative); 0 within. */
  readonly off_mm: number;
  readonly how: How;
}
export interface SizeFit {
  readonly size: string;
  /** That this is the right one. */
  readonly chance: number;
  readonly fits: readonly Fit[];
}

/** A word of `words.ts`, and the numbers that its sentence needs. */
export interface Reason {
  readonly word: "inside" | "wished" | "between" | "ask" | "sharper" | "smaller" | "larger" | "edge" | "too_small" | "too_large" | "unlike";
  readonly key: MeasureKey;
  readonly measure: Measure | null;
  readonly size: string;
  /** Where in the size's range. */
  readonly part?: "lower" | "middle" | "upper";
  /** Another size, and how it would sit there. */
  readonly other?: { readonly size: string; readonly how: How; readonly off_mm: number };
  /** The range that is meant. */
  readonly range_mm?: readonly [number, number];
}

export interface Verdict {
  readonly size: string | null;
  readonly reason: Reason;
  readonly between: readonly [smaller: string, larger: string] | null;
  readonly perSize: readonly SizeFit[];
  /** What would settle it; null if nothing is left to ask. */
  readonly asks: MeasureKey | null;
  /** Of `size`, 0 if none. */
  readonly chance: number;
}

/** This likely, and a size is named. */
const SURE = 0.8;
/** Two neighbours this likely together, and the wish may decide. */
const SURE_OF_TWO = 0.9;
/** The one that the wish chooses must not be a guess. */
const LEAST = 0.15;
/** A measure that is off by more than this share of a size's range is too coarse to be asked for wishes. */
const COARSE = 0.8;
const LEAST_SIGMA_MM = 0.25;
/** What does not decide may pinch by this share of a size before it calls for the next. */
const GIVE = 0.4;

export function recommend(chart: SizeChart, measures: Measures, wish: Wish = "regular"): Verdict {
  const { sizes } = chart;
  const known = measuresOf(chart).filter((key) => measures[key] && sizes.every(({ body_mm }) => body_mm[key]));
  const chances = known.length ? (chart.rule === "all" ? ofAll(chart, known, measures) : ofLargest(chart, known, measures)) : null;
  const perSize = sizes.map((size, i) => ({ size: size.label, chance: chances?.[i + 1] ?? 0, fits: fitsOf(size, measures) }));
  const missing = chart.decides.find((key) => !measures[key]) ?? null;
  const say = (reason: Reason, more: Partial<Verdict> = {}): Verdict => ({ size: null, between: null, asks: null, chance: 0, perSize, reason, ...more });
  const first = sizes[0]!;
  if (!chances) return say({ word: "ask", key: missing ?? chart.decides[0]!, measure: null, size: first.label }, { asks: missing ?? chart.decides[0]! });

  const unlike = chances[0]! + chances[sizes.length + 1]!;
  // What is known may rule everything out, whatever is not known yet.
  if (unlike >= SURE) return say(...outside(chart, known, measures, chances[0]! >= chances[sizes.length + 1]!));
  if (missing) return say({ word: "ask", key: missing, measure: null, size: first.label }, { asks: missing });

  let best = 0;
  for (let i = 1; i < sizes.length; i++) if (perSize[i]!.chance > perSize[best]!.chance) best = i;
  const named = (at: number, word: "inside" | "wished"): Verdict => say(inside(chart, known, measures, at, word), { size: sizes[at]!.label, chance: perSize[at]!.chance });
  if (perSize[best]!.chance >= SURE) return named(best, "inside");

  const coarse = coarsest(chart, known, measures, best);
  if (coarse.share > COARSE) return say({ word: "sharper", key: coarse.key, measure: measures[coarse.key]!, size: sizes[best]!.label }, { asks: coarse.key });

  // The best and its likelier neighbour; 0 and n + 1 of `chances` are beyond the chart.
  const at = best + 1;
  const low = chances[at - 1]! >= chances[at + 1]! ? at - 1 : at;
  if (chances[low]! + chances[low + 1]! < SURE_OF_TWO) return say({ word: "sharper", key: coarse.key, measure: measures[coarse.key]!, size: sizes[best]!.label }, { asks: coarse.key });
  // Quantiles, so that a larger measure never gives a smaller size.
  const chosen = wish === "close" ? quantile(chances, 1 - SURE) : wish === "loose" ? quantile(chances, SURE) : 0;
  if (chosen >= 1 && chosen <= sizes.length && chances[chosen]! >= LEAST && chart.rule !== "all") return named(chosen - 1, "wished");
  const [a, b] = [sizes[low - 1], sizes[low]];
  const key = tightest(chart, known, measures);
  if (a && b) {
    return say({ word: "between", key, measure: measures[key]!, size: a.label, other: { size: b.label, how: "loose", off_mm: 0 } }, { between: [a.label, b.label] });
  }
  const only = (a ?? b)!;
  return say({ word: "edge", key, measure: measures[key]!, size: only.label, range_mm: only.body_mm[key]! });
}

function quantile(chances: readonly number[], share: number): number {
  let sum = 0;
  return chances.findIndex((one) => (sum += one) > share);
}

/** Where each size begins and ends: `n + 1` edges, the first and last of the whole chart. */
function edges(chart: SizeChart, key: MeasureKey): readonly number[] {
  const spans = chart.sizes.map(({ body_mm }) => body_mm[key]!);
  const give = chart.decides.includes(key) ? 0 : GIVE;
  const out = [spans[0]![0]];
  for (const [i, [low, high]] of spans.entries()) {
    const next = spans[i + 1];
    out.push((!next || (next[0] === low && next[1] === high) ? high : (high + next[0]) / 2) + give * (high - low));
  }
  return out;
}

/** Chances of: smaller than all, each size, larger than all. */
function ofLargest(chart: SizeChart, known: readonly MeasureKey[], measures: Measures): readonly number[] {
  const n = chart.sizes.length;
  const up_to = new Array<number>(n + 1).fill(1);
  for (const [order, key] of known.entries()) {
    const of = edges(chart, key);
    // What is less weighty may hang loose: only the weightiest can be too small for the whole chart.
    for (let i = 0; i <= n; i++) up_to[i]! *= below(measures[key]!, of[order && !i ? 1 : i]!);
  }
  return [up_to[0]!, ...Array.from({ length: n }, (_, i) => Math.max(0, up_to[i + 1]! - up_to[i]!)), 1 - up_to[n]!];
}

function ofAll(chart: SizeChart, known: readonly MeasureKey[], measures: Measures): readonly number[] {
  const each = chart.sizes.map(({ body_mm }) => known.reduce((all, key) => {
    const [low, high] = body_mm[key]!;
    return all * (below(measures[key]!, high) - below(measures[key]!, low));
  }, 1));
  const sum = each.reduce((a, b) => a + b, 0);
  const scale = sum > 1 ? 1 / sum : 1;
  // Which side it fails on is the likeliest failure's.
  let [small, large] = [1e-9, 1e-9];
  for (const key of known) {
    small = Math.max(small, below(measures[key]!, chart.sizes[0]!.body_mm[key]![0]));
    large = Math.max(large, 1 - below(measures[key]!, chart.sizes.at(-1)!.body_mm[key]![1]));
  }
  const rest = Math.max(0, 1 - sum);
  return [(rest * small) / (small + large), ...each.map((one) => one * scale), (rest * large) / (small + large)];
}

function outside(chart: SizeChart, known: readonly MeasureKey[], measures: Measures, isSmall: boolean): [Reason, Partial<Verdict>] {
  const end = isSmall ? chart.sizes[0]! : chart.sizes.at(-1)!;
  let [key, most] = [known[0]!, -1];
  for (const one of chart.rule === "all" || !isSmall ? known : known.slice(0, 1)) {
    const [low, high] = end.body_mm[one]!;
    const share = isSmall ? below(measures[one]!, low) : 1 - below(measures[one]!, high);
    if (share > most) [key, most] = [one, share];
  }
  const word = chart.sizes.length === 1 ? (isSmall ? "too_small" : "too_large") : isSmall ? "smaller" : "larger";
  return [{ word: most < 0.5 ? "unlike" : word, key, measure: measures[key]!, size: end.label, range_mm: end.body_mm[key]! }, {}];
}

/** Why this size: the measure that it hangs on, where it lies, and how the next one would sit. */
function inside(chart: SizeChart, known: readonly MeasureKey[], measures: Measures, at: number, word: "inside" | "wished"): Reason {
  const size = chart.sizes[at]!;
  const key = chart.rule === "all" ? known[0]! : tightest(chart, known, measures);
  const measure = measures[key]!;
  const [low, high] = size.body_mm[key]!;
  const where = (measure.mm - low) / (high - low);
  const part = where < 1 / 3 ? "lower" : where > 2 / 3 ? "upper" : "middle";
  const neighbours = [chart.sizes[at + 1], chart.sizes[at - 1]].flatMap((one) => {
    const fit = one && fitOf(one, key, measure);
    return fit && fit.off_mm ? [{ size: one.label, how: fit.how, off_mm: fit.off_mm }] : [];
  });
  // The nearer neighbour is the one a shopper doubts about.
  const other = neighbours.sort((a, b) => Math.abs(a.off_mm) - Math.abs(b.off_mm))[0];
  return { word, key, measure, size: size.label, part, range_mm: [low, high], ...(other ? { other } : {}) };
}

/** The measure that calls for the largest size; of those that call for the same, the weightiest. */
function tightest(chart: SizeChart, known: readonly MeasureKey[], measures: Measures): MeasureKey {
  let [key, most] = [known[0]!, -1];
  for (const one of known) {
    const called = edges(chart, one).filter((edge) => edge < measures[one]!.mm).length;
    if (called > most) [key, most] = [one, called];
  }
  return key;
}

function coarsest(chart: SizeChart, known: readonly MeasureKey[], measures: Measures, at: number): { readonly key: MeasureKey; readonly share: number } {
  let [key, share] = [known[0]!, 0];
  for (const one of known) {
    const [low, high] = chart.sizes[at]!.body_mm[one]!;
    // One that is far from every edge is sharp enough, however wide.
    const of = edges(chart, one);
    const nearest = Math.min(...of.map((edge) => Math.abs(edge - measures[one]!.mm)));
    const wide = (2 * measures[one]!.spread_mm) / (high - low);
    if (wide > share && nearest < 1.5 * measures[one]!.spread_mm) [key, share] = [one, wide];
  }
  return { key, share };
}

function fitsOf(size: ChartSize, measures: Measures): readonly Fit[] {
  return (Object.keys(size.body_mm) as MeasureKey[]).flatMap((key) => {
    const measure = measures[key];
    return measure ? [fitOf(size, key, measure)!] : [];
  });
}

function fitOf(size: ChartSize, key: MeasureKey, { mm }: Measure): Fit | null {
  const range = size.body_mm[key];
  if (!range) return null;
  const [low, high] = range;
  const off_mm = mm > high ? high - mm : mm < low ? low - mm : 0;
  return { key, slack_mm: (low + high) / 2 - mm, off_mm, how: off_mm < 0 ? "tight" : off_mm > 0 ? "loose" : "good" };
}

/** How likely the true value lies below `edge`. */
const below = ({ mm, spread_mm }: Measure, edge: number): number => normal((edge - mm) / Math.max(LEAST_SIGMA_MM, spread_mm / 2));

/** The normal distribution's Φ to 1.5e-7. Source: Abramowitz & Stegun 7.1.26. */
function normal(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const s = 1 / (1 + 0.3275911 * x);
  const erf = 1 - ((((1.061405429 * s - 1.453152027) * s + 1.421413741) * s - 0.284496736) * s + 0.254829592) * s * Math.exp(-x * x);
  return z < 0 ? (1 - erf) / 2 : (1 + erf) / 2;
}
