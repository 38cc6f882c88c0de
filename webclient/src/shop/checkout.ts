/**
 * From the cart to the paid order, as a course that a reload does not break.
 *
 * Steps: `details` (address, while everything in the cart is held) → `pay` (the order stands and waits for its payment)
 * → `confirming` (paid, the shop has not heard of it yet) → `done`. What was typed stays in this tab's storage until the
 * order stands; it never reaches anybody but the shop.
 *
 * The order itself is asked for under a key that stays until it is answered: after a lost link the very same request is
 * sent again, which gives the same order. The server empties the cart with the order, so not even a lost key buys twice.
 */
import { type Cart, type CartLine, type Contact, type Order, type Rehearsal, UNPAID } from "./answers";
import { ShopError, type Desk } from "./desk";
import { Keys, shelf, type Shelf } from "./keys";

export type Field = keyof Contact;
export type Fault = "missing" | "email" | "postcode" | "country" | "long" | "strange";
export type Step = "closed" | "details" | "pay" | "confirming" | "done";

export const NOBODY: Contact = { name: "", email: "", street: "", postcode: "", city: "", country: "", note: "" };
/** In the order of the form. */
export const FIELDS: readonly Field[] = ["name", "email", "street", "postcode", "city", "country", "note"];
const NEEDED: ReadonlySet<Field> = new Set(["name", "email", "street", "city", "country"]);
const STRANGE = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/;
const DRAFT = "showroom.checkout";
const CONFIRM_PAUSES_MS: readonly number[] = [300, 700, 1500, 2500, 4000, 6000, 8000, 10_000];
/** When the test provider is told to be late, this is how late it is. */
const LATE_MS = 6000;

/** What is wrong with what was typed, by field. The server has the last word; this saves the way there. */
export function faults(contact: Contact): Partial<Record<Field, Fault>> {
  const found: Partial<Record<Field, Fault>> = {};
  for (const field of FIELDS) {
    const text = contact[field].trim();
    if (NEEDED.has(field) && !text) found[field] = "missing";
    else if (text.length > (field === "postcode" ? 20 : 200)) found[field] = "long";
    else if (STRANGE.test(text)) found[field] = "strange";
  }
  const { email, postcode, country } = contact;
  if (!found.email && !/^[^@\s]+@[^@\s]+\.[^@\s.]+$/.test(email.trim())) found.email = "email";
  if (!found.postcode && !/^[\p{L}\p{N}_ -]*$/u.test(postcode.trim())) found.postcode = "postcode";
  if (!found.country && !/^[A-Za-z]{2}$/.test(country.trim())) found.country = "country";
  return found;
}

const tidy = (contact: Contact): Contact =>
  Object.fromEntries(FIELDS.map((field) => [field, field === "country" ? contact[field].trim().toUpperCase() : contact[field].trim()])) as unknown as Contact;

interface Draft {
  readonly step: Step;
  readonly tenant: string;
  readonly contact: Contact;
  readonly order: string;
}

/** The shop, as far as a checkout knows it: the cart that is bought, and who is told of the order. */
export interface Counter {
  readonly desk: Desk;
  readonly cart: Cart | null;
  /** Hold everything in the cart. */
  claimAll(): Promise<boolean>;
  want(sku: string, quantity: number, tenant: string): Promise<void>;
  refresh(): Promise<void>;
  loadOrder(id: string): Promise<Order>;
  keepOrder(order: Order): Order;
  /** The order has emptied it. */
  cartChangedElsewhere(): void;
}

export class Checkout extends EventTarget {
  step: Step = "closed";
  contact: Contact = NOBODY;
  order: Order | null = null;
  /** Which merchant's part of the cart is being bought: an order has one merchant. */
  tenant = "";
  isBusy = false;
  problem: ShopError | null = null;
  /** The payment answered "declined". */
  isDeclined = false;

  private readonly keys: Keys;
  private run = 0;
  /** Kept over a reload, before the order itself has been asked for. */
  private orderId = "";

