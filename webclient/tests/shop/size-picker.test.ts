// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Row, Variant } from "../../src/api";
import { Desk } from "../../src/shop/desk";
import { Keys } from "../../src/shop/keys";
import { Shop } from "../../src/shop/shop";
import { chosen, type Asked } from "../../src/shop/sizes";
import type { ShopSizes } from "../../src/shop/size-picker";
import { titled } from "../../src/shop/pictures";
import { speak } from "../../src/ui/words";
import { AskShop, type ShopWorn } from "../../src/shop/worn";
import "../../src/shop";
import { Memory, ScriptedShop } from "./scripted";

const HOSTILE = "<img src=x>";
const ink: Variant = { name: "ink", label: "Ink", sku: "INK-M", skus: ["INK-S", "INK-M", "INK-L"] };
const clay: Variant = { name: "clay", label: "Clay", sku: "CLAY-M", skus: ["CLAY-M"] };
const row = {
  id: "p", variants: [ink, clay],
  sizes: [{ label: "S", skus: ["INK-S"] }, { label: "M", skus: ["INK-M", "CLAY-M"] }, { label: "L", skus: ["INK-L"] }],
} as unknown as Row;
const stock = new Map([["INK-S", 4], ["INK-M", 12], ["INK-L", 0], ["CLAY-M", 0]]);
const asked: Asked = (sku) => ({ available: stock.get(sku) ?? 0, is_on_sale: true });

const said: string[] = [];
const hear = (event: Event): void => void said.push((event as CustomEvent<string>).detail);

beforeEach(() => {
  document.addEventListener("announce", hear);
  said.length = 0;
});
afterEach(() => {
  document.removeEventListener("announce", hear);
  document.body.replaceChildren();
  chosen.forget();
  speak("en");
  vi.unstubAllGlobals();
});

async function picker(more: Partial<ShopSizes> = {}): Promise<{ element: ShopSizes; root: ShadowRoot; radio(label: string): HTMLElement; settle(): Promise<unknown> }> {
  const element = Object.assign(document.createElement("shop-sizes"), { row, variant: ink, asked, ...more });
  document.body.append(element);
  await element.updateComplete;
  const root = element.shadowRoot as ShadowRoot;
  return { element, root, radio: (label) => root.querySelector<HTMLElement>(`[data-size="${label}"]`) as HTMLElement, settle: () => element.updateComplete };
}

