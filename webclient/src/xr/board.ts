/**
 * The panels one reads and presses: the menu, the card of the product in one's hand, the till; what they show and what
 * a press on them does. It follows the shop, the room and the hands by their events.
 *
 * What it is not: where panels hang or how rays meet them (`headset.ts`, `ui/`).
 */
import type { Variant } from "../api";
import type { Fault, Field } from "../shop/checkout";
import type { Person } from "../net/person";
import { money } from "../shop/money";
import { ShopError } from "../shop/desk";
import { t as ofSizes } from "../shop/size-words";
import { chosen, sizesNow, sizesOf, skuOf } from "../shop/sizes";
import { complaint } from "../shop/words";
import type { Stand } from "../world/stand";
import type { FloorPlan } from "../world/map";
import type { Carry } from "./carry";
import type { HeadsetSettings } from "./settings";
import type { RoomLine, ShopDesk } from "./seams";
import type { Panel } from "./ui/panel";
import { text, type Box } from "./ui/box";
import { card } from "./views/card";
import { cart } from "./views/cart";
import { chart } from "./views/chart";
import { choices } from "./views/choices";
import { CONTENT, menu, MENU_HEIGHT, type Tab } from "./views/menu";
import { near } from "./views/near";
import { others } from "./views/others";
import { ASKED, till } from "./views/till";
import { Pictures } from "./pictures";
import { t } from "./words";

/** From here on one may hand something over. */
const HAND_OVER_M = 1.7;
const NEAR_M = 9;
const MOST_NEAR = 14;

const sorry = (error: unknown): string => (error instanceof ShopError ? complaint(error) : t("cart_failed"));

export interface BoardOptions {
  readonly menu: Panel;
  readonly card: Panel;
  readonly carry: Carry;
  readonly stands: () => readonly Stand[];
  readonly plan: () => FloorPlan;
  readonly shop: ShopDesk | null;
  readonly line: () => RoomLine | null;
  readonly settings: HeadsetSettings;
  readonly place: () => { readonly x: number; readonly z: number; readonly yaw: number };
  readonly acts: {
    bring(stand: Stand): void;
    putBack(): void;
    wear(stand: Stand, variant: Variant): void;
    goTo(x: number, z: number, face: { x: number; z: number } | null): void;
    goToStand(stand: Stand): void;
    wave(person: Person): void;
    handOver(stand: Stand, person: Person): void;
    share(stand: Stand, variant: Variant | null, isOn: boolean): void;
    change(part: Partial<HeadsetSettings>): void;
    leave(): void;
    toast(words: string): void;
    chime(): void;
    opened(panel: Panel): void;
  };
}

export class Board {
  tab: Tab = "near";
  variant: Variant | null = null;
  readonly #o: BoardOptions;
  readonly #pictures = new Pictures(() => this.#redraw());
  readonly #ended = new AbortController();
  #isTill = false;
  #isAdding = false;
  #isSharing = false;
  #code = "";
  #faults: Partial<Record<Field, Fault>> = {};
  #field: Field | null = null;
  #isCapital = true;
  #isSigns = false;
  #isStale = false;
  #since_s = 0;

