import { describe, expect, it } from "vitest";
import { cut, directionOf, LINE, LINES, readingMs, tame, widthOf, wrapped } from "../../src/avatar/bubble";

const SAID = [
  "Hello", "Have you seen the chair by the window? It comes in clay and in olive, and it is on sale until Sunday.",
  "https://example.org/averyveryveryverylongaddresswithoutanyspacesinitatallwhichhastobebrokensomewhere",
  "这把椅子有三种颜色,我最喜欢橄榄绿。你觉得放在客厅的窗边怎么样?我们明天一起去看看吧", "مرحبا، هل رأيت الكرسي بجانب النافذة؟ إنه متوفر بثلاثة ألوان جميلة جدا ومناسبة للبيت", "🙂🙂🙂 ok 🎉", "<b onclick=x>&amp;</b>",
];

describe("a bubble", () => {
  it("never has a line or a number of lines that does not fit, whatever is said", () => {
    for (const said of SAID) {
      const lines = wrapped(said);
      expect(lines.length).toBeLessThanOrEqual(LINES);
      for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(LINE);
    }
  });

  it("keeps every letter of what fits", () => {
    for (const said of SAID) {
      const lines = wrapped(said, LINE, 99);
      expect(lines.join("").replace(/\s/g, "")).toBe(tame(said).replace(/\s/g, ""));
    }
  });

  it("says that there was more", () => {
    expect(wrapped(SAID[1]!).at(-1)).toMatch(/…$/);
    expect(wrapped("Hello")).toEqual(["Hello"]);
  });

  it("drops what turns text around or hides in it", () => {
    expect(tame("a\u202egnp.exe\u202c\u200b \n\t b\u0007")).toBe("agnp.exe b");
  });

  it("begins where its script begins", () => {
    expect(directionOf("… مرحبا Ada")).toBe("rtl");
    expect(directionOf("12: שלום")).toBe("rtl");
    expect(directionOf("Ada مرحبا")).toBe("ltr");
  });

  it("stays for as long as one reads, four to eight seconds", () => {
    expect(readingMs("hi")).toBe(4000);
    expect(readingMs("x".repeat(500))).toBe(8000);
    expect(readingMs(SAID[1]!)).toBeGreaterThan(readingMs("hi"));
  });
});

describe("a name", () => {
  it("is cut to what a tag holds, never in the middle of a letter", () => {
    expect(cut("Ada", 18)).toBe("Ada");
    const long = cut("👩‍🚀👩‍🚀👩‍🚀👩‍🚀👩‍🚀👩‍🚀👩‍🚀👩‍🚀", 9);
    expect([...long].every((letter) => !/^[\ud800-\udfff]$/.test(letter))).toBe(true);
    expect(widthOf(long)).toBeLessThanOrEqual(9);
  });
});
