/**
 * The shop as one shopper has it: offers, cart, orders and wish-list. It knows neither the page nor the scene.
 *
 * Prices, stock and leases come from the server alone; what is kept here is what it said last. After every write the
 * server's own cart is shown, never a guess. "change" is dispatched whenever anything reads differently; "added"
 * (detail: CartLine) when something came into the cart, for whoever wants to celebrate it.
 */
import type { Cart, CartLine, Lease, Offer, Order, OrderRow, Place } from "./answers";
import { UNPAID, UNSETTLED } from "./answers";
import { Checkout } from "./checkout";
import { Desk, ShopError, type DeskOptions } from "./desk";
import { shelf, type Shelf } from "./keys";
import { currencyOf, type Prices } from "./money";
import { Wishes } from "./wishes";

/** As much of a session as the shop uses (`net/`): stock and cart events, and the wish to hear of stock. */
export interface LiveLine extends EventTarget {
  readonly state: string;
  act(action: { do: string; [field: string]: unknown }): Promise<void>;
}

export interface ShopOptions extends DeskOptions {
  readonly desk?: Desk;
  readonly kept?: Shelf;
}

export const placeOf = ({ tenant, sku }: Place): string => `${tenant}/${sku}`;

const NOTHING: Cart = { lines: [], totals_minor: {} };
const MOST_WATCHED = 64;
const MOST_AT_ONCE = "500";
/** As many of an order's lines as the server names in a list. */
const THINGS_TOLD = 5;
const WATCHABLE = /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}$/;
const SEEN = "showroom.prices";
const CURRENCY = "showroom.currency";
/** So few that somebody else may have it before one has typed one's address: they are held at once. */
const SCARCE = 3;

export class Shop extends EventTarget {
  readonly desk: Desk;
  readonly wishes: Wishes;
  readonly checkout: Checkout;

  cart: Cart | null = null;
  cartState: "unknown" | "loading" | "ready" | "failed" = "unknown";
  orders: readonly OrderRow[] | null = null;
  ordersState: "unknown" | "loading" | "ready" | "failed" = "unknown";
  /** The last thing that went wrong with a line of the cart, by place. */
  readonly troubles = new Map<string, ShopError>();
  /** Lines whose price differs from the one that was shown last: the old prices. */
  readonly repriced = new Map<string, Prices>();
  /** Places with a write under way. */
  readonly busy = new Set<string>();

  private readonly offersByPlace = new Map<string, Offer>();
  private readonly productsAsked = new Map<string, Promise<readonly Offer[]>>();
  private readonly ordersById = new Map<string, Order>();
  private readonly kept: Shelf;
  private readonly watched = new Set<string>();
  private line: LiveLine | null = null;
  private letGo = new AbortController();
  private readonly tabs: BroadcastChannel | null;
  private seen: Record<string, Prices>;
  private chosenCurrency: string;
  private cartAsked: Promise<Cart> | null = null;
  private cartTurn = 0;
  private adding: Promise<void> = Promise.resolve();
  /** The cart is known to have changed and is being asked for. */
  private stale: Promise<void> = Promise.resolve();

