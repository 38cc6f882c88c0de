import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { SizeChart } from "../../src/fit/chart";
import { recommend, type Wish } from "../../src/fit/fit";
import { MEASURES, fromBody, fromHead, fromRing, merged, typed, type Measures } from "../../src/fit/measures";

const TEE: SizeChart = {
  decides: ["chest"],
  sizes: [["S", 860, 740], ["M", 940, 820], ["L", 1020, 900], ["XL", 1100, 980]].map(([label, chest, waist]) => ({
    label: String(label), body_mm: { chest: [Number(chest), Number(chest) + 80], waist: [Number(waist), Number(waist) + 80] },
  })),
};
const FRAME: SizeChart = { decides: ["head_width"], rule: "all", sizes: [{ label: "48-21", body_mm: { head_width: [134, 148], pupillary_distance: [58, 70], nose_width: [16, 22] } }] };
const WISHES: readonly Wish[] = ["close", "regular", "loose"];
const rank = (chart: SizeChart, size: string | null): number => chart.sizes.findIndex(({ label }) => label === size);

/** The same numbers in every run. */
function* chance(seed: number): Generator<number, never> {
  for (let s = seed >>> 0; ; ) yield (s = (Math.imul(s, 1664525) + 1013904223) >>> 0) / 2 ** 32;
}

describe("a recommended size", () => {
  it("is the one in whose middle the measure lies, with the reason and the next size's looseness", () => {
    const verdict = recommend(TEE, { chest: { mm: 980, spread_mm: 20 } });
    expect(verdict.size).toBe("M");
    expect(verdict.reason).toMatchObject({ word: "inside", key: "chest", part: "middle", size: "M" });
    const high = recommend(TEE, { chest: { mm: 965, spread_mm: 20 } });
    expect(high.reason.other).toEqual({ size: "S", how: "tight", off_mm: -25 });
    expect(recommend(TEE, { chest: { mm: 985, spread_mm: 10 } }).reason.other).toEqual({ size: "L", how: "loose", off_mm: 35 });
  });

  it("never falls as the measure grows, whatever the wish and the spread", () => {
    const next = chance(7);
    for (let round = 0; round < 400; round++) {
      const spread_mm = 1 + next.next().value * 40;
      const wish = WISHES[Math.floor(next.next().value * 3)]!;
      const waist = next.next().value < 0.5 ? { waist: { mm: 700 + next.next().value * 300, spread_mm: 1 + next.next().value * 30 } } : {};
      let last = -1;
      for (let mm = 800; mm <= 1240; mm += 4) {
        const { size } = recommend(TEE, { chest: { mm, spread_mm }, ...waist }, wish);
        if (size === null) continue;
        expect(rank(TEE, size)).toBeGreaterThanOrEqual(last);
        last = rank(TEE, size);
      }
    }
  });

  it("never lies out of its range by more than the measure may be off", () => {
    const next = chance(11);
    for (let round = 0; round < 4000; round++) {
      const [mm, spread_mm] = [700 + next.next().value * 700, 1 + next.next().value * 60];
      const wish = WISHES[Math.floor(next.next().value * 3)]!;
      const { size } = recommend(TEE, { chest: { mm, spread_mm } }, wish);
      const range = TEE.sizes.find(({ label }) => label === size)?.body_mm.chest;
      if (!range) continue;
      expect(mm).toBeGreaterThan(range[0] - spread_mm);
      expect(mm).toBeLessThan(range[1] + spread_mm);
    }
  });

  it("is wrong no more often than it says, over shoppers whose tape errs as assumed", () => {
    const next = chance(3);
    const normal = (): number => Math.sqrt(-2 * Math.log(1 - next.next().value)) * Math.cos(2 * Math.PI * next.next().value);
    let [named, right] = [0, 0];
    for (let shopper = 0; shopper < 6000; shopper++) {
      const truth = 870 + next.next().value * 300;
      const { size } = recommend(TEE, { chest: { mm: truth + normal() * 10, spread_mm: 20 } });
      if (size === null) continue;
      named += 1;
      const [low, high] = TEE.sizes.find(({ label }) => label === size)!.body_mm.chest!;
      if (truth >= low && truth <= high) right += 1;
    }
    expect(named).toBeGreaterThan(4000);
    expect(right / named).toBeGreaterThan(0.93);
  });

  it("is the largest that any measure calls for", () => {
    const sharp = (mm: number): Measures[keyof Measures] => ({ mm, spread_mm: 10 });
    expect(recommend(TEE, { chest: sharp(980)!, waist: sharp(940)! })).toMatchObject({ size: "L", reason: { key: "waist" } });
    expect(recommend(TEE, { chest: sharp(1060)!, waist: sharp(700)! }).size).toBe("L");
    // A waist that is a little too wide for M makes no L of a T-shirt that goes by the chest; the map says where it pinches.
    const tight = recommend(TEE, { chest: sharp(970)!, waist: sharp(909)! });
    expect(tight).toMatchObject({ size: "M", reason: { key: "chest" } });
    expect(tight.perSize[1]!.fits[1]).toMatchObject({ key: "waist", how: "tight", off_mm: -9 });
  });

  it("is none, and the measure that would settle it is named, when the measure is too coarse or missing", () => {
    expect(recommend(TEE, {})).toMatchObject({ size: null, asks: "chest", reason: { word: "ask" } });
    expect(recommend(TEE, { waist: { mm: 860, spread_mm: 20 } })).toMatchObject({ size: null, asks: "chest" });
    for (let mm = 880; mm < 1160; mm += 10) expect(recommend(TEE, { chest: { mm, spread_mm: 90 } })).toMatchObject({ size: null, asks: "chest", reason: { word: "sharper" } });
  });

  it("between two sizes is the wish's, and without a wish both are named", () => {
    const between = { chest: { mm: 1020, spread_mm: 20 } };
    expect(recommend(TEE, between)).toMatchObject({ size: null, between: ["M", "L"], asks: null });
    expect(recommend(TEE, between, "close")).toMatchObject({ size: "M", reason: { word: "wished" } });
    expect(recommend(TEE, between, "loose").size).toBe("L");
    for (const wish of WISHES) expect(recommend(TEE, { chest: { mm: 980, spread_mm: 20 } }, wish).size).toBe("M");
  });

  it("is none beyond the chart, with the size that ends it", () => {
    expect(recommend(TEE, { chest: { mm: 700, spread_mm: 20 } })).toMatchObject({ size: null, asks: null, reason: { word: "smaller", size: "S" } });
    expect(recommend(TEE, { chest: { mm: 1300, spread_mm: 20 } })).toMatchObject({ size: null, reason: { word: "larger", size: "XL" } });
    expect(recommend(TEE, { chest: { mm: 980, spread_mm: 20 }, waist: { mm: 1200, spread_mm: 20 } })).toMatchObject({ size: null, reason: { word: "larger", key: "waist" } });
    expect(recommend(TEE, { chest: { mm: 860, spread_mm: 10 } }, "loose").size).toBe("S");
    expect(recommend(TEE, { chest: { mm: 860, spread_mm: 10 } }, "close").size).toBeNull();
  });

  it("says of each size how each measure sits", () => {
    const { perSize } = recommend(TEE, { chest: { mm: 980, spread_mm: 20 }, waist: { mm: 860, spread_mm: 20 } });
    expect(perSize.map(({ fits }) => fits[0]!.how)).toEqual(["tight", "good", "loose", "loose"]);
    expect(perSize.map(({ fits }) => fits[0]!.off_mm)).toEqual([-40, 0, 40, 120]);
    expect(perSize.reduce((sum, { chance: one }) => sum + one, 0)).toBeCloseTo(1, 3);
  });
});

