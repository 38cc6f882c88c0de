import { describe, expect, it, vi } from "vitest";
import type { Product } from "../../src/api";
import type { CartLine, Offer, Order } from "../../src/shop/answers";
import { NOBODY } from "../../src/shop/checkout";
import { LANGUAGES, speak, type Language } from "../../src/ui/words";
import { floorPlan } from "../../src/world/map";
import { DEFAULTS } from "../../src/xr/settings";
import { BODY, lay, targets, TARGET, type Box, type Laid, type Ruler } from "../../src/xr/ui/box";
import { card, type CardModel } from "../../src/xr/views/card";
import { cart } from "../../src/xr/views/cart";
import { chart } from "../../src/xr/views/chart";
import { choices } from "../../src/xr/views/choices";
import { CONTENT, menu, MENU_HEIGHT, MENU_WIDTH } from "../../src/xr/views/menu";
import { near } from "../../src/xr/views/near";
import { others } from "../../src/xr/views/others";
import { till, type TillModel } from "../../src/xr/views/till";
import { STORES } from "../world/stores";

// Layout needs no page; the words only tell it which language is spoken.
vi.stubGlobal("document", { documentElement: {}, dispatchEvent: () => true });

/** As wide as the widest language's letters are, roughly. */
const measure = (words: string, size: number): number => [...words].reduce((sum, letter) => sum + (letter > "\u2e80" ? size : size * 0.5), 0);
const no = (): void => undefined;
/** 1.2° of the eye, in units. */
const LEAST_TEXT = 24;

const HOSTILE = "<img src=x onerror=alert(1)>\u202e and a name that is far too long to stand on one line of any panel";
const variants = ["Bone", "Sage", "Rust", "Ink"].map((name) => ({ name, label: name, sku: `V-${name}`, swatch: "#9aa48c" }));
const product = { id: "vase", version: 1, name: "Terra", description: HOSTILE.repeat(6), category: "vase", price_minor: { EUR: 12800 }, dimensions_m: [0.16, 0.25, 0.16], variants, poster: null, has_scan: true, verdict: "passed" } as unknown as Product;
const offer: Offer = { tenant: "default", sku: "V-Ink", product: "vase", variant: "Ink", size: "", title: "Terra, Ink", prices: { EUR: 12800 }, tax_note: "", limit_each: null, is_on_sale: true, available: 3 };
const line = (i: number): CartLine => ({ tenant: "default", sku: `S${i}`, quantity: 2, title: HOSTILE, product: "vase", variant: "Ink", size: "", prices: { EUR: 12800 }, available: 9, held: 0, held_until_ms: null, claim: null });
const order = { id: "o_123456", tenant: "default", state: "paying", currency: "EUR", total_minor: 25600, created_ms: 0, updated_ms: 0, tax_notes: ["incl. VAT"], lines: [{ sku: "S", product: "vase", variant: "Ink", size: "", title: HOSTILE, quantity: 2, price_minor: 12800 }], contact: { ...NOBODY, city: "Bremen" }, pay_before_ms: 0, payment: { provider: "test", intent: "i", page: "" }, history: [] } as Order;
const model: CardModel = { row: product, variant: variants[3]!, offer, sizes: [{ label: "S", sku: "V-S", kind: "in", left: 9 }, { label: HOSTILE, sku: null, kind: "unmade", left: 0 }, { label: "L", sku: "V-L", kind: "out", left: 0 }], size: "S", currency: "EUR", isBusy: false, isWished: true, isMagnifying: false, isSharing: false, friend: HOSTILE, isOnline: true };
const tillModel: TillModel = { step: "details", contact: { ...NOBODY, name: HOSTILE }, faults: { email: "missing" }, field: null, keys: { isCapital: true, isSigns: false, isLast: false }, order, total: "€256", isBusy: false, isDeclined: false, problem: "" };
const tillActs = { edit: no, place: no, pay: no, back: no, done: no, type: no, erase: no, shift: no, symbols: no, next: no };
const acts = { open: no, leave: no, close: no };
const plan = STORES[0]![1];

