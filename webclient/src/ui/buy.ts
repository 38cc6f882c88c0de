/** What a variant costs and how many there are, live; how many one takes; into the cart, on the wish-list, to a friend. */
import { skusOf, type Product, type Row, type Variant } from "../api";
import type { Showroom } from "../app/showroom";
import { supply } from "../app/trade";
import type { ShopSizes } from "../shop/size-picker";
import { canBeChosen, chosen, sizesNow, sizesOf, skuOf, type Asked } from "../shop/sizes";
import { t } from "../app/words";
import { w } from "../together/outfit-words";
import { h, icon, say } from "./dom";
import { comparable, price } from "./format";
import { ICONS } from "./icons";
import { spoken, t as ofProducts } from "./words";

/** What the mirror can put on somebody (`tryon/wear.ts` knows where it sits; that is not needed to offer it). */
export const WORN: ReadonlySet<string> = new Set([
  "glasses", "sunglasses", "hat", "cap", "beanie", "headphones", "earring", "earrings", "necklace", "pendant", "watch", "bracelet", "ring",
  "jacket", "coat", "t-shirt", "shirt", "blouse", "top", "hoodie", "sweater", "knitwear", "dress", "waistcoat",
  "bag", "tote", "handbag", "sneaker", "shoe", "shoes", "boot", "sandal",
]);

/** What can be put into a room (`place/` knows how; that is not needed to offer it). */
export const PLACED: ReadonlySet<string> = new Set(["chair", "sofa", "lamp", "table", "vase"]);

/** What a figure in the store can have on (`avatar/worn-place.ts`, `avatar/worn-cloth.ts`). */
const ON_FIGURES: ReadonlySet<string> = new Set(["glasses", "sunglasses", "hat", "cap", "beanie", "headphones", "watch", "bag", "t-shirt", "shirt", "jacket", "coat", "dress", "sweater", "hoodie"]);

export interface Buying {
  readonly element: HTMLElement;
  /** Where colours go if there is a size to choose too: both are chosen before one adds; null: there is none. */
  readonly choices: HTMLElement | null;
  /** The size that fits, if the advice knows one. */
  advise(size: string | null): void;
  /** Whether a size can be had in the colour that is chosen. */
  canTake(size: string): boolean;
  wear(variant: Variant | undefined): void;
  dispose(): void;
}

