/** <together-emotes>: eight gestures in a row, by finger or by the keys 1 to 8; <together-reactions>: what floats by. */
import { base, css, html, icon, Panel, type TemplateResult } from "../shop/panel";
import { type Emote, EMOTES, emoteOf, pathOf } from "./emotes";
import type { Company, Reacted } from "./company";
import { t } from "./words";
import { isTyping } from "./typing";

export class TogetherEmotes extends Panel {
  static override properties = { company: { attribute: false }, shown: { state: true } };
  declare company: Company | undefined;
  declare shown: number;

  constructor() {
    super();
    this.shown = 0;
  }

  static override styles = [base, css`
    :host { container-type: normal; }
    .row { display: flex; flex-wrap: wrap; justify-content: center; gap: 4px; }
    button { position: relative; display: grid; justify-items: center; gap: 2px; width: 68px; padding: 8px 2px 6px; min-height: 64px; border: 0; border-radius: 14px; background: transparent; font-size: 13px; line-height: 1.2; transition: background 200ms ease-out; }
    button:hover { background: color-mix(in srgb, var(--ink, #22241f) 7%, transparent); }
    button .icon { width: 26px; height: 26px; transition: transform 200ms ease-out; }
    button:hover .icon { transform: translateY(-2px); }
    button[data-shown] .icon { animation: hop 420ms ease-out; color: var(--accent, #1f4d3a); }
    @keyframes hop { 30% { transform: translateY(-7px) scale(1.15); } 60% { transform: translateY(0); } 78% { transform: translateY(-3px); } }
    kbd { position: absolute; inset-block-start: 4px; inset-inline-end: 8px; font: inherit; font-size: 12px; color: var(--quiet, #5d5f57); }
    @media (pointer: coarse) { kbd { display: none; } }
    @media (max-width: 480px) { .row { display: grid; grid-template-columns: repeat(4, minmax(0, 1fr)); } button { width: 100%; } }
  `];

  protected models(): readonly (EventTarget | undefined)[] {
    return [];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener("keydown", this.key);
  }

  override disconnectedCallback(): void {
    document.removeEventListener("keydown", this.key);
    super.disconnectedCallback();
  }

  override render(): TemplateResult {
    return html`<div class="row" role="group" aria-label=${t("emotes")}>${EMOTES.map((one) => html`
      <button @click=${() => this.make(one)} ?data-shown=${this.shown === one.id} aria-keyshortcuts=${one.id} title=${t("key", { n: one.id })}>${icon(one.path)}<span>${t(one.word)}</span><kbd aria-hidden="true">${one.id}</kbd></button>`)}</div>`;
  }

  private readonly key = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.repeat || isTyping(event)) return;
    const emote = emoteOf(Number(/^Digit([1-8])$/.exec(event.code)?.[1] ?? 0));
    if (emote) this.make(emote);
  };

  private make(emote: Emote): void {
    this.company?.emote(emote.id);
    this.announce(t(emote.word));
    this.shown = 0;
    void this.updateComplete.then(() => (this.shown = emote.id));
  }
}

interface Floating {
  readonly id: number;
  readonly path: string;
  readonly name: string;
  readonly lane: number;
}

const FLOATS_MS = 3200;
const MOST = 12;

export class TogetherReactions extends Panel {
  static override properties = { company: { attribute: false } };
  declare company: Company | undefined;
  private floating: readonly Floating[] = [];
  private nextId = 1;
  private heard: Company | undefined;
  private letGo = new AbortController();

  static override styles = [base, css`
    :host { position: absolute; inset-inline-end: 24px; inset-block-end: 96px; width: 200px; height: 320px; pointer-events: none; container-type: normal; overflow: hidden; }
    li { position: absolute; inset-block-end: 0; inset-inline-end: calc(var(--lane, 0) * 44px); display: grid; justify-items: center; gap: 2px; max-width: 96px; animation: rise 3.2s ease-out both; }
    li .icon { width: 40px; height: 40px; padding: 8px; border-radius: 50%; background: rgb(255 255 255 / 0.86); color: var(--accent, #1f4d3a); box-shadow: 0 2px 12px rgb(40 34 24 / 0.14); }
    span { max-width: 96px; padding: 1px 8px; border-radius: 999px; background: rgb(255 255 255 / 0.78); font-size: 13px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; unicode-bidi: isolate; }
    .lane0 { --lane: 0; } .lane1 { --lane: 1; } .lane2 { --lane: 2; } .lane3 { --lane: 3; }
    @keyframes rise { 0% { opacity: 0; transform: translateY(12px) scale(0.7); } 12% { opacity: 1; transform: translateY(-14px) scale(1); } 70% { opacity: 1; } 100% { opacity: 0; transform: translateY(-230px); } }
    @keyframes fade { 0%, 100% { opacity: 0; } 10%, 80% { opacity: 1; } }
    @media (prefers-reduced-motion: reduce) { li { animation: fade 3.2s both !important; animation-duration: 3.2s !important; } }
  `];

  protected models(): readonly (EventTarget | undefined)[] {
    return [];
  }

  override disconnectedCallback(): void {
    this.letGo.abort();
    this.heard = undefined;
    super.disconnectedCallback();
  }

  override willUpdate(): void {
    super.willUpdate();
    const { company } = this;
    if (company === this.heard) return;
    this.letGo.abort();
    this.letGo = new AbortController();
    this.heard = company;
    company?.addEventListener("reacted", (event) => {
      if (!event.defaultPrevented) this.float((event as CustomEvent<Reacted>).detail);
    }, { signal: this.letGo.signal });
  }

  override render(): TemplateResult {
    return html`<ul aria-hidden="true">${this.floating.map((one) => html`<li class="lane${one.lane}">${icon(one.path)}<span>${one.name}</span></li>`)}</ul>`;
  }

  private float({ kind, name, who }: Reacted): void {
    const path = pathOf(kind);
    if (!path || !this.isConnected) return;
    const id = this.nextId++;
    this.floating = [...this.floating, { id, path, name: who === this.company?.session.member ? t("you") : name, lane: id % 4 }].slice(-MOST);
    this.requestUpdate();
    setTimeout(() => {
      this.floating = this.floating.filter((one) => one.id !== id);
      this.requestUpdate();
    }, FLOATS_MS);
  }
}

customElements.define("together-emotes", TogetherEmotes);
customElements.define("together-reactions", TogetherReactions);