  constructor(
    private readonly shop: Counter,
    private readonly kept: Shelf = shelf("sessionStorage"),
    private readonly pause: (ms: number) => Promise<void> = (ms) => new Promise((done) => setTimeout(done, ms)),
  ) {
    super();
    this.keys = new Keys(kept);
    this.read();
  }

  /** The merchants whose things are in the cart, in the cart's order. */
  get tenants(): readonly string[] {
    return [...new Set((this.shop.cart?.lines ?? []).map(({ tenant }) => tenant))];
  }

  /** The lines that this checkout buys. */
  get lines(): readonly CartLine[] {
    return (this.shop.cart?.lines ?? []).filter((line) => line.tenant === this.tenant);
  }

  /** Currencies in which all of it has a price, with the sums. */
  get totals(): Readonly<Record<string, number>> {
    const lines = this.lines;
    const shared = Object.keys(lines[0]?.prices ?? {}).filter((code) => lines.every((line) => code in line.prices));
    return Object.fromEntries(shared.map((code) => [code, lines.reduce((sum, line) => sum + line.quantity * (line.prices[code] ?? 0), 0)]));
  }

  /** Open the till: everything in the cart is held while the shopper types. */
  async begin(tenant = this.tenants[0] ?? ""): Promise<void> {
    this.set({ step: "details", tenant, order: null, problem: null, isDeclined: false });
    await this.busily(async () => void (await this.shop.claimAll()));
  }

  /** After a reload: the order that was being paid, or the one whose answer was lost. */
  async resume(): Promise<void> {
    const { orderId } = this;
    if (orderId && !this.order) {
      await this.busily(async () => {
        const found = await this.shop.loadOrder(orderId);
        this.set({ order: found, step: UNPAID.has(found.state) ? (this.step === "confirming" ? "confirming" : "pay") : "done" });
        if (this.step === "confirming") void this.confirm();
      });
    } else if (this.step === "details" && this.keys.waiting("order")) {
      await this.busily(() => this.repeat());
    }
  }

  type(contact: Partial<Contact>): void {
    this.contact = { ...this.contact, ...contact };
    this.write();
  }

  /**
   * Order what is shown, for the sum that is shown.
   *
   * @returns the fields to correct; empty: the order stands, or `problem` says why not
   */
  async place(currency: string): Promise<Partial<Record<Field, Fault>>> {
    const wrong = faults(this.contact);
    if (Object.keys(wrong).length || this.isBusy) return wrong;
    await this.busily(async () => {
      if (this.keys.waiting("order")) {
        // An earlier one was never answered. It may stand: the same again says so.
        await this.repeat();
        if (this.order) return;
      }
      const body = JSON.stringify({ tenant: this.tenant, currency, contact: tidy(this.contact), expected_total_minor: this.totals[currency] ?? 0 });
      await this.send(body);
    });
    return {};
  }

  /** Pay with the test provider, which moves no money, and answers as it is told to. */
  async pay(answer: Rehearsal = "paid"): Promise<void> {
    const order = this.order;
    if (!order || this.isBusy) return;
    await this.busily(async () => {
      this.isDeclined = false;
      try {
        const { later = [] } = await this.shop.desk.ask<{ verdicts: string[]; later?: { body: string; signature: string }[] }>(
          "POST", `/api/shop/test-payments/${encodeURIComponent(order.payment.intent)}`, { body: { answer } });
        for (const late of later) setTimeout(() => void this.sendLate(late), LATE_MS);
      } catch (error) {
        // `wrong_state`: it was paid already, by an answer that got lost. The order knows.
        if (!(error instanceof ShopError) || !(error.isLost || error.code === "shop.wrong_state")) throw error;
      }
    });
    if (!this.problem) {
      this.set({ step: "confirming" });
      await this.confirm();
    }
  }

