/**
 * What the shop's and the company's elements have in common: a model that they follow, the spoken language, saying
 * something to whoever listens, and the look. Colours and the typeface come from the page by custom properties.
 */
import { css, html, LitElement, nothing, svg, type TemplateResult } from "lit";
import { type ElementPart, Directive, directive } from "lit/directive.js";

export { css, html, nothing, type TemplateResult };

/** An element that shows models, and shows them again when they say "change". */
export abstract class Panel extends LitElement {
  private followed: EventTarget[] = [];
  private readonly again = (): void => this.requestUpdate();

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener("language", this.again);
    this.follow();
  }

  override disconnectedCallback(): void {
    document.removeEventListener("language", this.again);
    for (const model of this.followed) model.removeEventListener("change", this.again);
    this.followed = [];
    super.disconnectedCallback();
  }

  /** The models that this element shows. */
  protected abstract models(): readonly (EventTarget | undefined)[];

  protected follow(): void {
    const wanted = this.models().filter((model) => model !== undefined);
    for (const model of this.followed) if (!wanted.includes(model)) model.removeEventListener("change", this.again);
    for (const model of wanted) if (!this.followed.includes(model)) model.addEventListener("change", this.again);
    this.followed = wanted;
  }

  override willUpdate(): void {
    if (this.isConnected) this.follow();
  }

  /** Heard by the page's announcer. */
  protected announce(text: string): void {
    this.dispatchEvent(new CustomEvent("announce", { detail: text, bubbles: true, composed: true }));
  }

  /** Ask the page for another panel or a product. */
  protected open(detail: Wanted): void {
    this.dispatchEvent(new CustomEvent<Wanted>("wanted", { detail, bubbles: true, composed: true }));
  }

  /** Where the focus goes when what had it is gone. */
  protected async focusOn(selector: string): Promise<void> {
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>(selector)?.focus();
  }
}

/** What a panel asks the page to open: event "wanted". */
export type Wanted =
  | { readonly panel: "cart" | "checkout" | "orders" | "wishes" | "code" | "chat" | "people" | "invite" | "store" }
  | { readonly panel: "mirror"; readonly variant?: string }
  | { readonly product: string; readonly sku?: string };

const HEX = /^#[0-9a-f]{6}$/i;

/** Only colours as the manifest has them get into a style, and never as an attribute: the page's policy forbids those. */
class Swatch extends Directive {
  override update(part: ElementPart, [colour]: [string | undefined]): void {
    const style = (part.element as HTMLElement).style;
    if (colour && HEX.test(colour)) style.setProperty("--swatch", colour);
    else style.removeProperty("--swatch");
  }
  render(_colour: string | undefined): typeof nothing {
    return nothing;
  }
}
export const swatch = directive(Swatch);

/** A drawing of one path on a 24 px grid, hidden from readers: its button says what it means. */
export const icon = (path: string): TemplateResult => html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">${svg`<path d=${path}></path>`}</svg>`;

