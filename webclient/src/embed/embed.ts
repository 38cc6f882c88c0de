/**
 * `<showroom-product src="https://shop.example" product="terra-vase">`: one product of a Showroom store in any page.
 *
 * The picture, name and price come first, as plain HTML in the element's shadow; the turnable product comes in a sandboxed
 * frame from the shop once it is asked for, or at once with `reveal="visible"` when it scrolls into view. The product's
 * JSON-LD is put into the host page's head. This file stands alone: it imports nothing, and nothing but the named shop is
 * asked for anything. What it is not: a place for scripts of the shop in the host's page; those stay in the frame.
 */

interface Shown {
  readonly name: string;
  readonly poster: string | null;
  readonly price_minor: Readonly<Record<string, number>> | null;
}

const ID = /^[a-z0-9]+(?:[.-][a-z0-9]+)*$/;
const WORDS = {
  en: { turn: "Turn it in 3D", open: "Open in the store", failed: "This product cannot be shown just now.", frame: "{name}, to be turned in 3D" },
  zh: { turn: "三维转动", open: "在店铺中打开", failed: "暂时无法显示此商品。", frame: "{name},可三维转动" },
  es: { turn: "Girarlo en 3D", open: "Abrir en la tienda", failed: "Este producto no puede mostrarse ahora.", frame: "{name}, para girar en 3D" },
} as const;

const STYLE = `
:host { display: block; position: relative; aspect-ratio: 4 / 5; min-width: 240px; overflow: hidden; border-radius: 16px; background: #eae6de; color: #22241f; font: 400 17px/1.4 system-ui, sans-serif; }
:host([hidden]) { display: none; }
img, iframe { position: absolute; inset: 0; width: 100%; height: 100%; border: 0; object-fit: cover; }
.line { position: absolute; inset: auto 0 0; display: flex; flex-wrap: wrap; align-items: center; gap: 4px 16px; padding: 12px 16px; background: rgb(250 248 244 / 0.9); }
.name { font-weight: 600; font-size: 19px; }
.price { font-variant-numeric: tabular-nums; }
a, button { min-height: 44px; display: inline-flex; align-items: center; font: inherit; color: #1f4d3a; font-weight: 600; }
button { margin-inline-start: auto; padding-inline: 20px; border: 0; border-radius: 999px; background: #1f4d3a; color: #fff; cursor: pointer; }
:focus-visible { outline: 3px solid #1f4d3a; outline-offset: 2px; }
p { margin: 0; padding: 24px; }`;

export class ShowroomProduct extends HTMLElement {
  static readonly observedAttributes = ["src", "product"];
  readonly #root = this.attachShadow({ mode: "open" });
  #ended = new AbortController();
  #data: HTMLScriptElement | null = null;
  #seen: IntersectionObserver | null = null;

  connectedCallback(): void {
    void this.#show();
  }

  attributeChangedCallback(): void {
    if (this.isConnected) void this.#show();
  }

  disconnectedCallback(): void {
    this.#ended.abort();
    this.#seen?.disconnect();
    this.#data?.remove();
    this.#root.replaceChildren();
  }

  async #show(): Promise<void> {
    this.#ended.abort();
    this.#data?.remove();
    this.#ended = new AbortController();
    const { signal } = this.#ended;
    const id = this.getAttribute("product") ?? "";
    const shop = shopOf(this.getAttribute("src") ?? new URL(import.meta.url).origin);
    const t = WORDS[(this.closest("[lang]")?.getAttribute("lang") ?? navigator.language).slice(0, 2) as keyof typeof WORDS] ?? WORDS.en;
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    this.#root.adoptedStyleSheets = [sheet];
    try {
      if (!shop || !ID.test(id)) throw new TypeError("src must be the shop's address, product a product's id");
      const answer = await fetch(`${shop}/api/products/${encodeURIComponent(id)}`, { signal, credentials: "omit" });
      if (!answer.ok) throw new Error(`${id}: ${answer.status}`);
      const found = (await answer.json()) as Shown;
      if (signal.aborted) return;
      this.#draw(found, shop, id, t);
      void this.#describe(shop, id, signal);
    } catch (error) {
      if (signal.aborted) return;
      console.warn(error);
      const text = document.createElement("p");
      text.textContent = t.failed;
      this.#root.replaceChildren(text);
    }
  }

  #draw({ name, poster, price_minor }: Shown, shop: string, id: string, t: (typeof WORDS)[keyof typeof WORDS]): void {
    const picture = document.createElement("img");
    picture.alt = name;
    picture.loading = "lazy";
    if (poster) picture.src = new URL(poster, shop).href;
    const line = document.createElement("div");
    line.className = "line";
    const title = document.createElement("span");
    title.className = "name";
    title.textContent = name;
    const cost = document.createElement("span");
    cost.className = "price";
    cost.textContent = priceOf(price_minor);
    const way = document.createElement("a");
    way.href = `${shop}/#/p/${encodeURIComponent(id)}`;
    way.target = "_blank";
    way.rel = "noopener";
    way.textContent = t.open;
    const turn = document.createElement("button");
    turn.type = "button";
    turn.textContent = t.turn;
    const reveal = (): void => {
      this.#seen?.disconnect();
      turn.remove();
      const frame = document.createElement("iframe");
      frame.title = t.frame.replace("{name}", name);
      frame.setAttribute("sandbox", "allow-scripts allow-same-origin allow-popups");
      frame.referrerPolicy = "no-referrer";
      frame.src = `${shop}/embed.html?product=${encodeURIComponent(id)}`;
      line.before(frame);
      frame.focus();
      this.dispatchEvent(new Event("reveal"));
    };
    turn.addEventListener("click", reveal);
    line.append(title, cost, way, turn);
    this.#root.replaceChildren(...(poster ? [picture] : []), line);
    if (this.getAttribute("reveal") !== "visible") return;
    this.#seen = new IntersectionObserver((entries) => entries.some(({ isIntersecting }) => isIntersecting) && reveal(), { threshold: 0.4 });
    this.#seen.observe(this);
  }

  /** For search engines: what the shop says of its product, as data and never as script. */
  async #describe(shop: string, id: string, signal: AbortSignal): Promise<void> {
    try {
      const answer = await fetch(`${shop}/feeds/products/${encodeURIComponent(id)}.jsonld`, { signal, credentials: "omit" });
      if (!answer.ok) return;
      const data: unknown = await answer.json();
      if (signal.aborted) return;
      this.#data = document.createElement("script");
      this.#data.type = "application/ld+json";
      this.#data.textContent = JSON.stringify(data).replaceAll("<", "\\u003c");
      document.head.append(this.#data);
    } catch {
      // The product is shown all the same.
    }
  }
}

/** The shop's origin; null if it is none one would load from. */
export function shopOf(address: string): string | null {
  try {
    const url = new URL(address, location.href);
    return url.protocol === "https:" || url.protocol === "http:" ? url.origin : null;
  } catch {
    return null;
  }
}

function priceOf(prices: Shown["price_minor"]): string {
  const region = new Intl.Locale(navigator.language).maximize().region ?? "";
  const wanted = { US: "USD", GB: "GBP" }[region] ?? "EUR";
  const currency = prices && (wanted in prices ? wanted : Object.keys(prices)[0]);
  if (!prices || !currency) return "";
  const format = new Intl.NumberFormat(navigator.language, { style: "currency", currency });
  return format.format((prices[currency] ?? 0) / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
}

if (!customElements.get("showroom-product")) customElements.define("showroom-product", ShowroomProduct);
