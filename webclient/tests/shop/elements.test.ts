// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Desk } from "../../src/shop/desk";
import { Keys } from "../../src/shop/keys";
import { NOBODY } from "../../src/shop/checkout";
import { Shop } from "../../src/shop/shop";
import "../../src/shop";
import { Memory, ScriptedShop } from "./scripted";

const HOSTILE = '<img src=x onerror="alert(1)"><script>alert(2)</script>';

let server: ScriptedShop;
let shop: Shop;
const said: string[] = [];
const wanted: unknown[] = [];
const hear = (event: Event): void => void said.push((event as CustomEvent<string>).detail);
const want = (event: Event): void => void wanted.push((event as CustomEvent).detail);

beforeEach(() => {
  sessionStorage.clear();
  vi.stubGlobal("fetch", () => Promise.resolve(new Response('{"products": []}')));
  server = new ScriptedShop();
  server.offer("LMP-1", 12_800, 10);
  const desk = new Desk({ fetch: server.fetch, keys: new Keys(new Memory()), pause: () => Promise.resolve(), now: () => server.now_ms });
  shop = new Shop({ desk, kept: new Memory() });
  said.length = wanted.length = 0;
  document.addEventListener("announce", hear);
  document.addEventListener("wanted", want);
});
afterEach(() => {
  document.removeEventListener("announce", hear);
  document.removeEventListener("wanted", want);
  document.body.replaceChildren();
  shop.dispose();
  vi.unstubAllGlobals();
});

async function shown(tag: string, more: object = {}): Promise<{ element: HTMLElement; root: ShadowRoot; settle(): Promise<void> }> {
  const element = Object.assign(document.createElement(tag), { shop, ...more }) as unknown as HTMLElement & { updateComplete: Promise<boolean> };
  document.body.append(element);
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 12; i++) {
      await new Promise((done) => setTimeout(done));
      await element.updateComplete;
    }
  };
  await settle();
  return { element, root: element.shadowRoot as ShadowRoot, settle };
}
const press = (root: ShadowRoot, selector: string): void => (root.querySelector(selector) as HTMLElement).click();

describe("the panels of the shop", () => {
  it("show names of products as text, whatever they hold", async () => {
    server.offer(HOSTILE, 100, 2);
    await shop.add(HOSTILE);
    await shop.checkout.begin();
    for (const tag of ["shop-cart", "shop-checkout"]) {
      const { root } = await shown(tag);
      expect(root.textContent).toContain(HOSTILE);
      expect(root.querySelectorAll("script, img[onerror], [onclick]")).toHaveLength(0);
    }
    expect(document.querySelectorAll("script")).toHaveLength(0);
  });

  it("have no style attributes, which the page's policy forbids", async () => {
    await shop.add("LMP-1");
    await shop.checkout.begin();
    await shop.offersOf("p");
    for (const [tag, more] of [["shop-cart", {}], ["shop-checkout", {}], ["shop-add", { product: "p" }], ["shop-code", {}], ["shop-orders", {}], ["shop-wishes", {}]] as const) {
      const { root } = await shown(tag, more);
      const styled = [...root.querySelectorAll("[style]")].filter((one) => !/^\s*--swatch/.test(one.getAttribute("style") ?? ""));
      expect(styled, tag).toEqual([]);
    }
  });

  it("say what is in an empty cart, and lead on", async () => {
    const { root } = await shown("shop-cart");
    press(root, ".act");
    expect(wanted).toEqual([{ panel: "store" }]);
  });

  it("take a thing out, say so and keep the focus inside", async () => {
    await shop.add("LMP-1");
    const { root, settle } = await shown("shop-cart");
    press(root, ".line .text");
    await settle();
    expect(server.lines.size).toBe(0);
    expect(said.some((text) => text.includes("LMP-1"))).toBe(true);
    expect(root.activeElement?.id).toBe("empty");
  });

  it("put what was chosen into the cart, as many as were chosen", async () => {
    await shop.offersOf("p");
    const { root, settle } = await shown("shop-add", { product: "p" });
    press(root, '.step button[aria-label^="One more"]');
    await settle();
    press(root, ".act");
    await settle();
    expect(server.lines.get("LMP-1")).toBe(2);
    expect(said.at(-1)).toContain("LMP-1");
  });

  it("lead from an unfinished address to each fault", async () => {
    await shop.add("LMP-1");
    await shop.checkout.begin();
    const { root, settle } = await shown("shop-checkout");
    (root.querySelector("form") as HTMLFormElement).dispatchEvent(new Event("submit", { cancelable: true }));
    await settle();
    expect(root.activeElement?.id).toBe("summary");
    const email = root.querySelector("#email") as HTMLInputElement;
    expect(email.getAttribute("aria-invalid")).toBe("true");
    expect((email.getAttribute("aria-describedby") ?? "").split(" ")).toContain("wrong-email");
    expect(root.querySelector("#wrong-email")).not.toBeNull();
    expect(server.orders).toHaveLength(0);
  });

  it("say plainly that the payment is a test, and end in thanks", async () => {
    await shop.add("LMP-1");
    await shop.checkout.begin();
    shop.checkout.type({ ...NOBODY, name: "Ada", email: "a@b.example", street: "s", city: "c", country: "IE" });
    const { root, settle } = await shown("shop-checkout");
    (root.querySelector("form") as HTMLFormElement).dispatchEvent(new Event("submit", { cancelable: true }));
    await settle();
    expect(root.querySelector(".test")?.textContent).toContain("No money moves");
    press(root, ".act.wide");
    await settle();
    expect(server.orders.map(({ state }) => state)).toEqual(["paid"]);
    expect(root.querySelector("h2")?.textContent).toBe("Thank you");
  });
});