describe("the choice of a size", () => {
  it("is a group of radio buttons of which what is sold out cannot be chosen, and is still read", async () => {
    const { root, radio } = await picker();
    const group = root.querySelector('[role="radiogroup"]');
    expect([...root.querySelectorAll('[role="radio"]')].map((one) => [one.getAttribute("data-size"), one.getAttribute("aria-disabled")])).toEqual([["S", null], ["M", null], ["L", "true"]]);
    expect(radio("L").getAttribute("aria-label")).toBe("L, sold out");
    expect(radio("L").classList.contains("gone")).toBe(true);
    expect(root.querySelector(`#${group?.getAttribute("aria-describedby")}`)?.textContent).toBe("Sold out in Ink: L.");
    expect(radio("S").getAttribute("aria-label")).toBe("S, 4 left");
    expect(root.querySelector('[aria-checked="true"]')).toBeNull();
    radio("L").click();
    expect([chosen.of("p"), said]).toEqual([null, ["L, sold out"]]);
  });

  it("goes by arrows, come by what is sold out without choosing it, and stops Tab once", async () => {
    const { root, radio, settle } = await picker();
    const stops = (): readonly (string | null)[] => [...root.querySelectorAll('[tabindex="0"]')].map((one) => one.getAttribute("data-size"));
    const press = async (key: string): Promise<void> => {
      root.activeElement?.dispatchEvent(new KeyboardEvent("keydown", { key, cancelable: true }));
      await settle();
    };
    expect(stops()).toEqual(["S"]);
    radio("S").focus();
    const seen: unknown[] = [];
    for (const key of ["ArrowRight", "ArrowDown", "ArrowRight", "ArrowLeft", "ArrowUp"]) {
      await press(key);
      seen.push([root.activeElement?.getAttribute("data-size"), chosen.of("p")]);
      expect(stops()).toEqual([root.activeElement?.getAttribute("data-size")]);
    }
    expect(seen).toEqual([["M", "M"], ["L", "M"], ["S", "S"], ["L", "S"], ["M", "M"]]);
  });

  it("tells a choice and keeps it for the mirror and the headset", async () => {
    const { root, radio, settle, element } = await picker();
    radio("M").click();
    await settle();
    expect(chosen.of("p")).toBe("M");
    expect(said).toEqual(["Size M"]);
    expect(root.querySelector("legend")?.textContent).toContain("M");
    expect(element.now).toMatchObject({ label: "M", sku: "INK-M", kind: "in" });
  });

  it("keeps the size over a change of colour, says that it is gone there, and stays in reach of the keyboard", async () => {
    chosen.choose("p", "M");
    const { element, root, radio, settle } = await picker();
    element.variant = clay;
    await settle();
    expect(["aria-checked", "aria-disabled", "tabindex"].map((name) => radio("M").getAttribute(name))).toEqual(["true", "true", "0"]);
    expect(["S", "L"].map((label) => radio(label).getAttribute("aria-disabled"))).toEqual(["true", "true"]);
    expect(root.querySelector("#lost")?.textContent).toBe("Sold out in Clay: M. Not made in Clay: S, L.");
  });

  it("offers the shopper's own size in one tap, but not if it is sold out", async () => {
    const { element, root, settle } = await picker({ advised: "M" });
    const yours = root.querySelector<HTMLButtonElement>(".yours");
    expect(yours?.textContent?.trim()).toBe("Your size: M");
    yours?.click();
    await settle();
    expect(chosen.of("p")).toBe("M");
    expect(root.querySelector(".yours")).toBeNull();
    chosen.forget();
    element.advised = "L";
    await settle();
    expect(root.querySelector(".yours")).toBeNull();
    expect(root.textContent).toContain("Your size, L, is sold out in Ink.");
  });

  it("asks for a size where one wants to buy without", async () => {
    const { element, root } = await picker();
    element.scrollIntoView = () => undefined;
    await element.want();
    expect(root.querySelector(".please")?.textContent).toBe("Please choose a size first.");
    expect(root.activeElement?.getAttribute("data-size")).toBe("S");
    expect(said).toEqual(["Please choose a size first."]);
  });

  it("shows labels as text, and nothing where there is no choice", async () => {
    const { root } = await picker({ row: { ...row, sizes: [{ label: HOSTILE, skus: ["INK-S"] }, { label: "M", skus: ["INK-M"] }] } });
    expect(root.textContent).toContain(HOSTILE);
    expect(root.querySelector("img")).toBeNull();
    const none = await picker({ row: { ...row, sizes: [{ label: "One size", skus: ["INK-M", "CLAY-M"] }] } });
    expect(none.root.querySelector("fieldset")).toBeNull();
  });

  it("speaks the page's language", async () => {
    const { root, settle, element } = await picker();
    element.variant = clay;
    for (const [language, words] of [["zh", "Clay售罄:M。 Clay没有:S、L。"], ["es", "Agotado en Clay: M. No se hace en Clay: S, L."]] as const) {
      speak(language);
      element.requestUpdate();
      await settle();
      expect(root.querySelector("#lost")?.textContent).toBe(words);
    }
  });
});