  constructor(options: BoardOptions) {
    this.#o = options;
    const { signal } = this.#ended;
    const stale = (): void => void (this.#isStale = true);
    const { shop, carry } = options;
    shop?.addEventListener("change", stale, { signal });
    shop?.checkout.addEventListener("change", () => this.#till(), { signal });
    carry.addEventListener("taken", () => this.#taken(), { signal });
    carry.addEventListener("changed", stale, { signal });
    carry.addEventListener("home", () => options.card.close(), { signal });
    document.addEventListener("language", stale, { signal });
  }

  /** Once a frame; lists are renewed once a second while they are open. */
  update(dt: number): void {
    this.#since_s += dt;
    const { menu: panel } = this.#o;
    const isLive = panel.isOpen && !this.#isTill && this.tab !== "settings";
    if (!this.#isStale && !(isLive && this.#since_s > 1)) return;
    this.#since_s = 0;
    this.#isStale = false;
    this.#showAll();
  }

  openMenu(tab: Tab = this.tab): void {
    this.tab = tab;
    this.#o.menu.rewind();
    this.#o.card.close();
    if (tab === "cart") void this.#o.shop?.refresh();
    this.#showMenu();
    this.#o.acts.opened(this.#o.menu);
  }

  closeMenu(): void {
    this.#o.menu.close();
    if (this.#o.carry.stand) this.#showCard();
  }

  /** One step back: from the till to the cart, from the menu to the room. */
  back(): void {
    if (this.#isTill && this.#field) this.#edit(null);
    else if (this.#isTill) this.#leaveTill();
    else this.closeMenu();
  }

  #showAll(): void {
    if (this.#o.menu.isOpen) this.#showMenu();
    if (this.#o.card.isOpen) this.#showCard();
  }

  #redraw(): void {
    this.#o.menu.redraw();
    this.#o.card.redraw();
  }

  // ── the card

  #taken(): void {
    const { stand } = this.#o.carry;
    if (!stand) return;
    const wanted = stand.slot.variant;
    this.variant = stand.row.variants.find(({ name }) => name === wanted) ?? stand.row.variants[0] ?? null;
    this.#isSharing = false;
    this.#o.menu.close();
    this.#showCard();
    this.#o.acts.opened(this.#o.card);
    void this.#o.shop?.offersOf(stand.row.id).then(() => (this.#isStale = true), () => undefined);
  }

  #showCard(): void {
    const { carry, shop, line } = this.#o;
    const { stand } = carry;
    if (!stand) return;
    const { row: product } = stand;
    const known = shop?.known(product.id) ?? [];
    const size = chosen.of(product.id);
    const sku = skuOf(product, this.variant ?? undefined, size);
    // Before a size is chosen the price is the colour's; there is nothing to say of its stock.
    const offer = known.find((one) => one.sku === (sku ?? "")) ?? (product.variants.length ? null : (known[0] ?? null));
    const friend = this.#friend();
    this.#o.card.show(card({
      row: product, variant: this.variant, offer, size,
      sizes: sizesNow(product, this.variant ?? undefined, (one) => (known.length ? (known.find((found) => found.sku === one) ?? null) : undefined)), currency: shop?.currencyOf(offer?.prices ?? product.price_minor ?? {}) ?? "EUR", isBusy: this.#isAdding,
      isWished: shop?.wishes.has(product.id, this.variant?.sku ?? "") ?? false, isMagnifying: carry.isMagnifying, isSharing: this.#isSharing, friend: friend?.card?.name ?? null,
      isOnline: line()?.state === "open",
    }, {
      choose: (variant) => {
        this.variant = variant;
        this.#o.acts.wear(stand, variant);
        this.#showCard();
      },
      size: (label) => {
        chosen.choose(product.id, label);
        this.#showCard();
      },
      add: () => void this.#add(stand),
      wish: () => {
        if (!shop) return;
        const isWished = shop.wishes.toggle(product.id, this.variant?.sku ?? "");
        this.#o.acts.toast(t(isWished ? "wished" : "unwished"));
        this.#isStale = true;
      },
      putBack: () => this.#o.acts.putBack(),
      magnify: () => carry.magnify(!carry.isMagnifying),
      share: () => {
        this.#isSharing = !this.#isSharing;
        this.#o.acts.share(stand, this.variant, this.#isSharing);
        this.#showCard();
      },
      handOver: () => {
        if (friend) this.#o.acts.handOver(stand, friend);
      },
    }));
  }

  async #add(stand: Stand): Promise<void> {
    const { shop } = this.#o;
    if (!shop || this.#isAdding) return;
    if (sizesOf(stand.row).length && !chosen.of(stand.row.id)) return this.#o.acts.toast(ofSizes("please"));
    const sku = skuOf(stand.row, this.variant ?? undefined, chosen.of(stand.row.id)) ?? (sizesOf(stand.row).length ? null : shop.known(stand.row.id)[0]?.sku);
    if (!sku) return this.#o.acts.toast(t("not_sold"));
    this.#isAdding = true;
    this.#showCard();
    try {
      await shop.add(sku, 1);
      this.#o.acts.toast(t("added", { name: stand.row.name }));
      this.#o.acts.chime();
    } catch (error) {
      this.#o.acts.toast(sorry(error));
    } finally {
      this.#isAdding = false;
      this.#isStale = true;
    }
  }

  /** The nearest person who is near enough to take something. */
  #friend(): Person | null {
    const { x, z } = this.#o.place();
    let best: Person | null = null;
    let nearest = HAND_OVER_M;
    for (const person of this.#o.line()?.crowd.people.values() ?? []) {
      const away = Math.hypot(person.x - x, person.z - z);
      if (!person.card || away >= nearest) continue;
      nearest = away;
      best = person;
    }
    return best;
  }

  // ── the menu

  #showMenu(): void {
    const { menu: panel, shop, acts } = this.#o;
    panel.show(menu(this.tab, shop?.units ?? 0, this.#isTill ? this.#tillView() : this.#tabView(), {
      open: (tab) => {
        this.#isTill = false;
        this.#field = null;
        this.openMenu(tab);
      },
      leave: () => acts.leave(), close: () => this.closeMenu(),
    }, this.#isTill ? (this.#field && this.#o.shop?.checkout.step === "details" ? "bare" : "plain") : "full"));
  }

  #tabView(): Box {
    const { shop, acts, settings, stands } = this.#o;
    switch (this.tab) {
      case "near": {
        const { x, z } = this.#o.place();
        const lines = stands().map((stand) => ({ stand, key: stand.slot.id, row: stand.row, distance_m: Math.hypot(stand.slot.position[0] - x, stand.slot.position[2] - z) }))
          .filter(({ distance_m }) => distance_m < NEAR_M).sort((a, b) => a.distance_m - b.distance_m).slice(0, MOST_NEAR)
          .map(({ key, row, distance_m }) => ({ key, row, distance_m, picture: this.#pictures.of(row.poster) }));
        return near(lines, (prices) => shop?.currencyOf(prices) ?? Object.keys(prices)[0] ?? "", (key) => {
          const stand = stands().find(({ slot }) => slot.id === key);
          if (stand) acts.bring(stand);
        });
      }
      case "cart": {
        if (!shop) return text(t("cart_failed"));
        const totals = shop.cart?.totals_minor ?? {};
        return cart({
          lines: shop.cart?.lines ?? [], totals, state: shop.cartState, currency: shop.currencyOf(totals), code: this.#code,
          picture: (id) => this.#pictures.of(stands().find(({ row }) => row.id === id || row.id.endsWith(`.${id}`))?.row.poster ?? null),
        }, {
          want: (line, quantity) => void shop.want(line.sku, quantity, line.tenant).catch((error: unknown) => acts.toast(sorry(error))),
          checkout: () => {
            this.#isTill = true;
            this.#faults = {};
            this.#field = null;
            void shop.checkout.begin();
            this.#showMenu();
          },
          code: () => void shop.code().then(({ code }) => {
            this.#code = code;
            this.#isStale = true;
          }, (error: unknown) => acts.toast(sorry(error))),
          again: () => void shop.refresh(),
        });
      }
      case "people": {
        const { x, z } = this.#o.place();
        const people = [...(this.#o.line()?.crowd.people.values() ?? [])].filter(({ card: known, isFar }) => known && !isFar)
          .map((person) => ({ person, distance_m: Math.hypot(person.x - x, person.z - z) })).sort((a, b) => a.distance_m - b.distance_m).slice(0, 30);
        const of = (member: number): Person | undefined => people.find(({ person }) => person.card?.member === member)?.person;
        const lines = people.map(({ person, distance_m }) => ({ member: person.card?.member ?? 0, name: person.card?.name ?? "", distance_m, isParty: (person.card?.party ?? 0) > 0 }));
        return others(lines, {
          wave: (member) => {
            const person = of(member);
            if (person) acts.wave(person);
          },
          goTo: (member) => {
            const person = of(member);
            // An arm's length before them, face to face.
            if (person) acts.goTo(person.x + Math.sin(person.yaw) * 1.1, person.z + Math.cos(person.yaw) * 1.1, person);
          },
        });
      }
      case "map": {
        const model = {
          plan: this.#o.plan(), me: this.#o.place(), people: [...(this.#o.line()?.crowd.people.values() ?? [])],
          slots: stands().map(({ slot, row }) => ({ id: slot.id, name: row.name, x: slot.position[0], z: slot.position[2] })),
        };
        return chart(model, CONTENT, MENU_HEIGHT - 60 - 120, (id) => {
          const stand = stands().find(({ slot }) => slot.id === id);
          if (!stand) return;
          this.closeMenu();
          acts.goToStand(stand);
        });
      }
      case "settings":
        return choices(settings, (part) => {
          acts.change(part);
          this.#showMenu();
        });
    }
  }

  // ── the till

  #till(): void {
    const { shop } = this.#o;
    if (shop?.checkout.step === "done" && this.#isTill && !shop.checkout.isDeclined && !this.#hasChimed) {
      this.#hasChimed = true;
      this.#o.acts.chime();
    }
    this.#isStale = true;
  }

  #hasChimed = false;

  #leaveTill(): void {
    const { shop } = this.#o;
    // An order that stands is not lost by looking away: it waits in the shop.
    if (shop?.checkout.step === "details" || shop?.checkout.step === "done") shop.checkout.close();
    this.#isTill = false;
    this.#hasChimed = false;
    this.#code = "";
    this.tab = "cart";
    this.#showMenu();
  }

  #edit(field: Field | null): void {
    this.#field = field;
    const value = field ? (this.#o.shop?.checkout.contact[field] ?? "") : "";
    this.#isCapital = !value && field !== "email";
    this.#isSigns = false;
    this.#showMenu();
  }

  #tillView(): Box {
    const checkout = this.#o.shop?.checkout;
    if (!checkout || !this.#o.shop) return text(t("cart_failed"));
    const { totals, contact } = checkout;
    const currency = this.#o.shop.currencyOf(totals);
    const field = this.#field;
    const type = (value: string): void => {
      if (!field) return;
      checkout.type({ [field]: value.slice(0, 200) });
      delete this.#faults[field];
      this.#isCapital = (field === "name" || field === "city" || field === "street") && / $/.test(value) ? true : field === "country";
      this.#showMenu();
    };
    return till({
      step: checkout.step, contact, faults: this.#faults, field, order: checkout.order, isBusy: checkout.isBusy, isDeclined: checkout.isDeclined,
      keys: { isCapital: this.#isCapital, isSigns: this.#isSigns, isLast: field === ASKED.at(-1) },
      total: currency in totals ? money(totals[currency] ?? 0, currency) : "", problem: checkout.problem ? complaint(checkout.problem) : "",
    }, {
      edit: (one) => this.#edit(one), type: (letter) => type(contact[field ?? "name"] + letter), erase: () => type([...contact[field ?? "name"]].slice(0, -1).join("")),
      shift: () => {
        this.#isCapital = !this.#isCapital;
        this.#showMenu();
      },
      symbols: () => {
        this.#isSigns = !this.#isSigns;
        this.#showMenu();
      },
      next: () => this.#edit(field ? (ASKED[ASKED.indexOf(field) + 1] ?? null) : null),
      place: () => void checkout.place(currency).then((faults) => {
        this.#faults = faults;
        this.#isStale = true;
      }),
      pay: () => void checkout.pay(), back: () => this.#leaveTill(),
      done: () => {
        this.#leaveTill();
        this.closeMenu();
      },
    });
  }

  dispose(): void {
    this.#ended.abort();
    this.#pictures.dispose();
  }
}
