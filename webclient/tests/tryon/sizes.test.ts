import { describe, expect, it } from "vitest";
import { modelledSize, ratiosOf, sizesOf } from "../../src/tryon/sizes";

const manifest = {
  wearable: { size: "M" },
  size_chart: {
    decides: ["chest"],
    sizes: [
      { label: "S", body_mm: { chest: [880, 960] }, item_mm: { chest: 1000, length: 660 } },
      { label: "M", body_mm: { chest: [960, 1040], arm_length: [620, 640] }, item_mm: { chest: 1080, length: 690 } },
      { label: "L", body_mm: { chest: [1040, 1120], arm_length: [640, 672] }, item_mm: { chest: 1160, length: 0.69 } },
    ],
  },
};

describe("the sizes of a garment", () => {
  it("are the chart's, from small to large, and none where there is no choice", () => {
    expect(sizesOf(manifest)).toEqual(["S", "M", "L"]);
    expect(sizesOf({})).toEqual([]);
    expect(sizesOf({ size_chart: { decides: ["chest"], sizes: [manifest.size_chart.sizes[0]] } })).toEqual([]);
    expect(modelledSize(manifest)).toBe("M");
  });

  it("differ by the garment's own measures, else by the body's that they are cut for", () => {
    const small = ratiosOf(manifest, "S");
    expect(small?.girth).toBeCloseTo(1000 / 1080);
    expect(small?.length).toBeCloseTo(660 / 690);
    const large = ratiosOf(manifest, "L");
    expect(large?.sleeve).toBeCloseTo(656 / 630);
  });

  it("are shown as modelled where the chart is silent, or says what cannot be", () => {
    expect(ratiosOf(manifest, "M")).toBeUndefined();
    expect(ratiosOf(manifest, "XXL")).toBeUndefined();
    expect(ratiosOf({ ...manifest, wearable: {} }, "S")).toBeUndefined();
    expect(ratiosOf(manifest, "L")?.length).toBe(1);
    expect(ratiosOf(manifest, "S")?.sleeve).toBe(1);
  });
});
