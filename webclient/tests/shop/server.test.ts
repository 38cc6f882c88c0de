/**
 * The shop's model against a server that runs: `SHOWROOM_TEST_SERVER=http://127.0.0.1:8787 npx vitest run tests/shop/server`.
 * Without that there is nothing to ask, and nothing is tested.
 */
import { describe, expect, it } from "vitest";
import { Checkout, NOBODY } from "../../src/shop/checkout";
import { Desk } from "../../src/shop/desk";
import { Keys } from "../../src/shop/keys";
import { Shop } from "../../src/shop/shop";
import { Memory } from "./scripted";

const SERVER = process.env["SHOWROOM_TEST_SERVER"] ?? "";
const CONTACT = { ...NOBODY, name: "Ada <b>Example</b>", email: "ada@example.com", street: "Long Lane 1", postcode: "12345", city: "Town", country: "IE" };

/** A browser's cookies, and answers that may get lost on the way back. */
class Browser {
  private cookie = "";
  loses = 0;
  readonly fetch = async (input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> => {
    const headers = new Headers(init.headers);
    if (this.cookie) headers.set("Cookie", this.cookie);
    headers.set("Origin", SERVER);
    const answer = await fetch(input, { ...init, headers });
    for (const set of answer.headers.getSetCookie()) this.cookie = set.split(";")[0] ?? "";
    if (init.method && init.method !== "GET" && this.loses > 0) {
      this.loses--;
      await answer.text();
      throw new TypeError("Failed to fetch");
    }
    return answer;
  };
}

function page(browser = new Browser(), tab = new Memory()): { shop: Shop; till: Checkout; browser: Browser; tab: Memory } {
  const device = new Memory();
  const shop = new Shop({ desk: new Desk({ server: SERVER, fetch: browser.fetch, keys: new Keys(device), pause: (ms) => new Promise((done) => setTimeout(done, ms / 20)) }), kept: device });
  return { shop, till: new Checkout(shop, tab, (ms) => new Promise((done) => setTimeout(done, ms / 4))), browser, tab };
}

describe.skipIf(!SERVER)("at a shop that is open", () => {
  const SKU = "BOT-TARN-INK";

  it("a guest buys, although the order's answer is lost three times, and cancels", async () => {
    const { shop, till, browser } = page();
    await shop.refresh();
    expect(shop.cart?.lines).toEqual([]);
    const [offer] = (await shop.offersOf("tarn-bottle")).filter(({ sku }) => sku === SKU);
    const before = offer?.available ?? 0;
    await shop.add(SKU, 2);
    await till.begin();
    expect(shop.lineOf(SKU)).toMatchObject({ quantity: 2, held: 2 });
    till.type(CONTACT);
    browser.loses = 3;
    expect(await till.place("EUR")).toEqual({});
    expect(till.problem).toBeNull();
    expect(till.order).toMatchObject({ state: "paying", total_minor: 2 * (offer?.prices["EUR"] ?? 0) });
    await till.pay("double");
    expect(till.order?.state).toBe("paid");
    await shop.loadOrders();
    expect(shop.orders).toHaveLength(1);
    const order = await shop.cancel(till.order?.id ?? "");
    expect(["refunding", "refunded"]).toContain(order.state);
    const fresh = page();
    await fresh.shop.offersOf("tarn-bottle");
    expect(fresh.shop.stock(SKU)).toBe(before);
  });

  it("a declined payment costs nothing, and a reload finds the order again", async () => {
    const first = page();
    await first.shop.add(SKU);
    await first.till.begin();
    first.till.type(CONTACT);
    await first.till.place("EUR");
    const second = page(first.browser, first.tab);
    await second.shop.refresh();
    await second.till.resume();
    expect(second.till.order?.id).toBe(first.till.order?.id);
    await second.till.pay("declined");
    expect(second.till).toMatchObject({ step: "done", isDeclined: true });
  });

  it("the cart goes to the headset by a code, once", async () => {
    const phone = page();
    await phone.shop.add(SKU, 2);
    await phone.shop.claimAll();
    const { code } = await phone.shop.code();
    const headset = page();
    await headset.shop.moveCart(`${code.slice(0, 4).toLowerCase()} - ${code.slice(4)}`);
    expect(headset.shop.lineOf(SKU)).toMatchObject({ quantity: 2, held: 2 });
    await phone.shop.refresh();
    expect(phone.shop.cart?.lines).toEqual([]);
    await expect(page().shop.moveCart(code)).rejects.toMatchObject({ code: "shop.code_over" });
    await headset.shop.remove(SKU);
  });

  it("what is sold out is said by the line, and nothing is ordered", async () => {
    const { shop, till } = page();
    await shop.want("BAG-MERE-CLA", 1);
    expect(await shop.claimAll()).toBe(false);
    expect(shop.troubles.get("default/BAG-MERE-CLA")).toMatchObject({ code: "shop.sold_out" });
    await till.begin();
    till.type(CONTACT);
    await till.place("EUR");
    expect(till.problem?.code).toBe("shop.sold_out");
    expect(till.order).toBeNull();
  });
});