export const ICONS = {
  minus: "M6 12h12", plus: "M12 6v12M6 12h12", close: "M7 7l10 10M17 7L7 17", back: "M14 6l-6 6 6 6", next: "M10 6l6 6-6 6", check: "M5 12.5l4.5 4.5L19 7.5",
  clock: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM12 8v4.5l3 2", bag: "M6 9h12l1 11H5zM9 9V7a3 3 0 0 1 6 0v2", heart: "M12 20s-7-4.4-9-9a4.8 4.8 0 0 1 9-3.4A4.8 4.8 0 0 1 21 11c-2 4.6-9 9-9 9z",
  link: "M10 14a4 4 0 0 0 6 .4l3-3a4.2 4.2 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6-.4l-3 3a4.2 4.2 0 0 0 6 6l1-1", copy: "M9 9h10v11H9zM15 9V5H5v10h4", share: "M12 15V4M8 7.5L12 4l4 3.5M6 12v7h12v-7",
  warn: "M12 5l8.5 15h-17zM12 11v4M12 17.6v.2", box: "M4 8l8-4 8 4v8l-8 4-8-4zM4 8l8 4 8-4M12 12v8", headset: "M4 8h16v8h-5l-1.6-2h-2.8L9 16H4zM4 10H2.5M21.5 10H20",
  send: "M4 12L20 5l-5 15-3.5-6.5z", person: "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM5 20a7 7 0 0 1 14 0", people: "M9 5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM3 19a6 6 0 0 1 12 0M16 5.4a3.5 3.5 0 0 1 0 6.4M17.5 14a6 6 0 0 1 3.5 5",
  mic: "M12 4a2.5 2.5 0 0 0-2.5 2.5v5a2.5 2.5 0 0 0 5 0v-5A2.5 2.5 0 0 0 12 4zM6.5 11a5.5 5.5 0 0 0 11 0M12 16.5V20", mic_off: "M12 4a2.5 2.5 0 0 0-2.5 2.5v5a2.5 2.5 0 0 0 5 0v-5A2.5 2.5 0 0 0 12 4zM6.5 11a5.5 5.5 0 0 0 11 0M12 16.5V20M4 4l16 16",
  more: "M6 12h.01M12 12h.01M18 12h.01", eye: "M3 12s3.5-6 9-6 9 6 9 6-3.5 6-9 6-9-6-9-6zM12 9.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z", walk: "M13 4.5h.01M9 20l2-6-2-3 1.5-4 3 2 2.5 1.5M11 14l3 2 1 4M8 11l1-3.5",
  flag: "M6 21V4h11l-2 4 2 4H6", block: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM6.5 6.5l11 11", globe: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM3.5 9h17M3.5 15h17M12 3c-5 5-5 13 0 18M12 3c5 5 5 13 0 18",
  hand: "M8 12V6.5a1.3 1.3 0 0 1 2.6 0V11M10.6 11V5a1.3 1.3 0 0 1 2.6 0v6M13.2 11V6a1.3 1.3 0 0 1 2.6 0v7.5M8 12l-1.6-1.4a1.4 1.4 0 0 0-2 2L8.5 18a5 5 0 0 0 4 2h.3a4 4 0 0 0 3.5-4v-4", volume: "M4 10v4h3l4 3.5v-11L7 10zM14.5 9a4 4 0 0 1 0 6M17 6.5a8 8 0 0 1 0 11", quiet: "M4 10v4h3l4 3.5v-11L7 10zM15 10l5 4M20 10l-5 4", lock: "M6 11h12v9H6zM9 11V8a3 3 0 0 1 6 0v3", chat: "M4 5h16v11H10l-4 3.5V16H4z", crown: "M4 17l-1-9 5 4 4-6 4 6 5-4-1 9z",
} as const;

