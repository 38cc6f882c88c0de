import { beforeEach, describe, expect, it } from "vitest";
import { Checkout, NOBODY, faults } from "../../src/shop/checkout";
import { Desk, ShopError } from "../../src/shop/desk";
import { Keys } from "../../src/shop/keys";
import { currencyOf, exponent, left, money } from "../../src/shop/money";
import { Shop } from "../../src/shop/shop";
import { read, Wishes, written } from "../../src/shop/wishes";
import { Memory, ScriptedShop } from "./scripted";

const CONTACT = { ...NOBODY, name: "Ada Example", email: "ada@example.com", street: "Long Lane 1", postcode: "12345", city: "Town", country: "IE" };

/** A page on a device: a reload is a new page on the same device. */
function page(server: ScriptedShop, device = new Memory(), tab = new Memory()): { shop: Shop; till: Checkout; device: Memory; tab: Memory } {
  const desk = new Desk({ fetch: server.fetch, keys: new Keys(device, () => server.now_ms), pause: () => Promise.resolve(), now: () => server.now_ms });
  const shop = new Shop({ desk, kept: device });
  const till = new Checkout(shop, tab, () => Promise.resolve());
  return { shop, till, device, tab };
}

let server: ScriptedShop;
beforeEach(() => {
  server = new ScriptedShop();
  server.offer("LMP-1", 12_800, 10);
  server.offer("VAS-1", 4500, 20);
});

describe("an order", () => {
  async function readyToOrder(one: ReturnType<typeof page>): Promise<void> {
    await one.shop.add("LMP-1", 2);
    await one.till.begin();
    one.till.type(CONTACT);
  }

  it("is placed once, whichever answers of it are lost and however often the page is loaded again", async () => {
    for (const before of [0, 1, 4]) {
      for (const after of [0, 1, 3, 4, 8]) {
        server = new ScriptedShop();
        server.offer("LMP-1", 12_800, 10);
        const first = page(server);
        await readyToOrder(first);
        server.loses = { before, after };
        await first.till.place("EUR");
        // Impatient: again, and again after a reload.
        if (!first.till.order) await first.till.place("EUR");
        const second = page(server, first.device, first.tab);
        await second.shop.refresh();
        await second.till.resume();
        server.loses = { before: 0, after: 0 };
        if (!second.till.order) await second.till.place("EUR");
        expect(server.orders, `${before} lost there, ${after} lost back`).toHaveLength(1);
        expect(second.till.order?.id).toBe(server.orders[0]?.id);
        expect(server.offers.get("LMP-1")?.stock).toBe(8);
      }
    }
  });

  it("is not placed for another sum than the one that is shown", async () => {
    const { shop, till } = page(server);
    await readyToOrder({ shop, till, device: new Memory(), tab: new Memory() });
    server.offer("LMP-1", 13_900, 8);
    await till.place("EUR");
    expect(server.orders).toHaveLength(0);
    expect(till.problem?.code).toBe("shop.price_changed");
    expect(shop.repriced.get("default/LMP-1")).toEqual({ EUR: 12_800 });
    shop.acceptPrices();
    await till.place("EUR");
    expect(server.orders[0]?.total_minor).toBe(27_800);
  });

  it("waits for an address that can be delivered to", async () => {
    const { shop, till } = page(server);
    await shop.add("LMP-1");
    await till.begin();
    till.type({ ...CONTACT, email: "ada@", city: " " });
    expect(await till.place("EUR")).toEqual({ email: "email", city: "missing" });
    expect(server.asked.some(({ method, path }) => method === "POST" && path === "/api/shop/orders")).toBe(false);
  });

  it("goes on where it was after a reload, and is paid there", async () => {
    const first = page(server);
    await readyToOrder(first);
    await first.till.place("EUR");
    expect(first.till.step).toBe("pay");
    const second = page(server, first.device, first.tab);
    await second.till.resume();
    expect(second.till.step).toBe("pay");
    await second.till.pay("paid");
    expect(second.till.step).toBe("done");
    expect(server.orders.map(({ state }) => state)).toEqual(["paid"]);
  });

  it("that is declined can be put back into the cart", async () => {
    const { shop, till } = page(server);
    await readyToOrder({ shop, till, device: new Memory(), tab: new Memory() });
    await till.place("EUR");
    await till.pay("declined");
    expect(till.isDeclined).toBe(true);
    await till.again();
    expect(shop.lineOf("LMP-1")?.quantity).toBe(2);
  });

  it("whose payment is never answered is not called paid", async () => {
    const { shop, till } = page(server);
    await readyToOrder({ shop, till, device: new Memory(), tab: new Memory() });
    await till.place("EUR");
    await till.pay("missing");
    expect(till.step).toBe("confirming");
    expect(till.order?.state).toBe("paying");
  });
});