const framed = (box: Box, frame: "full" | "plain" | "bare" = "full"): Box => menu("cart", 3, box, acts, frame);
const SCREENS: readonly (readonly [string, () => Box, number, number | undefined])[] = [
  ["card", () => card(model, { choose: no, size: no, add: no, wish: no, putBack: no, magnify: no, share: no, handOver: no }), 520, undefined],
  ["near", () => framed(near(Array.from({ length: 14 }, (_, i) => ({ key: `k${i}`, row: { ...product, name: HOSTILE }, distance_m: i, picture: null })), () => "EUR", no)), MENU_WIDTH - 60, MENU_HEIGHT - 60],
  ["cart", () => framed(cart({ lines: [line(1), line(2), line(3), line(4), line(5)], totals: { EUR: 128000 }, state: "ready", currency: "EUR", code: "", picture: () => null }, { want: no, checkout: no, code: no, again: no })), MENU_WIDTH - 60, MENU_HEIGHT - 60],
  ["people", () => framed(others([{ member: 1, name: HOSTILE, distance_m: 3, isParty: true }], { wave: no, goTo: no })), MENU_WIDTH - 60, MENU_HEIGHT - 60],
  ["map", () => framed(chart({ plan: floorPlan(plan), me: { x: 0, z: 0, yaw: 0 }, people: [], slots: floorPlan(plan).slots.map(({ id, x, z }) => ({ id, name: id, x, z })) }, CONTENT, MENU_HEIGHT - 180, no)), MENU_WIDTH - 60, MENU_HEIGHT - 60],
  ["settings", () => framed(choices({ ...DEFAULTS, isSeated: true }, no)), MENU_WIDTH - 60, MENU_HEIGHT - 60],
  ["address", () => framed(till(tillModel, tillActs), "plain"), MENU_WIDTH - 60, MENU_HEIGHT - 60],
  ["keyboard", () => framed(till({ ...tillModel, field: "street" }, tillActs), "bare"), MENU_WIDTH - 60, MENU_HEIGHT - 60],
  ["payment", () => framed(till({ ...tillModel, step: "pay" }, tillActs), "plain"), MENU_WIDTH - 60, MENU_HEIGHT - 60],
  ["thanks", () => framed(till({ ...tillModel, step: "done" }, tillActs), "plain"), MENU_WIDTH - 60, MENU_HEIGHT - 60],
];

describe.each(Object.keys(LANGUAGES) as Language[])("in %s", (language) => {
  describe.each([false, true])("written to the left: %s", (isRightToLeft) => {
    const ruler: Ruler = { measure, isRightToLeft };

    it.each(SCREENS)("the %s has targets of 2.5°, text of 1.2°, and everything on the panel", (_, screen, width, height) => {
      speak(language);
      const laid = lay(screen(), width, ruler, height);
      for (const one of targets(laid, new Map())) {
        // What a scroll cuts off is pressed after scrolling.
        if (!one.scroll) expect(one.height, one.id).toBeGreaterThanOrEqual(TARGET);
        expect(one.width, one.id).toBeGreaterThanOrEqual(TARGET);
        expect(one.label, one.id).not.toBe("");
        expect(one.x, one.id).toBeGreaterThanOrEqual(-0.5);
        expect(one.x + one.width, one.id).toBeLessThanOrEqual(width + 0.5);
        if (height) expect(one.y + one.height, one.id).toBeLessThanOrEqual(height + 0.5);
      }
      const walk = (node: Laid): void => {
        if (node.box.kind === "text") {
          expect(node.box.size).toBeGreaterThanOrEqual(LEAST_TEXT);
          for (const words of node.lines) expect(words).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
        }
        for (const child of node.children) walk(child);
      };
      walk(laid);
      expect(BODY).toBeGreaterThan(LEAST_TEXT);
    });

    it("no two things to press lie on each other", () => {
      speak(language);
      for (const [name, screen, width, height] of SCREENS) {
        const all = targets(lay(screen(), width, ruler, height), new Map());
        for (const [i, a] of all.entries()) {
          for (const b of all.slice(i + 1)) {
            const [wide, tall] = [Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x), Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y)];
            expect(wide > 0.5 && tall > 0.5, `${name}: ${a.id} on ${b.id}`).toBe(false);
          }
        }
      }
    });
  });
});

describe("the card", () => {
  it("does not sell what is sold out, and says so", () => {
    speak("en");
    const laid = lay(card({ ...model, offer: { ...offer, available: 0 } }, { choose: no, size: no, add: no, wish: no, putBack: no, magnify: no, share: no, handOver: no }), 520, { measure, isRightToLeft: false });
    expect(targets(laid, new Map()).find(({ id }) => id === "add")?.isOff).toBe(true);
  });

  it("lets one choose what can be had of the sizes, and reads out what cannot", () => {
    speak("en");
    const laid = lay(card(model, { choose: no, size: no, add: no, wish: no, putBack: no, magnify: no, share: no, handOver: no }), 520, { measure, isRightToLeft: false });
    const sizes = targets(laid, new Map()).filter(({ id }) => id.startsWith("size:"));
    expect(sizes.map(({ label, isOff }) => [label, isOff])).toEqual([["Size S", false], [`${HOSTILE}, not made`, true], ["L, sold out", true]]);
    for (const { width, height } of sizes) expect(Math.min(width, height)).toBeGreaterThanOrEqual(56);
  });
});
