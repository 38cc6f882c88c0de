import { readFileSync, readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Row } from "../src/api";
import { arranged } from "../src/ui/catalogue";
import { chooseDelivery } from "../src/ui/stage";
import { chosenLanguage, LANGUAGES, t, type Word } from "../src/ui/words";
import words from "../src/ui/words?raw";

const row = (id: string, category: string): Row => ({
  id, category, version: 1, name: id, description: "", price_minor: null, dimensions_m: [1, 1, 1], variants: [], poster: null, has_scan: false, verdict: "passed",
});

describe("the catalogue", () => {
  it("shows every product once, whatever its category", () => {
    const rows = ["vase", "cap", "bottle", "sofa", "nonsense", "ring"].map((category, index) => row(`p${index}`, category));
    expect(arranged(rows).map(({ id }) => id).sort()).toEqual(rows.map(({ id }) => id).sort());
  });
});

describe("the delivery", () => {
  it("is the phone's on small screens and the desktop's on large ones", () => {
    const names = ["desktop", "mobile", "webp"];
    expect(chooseDelivery(names, 390)).toBe("mobile");
    expect(chooseDelivery(names, 1440)).toBe("desktop");
    expect(chooseDelivery(["plain"], 390)).toBe("plain");
    expect(chooseDelivery([], 390)).toBeUndefined();
  });
});

describe("the words", () => {
  it("fall back to the first language of the browser that is spoken", () => {
    expect(chosenLanguage(["fr-FR", "zh-CN", "es"])).toBe("zh");
    expect(chosenLanguage(["fr"])).toBe("en");
  });
  it("fill their gaps, and leave what is not given", () => {
    expect(t("products", { n: 3 })).toBe("3 products");
    expect(t("products")).toBe("{n} products");
  });
  it("are there in every language", () => {
    const tables = words.split(/const (?:en|zh|es)\b/).slice(1, 4);
    const keys = tables.map((table) => new Set([...(table.split("\n};")[0] ?? "").matchAll(/(?<=[{,\s])(\w+): "/g)].map((match) => match[1])));
    expect(keys).toHaveLength(Object.keys(LANGUAGES).length);
    const same: Word[] = ["units_mm", "units_cm"]; // mm and cm are the same in Spanish
    for (const key of keys[0] ?? []) {
      for (const table of keys.slice(1)) expect(table.has(key) || same.includes(key as Word), key).toBe(true);
    }
  });
});

describe("the code", () => {
  it("never makes markup of text", () => {
    const files = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
    expect(files.length).toBeGreaterThan(10);
    for (const name of files) {
      expect(readFileSync(`src/${name}`, "utf8"), name).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|new Function|\beval\(/);
    }
  });
});
