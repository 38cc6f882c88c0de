/** A shop in memory that keeps the server's promises: a key is done once, a price is the server's, the last unit goes once. */
import type { Cart, CartLine, Contact, Offer, Order } from "../../src/shop";
import { NOBODY } from "../../src/shop/checkout";
import type { Shelf } from "../../src/shop/keys";

interface Kept {
  readonly print: string;
  readonly status: number;
  readonly body: string;
}

interface Asked {
  readonly quantity?: number;
  readonly sku?: string;
  readonly expected_total_minor?: number;
  readonly contact?: Contact;
  readonly answer?: string;
}

export class ScriptedShop {
  readonly offers = new Map<string, { price: number; stock: number; title: string; limit: number | null; variant: string; size: string }>();
  readonly lines = new Map<string, number>();
  readonly held = new Map<string, { id: string; quantity: number; until_ms: number }>();
  readonly orders: Order[] = [];
  readonly asked: { method: string; path: string; key: string; body: string }[] = [];
  /** How many of the next requests are carried out and their answers lost; `before` loses them on the way there. */
  loses = { after: 0, before: 0 };
  guests = 0;
  isKnown = true;
  now_ms = 1_700_000_000_000;
  private readonly answers = new Map<string, Kept>();
  private next = 1;

  offer(sku: string, price: number, stock: number, limit: number | null = null, { variant = "", size = "", title = sku } = {}): void {
    this.offers.set(sku, { price, stock, title, limit, variant, size });
  }