/** The look of all panels. */
export const base = css`
  :host { display: block; color: var(--ink, #22241f); font: inherit; line-height: 1.45; container-type: inline-size; }
  :host([hidden]) { display: none; }
  *, ::before, ::after { box-sizing: border-box; }
  h2, h3, p, ul, ol, dl, dd, fieldset { margin: 0; padding: 0; }
  ul, ol { list-style: none; }
  fieldset { border: 0; min-width: 0; }
  legend { padding: 0; }
  button, input, select, textarea { font: inherit; color: inherit; letter-spacing: inherit; }
  button { cursor: pointer; }
  :focus-visible { outline: 3px solid var(--accent, #1f4d3a); outline-offset: 2px; }
  h2:focus, h3:focus, [tabindex="-1"]:focus { outline: none; }
  h2 { font-size: 26px; line-height: 1.15; font-weight: 600; letter-spacing: -0.015em; text-wrap: balance; }
  h3 { font-size: 17px; font-weight: 600; }
  .icon { width: 1.25em; height: 1.25em; flex: none; fill: none; stroke: currentColor; stroke-width: 1.6; stroke-linecap: round; stroke-linejoin: round; }
  [dir="rtl"] .flips, :host(:dir(rtl)) .flips { transform: scaleX(-1); }
  .quiet { color: var(--quiet, #5d5f57); }
  .small { font-size: 15px; }
  .figure { font-variant-numeric: tabular-nums; white-space: nowrap; }
  .unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
  .act { display: inline-flex; align-items: center; justify-content: center; gap: 10px; min-height: 52px; padding: 8px 24px; border: 0; border-radius: 999px; background: var(--accent, #1f4d3a); color: var(--accent-ink, #fff); font-weight: 600; text-align: center; text-decoration: none; transition: background 200ms ease-out, opacity 200ms ease-out; }
  .act:hover { background: color-mix(in srgb, var(--accent, #1f4d3a) 88%, #000); }
  .act[aria-disabled="true"], .act:disabled { opacity: 0.55; cursor: default; }
  .act.wide { width: 100%; }
  .plain { display: inline-flex; align-items: center; justify-content: center; gap: 8px; min-height: 44px; padding: 6px 16px; border: 1px solid var(--line, #ddd7cb); border-radius: 999px; background: transparent; transition: border-color 200ms ease-out, background 200ms ease-out; }
  .plain:hover { border-color: var(--accent, #1f4d3a); }
  .plain[aria-pressed="true"], .plain[aria-checked="true"] { background: var(--accent, #1f4d3a); border-color: var(--accent, #1f4d3a); color: var(--accent-ink, #fff); }
  .text { display: inline-flex; align-items: center; gap: 6px; min-height: 44px; padding: 0; border: 0; background: none; color: inherit; text-decoration: underline; text-decoration-thickness: 1px; text-underline-offset: 4px; text-decoration-color: color-mix(in srgb, currentColor 40%, transparent); }
  .text:hover { text-decoration-color: currentColor; }
  .round { display: inline-grid; place-items: center; width: 44px; height: 44px; padding: 0; border: 0; border-radius: 50%; background: transparent; transition: background 200ms ease-out; }
  .round:hover { background: color-mix(in srgb, var(--ink, #22241f) 7%, transparent); }
  .round:disabled { opacity: 0.35; cursor: default; background: none; }
  .dot { display: inline-block; width: 12px; height: 12px; border-radius: 50%; background: var(--swatch, var(--soft, var(--stone, #eae6de))); box-shadow: inset 0 0 0 1px rgb(0 0 0 / 0.16); flex: none; }
  .picture { display: block; overflow: hidden; border-radius: 12px; background: var(--soft, var(--stone, #eae6de)); aspect-ratio: 1; }
  .picture img { display: block; width: 100%; height: 100%; object-fit: cover; }
  .note { display: flex; align-items: flex-start; gap: 10px; padding: 12px 14px; border-radius: 12px; background: color-mix(in srgb, var(--ink, #22241f) 5%, transparent); font-size: 15px; }
  .note .icon { margin-top: 1px; }
  .note.bad { background: color-mix(in srgb, var(--bad, #96341f) 10%, transparent); color: var(--bad, #7e2a17); }
  .state { display: grid; justify-items: start; gap: 12px; padding-block: 40px; }
  .state .mark { width: 44px; height: 44px; color: var(--accent, #1f4d3a); stroke-width: 1.2; }
  .state p { max-width: 34ch; color: var(--quiet, #5d5f57); text-wrap: pretty; }
  .bone { display: block; border-radius: 12px; background: linear-gradient(100deg, var(--soft, #eae6de) 30%, color-mix(in srgb, var(--soft, #eae6de) 55%, #fff) 50%, var(--soft, #eae6de) 70%) 0 0 / 300% 100%; animation: bone 1.6s linear infinite; }
  @keyframes bone { from { background-position: 100% 0; } to { background-position: -50% 0; } }
  .wheel { width: 20px; height: 20px; border-radius: 50%; border: 2px solid color-mix(in srgb, currentColor 25%, transparent); border-top-color: currentColor; animation: turn 900ms linear infinite; flex: none; }
  @keyframes turn { to { transform: rotate(1turn); } }
  .name { overflow-wrap: anywhere; unicode-bidi: isolate; }
  @media (prefers-reduced-motion: reduce) {
    *, ::before, ::after { animation-duration: 1ms !important; animation-iteration-count: 1 !important; transition-duration: 1ms !important; }
    .wheel { animation: none !important; border-style: dotted; }
  }
`;
