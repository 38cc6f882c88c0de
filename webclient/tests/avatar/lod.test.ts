import { describe, expect, it } from "vitest";
import { bodyLevel, BUDGETS, detailOf, nearCount, sortNear, type Detail } from "../../src/avatar/lod";

const FIGURES = 6;

/** Draws of a crowd at these distances: a body each for those near, the crowd's figures in two levels, wheelchairs, shadows, labels. */
function draws(distances: readonly number[], tier: keyof typeof BUDGETS): number {
  const budget = BUDGETS[tier];
  const sorted = [...distances].sort((a, b) => a - b);
  const shown = sorted.map((d, rank) => detailOf(budget, sorted.length, rank, d, "far", false));
  const casts = new Set(shown.flatMap((detail, i) => (detail === "near" ? [] : [`${i % FIGURES}${detail}`])));
  return shown.filter((detail) => detail === "near").length + casts.size + 3;
}

describe("a crowd", () => {
  it("of any size at any distance takes at most 20 draws", () => {
    for (const tier of ["mobile", "desktop"] as const) {
      for (let people = 0; people <= 200; people++) {
        const distances = Array.from({ length: people }, (_, i) => 0.5 + ((i * 7.31) % 24));
        expect(draws(distances, tier), `${people} on ${tier}`).toBeLessThanOrEqual(20);
      }
    }
  });

  it("gives everybody a body of their own while they are few, else the nearest", () => {
    const { few, near } = BUDGETS.desktop;
    expect(nearCount(BUDGETS.desktop, few)).toBe(few);
    expect(nearCount(BUDGETS.desktop, few + 1)).toBe(near);
    expect(detailOf(BUDGETS.desktop, 100, near, 2, "far", false)).not.toBe("near");
    expect(detailOf(BUDGETS.desktop, 100, 0, 2, "far", false)).toBe("near");
  });

  it("draws whom it knows only roughly simply, however near", () => {
    expect(detailOf(BUDGETS.desktop, 3, 0, 1, "far", true)).toBe("far");
  });

  it("does not flicker at a border", () => {
    for (const was of ["near", "mid", "far"] as Detail[]) {
      for (let d = 0.5; d < 30; d += 0.05) {
        const first = detailOf(BUDGETS.desktop, 100, 0, d, was, false);
        expect(detailOf(BUDGETS.desktop, 100, 0, d, first, false)).toBe(first);
      }
    }
    for (let d = 0; d < 9; d += 0.05) for (const was of [0, 1]) expect(bodyLevel(2, d, bodyLevel(2, d, was))).toBe(bodyLevel(2, d, was));
  });

  it("is sorted by distance", () => {
    const keys = Float32Array.from({ length: 50 }, (_, i) => (i * 37) % 50);
    const order = Uint16Array.from({ length: 50 }, (_, i) => i);
    sortNear(order, 50, keys);
    expect([...order].map((i) => keys[i]!)).toEqual([...keys].sort((a, b) => a - b));
  });
});
