/** <together-invite>: the link that brings a friend beside one, the party and its code. */
import { base, css, html, icon, ICONS, nothing, Panel, type TemplateResult } from "../shop/panel";
import { face, faceStyle } from "./face";
import { asWords } from "./typing";
import type { Company } from "./company";
import { t } from "./words";

export class TogetherInvite extends Panel {
  static override properties = { company: { attribute: false }, copied: { state: true }, typed: { state: true }, isBusy: { state: true } };
  declare company: Company | undefined;
  declare copied: "" | "link" | "code";
  declare typed: string;
  declare isBusy: boolean;

  constructor() {
    super();
    this.copied = "";
    this.typed = "";
    this.isBusy = false;
  }

  static override styles = [base, faceStyle, css`
    :host { display: grid; gap: 28px; }
    section { display: grid; gap: 14px; }
    .link { display: flex; align-items: center; gap: 8px; min-width: 0; }
    .link input { flex: 1; min-width: 0; min-height: 48px; padding-inline: 16px; border: 1px solid var(--line, #cfc8ba); border-radius: 12px; background: color-mix(in srgb, var(--ink, #22241f) 4%, transparent); font-size: 15px; text-overflow: ellipsis; }
    .buttons { display: flex; flex-wrap: wrap; gap: 10px; }
    .code { display: flex; align-items: baseline; justify-content: space-between; gap: 12px; padding: 14px 20px; border-radius: 14px; background: color-mix(in srgb, var(--accent, #1f4d3a) 8%, transparent); }
    .code strong { font-size: clamp(22px, 8cqi, 30px); letter-spacing: 0.08em; font-weight: 600; user-select: all; overflow-wrap: anywhere; }
    .fellows { display: grid; }
    .fellows li { display: grid; grid-template-columns: 40px minmax(0, 1fr) auto; align-items: center; gap: 14px; min-height: 56px; }
    .fellows .name { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-weight: 600; }
    .row { display: flex; flex-wrap: wrap; align-items: end; gap: 10px; }
    .row label { display: grid; gap: 6px; flex: 1 1 160px; font-size: 15px; }
    .row input { width: 100%; min-height: 52px; padding-inline: 16px; border: 1px solid var(--line, #cfc8ba); border-radius: 12px; background: var(--panel-solid, #fff); letter-spacing: 0.06em; }
    hr { width: 100%; margin: 0; border: 0; border-block-start: 1px solid var(--line, #ddd7cb); }
    .lead { text-wrap: pretty; }
  `];

  protected models(): readonly (EventTarget | undefined)[] {
    return [this.company?.party, this.company];
  }

  override render(): TemplateResult | typeof nothing {
    const { company } = this;
    if (!company) return nothing;
    const { party } = company;
    const link = company.link(location.href);
    return html`
      <section>
        <h3>${t("invite")}</h3><p class="quiet">${t("invite_lead")}</p>
        <div class="link"><input readonly .value=${link} aria-label=${t("copy_link")} dir="ltr" @focus=${(event: Event) => (event.target as HTMLInputElement).select()}></div>
        <div class="buttons"><button class="act" @click=${() => this.copy(link, "link")}>${icon(this.copied === "link" ? ICONS.check : ICONS.link)}${this.copied === "link" ? t("copied") : t("copy_link")}</button>
          ${"share" in navigator ? html`<button class="plain" @click=${() => this.share(link)}>${icon(ICONS.share)}${t("share_link")}</button>` : nothing}</div>
      </section>
      <hr>
      <section>
        <h3>${t("party_title")}</h3>
        ${party.members.length ? html`
          <div class="code"><span class="quiet small">${t("party_code")}</span><strong dir="ltr">${party.code}</strong><button class="round" aria-label=${t("copied")} title=${t("copied")} @click=${() => this.copy(party.code, "code")}>${icon(this.copied === "code" ? ICONS.check : ICONS.copy)}</button></div>
          <ul class="fellows">${party.members.map(({ member, name }, i) => html`<li>${face(member, name, company.session.person(member)?.isTalking)}<span><span class="name">${member === company.session.member ? t("you") : name}</span>${i === 0 ? html` <span class="quiet small">${t("leads")}</span>` : nothing}</span>
            ${party.leads && member !== company.session.member ? html`<button class="round" aria-label=${t("remove", { name })} @click=${() => this.tried(company, party.remove(member))}>${icon(ICONS.close)}</button>` : nothing}</li>`)}</ul>
          <div class="buttons"><button class="plain" @click=${() => this.tried(company, party.leave())}>${t("leave_party")}</button></div>` : html`
          <p class="quiet lead">${t("no_party")}</p>
          <div class="buttons"><button class="act" @click=${() => this.tried(company, party.create())}>${icon(ICONS.people)}${t("make_party")}</button></div>
          <form class="row" @submit=${(event: Event) => { event.preventDefault(); if (this.typed.trim()) this.tried(company, party.join(this.typed)); }}>
            <label>${t("join_code")}<input dir="ltr" autocomplete="off" autocapitalize="characters" spellcheck="false" maxlength="16" .value=${this.typed} @input=${(event: Event) => (this.typed = (event.target as HTMLInputElement).value)} @keydown=${asWords}></label>
            <button class="plain" aria-disabled=${!this.typed.trim()}>${t("join")}</button></form>`}
      </section>`;
  }

  private tried(company: Company, work: Promise<void>): void {
    work.catch((error: unknown) => company.refused(error));
  }

  private async copy(text: string, what: "link" | "code"): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      this.copied = what;
      this.announce(t("copied"));
    } catch {
      this.renderRoot.querySelector<HTMLInputElement>(".link input")?.focus();
    }
  }

  private async share(url: string): Promise<void> {
    await navigator.share({ title: t("share_title"), url }).catch(() => undefined);
  }
}

customElements.define("together-invite", TogetherInvite);