  /** Ask the order until it has heard of its payment; after half a minute the shopper may go on, it will. */
  async confirm(): Promise<void> {
    const run = ++this.run;
    for (const wait_ms of CONFIRM_PAUSES_MS) {
      if (run !== this.run || !this.order) return;
      try {
        const order = await this.shop.loadOrder(this.order.id);
        if (run !== this.run) return;
        this.set({ order });
        if (!UNPAID.has(order.state)) {
          this.set({ step: "done", isDeclined: order.state === "failed" });
          this.shop.cartChangedElsewhere();
          return;
        }
      } catch {
        // no answer: the next try is near
      }
      await this.pause(wait_ms);
    }
    this.dispatchEvent(new Event("change"));
  }

  /** Go on with an order that waits for its payment. */
  take(order: Order): void {
    this.run++;
    this.set({ order, tenant: order.tenant, step: "pay", problem: null, isDeclined: false });
  }

  /** Put the things of a failed or cancelled order back into the cart. */
  async again(): Promise<void> {
    const order = this.order;
    if (!order) return;
    await this.busily(async () => {
      for (const line of order.lines) await this.shop.want(line.sku, line.quantity, order.tenant).catch(() => undefined);
    });
    this.close();
  }

  close(): void {
    this.run++;
    this.set({ step: "closed", order: null, problem: null, isDeclined: false });
  }

  private async send(body: string): Promise<void> {
    try {
      const order = await this.shop.desk.ask<Order>("POST", "/api/shop/orders", { slot: "order", keys: this.keys, body: JSON.parse(body) });
      this.stands(order);
    } catch (error) {
      if (error instanceof ShopError && !error.isLost) {
        // What changed in between is in the cart now, line by line.
        await this.shop.refresh();
        if (error.code === "shop.sold_out") await this.shop.claimAll();
      }
      throw error;
    }
  }

  /** Send the unanswered order again as it was. A refusal means that it does not stand. */
  private async repeat(): Promise<void> {
    const print = this.keys.waiting("order")?.print ?? "";
    try {
      const body = JSON.parse(print.slice(print.indexOf("{"))) as unknown;
      this.stands(await this.shop.desk.ask<Order>("POST", "/api/shop/orders", { slot: "order", keys: this.keys, body }));
    } catch (error) {
      if (error instanceof ShopError && error.isLost) throw error;
    }
  }

  private stands(order: Order): void {
    this.shop.keepOrder(order);
    this.set({ order, step: "pay", problem: null });
    this.shop.cartChangedElsewhere();
  }

  private async sendLate(late: { body: string; signature: string }): Promise<void> {
    try {
      await fetch(`${this.shop.desk.server}/api/shop/webhooks/test`, { method: "POST", headers: { "Content-Type": "application/json", "Showroom-Signature": late.signature }, body: late.body });
      await this.confirm();
    } catch {
      // the shop asks the provider when the order's time is over
    }
  }

  private async busily(work: () => Promise<void>): Promise<void> {
    this.isBusy = true;
    this.problem = null;
    this.dispatchEvent(new Event("change"));
    try {
      await work();
    } catch (error) {
      this.problem = error instanceof ShopError ? error : new ShopError("shop.failed", String(error));
    } finally {
      this.isBusy = false;
      this.dispatchEvent(new Event("change"));
    }
  }

  private set(now: Partial<Pick<Checkout, "step" | "tenant" | "order" | "problem" | "isDeclined">>): void {
    Object.assign(this, now);
    if ("order" in now) this.orderId = now.order?.id ?? "";
    this.write();
    this.dispatchEvent(new Event("change"));
  }

  private draft(): Draft {
    try {
      const found = JSON.parse(this.kept.getItem(DRAFT) ?? "{}") as Partial<Draft>;
      return { step: found.step ?? "closed", tenant: found.tenant ?? "", contact: { ...NOBODY, ...found.contact }, order: found.order ?? "" };
    } catch {
      return { step: "closed", tenant: "", contact: NOBODY, order: "" };
    }
  }

  private read(): void {
    const draft = this.draft();
    this.contact = draft.contact;
    this.tenant = draft.tenant;
    this.step = draft.step;
    this.orderId = draft.order;
  }

  private write(): void {
    const { step, tenant, contact } = this;
    this.kept.setItem(DRAFT, JSON.stringify({ step, tenant, contact, order: this.orderId } satisfies Draft));
  }
}
