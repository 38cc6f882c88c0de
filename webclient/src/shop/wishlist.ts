/** <shop-wishes>: the list that stays on this device, a friend's list from a link; and <shop-wish>, the heart. */
import { base, css, html, icon, ICONS, nothing, Panel, type TemplateResult } from "./panel";
import { money } from "./money";
import { isKnown, rowOf } from "./pictures";
import type { Shop } from "./shop";
import { variantOf } from "./sizes";
import { t } from "./words";
import type { Wish } from "./wishes";

export class ShopWish extends Panel {
  static override properties = { shop: { attribute: false }, product: {}, sku: {} };
  declare shop: Shop | undefined;
  declare product: string;
  declare sku: string;

  constructor() {
    super();
    this.product = this.sku = "";
  }

  static override styles = [base, css`
    :host { display: inline-block; container-type: normal; }
    [aria-pressed="true"] .icon { fill: var(--accent, #1f4d3a); stroke: var(--accent, #1f4d3a); animation: beat 250ms ease-out; }
    @keyframes beat { 40% { transform: scale(1.25); } }
  `];

  protected models(): readonly (EventTarget | undefined)[] {
    return [this.shop?.wishes];
  }

  override render(): TemplateResult | typeof nothing {
    const wishes = this.shop?.wishes;
    if (!wishes || !this.product) return nothing;
    const isKept = wishes.has(this.product);
    return html`<button class="round" aria-pressed=${isKept} aria-label=${isKept ? t("unwish") : t("wish")} title=${isKept ? t("unwish") : t("wish")}
      @click=${() => this.announce(wishes.toggle(this.product, isKept ? "" : this.sku) ? t("wished") : t("unwish"))}>${icon(ICONS.heart)}</button>`;
  }
}

export class ShopWishes extends Panel {
  static override properties = { shop: { attribute: false }, isCopied: { state: true } };
  declare shop: Shop | undefined;
  declare isCopied: boolean;

  constructor() {
    super();
    this.isCopied = false;
  }

  static override styles = [base, css`
    .grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(140px, 1fr)); gap: 24px 16px; }
    .grid li { position: relative; }
    .card { display: block; width: 100%; padding: 0; border: 0; background: none; text-align: start; border-radius: 12px; }
    .card img { transition: transform 250ms ease-out; }
    .card:hover img { transform: scale(1.03); }
    .card b { display: block; margin-block-start: 10px; font-weight: 600; line-height: 1.3; }
    .off { position: absolute; inset-block-start: 4px; inset-inline-end: 4px; background: color-mix(in srgb, var(--panel-solid, #fff) 78%, transparent); }
    .friend { display: grid; gap: 14px; padding: 20px; margin-block-end: 28px; border-radius: 16px; background: color-mix(in srgb, var(--accent, #1f4d3a) 8%, transparent); }
    .buttons { display: flex; flex-wrap: wrap; gap: 8px 12px; }
    .foot { margin-block-start: 28px; }
  `];

  protected models(): readonly (EventTarget | undefined)[] {
    return [this.shop, this.shop?.wishes];
  }

  override render(): TemplateResult | typeof nothing {
    const { shop } = this;
    if (!shop) return nothing;
    const { wishes } = shop;
    return html`
      ${wishes.shared.length ? html`<section class="friend"><h3>${t("friend_title")}</h3>${this.grid(shop, wishes.shared, false)}
        <div class="buttons"><button class="act" @click=${() => (wishes.keepShared(), this.announce(t("kept_all")))}>${t("friend_keep")}</button><button class="plain" @click=${() => wishes.putAwayShared()}>${t("friend_close")}</button></div></section>` : nothing}
      ${wishes.all.length ? html`${this.grid(shop, wishes.all, true)}
        <div class="buttons foot"><button class="plain" @click=${() => this.share(shop)}>${icon(this.isCopied ? ICONS.check : ICONS.share)}${this.isCopied ? t("link_copied") : t("share_list")}</button></div>`
        : wishes.shared.length ? nothing : html`<div class="state"><svg class="icon mark" viewBox="0 0 24 24" aria-hidden="true"><path d=${ICONS.heart}></path></svg><h3>${t("no_wishes_title")}</h3><p>${t("no_wishes_text")}</p>
          <button class="act" @click=${() => this.open({ panel: "store" })}>${t("look_around")}</button></div>`}`;
  }

  private grid(shop: Shop, list: readonly Wish[], isOwn: boolean): TemplateResult {
    const again = (): void => this.requestUpdate();
    // What is not on the shelf, or never was: a link may say anything.
    const known = list.filter(({ product }) => rowOf(product, again) !== undefined || !isKnown());
    return html`<ul class="grid">${known.map((wish) => {
      const row = rowOf(wish.product);
      const name = row?.name ?? wish.product;
      const variant = wish.sku ? variantOf(row, wish.sku) : undefined;
      const prices = row?.price_minor ?? {};
      const currency = shop.currencyOf(prices);
      return html`<li>
        <button class="card" @click=${() => this.open({ product: wish.product, ...(wish.sku ? { sku: wish.sku } : {}) })}>
          <span class="picture">${row?.poster ? html`<img src=${row.poster} alt="" loading="lazy">` : nothing}</span><b class="name">${name}</b>
          <span class="quiet small">${variant ? html`<span class="name">${variant.label ?? variant.name}</span> · ` : nothing}${currency ? html`<span class="figure">${money(prices[currency] ?? 0, currency)}</span>` : nothing}</span></button>
        ${isOwn ? html`<button class="round off" aria-label="${t("unwish")}: ${name}" @click=${() => (shop.wishes.drop(wish.product, wish.sku), this.announce(t("unwish")))}>${icon(ICONS.close)}</button>` : nothing}</li>`;
    })}</ul>`;
  }

  private async share(shop: Shop): Promise<void> {
    const url = shop.wishes.link(location.origin + location.pathname);
    try {
      if (navigator.share && matchMedia("(pointer: coarse)").matches) await navigator.share({ title: t("wishes"), url });
      else {
        await navigator.clipboard.writeText(url);
        this.isCopied = true;
        this.announce(t("link_copied"));
      }
    } catch {
      // put away by the shopper, or not allowed here
    }
  }
}

customElements.define("shop-wish", ShopWish);
customElements.define("shop-wishes", ShopWishes);
