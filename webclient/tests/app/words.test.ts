import { readFileSync, readdirSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { LANGUAGES, speak, table } from "../../src/ui/words";

/** Every table() of the client: its words by language, read from the source, so that no part is forgotten. */
function tables(): readonly { file: string; words: Record<string, Map<string, string>> }[] {
  const files = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith("words.ts") && !name.endsWith("ui/words.ts"));
  return files.filter((name) => readFileSync(`src/${name}`, "utf8").includes("table(")).map((file) => {
    const text = readFileSync(`src/${file}`, "utf8");
    const words: Record<string, Map<string, string>> = {};
    for (const language of Object.keys(LANGUAGES)) {
      const from = text.search(new RegExp(`\\b${language}: \\{`));
      const body = text.slice(from, text.indexOf("\n  },", from));
      words[language] = new Map([...body.matchAll(/(\w+): "((?:[^"\\]|\\.)*)"/g)].map(([, key = "", value = ""]) => [key, value]));
    }
    return { file, words };
  });
}

describe("the words of every part", () => {
  it("have the same gaps in every language", () => {
    const found = tables();
    expect(found.length).toBeGreaterThan(1);
    const gaps = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map(([gap]) => gap).sort();
    for (const { file, words } of found) {
      const english = words["en"] ?? new Map<string, string>();
      expect(english.size, file).toBeGreaterThan(3);
      for (const language of Object.keys(LANGUAGES)) {
        for (const [key, text] of english) {
          const other = words[language]?.get(key);
          expect(other, `${file}: ${key} in ${language}`).toBeDefined();
          expect(gaps(other ?? ""), `${file}: ${key} in ${language}`).toEqual(gaps(text));
        }
      }
    }
  });
});

describe("a table", () => {
  const t = table({ en: { pay: "Pay {sum}", plain: "Plain" }, zh: { pay: "支付 {sum}", plain: "" }, es: { pay: "Pagar {sum}", plain: "Llano" } });
  afterEach(() => speak("en"));
  it.runIf(typeof document !== "undefined")("speaks the language that is spoken, and English where a word is empty", () => {
    speak("zh");
    expect(t("pay", { sum: 3 })).toBe("支付 3");
    expect(t("plain")).toBe("Plain");
  });
});