  readonly fetch = async (input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> => {
    const path = String(input);
    const method = init.method ?? "GET";
    const key = new Headers(init.headers).get("Idempotency-Key") ?? "";
    const body = String(init.body ?? "");
    this.asked.push({ method, path, key, body });
    const isWrite = method !== "GET" && !path.startsWith("/api/guests");
    if (isWrite && this.loses.before > 0) {
      this.loses.before--;
      throw new TypeError("Failed to fetch");
    }
    const { status, text } = this.once(method, path, key, body);
    if (isWrite && this.loses.after > 0) {
      this.loses.after--;
      throw new TypeError("Failed to fetch");
    }
    return new Response(text, { status, headers: { Date: new Date(this.now_ms).toUTCString() } });
  };

  private once(method: string, path: string, key: string, body: string): { status: number; text: string } {
    const print = `${method} ${path} ${body}`;
    const kept = key ? this.answers.get(key) : undefined;
    if (kept) return kept.print === print ? { status: kept.status, text: kept.body } : error(409, "shop.key_reused");
    const answer = this.answer(method, path, body);
    // As the server: what failed has changed nothing and is not kept.
    if (key && answer.status < 300) this.answers.set(key, { print, status: answer.status, body: answer.text });
    return answer;
  }

  private answer(method: string, path: string, body: string): { status: number; text: string } {
    const asked = (body ? JSON.parse(body) : {}) as Asked;
    if (path === "/api/me") return ok({ id: this.isKnown ? "g_1" : "" });
    if (path === "/api/guests") {
      this.guests++;
      this.isKnown = true;
      return ok({ id: "g_1" });
    }
    if (path.startsWith("/api/shop/offers")) return ok({ offers: [...this.offers.keys()].map((sku) => this.offerOf(sku)), next: "" });
    if (!this.isKnown) return error(401, "not_known");
    if (path === "/api/shop/cart") return ok(this.cart());
    const line = /^\/api\/shop\/cart\/default\/(.+)$/.exec(path);
    if (line) {
      const sku = decodeURIComponent(line[1] ?? "");
      if (method === "DELETE") {
        this.lines.delete(sku);
        this.release(sku);
      } else this.lines.set(sku, asked.quantity ?? 0);
      return ok(this.cart());
    }
    if (path === "/api/shop/claims") return this.claim(asked.sku ?? "", asked.quantity ?? 0);
    if (path === "/api/shop/orders" && method === "POST") return this.place(asked);
    if (path.startsWith("/api/shop/orders")) {
      const found = this.orders.find(({ id }) => path.endsWith(`/${id}`));
      return found ? ok(found) : ok({ orders: this.orders.map((one) => ({ ...one, units: 1 })), next: "" });
    }
    if (path.startsWith("/api/shop/test-payments/")) {
      const order = this.orders.find(({ payment }) => path.endsWith(payment.intent));
      if (order) Object.assign(order, { state: asked.answer === "declined" ? "failed" : asked.answer === "missing" ? "paying" : "paid" });
      return ok({ verdicts: [] });
    }
    return error(404, "missing");
  }

  private claim(sku: string, quantity: number): { status: number; text: string } {
    const offer = this.offers.get(sku);
    const mine = this.held.get(sku);
    if (!offer || offer.stock + (mine?.quantity ?? 0) < quantity) return error(409, "shop.sold_out", { available: offer?.stock ?? 0 });
    offer.stock += (mine?.quantity ?? 0) - quantity;
    const lease = mine ?? { id: `l_${this.next++}`, quantity, until_ms: this.now_ms + 600_000 };
    this.held.set(sku, { ...lease, quantity });
    return ok({ id: lease.id, tenant: "default", sku, quantity, deadline_ms: lease.until_ms });
  }

  private place(asked: Asked): { status: number; text: string } {
    const cart = this.cart();
    if (!cart.lines.length) return error(409, "shop.cart_empty");
    const total = cart.totals_minor["EUR"] ?? 0;
    if (asked.expected_total_minor !== total) return error(409, "shop.price_changed");
    for (const { sku, quantity, held } of cart.lines) if ((this.offers.get(sku)?.stock ?? 0) + held < quantity) return error(409, "shop.sold_out", { available: (this.offers.get(sku)?.stock ?? 0) + held });
    for (const { sku, quantity, held } of cart.lines) {
      const offer = this.offers.get(sku);
      if (offer) offer.stock -= quantity - held;
    }
    const id = `o_${this.next++}`;
    const order: Order = {
      id, tenant: "default", state: "paying", currency: "EUR", total_minor: total, created_ms: this.now_ms, updated_ms: this.now_ms, tax_notes: [], history: [], pay_before_ms: this.now_ms + 1_800_000,
      lines: cart.lines.map(({ sku, quantity, prices, variant, size, title }) => ({ sku, product: "p", variant, size, title, quantity, price_minor: prices["EUR"] ?? 0 })), contact: asked.contact ?? NOBODY, payment: { provider: "test", intent: `i_${id}`, page: "" },
    };
    this.orders.push(order);
    this.lines.clear();
    this.held.clear();
    return ok(order);
  }

  private release(sku: string): void {
    const offer = this.offers.get(sku);
    if (offer) offer.stock += this.held.get(sku)?.quantity ?? 0;
    this.held.delete(sku);
  }

  private offerOf(sku: string): Offer {
    const { price, stock, title, limit, variant, size } = this.offers.get(sku) ?? { price: 0, stock: 0, title: sku, limit: null, variant: "", size: "" };
    return { tenant: "default", sku, product: "p", variant, size, title, prices: { EUR: price }, tax_note: "", limit_each: limit, is_on_sale: true, available: stock };
  }

  cart(): Cart {
    const lines = [...new Set([...this.lines.keys(), ...this.held.keys()])].map((sku): CartLine => {
      const { price, stock, title, variant, size } = this.offers.get(sku) ?? { price: 0, stock: 0, title: sku, variant: "", size: "" };
      const held = this.held.get(sku);
      return { tenant: "default", sku, quantity: Math.max(this.lines.get(sku) ?? 0, held?.quantity ?? 0), title, product: "p", variant, size, prices: { EUR: price }, available: stock, held: held?.quantity ?? 0, held_until_ms: held?.until_ms ?? null, claim: held?.id ?? null };
    });
    return { lines, totals_minor: lines.length ? { EUR: lines.reduce((sum, line) => sum + line.quantity * (line.prices["EUR"] ?? 0), 0) } : {} };
  }
}

const ok = (found: unknown): { status: number; text: string } => ({ status: 200, text: JSON.stringify(found) });
const error = (status: number, code: string, fields: object = {}): { status: number; text: string } => ({ status, text: JSON.stringify({ error: { code, message: code, fields } }) });

/** A device's storage, which a reload leaves as it is. */
export class Memory implements Shelf {
  private readonly kept = new Map<string, string>();
  getItem = (name: string): string | null => this.kept.get(name) ?? null;
  setItem = (name: string, value: string): void => void this.kept.set(name, value);
  removeItem = (name: string): void => void this.kept.delete(name);
}
