/**
 * <together-toasts>: what happens among people, told in passing; what wants an answer stays until it has one or is too
 * old to matter. Nothing is lost by not seeing one: invitations and shared looks are in the lists, too.
 */
import { base, css, html, icon, ICONS, nothing, Panel, type TemplateResult } from "../shop/panel";
import { face, faceStyle } from "./face";
import { w } from "./outfit-words";
import { ANSWERS } from "./votes";
import { noticeText, t, yesWord } from "./words";
import type { Company, Notice } from "./company";
import { rowOf } from "../shop/pictures";

const SHOWN_MS = 6500;
const ASKING_MS = 45_000;

export class TogetherToasts extends Panel {
  static override properties = { company: { attribute: false } };
  declare company: Company | undefined;
  private readonly ages = new Map<number, number>();
  private timer: ReturnType<typeof setInterval> | undefined;
  private readonly said = new Set<number>();

  static override styles = [base, faceStyle, css`
    :host { display: block; width: min(420px, 100%); pointer-events: none; container-type: normal; }
    ul { display: grid; gap: 10px; }
    li { display: grid; grid-template-columns: auto minmax(0, 1fr) auto; align-items: center; gap: 8px 14px; padding: 12px 8px 12px 16px; padding-inline: 16px 8px; border-radius: 16px; background: rgb(255 255 255 / 0.86); -webkit-backdrop-filter: blur(18px) saturate(1.3); backdrop-filter: blur(18px) saturate(1.3); box-shadow: 0 8px 32px rgb(40 34 24 / 0.16); pointer-events: auto; animation: come 220ms ease-out; }
    @keyframes come { from { opacity: 0; transform: translateY(10px); } }
    .what { overflow-wrap: anywhere; unicode-bidi: plaintext; display: -webkit-box; -webkit-line-clamp: 3; -webkit-box-orient: vertical; overflow: hidden; }
    .poster { width: 48px; border-radius: 10px; }
    .buttons { grid-column: 1 / -1; display: flex; flex-wrap: wrap; gap: 8px; padding-block-end: 4px; padding-inline-end: 8px; }
    .buttons .act { min-height: 44px; }
    li > .icon { width: 24px; height: 24px; color: var(--accent, #1f4d3a); }
    .bad > .icon { color: var(--bad, #96341f); }
  `];

  protected models(): readonly (EventTarget | undefined)[] {
    return [this.company];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.timer = setInterval(() => this.age(), 500);
    document.addEventListener("pointerdown", this.gesture, { passive: true });
    document.addEventListener("keydown", this.gesture);
  }

  override disconnectedCallback(): void {
    clearInterval(this.timer);
    document.removeEventListener("pointerdown", this.gesture);
    document.removeEventListener("keydown", this.gesture);
    super.disconnectedCallback();
  }

  /** This element is there as long as the company is: it passes on that sound may begin. */
  private readonly gesture = (): void => this.company?.voice.gesture();

  override updated(): void {
    for (const notice of this.company?.notices ?? []) {
      if (this.said.has(notice.id)) continue;
      this.said.add(notice.id);
      this.announce(noticeText(notice, nameOf));
    }
  }

  override render(): TemplateResult | typeof nothing {
    const { company } = this;
    if (!company?.notices.length) return nothing;
    return html`<ul>${company.notices.map((notice) => this.toast(company, notice))}</ul>`;
  }

  private toast(company: Company, notice: Notice): TemplateResult {
    const isOfProduct = notice.kind === "shown" || notice.kind === "handed" || notice.kind === "taken" || notice.kind === "suits" || notice.kind === "tally";
    const poster = isOfProduct ? rowOf(notice.text, () => this.requestUpdate())?.poster : null;
    const isBad = notice.kind === "refused" || notice.kind === "muted";
    const mark = poster ? html`<span class="picture poster"><img src=${poster} alt=""></span>` : notice.who ? face(notice.who, notice.name) : icon(isBad ? ICONS.warn : ICONS.chat);
    return html`<li class=${isBad ? "bad" : ""}>
      ${mark}<span class="what">${noticeText(notice, nameOf)}</span>
      <button class="round" aria-label=${t("close")} @click=${() => (notice.isAsking ? void company.decline(notice) : company.dismiss(notice.id))}>${icon(ICONS.close)}</button>
      ${notice.kind === "suits" ? html`<div class="buttons">${ANSWERS.map((one, i) => html`<button class=${i ? "plain" : "act"} @click=${() => company.answer(notice.who, one).catch((error: unknown) => company.refused(error))}>${w(one)}</button>`)}</div>`
        : notice.isAsking ? html`<div class="buttons"><button class="act" @click=${() => company.accept(notice)}>${yesWord(notice)}</button><button class="plain" @click=${() => company.decline(notice)}>${t("no")}</button></div>` : nothing}
      ${notice.kind === "private" ? html`<div class="buttons"><button class="plain" @click=${() => this.answer(company, notice)}>${t("message")}</button></div>` : nothing}
    </li>`;
  }

  private answer(company: Company, notice: Notice): void {
    company.dismiss(notice.id);
    this.dispatchEvent(new CustomEvent("message", { detail: { member: notice.who, name: notice.name }, bubbles: true, composed: true }));
    this.open({ panel: "chat" });
  }

  /** Time stands still while somebody points at a toast or has the focus in it. */
  private age(): void {
    const { company } = this;
    if (!company || this.matches(":hover") || this.shadowRoot?.activeElement) return;
    const alive = new Set<number>();
    for (const { id, isAsking } of company.notices) {
      alive.add(id);
      const age_ms = (this.ages.get(id) ?? 0) + 500;
      this.ages.set(id, age_ms);
      if (age_ms > (isAsking ? ASKING_MS : SHOWN_MS)) company.dismiss(id);
    }
    for (const id of [...this.ages.keys()]) if (!alive.has(id)) this.ages.delete(id);
    for (const id of [...this.said]) if (!alive.has(id)) this.said.delete(id);
  }
}

const nameOf = (product: string): string => rowOf(product)?.name ?? "";

customElements.define("together-toasts", TogetherToasts);