describe("the cart", () => {
  it("is always the server's", async () => {
    const { shop } = page(server);
    await shop.add("LMP-1", 2);
    await shop.add("VAS-1");
    await shop.want("LMP-1", 1);
    expect(shop.cart).toEqual(server.cart());
    await shop.remove("LMP-1");
    expect(shop.cart).toEqual(server.cart());
    expect(shop.units).toBe(1);
  });

  it("counts two that are added at once, and begins anew after an order", async () => {
    const { shop, till } = page(server);
    await Promise.all([shop.add("LMP-1"), shop.add("LMP-1")]);
    expect(server.lines.get("LMP-1")).toBe(2);
    await till.begin();
    till.type(CONTACT);
    await till.place("EUR");
    await shop.add("LMP-1");
    expect(server.lines.get("LMP-1")).toBe(1);
  });

  it("has what was wanted last after answers were lost", async () => {
    const { shop } = page(server);
    await shop.refresh();
    server.loses.after = 4;
    await shop.want("LMP-1", 1).catch(() => undefined);
    await shop.want("LMP-1", 2);
    await shop.want("LMP-1", 1);
    expect(server.lines.get("LMP-1")).toBe(1);
  });

  it("holds the last ones at once, and says so when somebody was faster", async () => {
    server.offer("LMP-1", 12_800, 1);
    const { shop } = page(server);
    await shop.add("LMP-1");
    expect(server.held.get("LMP-1")?.quantity).toBe(1);
    expect(shop.heldUntil_ms).toBe(server.now_ms + 600_000);
    server.offer("VAS-1", 4500, 0);
    await shop.add("VAS-1");
    expect(await shop.claimAll()).toBe(false);
    expect(shop.troubles.get("default/VAS-1")?.code).toBe("shop.sold_out");
  });

  it("holds less when less is wanted", async () => {
    const { shop } = page(server);
    await shop.add("LMP-1", 3);
    await shop.claimAll();
    await shop.want("LMP-1", 1);
    expect(shop.lineOf("LMP-1")).toMatchObject({ quantity: 1, held: 1 });
    expect(server.offers.get("LMP-1")?.stock).toBe(9);
  });

  it("needs no guest to be looked at, and makes one to be filled", async () => {
    server.isKnown = false;
    const { shop } = page(server);
    const desk = new Desk({ fetch: server.fetch, keys: new Keys(new Memory()), enter: async () => void (await server.fetch("/api/guests", { method: "POST" })) });
    const own = new Shop({ desk, kept: new Memory() });
    await own.refresh();
    expect(own.cart?.lines).toEqual([]);
    expect(server.guests).toBe(0);
    await own.add("LMP-1");
    expect(server.guests).toBe(1);
    shop.dispose();
  });

  it("hears of stock and of changes elsewhere through the room", async () => {
    const { shop } = page(server);
    const line = Object.assign(new EventTarget(), { state: "open", acts: [] as unknown[], act(action: unknown) { this.acts.push(action); return Promise.resolve(); } });
    shop.join(line);
    await shop.offersOf("p");
    expect(line.acts.at(-1)).toEqual({ do: "shop", watch: expect.arrayContaining(["LMP-1", "VAS-1"]) as unknown });
    line.dispatchEvent(new CustomEvent("stock", { detail: { left: { "LMP-1": 3 } } }));
    expect(shop.stock("LMP-1")).toBe(3);
    server.lines.set("VAS-1", 2);
    line.dispatchEvent(new CustomEvent("cart", { detail: { revision: 2 } }));
    await new Promise((done) => setTimeout(done));
    expect(shop.lineOf("VAS-1")?.quantity).toBe(2);
  });
});

describe("a key", () => {
  it("stays with its wish until it is answered, also over a reload", () => {
    const device = new Memory();
    const key = new Keys(device).of("line.a", "PUT 1");
    expect(new Keys(device).of("line.a", "PUT 1")).toBe(key);
    new Keys(device).done("line.a", key);
    expect(new Keys(device).of("line.a", "PUT 1")).not.toBe(key);
  });

  it("is never used for another wish, nor for the same one after another", () => {
    const keys = new Keys(new Memory());
    const made = [keys.of("line.a", "PUT 1"), keys.of("line.a", "PUT 2"), keys.of("line.a", "PUT 1")];
    expect(new Set(made).size).toBe(3);
  });

  it("is given up before the server forgets its answer", () => {
    let now = 0;
    const keys = new Keys(new Memory(), () => now);
    const key = keys.of("order", "x");
    now = 47.5 * 3600 * 1000;
    expect(keys.of("order", "x")).not.toBe(key);
  });
});