describe("what is worn before the mirror", () => {
  it("is bought in the very size that is shown", async () => {
    vi.stubGlobal("fetch", () => Promise.resolve(new Response('{"products": []}')));
    const server = new ScriptedShop();
    for (const [sku, units] of stock) server.offer(sku, 18_900, units, null, { variant: sku.split("-")[0] ?? "", size: sku.split("-")[1] ?? "" });
    const shop = new Shop({ desk: new Desk({ fetch: server.fetch, keys: new Keys(new Memory()), pause: () => Promise.resolve(), now: () => server.now_ms }), kept: new Memory() });
    const answer = (event: Event): void => void ((event as AskShop).shop = Promise.resolve(shop));
    document.addEventListener("shop", answer);
    const element = Object.assign(document.createElement("shop-worn"), { row, variant: ink, size: "S" }) as ShopWorn;
    document.body.append(element);
    const settle = async (): Promise<void> => {
      for (let i = 0; i < 12; i++) {
        await new Promise((done) => setTimeout(done));
        await element.updateComplete;
      }
    };
    await settle();
    const act = (): HTMLButtonElement => element.shadowRoot?.querySelector(".act") as HTMLButtonElement;
    expect(act().textContent?.trim()).toBe("Add S to cart");
    act().click();
    await settle();
    expect([...server.lines]).toEqual([["INK-S", 1]]);
    element.size = "L";
    await settle();
    expect([act().getAttribute("aria-disabled"), act().textContent?.trim()]).toEqual(["true", "Sold out"]);
    act().click();
    await settle();
    expect([...server.lines]).toEqual([["INK-S", 1]]);
    document.removeEventListener("shop", answer);
    shop.dispose();
  });
});

describe("the counter", () => {
  it("asks for a size where there are several, and adds the one that was chosen", async () => {
    vi.stubGlobal("fetch", () => Promise.resolve(new Response(JSON.stringify({ products: [{ ...row, name: "Rove", price_minor: null, poster: null }] }))));
    const server = new ScriptedShop();
    for (const [sku, units] of stock) server.offer(sku, 18_900, units, null, { variant: sku.startsWith("INK") ? "Ink" : "Clay", size: sku.split("-")[1] ?? "" });
    const shop = new Shop({ desk: new Desk({ fetch: server.fetch, keys: new Keys(new Memory()), pause: () => Promise.resolve(), now: () => server.now_ms }), kept: new Memory() });
    const element = Object.assign(document.createElement("shop-add"), { shop, product: "p" }) as unknown as HTMLElement & { updateComplete: Promise<boolean> };
    document.body.append(element);
    const settle = async (): Promise<void> => {
      for (let i = 0; i < 12; i++) {
        await new Promise((done) => setTimeout(done));
        await element.updateComplete;
      }
    };
    await settle();
    const root = element.shadowRoot as ShadowRoot;
    expect([...root.querySelectorAll('input[name="colour"]')].map((one) => one.getAttribute("aria-label")?.split(",")[0])).toEqual(["Ink", "Clay"]);
    const sizes = root.querySelector("shop-sizes") as ShopSizes;
    sizes.scrollIntoView = () => undefined;
    const add = (): void => (root.querySelector(".act") as HTMLElement).click();
    add();
    await settle();
    expect(said.at(-1)).toBe("Please choose a size first.");
    expect(server.lines.size).toBe(0);
    (sizes.shadowRoot?.querySelector('[data-size="S"]') as HTMLElement).click();
    await settle();
    add();
    await settle();
    expect([...server.lines]).toEqual([["INK-S", 1]]);
    shop.dispose();
  });
});

describe("a line of a cart or an order", () => {
  it("is called by its name, and its colour and size are told beside it", () => {
    expect(titled({ title: "Rove, Ink, M", variant: "Ink", size: "M", sku: "x" })).toEqual({ name: "Rove", kind: "Ink · Size M" });
    expect(titled({ title: "Terra, Bone", variant: "Bone", size: "", sku: "x" })).toEqual({ name: "Terra", kind: "Bone" });
    expect(titled({ title: "Lume, 54", variant: "", size: "54", sku: "x" })).toEqual({ name: "Lume", kind: "Size 54" });
    expect(titled({ title: "The merchant's own words", variant: "Ink", size: "M", sku: "x" })).toEqual({ name: "The merchant's own words", kind: "Ink · Size M" });
    expect(titled({ title: "", variant: "", size: "", sku: "LMP-1" }).name).toBe("LMP-1");
  });
});
