import { describe, expect, it } from "vitest";
import { column, gap, hit, lay, press, row, scroll, scrolls, SMALL, TARGET, targets, text, type Laid, type Ruler } from "../../src/xr/ui/box";
import { clean, wrap } from "../../src/xr/ui/text";
import { random } from "../world/stores";

/** Every letter is half as wide as the type is high; Chinese ones are as wide as high. */
const measure = (words: string, size: number): number => [...words].reduce((sum, letter) => sum + (letter > "\u2e80" ? size : size / 2), 0);
const ruler: Ruler = { measure, isRightToLeft: false };
const nothing = (): void => undefined;

describe("lines", () => {
  const LETTERS = ["a", "bb ", "ccc", " ", "寿", "命。", "（", "long-word-without-a-break", "é", "👋", ","];

  it("loses no letter, breaks nothing that fits, and is never wider than it may be", () => {
    const next = random(7);
    for (let i = 0; i < 300; i++) {
      const words = Array.from({ length: 1 + Math.floor(next() * 14) }, () => LETTERS[Math.floor(next() * LETTERS.length)]).join("").trim();
      const width = 60 + next() * 400;
      const lines = wrap(words, width, 20, 400, measure);
      expect(lines.join("").replace(/\s/g, "")).toBe(words.replace(/\s/g, ""));
      for (const line of lines) if ([...line].length > 1) expect(measure(line, 20)).toBeLessThanOrEqual(width);
    }
  });

  it("breaks between Chinese characters, but begins no line with a full stop and ends none with a bracket", () => {
    const lines = wrap("在可以转身的地方（慢慢地）看它。再看一次。", 100, 20, 400, measure);
    expect(lines.length).toBeGreaterThan(3);
    for (const line of lines) {
      expect(line).not.toMatch(/^[。）,]/);
      expect(line).not.toMatch(/（$/);
    }
  });

  it("ends in an ellipsis what is cut off", () => {
    const lines = wrap("one two three four five six", 80, 20, 400, measure, 2);
    expect(lines).toHaveLength(2);
    expect(lines[1]).toMatch(/…$/);
    expect(measure(lines[1]!, 20)).toBeLessThanOrEqual(80);
  });

  it("takes what would change other text out of a stranger's name", () => {
    expect(clean("A\u202egnp.exe\u0000\n<b>\u2066x\u2069")).toBe("Agnp.exe <b>x");
    expect(clean("x".repeat(999), 24)).toHaveLength(24);
  });
});

describe("boxes", () => {
  const all = (laid: Laid): Laid[] => [laid, ...laid.children.flatMap(all)];

  it("gives every button a target of two and a half degrees, however short its word", () => {
    const laid = lay(column([press("a", "x", nothing), row([press("b", "", nothing), press("c", "a long one that wraps over two lines at least", nothing)])]), 300, ruler);
    const found = targets(laid, new Map());
    expect(found.map(({ id }) => id)).toEqual(["a", "b", "c"]);
    for (const { width, height } of found) expect(Math.min(width, height)).toBeGreaterThanOrEqual(TARGET);
  });

  it("keeps children of a row beside each other and inside it, mirrored where writing runs to the left", () => {
    const box = row([press("a", "first", nothing), text("middle", { grow: 1 }), press("z", "last", nothing)], { gap: 10 });
    for (const isRightToLeft of [false, true]) {
      const laid = lay(box, 600, { measure, isRightToLeft });
      const xs = laid.children.map(({ x, width }) => [x, x + width] as const);
      const inOrder = isRightToLeft ? [...xs].reverse() : xs;
      for (const [i, [from, to]] of inOrder.entries()) {
        expect(from).toBeGreaterThanOrEqual(i ? inOrder[i - 1]![1] : 0);
        expect(to).toBeLessThanOrEqual(600.001);
      }
      expect(laid.children[0]!.x > 300).toBe(isRightToLeft);
    }
  });

  it("gives what is left of a height to what grows", () => {
    const laid = lay(column([text("head"), scroll("list", column(Array.from({ length: 40 }, (_, i) => text(`line ${i}`, { size: SMALL }))), { grow: 1 }), press("foot", "foot", nothing)]), 300, ruler, 500);
    expect(laid.height).toBe(500);
    const [, list, foot] = laid.children;
    expect(foot!.y + foot!.height).toBeCloseTo(500);
    expect(list!.height).toBeGreaterThan(300);
    expect(scrolls(laid)[0]!.most).toBeGreaterThan(500);
    for (const one of all(laid)) expect(one.height).toBeGreaterThanOrEqual(0);
  });

  it("hits what is drawn where it is scrolled to, and nothing that is scrolled out of sight", () => {
    const list = scroll("list", column(Array.from({ length: 20 }, (_, i) => press(`p${i}`, `product ${i}`, nothing, { look: "row" })), { gap: 8 }), { grow: 1 });
    const laid = lay(column([text("head"), list]), 400, ruler, 400);
    const top = scrolls(laid)[0]!;
    const at = (offset: number): string | undefined => hit(targets(laid, new Map([["list", offset]])), 100, top.y + 30)?.id;
    expect(at(0)).toBe("p0");
    expect(at((TARGET + 8) * 5)).toBe("p5");
    for (const { y, height } of targets(laid, new Map([["list", 333]]))) {
      expect(y).toBeGreaterThanOrEqual(top.y);
      expect(y + height).toBeLessThanOrEqual(top.y + top.height + 0.001);
    }
  });

  it("leaves room between what is pressed apart", () => {
    const laid = lay(row([press("a", "one", nothing), gap(), press("b", "two", nothing)]), 500, ruler);
    const [a, b] = targets(laid, new Map());
    expect(b!.x - a!.x - a!.width).toBeGreaterThan(100);
  });
});