describe("the desk", () => {
  it("asks again with the same key when an answer is lost, and gives up at last", async () => {
    const { shop } = page(server);
    await shop.refresh();
    server.asked.length = 0;
    server.loses.before = 99;
    await expect(shop.want("LMP-1", 1)).rejects.toMatchObject({ code: "shop.lost", isLost: true });
    const puts = server.asked.filter(({ method }) => method === "PUT");
    expect(puts.length).toBeGreaterThan(1);
    expect(new Set(puts.map(({ key }) => key)).size).toBe(1);
  });

  it("does not ask again what was refused", async () => {
    server.offer("LMP-1", 12_800, 0);
    const { shop } = page(server);
    await shop.add("LMP-1");
    server.asked.length = 0;
    await expect(shop.claim("LMP-1")).rejects.toBeInstanceOf(ShopError);
    expect(server.asked.filter(({ path }) => path === "/api/shop/claims")).toHaveLength(1);
  });

  it("counts by the server's clock", async () => {
    const desk = new Desk({ fetch: server.fetch, now: () => server.now_ms - 3_600_000 });
    await desk.ask("GET", "/api/me");
    expect(Math.abs(desk.now_ms() - server.now_ms)).toBeLessThan(1500);
  });
});

describe("money", () => {
  it("has the decimals of its currency", () => {
    expect(["JPY", "EUR", "KWD", "CLF", "AFN"].map(exponent)).toEqual([0, 2, 3, 4, 2]);
    expect(money(12_850, "EUR", "en")).toBe("€128.50");
    expect(money(12_800, "EUR", "en")).toBe("€128");
    expect(money(21_000, "JPY", "en")).toBe("¥21,000");
    expect(money(1250, "KWD", "en").replace(/\s/g, " ")).toBe("KWD 1.250");
    expect(money(5050, "AFN", "en")).toMatch(/50\.50$/);
  });

  it("is shown in what was chosen, else in the region's currency, else in one that there is", () => {
    const prices = { EUR: 1, GBP: 2, USD: 3 };
    expect(currencyOf(prices, "GBP", ["en-US"])).toBe("GBP");
    expect(currencyOf(prices, "", ["en-US"])).toBe("USD");
    expect(currencyOf(prices, "JPY", ["zh-CN"])).toBe("EUR");
    expect(currencyOf({ JPY: 1 }, "", ["de"])).toBe("JPY");
    expect(currencyOf({}, "", ["de"])).toBe("");
  });

  it("time that is left never reads below nothing", () => {
    expect([600_000, 599_001, 61_000, 400, 0, -5000].map(left)).toEqual(["10:00", "10:00", "1:01", "0:01", "0:00", "0:00"]);
  });
});

describe("an address", () => {
  it("is faulted by the field", () => {
    expect(faults(CONTACT)).toEqual({});
    expect(faults({ ...CONTACT, name: "", country: "Ireland", postcode: "<b>" })).toEqual({ name: "missing", country: "country", postcode: "postcode" });
    expect(faults({ ...CONTACT, street: "a\u202Eb", city: "x".repeat(201) })).toEqual({ street: "strange", city: "long" });
    expect(faults({ ...CONTACT, postcode: "", note: "" })).toEqual({});
  });
});

describe("the wish-list", () => {
  it("goes through a link and back", () => {
    const list = [{ product: "mere-tote", sku: "BAG/1 ü" }, { product: "nordlicht.terra-vase", sku: "" }];
    expect(read(written(list))).toEqual(list);
  });

  it("takes nothing from a link that is not a product", () => {
    expect(read('<img src=x onerror=alert(1)>,../../etc~x,terra-vase~<b>,ok-one,%00,a~%E0%A4%A')).toEqual([{ product: "ok-one", sku: "" }, { product: "a", sku: "" }]);
    expect(read(Array.from({ length: 500 }, (_, i) => `p-${i}`).join(",")).length).toBe(60);
  });

  it("stays on the device, and a friend's list is theirs until it is kept", () => {
    const device = new Memory();
    const wishes = new Wishes(device);
    wishes.keep("halo-lamp");
    wishes.take("https://shop.example/?wishes=mere-tote,halo-lamp");
    expect(wishes.has("mere-tote")).toBe(false);
    wishes.keepShared();
    expect(new Wishes(device).all.map(({ product }) => product)).toEqual(["mere-tote", "halo-lamp"]);
  });
});
