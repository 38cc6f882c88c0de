// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { own, type Advised, type FitAdvice } from "../../src/fit";
import { Own } from "../../src/fit/own";
import { chosen } from "../../src/shop/sizes";
import { speak } from "../../src/ui/words";

const HOSTILE = "<img src=x onerror=alert(1)>";
const TEE = {
  size_chart: {
    system: "EN 13402-3", decides: ["chest"],
    sizes: ["S", "M", HOSTILE].map((label, i) => ({ label, skus: i === 1 ? ["TEE-M"] : [], body_mm: { chest: [860 + i * 80, 940 + i * 80], waist: [740 + i * 80, 820 + i * 80] } })),
  },
};
const RING = { size_chart: { decides: ["finger_girth"], sizes: [52, 54, 56].map((n) => ({ label: String(n), body_mm: { finger_girth: [n - 1, n + 1] } })) } };

const sizes: Advised[] = [];
const hear = (event: Event): void => void sizes.push((event as CustomEvent<Advised>).detail);
beforeEach(() => {
  localStorage.clear();
  own.erase();
  speak("en");
  sizes.length = 0;
  document.addEventListener("size", hear);
  vi.spyOn(navigator, "language", "get").mockReturnValue("de-DE");
});
afterEach(() => {
  document.removeEventListener("size", hear);
  document.body.replaceChildren();
  vi.restoreAllMocks();
});

async function shown(manifest: object): Promise<{ element: FitAdvice; root: ShadowRoot; type(id: string, text: string): Promise<void>; press(selector: string): Promise<void> }> {
  const element = Object.assign(document.createElement("fit-advice"), { manifest });
  document.body.append(element);
  await element.updateComplete;
  const root = element.shadowRoot!;
  return {
    element, root,
    type: async (id, text) => {
      const input = root.querySelector<HTMLInputElement>(`#${id}`)!;
      input.value = text;
      input.dispatchEvent(new Event("input"));
      input.dispatchEvent(new Event("change"));
      await element.updateComplete;
      await element.updateComplete;
    },
    press: async (selector) => {
      root.querySelector<HTMLElement>(selector)!.click();
      await element.updateComplete;
    },
  };
}
const said = (root: ShadowRoot): string => root.querySelector(".verdict")!.textContent!.replace(/\s+/g, " ").trim();