/** @param opened where the cart is shown after something was put into it */
export function buying(product: Product, all: readonly Row[], showroom: Showroom, wished: Variant | undefined): Buying {
  let variant = wished;
  let picker: ShopSizes | null = null;
  const sizes = sizesOf(product);
  const choices = sizes.length ? h("div", { class: "choices" }) : null;
  let advised: string | null = null;
  const sku = (): string | null => skuOf(product, variant, chosen.of(product.id));

  /** As live as it is known: what the shop says, else what the page was told as it was made. */
  const asked: Asked = (one) => {
    const known = showroom.trade?.shop.known(product.id) ?? [];
    const offer = known.find((found) => found.sku === one);
    if (offer || known.length) return offer ?? null;
    return product.offers?.length ? (product.offers.find((found) => found.sku === one) ?? null) : undefined;
  };

  async function choose(): Promise<void> {
    await import("../shop/size-picker");
    picker = Object.assign(document.createElement("shop-sizes"), { row: product, variant, asked, advised });
    choices?.append(picker);
  }
  if (choices) void choose().catch(() => undefined);
  const cost = h("p", { class: "price" });
  const stock = h("p", { class: "stock", "aria-live": "polite" });
  const failed = h("p", { class: "fault", role: "alert", hidden: true });
  const add = h("button", { type: "button", class: "act", click: () => void put() }, icon(ICONS.cart), h("span", {}, t("add")));
  const wish = h("button", { type: "button", class: "pill", click: () => {
    const on = !showroom.trade?.isWished(product.id);
    showroom.trade?.wish(product.id, on);
    say(t(on ? "wished" : "unwished", { name: product.name }));
    live();
  } }, icon(ICONS.heart), h("span", {}, t("wish")));
  const share = h("button", { type: "button", class: "pill", click: () => void shared(product) }, icon(ICONS.share), h("span", {}, t("share")));
  const show = h("button", { type: "button", class: "pill", click: () => {
    const { meeting } = showroom;
    meeting?.show(meeting.isShowing ? null : product.id, variant?.name ?? null);
  } }, icon(ICONS.together), h("span", {}, t("show_all")));

  const mirror = WORN.has(product.category) ? h("button", { type: "button", class: "pill", click: () => void mirror?.dispatchEvent(new CustomEvent("wanted", { detail: { panel: "mirror", variant: variant?.name }, bubbles: true })) },
    icon(ICONS.person), t("try_on")) : null;

  const room = PLACED.has(product.category) ? h("button", { type: "button", class: "pill", click: () => void place() }, icon(ICONS.home), ofProducts("in_room")) : null;

  async function place(): Promise<void> {
    const { openPlace } = await import("../place");
    await openPlace({ product: product.id, variant: variant?.name ?? null, unit: showroom.preferences.get("unit"), trade: () => showroom.trade });
  }

  const here = ON_FIGURES.has(product.category) ? h("button", { type: "button", class: "pill", hidden: true, click: () => {
    const { meeting } = showroom;
    if (!meeting) return;
    const on = !meeting.wears(product.id);
    meeting.wear(product.id, variant?.sku ?? null, on);
    say(w(on ? "now_on" : "now_off", { product: product.name }));
    live();
  } }, icon(ICONS.person), h("span", {}, w("put_on"))) : null;

  async function put(): Promise<void> {
    const { trade } = showroom;
    const wanted = sku();
    if (sizes.length && !chosen.of(product.id)) return picker?.want();
    if (!trade || !wanted) return;
    add.disabled = true;
    failed.hidden = true;
    try {
      await trade.add(wanted, 1);
      say(t("added", { name: product.name }), "cart");
    } catch (error) {
      failed.textContent = error instanceof Error ? error.message : String(error);
      failed.hidden = false;
    }
    live();
  }

  function live(): void {
    const { trade, meeting } = showroom;
    const isOpen = sizes.length > 0 && !chosen.of(product.id);
    // Before a size is chosen: what the colour costs, and all there are of it.
    const one = isOpen ? variant?.sku : sku();
    const offer = product.offers?.find((found) => found.sku === one);
    const own = (one ? trade?.price(one) : null) ?? offer?.price_minor ?? product.price_minor;
    const all_prices = all.map((row) => row.price_minor);
    const line = price(comparable(all_prices, own ?? null), spoken(), navigator.language);
    if (cost.textContent !== line) cost.textContent = line;
    const open = variant ? skusOf(variant) : sizes.flatMap(({ skus }) => skus);
    const live = isOpen ? supply(product, trade, open) : one ? supply(product, trade, one) : sizes.length ? { kind: "out" as const, left: 0 } : supply(product, trade);
    const known = !isOpen && live.kind === "in" && live.left === 0 && offer?.available !== undefined && offer.available !== null
      ? { kind: offer.available <= 0 ? "out" as const : offer.available <= 5 ? "few" as const : "in" as const, left: offer.available } : live;
    const text = known.kind === "few" ? t("few", { n: known.left }) : known.kind === "out" ? t("sold_out") : known.kind === "in" ? t("in_stock") : t("not_sold");
    stock.dataset["kind"] = known.kind;
    if (stock.textContent !== text) stock.textContent = text;
    add.hidden = known.kind === "none" || !trade;
    add.disabled = known.kind === "out" || (!one && !isOpen);
    if (picker) {
      Object.assign(picker, { variant, advised });
      picker.requestUpdate();
    }
    wish.hidden = !trade;
    const isWished = trade?.isWished(product.id) ?? false;
    wish.setAttribute("aria-pressed", String(isWished));
    if (here) {
      const isOn = meeting?.wears(product.id) ?? false;
      here.hidden = meeting?.link !== "open";
      here.setAttribute("aria-pressed", String(isOn));
      const said = here.querySelector("span");
      if (said) said.textContent = isOn ? w("take_off", { product: product.name }) : w("put_on");
    }
    show.hidden = meeting?.link !== "open" || meeting.people.length === 0;
    show.setAttribute("aria-pressed", String(meeting?.isShowing ?? false));
    const word = show.querySelector("span");
    if (word) word.textContent = t(meeting?.isShowing ? "show_stop" : "show_all");
  }

  showroom.trade?.ask(product.id);
  live();
  const end = showroom.on(["trade", "meeting", "people"], live);
  chosen.addEventListener("change", live);
  return {
    element: h("div", { class: "buying" }, h("div", { class: "line" }, cost, stock), choices, h("div", { class: "row" }, add), failed, h("div", { class: "row" }, mirror, here, room, wish, share, show)),
    wear: (worn) => {
      variant = worn;
      live();
    },
    choices,
    canTake: (size) => sizesNow(product, variant, asked).some((one) => one.label === size && canBeChosen(one)),
    advise: (size) => {
      advised = size;
      live();
    },
    dispose: () => {
      end();
      chosen.removeEventListener("change", live);
    },
  };
}

/** The device's own way of sharing, else the link is copied. */
async function shared(product: Product): Promise<void> {
  const url = new URL(location.href);
  url.hash = `#/p/${encodeURIComponent(product.id)}`;
  try {
    if (navigator.share && matchMedia("(pointer: coarse)").matches) return await navigator.share({ title: product.name, url: url.href });
    await navigator.clipboard.writeText(url.href);
    say(t("shared"));
  } catch {
    // Turned down by the shopper or the browser: nothing is shared, and they know it.
  }
}