describe("spectacles", () => {
  it("fit when every measure does, and name the one that does not", () => {
    const good: Measures = { head_width: { mm: 141, spread_mm: 4 }, pupillary_distance: { mm: 63, spread_mm: 2 } };
    expect(recommend(FRAME, good)).toMatchObject({ size: "48-21", reason: { key: "head_width" } });
    expect(recommend(FRAME, { ...good, head_width: { mm: 160, spread_mm: 4 } })).toMatchObject({ size: null, reason: { word: "too_large", key: "head_width" } });
    expect(recommend(FRAME, { ...good, nose_width: { mm: 10, spread_mm: 2 } })).toMatchObject({ size: null, reason: { word: "too_small", key: "nose_width" } });
  });

  it("are not advised from the iris alone, but by a tape", () => {
    const seen = fromHead({ distance_m: 0.063, spread_m: 0.0027 }, 1, 0.043);
    expect(seen.pupillary_distance).toEqual({ mm: 63, spread_mm: expect.closeTo(5.4, 6) });
    expect(recommend(FRAME, seen)).toMatchObject({ size: null, asks: "head_width" });
    expect(recommend(FRAME, merged(seen, { head_width: typed("head_width", 140)! })).size).toBe("48-21");
  });
});

describe("measures", () => {
  it("that nobody has are none", () => {
    for (const mm of [NaN, Infinity, -5, 0, 96, 96_000]) expect(typed("chest", mm)).toBeNull();
    expect(typed("chest", 960)).toEqual({ mm: 960, spread_mm: 20 });
    expect(fromRing(17.2)?.mm).toBeCloseTo(54.04, 1);
    expect(fromRing(172)).toBeNull();
    expect(fromHead({ distance_m: 0, spread_m: 0 }, 1, 0.05)).toEqual({});
  });

  it("of a body are as wide as its height is unknown, and leave out what is not seen", () => {
    const names = ["hips", "neck", "leftUpperArm", "leftLowerArm", "leftHand", "rightUpperArm", "rightLowerArm", "rightHand"];
    const joints = Float32Array.from([0, 0, 0, 0, 0.5, 0, 0.17, 0.45, 0, 0.45, 0.45, 0, 0.7, 0.45, 0, -0.17, 0.45, 0, -0.45, 0.45, 0, -0.7, 0.45, 0]);
    const sure = new Float32Array(8).fill(1);
    const known = fromBody({ joints, sure, height_m: 1.75, height_spread_m: 0.01 }, names);
    const guessed = fromBody({ joints, sure, height_m: 1.7, height_spread_m: 0.095 }, names);
    expect(known.shoulder_width!.mm).toBeCloseTo(380.8, 0);
    expect(known.arm_length!.mm).toBeCloseTo(551.2, 0);
    for (const key of ["shoulder_width", "arm_length", "back_length", "height"] as const) expect(guessed[key]!.spread_mm).toBeGreaterThan(known[key]!.spread_mm);
    sure[3] = sure[6] = 0;
    expect(fromBody({ joints, sure, height_m: 1.75, height_spread_m: 0.01 }, names).arm_length).toBeUndefined();
  });

  it("are known to the manifest by the same names", () => {
    const schema = readFileSync(new URL("../../../assets/schemas/product.json", import.meta.url), "utf8");
    const { decides } = JSON.parse(schema).$defs.SizeChart.properties;
    expect([...MEASURES].sort()).toEqual(decides.items.enum);
  });
});