describe("<fit-advice>", () => {
  it("is nothing without a chart", async () => {
    const { root } = await shown({});
    expect(root.querySelector("section")).toBeNull();
  });

  it("names a size, says why, and tells the page under which SKUs it is sold", async () => {
    const { root, type } = await shown(TEE);
    expect(said(root)).toBe("Tell one measure, and see which size is yours.");
    await type("chest", "98,5");
    expect(said(root)).toContain("M Your chest, 98.5 ± 2 cm, lies in the middle of M; <img src=x onerror=alert(1)> would be 4 cm loose.");
    expect(sizes).toEqual([{ size: "M", skus: ["TEE-M"] }]);
    await type("chest", "");
    expect(sizes.at(-1)).toEqual({ size: null, skus: [] });
  });

  it("says everything of the sizes as text, whatever they are called", async () => {
    const { root, type } = await shown(TEE);
    await type("chest", "98");
    expect(root.querySelectorAll("img, [onerror]")).toHaveLength(0);
    expect([...root.querySelectorAll(".each li")].map((row) => row.textContent!.replace(/\s+/g, " ").trim())).toEqual(["S4 cm tight", "Mgood", `${HOSTILE}4 cm loose`]);
    expect(root.querySelector("[role=img]")!.getAttribute("aria-label")).toBe("M on you: chest good");
  });

  it("refuses what nobody measures, with the range, and asks for inches where people use them", async () => {
    const { root, type, element } = await shown(TEE);
    await type("chest", "980");
    expect(root.querySelector("#chest-how")!.textContent).toBe("From 40 to 190 cm, please.");
    expect(root.querySelector("#chest")!.getAttribute("aria-invalid")).toBe("true");
    expect(own.isEmpty).toBe(true);
    element.unit = "in";
    await type("chest", "38.6");
    expect(said(root)).toContain("38.6 ± 0.8 in");
  });

  it("lets the wish decide between two sizes", async () => {
    const { root, type } = await shown(TEE);
    await type("chest", "94");
    expect(said(root)).toContain("S / M");
    const [close, , loose] = root.querySelectorAll<HTMLInputElement>("[name=wish]");
    for (const [radio, size] of [[close!, "S"], [loose!, "M"]] as const) {
      radio.dispatchEvent(new Event("change"));
      await Promise.resolve();
      await (root.host as FitAdvice).updateComplete;
      expect(said(root).startsWith(size)).toBe(true);
    }
  });

  it("believes the mirror only as far as it can see, and asks for the tape", async () => {
    const { root, element } = await shown(TEE);
    element.measures = { chest: { mm: 960, spread_mm: 80 } };
    await element.updateComplete;
    expect(said(root)).toContain("Measure it with a tape, and I can tell.");
    expect(root.querySelector("#chest-how")!.textContent).toBe("seen by the mirror: 96 ± 8 cm");
    expect(sizes).toEqual([]);
  });

  it("takes the inside of a ring for a finger", async () => {
    const { root, type } = await shown(RING);
    await type("ring", "17.2");
    expect(said(root)).toContain("54");
    expect(root.querySelector("[name=wish]")).toBeNull();
  });

  it("keeps nothing before the second yes, and erases all in one tap", async () => {
    const { root, type, press } = await shown(TEE);
    await type("chest", "98");
    expect(localStorage.length).toBe(0);
    await press("#keep");
    expect(localStorage.length).toBe(0);
    await press(".private .plain");
    expect(localStorage.length).toBe(1);
    expect(new Own().all.chest).toEqual({ mm: 980, spread_mm: 20 });
    await press(".private .text");
    expect(localStorage.length).toBe(0);
    expect(own.isEmpty).toBe(true);
    expect(root.querySelector<HTMLInputElement>("#chest")!.value).toBe("");
  });

  it("takes from the device only what could be a person's measures", () => {
    for (const text of ["{", "[]", "null", '{"chest":{"mm":98}}', '{"chest":{"mm":980,"spread_mm":-1}}', '{"__proto__":{"mm":980,"spread_mm":20}}', '{"tail":{"mm":980,"spread_mm":20}}']) {
      localStorage.setItem("showroom.measures", text);
      expect(new Own().isEmpty).toBe(true);
    }
  });

  it("lets one choose the named size in one tap, where it is sold and can be had", async () => {
    const { element, root, type, press } = await shown(TEE);
    await type("chest", "98");
    // It only names a size until it is told of which product.
    expect(root.querySelector(".take")).toBeNull();
    Object.assign(element, { product: "tee", canTake: () => false });
    await element.updateComplete;
    expect(root.querySelector(".take")).toBeNull();
    element.canTake = (size) => size === "M";
    await element.updateComplete;
    expect(root.querySelector(".take")?.textContent).toBe("Choose M");
    await press(".take");
    expect(chosen.of("tee")).toBe("M");
    expect([root.querySelector(".take"), root.querySelector(".taken")?.textContent]).toEqual([null, "M is chosen"]);
    // Nobody sells S.
    await type("chest", "89");
    expect(root.querySelector(".take")).toBeNull();
    chosen.forget();
  });

  it("speaks three languages", async () => {
    const { root, type, element } = await shown(TEE);
    await type("chest", "98");
    for (const [language, words] of [["zh", "你的胸围 98 ± 2 厘米,正在 M 码的中段"], ["es", "Su pecho, 98 ± 2 cm, está en la mitad de la M"]] as const) {
      speak(language);
      await element.updateComplete;
      expect(said(root)).toContain(words);
    }
  });
});
