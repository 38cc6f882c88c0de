import { describe, expect, it } from "vitest";
import { skusOf, type Row, type Variant } from "../../src/api";
import { canBeChosen, chosen, sizeOf, sizesNow, sizesOf, skuOf, variantOf, type Asked } from "../../src/shop/sizes";

const ink: Variant = { name: "ink", label: "Ink", sku: "INK-M", skus: ["INK-S", "INK-M", "INK-L", "INK-XL"] };
const clay: Variant = { name: "clay", label: "Clay", sku: "CLAY-M", skus: ["CLAY-M", "CLAY-L"] };
const jacket = {
  variants: [ink, clay],
  sizes: [
    { label: "S", skus: ["INK-S"] }, { label: "M", skus: ["INK-M", "CLAY-M"] }, { label: "L", skus: ["CLAY-L", "INK-L"] }, { label: "XL", skus: ["INK-XL"] },
  ],
} as unknown as Row;
const lamp = { variants: [{ name: "bone", sku: "LMP-1" }, { name: "ink", sku: "LMP-2" }] } as unknown as Row;

describe("a colour in a size", () => {
  it("is one SKU, and every SKU of the product is exactly one of them", () => {
    const pairs = jacket.variants.flatMap((variant) => (jacket.sizes ?? []).map(({ label }) => skuOf(jacket, variant, label)));
    const made = pairs.filter((sku) => sku !== null);
    expect([...made].sort()).toEqual([...ink.skus ?? [], ...clay.skus ?? []].sort());
    for (const sku of made) expect(skuOf(jacket, variantOf(jacket, sku), sizeOf(jacket, sku))).toBe(sku);
  });

  it("is nothing where the colour is not made, or no size is chosen", () => {
    expect(skuOf(jacket, clay, "S")).toBeNull();
    expect(skuOf(jacket, ink, null)).toBeNull();
    expect(skuOf(jacket, ink, "XXXL")).toBeNull();
  });

  it("is the colour's own SKU in a product of one size, as before", () => {
    expect(sizesOf(lamp)).toEqual([]);
    expect(lamp.variants.map((variant) => skuOf(lamp, variant, null))).toEqual(["LMP-1", "LMP-2"]);
    const one = { ...lamp, sizes: [{ label: "One size", skus: ["LMP-1", "LMP-2"] }] };
    expect(sizesOf(one)).toEqual([]);
    expect(skuOf(one, one.variants[1], null)).toBe("LMP-2");
  });

  it("may be a size alone", () => {
    const ring = { variants: [], sizes: [{ label: "54", skus: ["R-54"] }, { label: "56", skus: ["R-56"] }] } as unknown as Row;
    expect(skuOf(ring, undefined, "56")).toBe("R-56");
  });

  it("finds the colour by any SKU of it, and by none that is another's", () => {
    expect(variantOf(jacket, "INK-XL")).toBe(ink);
    expect(variantOf(jacket, "LMP-1")).toBeUndefined();
    expect(skusOf({ name: "x" })).toEqual([]);
  });
});

describe("what can be had of a size", () => {
  const stock: Readonly<Record<string, number>> = { "INK-S": 9, "INK-M": 2, "INK-L": 0, "CLAY-M": 1 };
  const asked: Asked = (sku) => (sku in stock ? { available: stock[sku] ?? 0, is_on_sale: true } : null);
  const kinds = (variant: Variant, by = asked): readonly string[] => sizesNow(jacket, variant, by).map(({ label, kind }) => `${label} ${kind}`);

  it("is said for each in the chart's order", () => {
    expect(kinds(ink)).toEqual(["S in", "M few", "L out", "XL off"]);
    expect(kinds(clay)).toEqual(["S unmade", "M few", "L off", "XL unmade"]);
  });

  it("decides whether it can be chosen; what nobody has said yet, may be", () => {
    const free = sizesNow(jacket, ink, asked).filter(canBeChosen).map(({ label }) => label);
    expect(free).toEqual(["S", "M"]);
    expect(kinds(clay, () => undefined)).toEqual(["S unmade", "M unknown", "L unknown", "XL unmade"]);
    expect(sizesNow(jacket, ink, () => undefined).every(canBeChosen)).toBe(true);
  });

  it("is not on sale if the merchant took it off, however many there are", () => {
    expect(kinds(ink, () => ({ available: 9, is_on_sale: false }))).toEqual(["S off", "M off", "L off", "XL off"]);
  });

  it("is there if it is not counted", () => {
    expect(kinds(ink, () => ({ available: null, is_on_sale: true }))[0]).toBe("S in");
  });
});

describe("the chosen size", () => {
  it("is told once a change, and is gone when all is erased", () => {
    let told = 0;
    const hear = (): void => void told++;
    chosen.addEventListener("change", hear);
    chosen.choose("rove", "M");
    chosen.choose("rove", "M");
    expect([chosen.of("rove"), chosen.of("lamp"), told]).toEqual(["M", null, 1]);
    chosen.forget();
    expect([chosen.of("rove"), told]).toEqual([null, 2]);
    chosen.removeEventListener("change", hear);
  });
});
