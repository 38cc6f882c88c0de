import { describe, expect, it } from "vitest";
import { bytes, comparable, currencyFor, length, millimetres, price } from "../src/ui/format";

const PRICES = { EUR: 12800, USD: 13950, GBP: 10900 };

describe("prices", () => {
  it("are in the currency of the shopper's region", () => {
    expect(currencyFor(PRICES, "en-US")).toBe("USD");
    expect(currencyFor(PRICES, "en-GB")).toBe("GBP");
    expect(currencyFor(PRICES, "es")).toBe("EUR");
    expect(currencyFor({ JPY: 9000 }, "de-DE")).toBe("JPY");
    expect(currencyFor({}, "de-DE")).toBeUndefined();
  });
  it("are in one currency on one page, as long as there is one that all have", () => {
    const all = [PRICES, { EUR: 4500, USD: 4900 }, null];
    expect(all.map((own) => price(comparable(all, own), "en", "en-GB"))).toEqual(["€128", "€45", ""]);
    expect(price(comparable([PRICES, { JPY: 1 }], PRICES), "en", "en-GB")).toBe("£109");
  });
  it("have decimals only where they are needed", () => {
    expect(price(PRICES, "en", "en-GB")).toBe("£109");
    expect(price(PRICES, "en", "en-US")).toBe("$139.50");
  });
  it("count minor units as the currency does: a yen has none", () => {
    expect(price({ JPY: 9000 }, "en", "ja-JP")).toBe("¥9,000");
  });
  it("are left out where there is none", () => {
    expect(price(null, "en", "en-US")).toBe("");
    expect(price({}, "en", "en-US")).toBe("");
  });
});

describe("measures", () => {
  it("are the same length in every unit", () => {
    expect(length(0.254, "mm", "en")).toBe("254");
    expect(length(0.254, "cm", "en")).toBe("25.4");
    expect(length(0.254, "in", "en")).toBe("10");
    expect(length(0.254, "cm", "es")).toBe("25,4");
  });
  it("of files never round up to a thousand of the smaller unit", () => {
    expect(bytes(999_499, "en")).toBe("999 kB");
    expect(bytes(999_500, "en")).toBe("1 MB");
    expect(bytes(2_241_904, "en")).toBe("2.2 MB");
  });
  it("of errors do not pretend to be nothing", () => {
    expect(millimetres(0.000002, "en")).toBe("< 0.01 mm");
    expect(millimetres(0.4415, "en")).toBe("0.44 mm");
  });
});
