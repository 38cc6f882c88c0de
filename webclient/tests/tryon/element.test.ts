// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Row } from "../../src/api";
import { called } from "../../src/tryon/wardrobe";
import { Tall } from "../../src/tryon/measures";
import { LANGUAGES, speak, type Language } from "../../src/ui/words";
import { t } from "../../src/tryon/words";

const row = (id: string, category: string): Row =>
  ({ id, category, name: `The ${id}`, variants: [{ name: "Bone", sku: `${id}-1` }, { name: "Ink", label: "Deep ink", sku: `${id}-2` }], poster: null }) as unknown as Row;
const SHELF = [row("lamp", "lamp"), row("cap", "hat"), row("round", "glasses"), row("aviator", "sunglasses")];

/** Of happy-dom's elements, which lack these. */
beforeEach(() => {
  vi.stubGlobal("fetch", (address: string) => Promise.resolve(new Response(JSON.stringify(address === "/api/catalogue" ? { products: SHELF } : {}))));
  HTMLDialogElement.prototype.showModal ??= function showModal(this: HTMLDialogElement) {
    this.open = true;
  };
});
afterEach(() => {
  document.body.replaceChildren();
  vi.unstubAllGlobals();
  speak("en");
});

async function mirror(product = "round"): Promise<import("../../src/tryon/element").TryonMirror> {
  await import("../../src/tryon/element");
  const element = document.createElement("tryon-mirror");
  element.setAttribute("product", product);
  element.setAttribute("variant", "Ink");
  document.body.append(element);
  await vi.waitUntil(() => element.wardrobe.isStocked);
  await element.updateComplete;
  return element;
}
const text = (element: HTMLElement): string => element.shadowRoot?.textContent?.replace(/\s+/g, " ") ?? "";
const press = (element: HTMLElement, name: string): void => {
  const button = [...(element.shadowRoot?.querySelectorAll("button") ?? [])].find((one) => one.textContent?.includes(name));
  if (!button) throw new Error(`no button ${name} in ${text(element)}`);
  button.click();
};

describe("the mirror's page", () => {
  it("asks first, and says what is sent and what is kept, in every language", async () => {
    const element = await mirror();
    expect(element.booth.state).toBe("closed");
    for (const language of Object.keys(LANGUAGES) as Language[]) {
      speak(language);
      await element.updateComplete;
      for (const word of ["consent", "promise_here", "promise_kept", "promise_stop", "yes", "no"] as const) expect(text(element)).toContain(t(word));
    }
  });

  it("offers only what can be worn, what one came for first and in the colour it was chosen in", async () => {
    const element = await mirror();
    expect(element.wardrobe.all.map(({ row: { id } }) => id)).toEqual(["round", "aviator", "cap"]);
    expect(element.wardrobe.shown?.variant?.name).toBe("Ink");
    expect(element.wardrobe.worn).toHaveLength(1);
  });

  it("says so where there is no camera to be had, and asks again when told to", async () => {
    const element = await mirror();
    press(element, t("yes"));
    await vi.waitUntil(() => element.booth.state === "trouble");
    await element.updateComplete;
    expect(element.shadowRoot?.querySelector("[role=alert]")?.textContent).toContain(t(element.booth.trouble!));
    press(element, t("again"));
    await vi.waitUntil(() => element.booth.state === "trouble");
    const closed = vi.fn();
    element.addEventListener("closed", closed);
    await element.updateComplete;
    press(element, t("close"));
    expect(closed).toHaveBeenCalledOnce();
    expect(element.booth.state).toBe("closed");
  });

  it("wears one thing in a place: another pair of glasses takes the first one's, a hat goes with both", async () => {
    const { wardrobe } = await mirror();
    const [round, aviator, cap] = wardrobe.all;
    await wardrobe.toggle(cap!);
    await wardrobe.toggle(aviator!);
    expect(wardrobe.worn.map(({ row: { id } }) => id)).toEqual(["aviator", "cap"]);
    expect(round!.isOn).toBe(false);
    expect(wardrobe.shown).toBe(aviator);
  });

  it("compares with the other colours first, then with what is worn in the same place, never with anything else", async () => {
    const { wardrobe } = await mirror();
    expect(wardrobe.rivals().map(({ row: { id }, variant }) => `${id} ${variant?.name}`)).toEqual(["round Bone", "aviator Bone"]);
    await wardrobe.toggle(wardrobe.shown!);
    expect(wardrobe.rivals()).toEqual([]);
  });

  it("forgets what was worn with everything else", async () => {
    const { wardrobe } = await mirror();
    wardrobe.forget();
    expect(wardrobe.worn).toEqual([]);
    expect(wardrobe.all.every(({ variant }) => variant?.name === "Bone")).toBe(true);
  });
});

describe("names of two that are compared", () => {
  const [, , round, aviator] = SHELF as [Row, Row, Row, Row];
  it("are their colours where they are the same thing, their own names where they are not", () => {
    expect(called(round, round.variants[1]!, round)).toBe("Deep ink");
    expect(called(round, round.variants[0]!, round)).toBe("Bone");
    expect(called(round, round.variants[0]!, aviator)).toBe("The round");
    expect(called(round, null, round)).toBe("The round");
  });
});

describe("what is said of one's height", () => {
  it("is kept while it can be a person's, and is nobody's else", () => {
    const tall = new Tall();
    expect(tall.say("172")).toBe(true);
    expect([tall.m, tall.fault]).toEqual([1.72, null]);
    expect(tall.say("1720")).toBe(true);
    expect(tall.m).toBeNull();
    tall.say("17");
    expect(tall.fault).toBe("range");
    tall.know(1.805);
    expect(tall.text).toBe("180.5");
    tall.know(null);
    expect([tall.m, tall.fault, tall.text]).toEqual([null, null, ""]);
  });
});
