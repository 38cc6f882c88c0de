/** Which products deserve which detail: by how large they look, nearest first, under one budget of decoded bytes and draw calls. */

/** 0: poster; then a product's levels from coarse to fine. */
export interface Candidate {
  readonly distance_m: number;
  readonly size_m: number;
  /** What level 1, 2, … would take once decoded, bytes; coarse to fine. */
  readonly bytes: readonly number[];
  /** How many draw calls levels 1, 2, … take. */
  readonly draws: readonly number[];
}

export interface Budget {
  readonly bytes: number;
  /** Draw calls for products; a poster takes one. */
  readonly draws: number;
}

/** Below this many degrees of view a level is enough; one entry a level, the last one open. */
const ENOUGH_DEG = [0.8, 9, 24] as const;

export function wishedLevel(distance_m: number, size_m: number, levels: number): number {
  const seen = (2 * Math.atan(size_m / 2 / Math.max(distance_m, 0.05)) * 180) / Math.PI;
  let level = 0;
  while (level < levels && seen > (ENOUGH_DEG[Math.min(level, ENOUGH_DEG.length - 1)] ?? 0)) level++;
  return level;
}

/**
 * A level for each candidate: everyone's wish if it fits; otherwise the far ones step down first.
 *
 * @returns levels, in the candidates' order; together they keep to `budget`
 */
export function share(candidates: readonly Candidate[], budget: Budget): number[] {
  const levels = candidates.map((c) => wishedLevel(c.distance_m, c.size_m, c.bytes.length));
  const cost = (i: number): number => (levels[i] ? (candidates[i]?.bytes[levels[i]! - 1] ?? 0) : 0);
  let total = candidates.reduce((sum, _, i) => sum + cost(i), 0);
  const farFirst = candidates.map((_, i) => i).sort((a, b) => candidates[b]!.distance_m - candidates[a]!.distance_m);
  while (total > budget.bytes) {
    // The finest levels give way before anyone loses the model.
    const finest = Math.max(...levels);
    if (finest === 0) break;
    const i = farFirst.find((k) => levels[k] === finest);
    if (i === undefined) break;
    total -= cost(i);
    levels[i]!--;
    total += cost(i);
  }
  const drawn = (i: number): number => (levels[i] ? (candidates[i]?.draws[levels[i]! - 1] ?? 1) : 1);
  let draws = candidates.reduce((sum, _, i) => sum + drawn(i), 0);
  // Far ones take their next cheaper level, one after the other, and again from the far end.
  for (let isOver = draws > budget.draws; isOver; ) {
    isOver = false;
    for (const i of farFirst) {
      if (draws <= budget.draws) break;
      const before = drawn(i);
      if (before <= 1) continue;
      while (levels[i]! > 0 && drawn(i) >= before) levels[i]!--;
      draws -= before - drawn(i);
      isOver = true;
    }
  }
  return levels;
}