  constructor(options: ShopOptions = {}) {
    super();
    this.desk = options.desk ?? new Desk(options);
    this.kept = options.kept ?? shelf("localStorage");
    this.wishes = new Wishes(this.kept);
    this.checkout = new Checkout(this);
    this.chosenCurrency = this.kept.getItem(CURRENCY) ?? "";
    this.seen = this.readSeen();
    this.tabs = typeof BroadcastChannel === "function" ? new BroadcastChannel("showroom.shop") : null;
    this.tabs?.addEventListener("message", () => void this.refresh(), { signal: this.letGo.signal });
    const changed = (): void => this.changed();
    this.wishes.addEventListener("change", changed, { signal: this.letGo.signal });
    this.checkout.addEventListener("change", changed, { signal: this.letGo.signal });
    const { signal } = this.letGo;
    // Back from another app or an empty battery: what is shown may be hours old.
    globalThis.document?.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.cartState !== "unknown" && void this.refresh(), { signal });
    globalThis.addEventListener?.("online", () => this.cartState !== "unknown" && void this.refresh(), { signal });
  }

  dispose(): void {
    this.letGo.abort();
    this.tabs?.close();
    this.line = null;
  }

  // ── live

  /** Hear of stock and of one's cart through a room's session. The shop works without. */
  join(session: LiveLine): void {
    this.line = session;
    const { signal } = this.letGo;
    session.addEventListener("stock", (event) => this.heardStock((event as CustomEvent<{ left?: Record<string, number> }>).detail?.left ?? {}), { signal });
    session.addEventListener("cart", () => void this.refresh(), { signal });
    let was = session.state;
    session.addEventListener("change", () => {
      // A new seat has watched nothing yet, and what happened while the link was away was not told.
      if (session.state === "open" && was !== "open") {
        this.watch();
        if (this.cartState !== "unknown") void this.refresh();
      }
      was = session.state;
    }, { signal });
    if (session.state === "open") this.watch();
  }

  // ── offers

  offersOf(product: string): Promise<readonly Offer[]> {
    let asked = this.productsAsked.get(product);
    if (!asked) {
      const [tenant, name] = product.includes(".") ? [product.slice(0, product.indexOf(".")), product.slice(product.indexOf(".") + 1)] : ["default", product];
      asked = this.allOffers(new URLSearchParams({ tenant: tenant ?? "", product: name ?? "", limit: MOST_AT_ONCE })).then((offers) => {
        for (const one of offers) this.keepOffer(one);
        this.watch(offers.map(({ sku }) => sku));
        this.changed();
        return offers;
      });
      this.productsAsked.set(product, asked);
      asked.catch(() => this.productsAsked.delete(product));
    }
    return asked;
  }

  /** Page by page: a shoe in ten colours and fifteen sizes is more than one. */
  private async allOffers(query: URLSearchParams): Promise<readonly Offer[]> {
    const found: Offer[] = [];
    for (;;) {
      const { offers, next } = await this.desk.ask<{ offers: Offer[]; next?: string }>("GET", `/api/shop/offers?${query}`);
      found.push(...offers);
      if (!next || !offers.length) return found;
      query.set("after", next);
    }
  }

  /** What is known of a SKU; undefined until its product's offers were asked for. */
  offer(sku: string, tenant = "default"): Offer | undefined {
    return this.offersByPlace.get(placeOf({ tenant, sku }));
  }

  /** What is known of a product's offers right now, in the server's order. */
  known(product: string): readonly Offer[] {
    const [tenant, name] = product.includes(".") ? product.split(/\.(.*)/s) : ["default", product];
    return [...this.offersByPlace.values()].filter((one) => one.product === name && one.tenant === tenant);
  }

  /** How many can be had right now, or null if that is not known. */
  stock(sku: string, tenant = "default"): number | null {
    return this.offer(sku, tenant)?.available ?? null;
  }

  get currency(): string {
    const prices = this.cart?.lines.length ? this.cart.totals_minor : (this.offersByPlace.values().next().value?.prices ?? { EUR: 0 });
    return this.currencyOf(prices);
  }

  /** The currency to show these prices in. */
  currencyOf(prices: Prices): string {
    return currencyOf(prices, this.chosenCurrency);
  }

  chooseCurrency(code: string): void {
    this.chosenCurrency = code;
    this.kept.setItem(CURRENCY, code);
    this.changed();
  }

  // ── cart

  /** How many things are in the cart, all lines together. */
  get units(): number {
    return this.cart?.lines.reduce((sum, line) => sum + line.quantity, 0) ?? 0;
  }

  lineOf(sku: string, tenant = "default"): CartLine | undefined {
    return this.cart?.lines.find((line) => line.sku === sku && line.tenant === tenant);
  }

  /** The server's cart, asked for again. Failures are shown by `cartState`, not thrown. */
  async refresh(): Promise<void> {
    if (this.cartState !== "ready") this.cartState = "loading";
    this.changed();
    const turn = ++this.cartTurn;
    try {
      const asked = (this.cartAsked ??= this.askCart());
      void asked.finally(() => this.cartAsked === asked && (this.cartAsked = null)).catch(() => undefined);
      const cart = await asked;
      if (turn === this.cartTurn) this.showCart(cart);
    } catch {
      // An older cart on the page is better than none.
      if (!this.cart) this.cartState = "failed";
      this.changed();
    }
  }

  /**
   * Put so many more into the cart. The last few of something are held for the shopper at once.
   *
   * @throws ShopError
   */
  add(sku: string, quantity = 1, tenant = this.tenantOf(sku)): Promise<void> {
    // One after the other: "one more" is counted from what the one before came to.
    const done = this.adding.then(() => this.addNow(sku, quantity, tenant));
    this.adding = done.catch(() => undefined);
    return done;
  }

  private async addNow(sku: string, quantity: number, tenant: string): Promise<void> {
    await this.stale;
    if (this.cartState === "unknown" || !this.cart) await this.refresh();
    const had = this.lineOf(sku, tenant)?.quantity ?? 0;
    await this.want(sku, had + quantity, tenant);
    const line = this.lineOf(sku, tenant);
    const left = line?.available ?? this.stock(sku, tenant);
    if (line && left !== null && left <= SCARCE && left > 0) {
      // Not to hold it is no reason to have no line: the wish stays, and the cart says what is the matter.
      await this.claim(sku, tenant).catch((error: unknown) => this.trouble(line, error));
    }
    if (line) this.dispatchEvent(new CustomEvent("added", { detail: this.lineOf(sku, tenant) ?? line }));
  }

  /** Want so many in all; 0 takes it out. @throws ShopError */
  async want(sku: string, quantity: number, tenant = this.tenantOf(sku)): Promise<void> {
    const place = { tenant, sku };
    const path = `/api/shop/cart/${encodeURIComponent(tenant)}/${encodeURIComponent(sku)}`;
    await this.write(place, async () => {
      const held = this.lineOf(sku, tenant)?.held ?? 0;
      const slot = `line.${placeOf(place)}`;
      const cart = quantity > 0
        ? await this.desk.ask<Cart>("PUT", path, { slot, body: { quantity } })
        : await this.desk.ask<Cart>("DELETE", path, { slot });
      this.showCart(cart);
      // A line is at least what is held of it: to want less is to hold less too.
      if (quantity > 0 && held > quantity) await this.hold(place, quantity);
    });
  }

  remove(sku: string, tenant = this.tenantOf(sku)): Promise<void> {
    return this.want(sku, 0, tenant);
  }

  /** Hold what the cart has of this for a while. @throws ShopError sold out, over the limit */
  async claim(sku: string, tenant = this.tenantOf(sku)): Promise<void> {
    const line = this.lineOf(sku, tenant);
    if (!line || this.isHeld(line)) return;
    await this.write(line, () => this.hold(line, line.quantity));
  }

  /**
   * Hold everything in the cart. Lines that cannot be held have a trouble afterwards.
   *
   * @returns whether all of it is held
   */
  async claimAll(): Promise<boolean> {
    for (const line of [...(this.cart?.lines ?? [])]) {
      await this.claim(line.sku, line.tenant).catch((error: unknown) => this.trouble(line, error));
    }
    await this.refresh();
    return !this.cart?.lines.some((line) => !this.isHeld(line));
  }

  isHeld(line: CartLine): boolean {
    return line.held >= line.quantity && (line.held_until_ms ?? 0) > this.desk.now_ms();
  }

  /** When the first lease of the cart ends, on the server's clock; null if nothing is held. */
  get heldUntil_ms(): number | null {
    const ends = (this.cart?.lines ?? []).map((line) => line.held_until_ms).filter((end) => end !== null);
    return ends.length ? Math.min(...ends) : null;
  }

  /** The shopper has seen the new prices. */
  acceptPrices(): void {
    this.repriced.clear();
    for (const line of this.cart?.lines ?? []) this.seen[placeOf(line)] = line.prices;
    this.kept.setItem(SEEN, JSON.stringify(this.seen));
    this.changed();
  }

  /** Eight letters that bring this cart to another device. @throws ShopError */
  async code(): Promise<{ code: string; expires_ms: number }> {
    return this.desk.ask("POST", "/api/shop/cart/codes", { slot: "code" });
  }

  /** Bring another device's cart here. @throws ShopError `shop.code_over` */
  async moveCart(code: string): Promise<void> {
    const tidy = code.replace(/[\s-]/g, "").toUpperCase();
    const cart = await this.desk.ask<Cart>("POST", "/api/shop/cart/moves", { slot: "move", body: { code: tidy } });
    this.showCart(cart);
    this.tabs?.postMessage("cart");
  }

  // ── orders

  order(id: string): Order | undefined {
    return this.ordersById.get(id);
  }

  async loadOrders(): Promise<void> {
    if (!this.orders) this.ordersState = "loading";
    this.changed();
    try {
      const { orders } = (await this.desk.isKnown()) ? await this.desk.ask<{ orders: OrderRow[] }>("GET", "/api/shop/orders?limit=50") : { orders: [] };
      this.orders = orders;
      this.ordersState = "ready";
      // A row says less than an order: those that may have moved on are asked for again when they are opened.
      for (const row of orders) if (this.ordersById.get(row.id)?.updated_ms !== row.updated_ms) this.ordersById.delete(row.id);
    } catch {
      if (!this.orders) this.ordersState = "failed";
    }
    this.changed();
  }

  /** One order, asked for again. @throws ShopError */
  async loadOrder(id: string): Promise<Order> {
    return this.keepOrder(await this.desk.ask<Order>("GET", `/api/shop/orders/${encodeURIComponent(id)}`));
  }

  /** @throws ShopError `shop.wrong_state` if it is on its way already */
  async cancel(id: string, why = ""): Promise<Order> {
    const order = await this.desk.ask<Order>("POST", `/api/shop/orders/${encodeURIComponent(id)}/cancel`, { slot: `cancel.${id}`, body: { why } });
    void this.refresh();
    return this.keepOrder(order);
  }

  keepOrder(order: Order): Order {
    this.ordersById.set(order.id, order);
    const units = order.lines.reduce((sum, line) => sum + line.quantity, 0);
    const { id, tenant, state, currency, total_minor, created_ms, updated_ms } = order;
    const things = order.lines.slice(0, THINGS_TOLD).map(({ title }) => title);
    const row = { id, tenant, state, currency, total_minor, units, things, created_ms, updated_ms };
    const others = (this.orders ?? []).filter((one) => one.id !== id);
    if (this.orders) this.orders = [row, ...others].sort((a, b) => b.created_ms - a.created_ms);
    this.changed();
    return order;
  }

  /** Whether any order may change by itself soon. */
  get hasUnsettled(): boolean {
    return (this.orders ?? []).some((row) => UNSETTLED.has(row.state) && (!UNPAID.has(row.state) || this.desk.now_ms() - row.created_ms < 3_600_000));
  }

  /** Used by the checkout, whose order empties the cart. */
  cartChangedElsewhere(): void {
    this.tabs?.postMessage("cart");
    this.cartAsked = null; // one that is under way may be from before
    this.stale = this.refresh();
  }

  // ── inside

  private async write(place: Place, work: () => Promise<void>): Promise<void> {
    const name = placeOf(place);
    this.busy.add(name);
    this.troubles.delete(name);
    this.changed();
    try {
      await work();
      this.tabs?.postMessage("cart");
    } catch (error) {
      this.trouble(place, error);
      throw error;
    } finally {
      this.busy.delete(name);
      this.changed();
    }
  }

  private async askCart(): Promise<Cart> {
    return (await this.desk.isKnown()) ? this.desk.ask<Cart>("GET", "/api/shop/cart") : NOTHING;
  }

  private async hold(place: Place, quantity: number): Promise<void> {
    const { tenant, sku } = place;
    await this.desk.ask<Lease>("POST", "/api/shop/claims", { slot: `claim.${placeOf(place)}`, body: { tenant, sku, quantity } });
    this.showCart(await this.desk.ask<Cart>("GET", "/api/shop/cart"));
  }

  private trouble(place: Place, error: unknown): void {
    this.troubles.set(placeOf(place), error instanceof ShopError ? error : new ShopError("shop.failed", String(error)));
    this.changed();
  }

  private showCart(cart: Cart): void {
    this.cartTurn++;
    this.cart = cart;
    this.cartState = "ready";
    const places = new Set(cart.lines.map(placeOf));
    for (const line of cart.lines) {
      const name = placeOf(line);
      const before = this.seen[name];
      const isSame = !before || Object.entries(line.prices).every(([code, minor]) => before[code] === undefined || before[code] === minor);
      if (before && !isSame) {
        if (!this.repriced.has(name)) this.repriced.set(name, before);
      } else {
        this.repriced.delete(name);
        if (Object.keys(line.prices).length) this.seen[name] = line.prices;
      }
      const known = this.offersByPlace.get(name);
      if (known) this.offersByPlace.set(name, { ...known, available: line.available });
    }
    for (const name of Object.keys(this.seen)) if (!places.has(name)) delete this.seen[name];
    for (const name of [...this.repriced.keys(), ...this.troubles.keys()]) {
      if (places.has(name)) continue;
      this.repriced.delete(name);
      this.troubles.delete(name);
    }
    this.kept.setItem(SEEN, JSON.stringify(this.seen));
    this.watch(cart.lines.map(({ sku }) => sku));
    this.changed();
  }

  private keepOffer(offer: Offer): void {
    this.offersByPlace.set(placeOf(offer), offer);
  }

  private tenantOf(sku: string): string {
    for (const offer of this.offersByPlace.values()) if (offer.sku === sku) return offer.tenant;
    return this.cart?.lines.find((line) => line.sku === sku)?.tenant ?? "default";
  }

  private heardStock(left: Readonly<Record<string, number>>): void {
    for (const [name, offer] of this.offersByPlace) {
      const now = left[offer.sku];
      if (now !== undefined && Number.isFinite(now)) this.offersByPlace.set(name, { ...offer, available: now });
    }
    if (this.cart) {
      const lines = this.cart.lines.map((line) => (left[line.sku] === undefined ? line : { ...line, available: left[line.sku] ?? line.available }));
      this.cart = { ...this.cart, lines };
    }
    this.changed();
  }

  /** Ask to hear of these SKUs too; those asked for last stay, as many as a session may watch. */
  private watch(skus: readonly string[] = []): void {
    let isNew = !skus.length;
    for (const sku of skus) {
      if (!WATCHABLE.test(sku)) continue;
      isNew ||= !this.watched.has(sku);
      this.watched.delete(sku);
      this.watched.add(sku);
    }
    if (!isNew || this.line?.state !== "open" || !this.watched.size) return;
    const inCart = (this.cart?.lines ?? []).map(({ sku }) => sku).filter((sku) => WATCHABLE.test(sku));
    const wanted = [...new Set([...inCart, ...[...this.watched].reverse()])].slice(0, MOST_WATCHED);
    // Without it stock is as old as the last answer: nothing to tell the shopper.
    this.line.act({ do: "shop", watch: wanted }).catch(() => undefined);
  }

  private readSeen(): Record<string, Prices> {
    try {
      return (JSON.parse(this.kept.getItem(SEEN) ?? "{}") as Record<string, Prices> | null) ?? {};
    } catch {
      return {};
    }
  }

  private changed(): void {
    this.dispatchEvent(new Event("change"));
  }
}
