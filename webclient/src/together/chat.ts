/** <together-chat>: what is said in the room, nearby, in the party or to one person, and saying it. */
import { base, css, html, icon, ICONS, nothing, Panel, type TemplateResult } from "../shop/panel";
import { t, whyNot } from "./words";
import { face, faceStyle } from "./face";
import { type Line, LONGEST } from "./talk";
import { locale } from "../shop/money";
import { asWords } from "./typing";
import type { Company } from "./company";
import type { Scope } from "../net";
import { spoken } from "../ui/words";

const SCOPES: readonly Scope[] = ["room", "near", "party"];
const COUNT_FROM = 400;
/** So close together, lines of one person are one group. */
const GROUP_MS = 120_000;

export class TogetherChat extends Panel {
  static override properties = { company: { attribute: false }, scope: {}, to: { type: Number }, toName: {}, typed: { state: true }, translates: { state: true }, isDown: { state: true }, originals: { state: true } };
  declare company: Company | undefined;
  declare scope: Scope;
  /** The person written to, in private. */
  declare to: number;
  declare toName: string;
  declare typed: string;
  declare translates: boolean;
  /** Whether the newest line is in view. */
  declare isDown: boolean;
  declare originals: ReadonlySet<number>;
  private timer: ReturnType<typeof setInterval> | undefined;
  private lastSeen = 0;
  private sight: IntersectionObserver | undefined;
  private isSeen = false;

  constructor() {
    super();
    this.scope = "room";
    this.to = 0;
    this.toName = this.typed = "";
    this.translates = false;
    this.isDown = true;
    this.originals = new Set();
  }

  static override styles = [base, faceStyle, css`
    :host { display: grid; grid-template-rows: auto minmax(0, 1fr) auto; gap: 12px; min-height: 280px; height: 100%; }
    .scopes { display: flex; gap: 6px; overflow-x: auto; scrollbar-width: none; padding: 3px; margin: -3px; }
    .scopes .plain { flex: none; font-size: 15px; max-width: 22ch; }
    .scopes .plain span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
    .log { overflow-y: auto; overscroll-behavior: contain; display: flex; flex-direction: column; gap: 2px; padding: 4px 8px; margin-inline: -8px; scroll-padding: 8px; min-height: 0; }
    .log > :first-child { margin-block-start: auto; }
    .group { display: grid; grid-template-columns: 40px minmax(0, 1fr); gap: 0 12px; padding-block: 10px 4px; }
    .group .face { grid-row: span 3; }
    .who { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 8px; font-size: 15px; }
    .who .plainly { position: relative; padding: 0; border: 0; background: none; font-weight: 600; max-width: 100%; min-width: 0; }
    .who .plainly span { display: block; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; unicode-bidi: isolate; }
    /* As large as a fingertip, without pushing the lines apart. */
    .who .plainly::after { content: ""; position: absolute; inset: -10px -8px; min-width: 44px; }
    .who .plainly:hover { text-decoration: underline; text-underline-offset: 3px; }
    .who time, .who .tag { color: var(--quiet, #5d5f57); font-size: 14px; }
    .text { display: block; }
    .said { margin: 0; overflow-wrap: anywhere; unicode-bidi: plaintext; white-space: pre-line; min-height: 0; }
    .next { padding-inline-start: 52px; padding-block: 2px; }
    .said.pending { opacity: 0.55; }
    .said.refused { text-decoration: line-through; text-decoration-color: color-mix(in srgb, var(--bad, #96341f) 60%, transparent); }
    .under { display: flex; flex-wrap: wrap; align-items: center; gap: 0 14px; font-size: 14px; color: var(--quiet, #5d5f57); }
    .under button { font-size: 14px; min-height: 44px; min-width: 44px; margin-block: -7px; }
    .under.bad { color: var(--bad, #7e2a17); }
    .newer { position: absolute; inset-inline: 0; margin-inline: auto; inset-block-end: 8px; width: max-content; background: var(--panel-solid, #fff); box-shadow: 0 4px 20px rgb(40 34 24 / 0.16); border-color: transparent; font-size: 15px; }
    .well { position: relative; display: grid; min-height: 0; }
    form { display: grid; gap: 6px; }
    .box { display: flex; align-items: end; gap: 4px; border: 1px solid var(--line, #cfc8ba); border-radius: 24px; background: var(--panel-solid, #fff); padding: 3px 3px 3px 18px; padding-inline: 18px 3px; }
    .box:focus-within { border-color: var(--accent, #1f4d3a); box-shadow: 0 0 0 1px var(--accent, #1f4d3a); }
    textarea, textarea:focus-visible { flex: 1; min-width: 0; min-height: 44px; border: 0; outline: none; background: none; resize: none; padding-block: 9px; max-height: 120px; field-sizing: content; line-height: 1.4; }
    .send .flips { display: grid; }
    .send { background: var(--accent, #1f4d3a); color: var(--accent-ink, #fff); }
    .send:hover { background: color-mix(in srgb, var(--accent, #1f4d3a) 88%, #000); }
    .send[aria-disabled="true"] { opacity: 0.4; cursor: default; }
    .hint { display: flex; justify-content: space-between; gap: 12px; font-size: 14px; color: var(--quiet, #5d5f57); min-height: 20px; padding-inline: 18px; }
    .hint span:first-child { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
    .empty { margin: auto; color: var(--quiet, #5d5f57); text-align: center; max-width: 30ch; text-wrap: balance; }
  `];

  protected models(): readonly (EventTarget | undefined)[] {
    return [this.company?.talk, this.company?.party, this.company];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    // Waiting times run down; nothing else changes by itself.
    this.timer = setInterval(() => this.company?.talk.shown().some((line) => line.state === "refused" && line.notBefore_ms > Date.now() - 1000) && this.requestUpdate(), 1000);
    if (typeof IntersectionObserver === "function") {
      this.sight = new IntersectionObserver(([entry]) => {
        this.isSeen = entry?.isIntersecting ?? false;
        this.company?.talk.look(this.isSeen && this.isDown);
      });
      this.sight.observe(this);
    }
  }

  override disconnectedCallback(): void {
    clearInterval(this.timer);
    this.sight?.disconnect();
    this.company?.talk.look(false);
    super.disconnectedCallback();
  }

  /** Write to one person. */
  address(member: number, name: string): void {
    this.scope = "private";
    this.to = member;
    this.toName = name;
    void this.focusOn("textarea");
  }

  override render(): TemplateResult | typeof nothing {
    const { company } = this;
    if (!company) return nothing;
    const { talk } = company;
    // The room's tab shows everything that one may read; the others narrow it.
    const lines = this.scope === "room" ? talk.shown() : talk.shown(this.scope, this.to);
    const canTranslate = talk.translator !== undefined;
    return html`
      <div class="scopes" role="group" aria-label=${t("chat")}>
        ${SCOPES.map((scope) => html`<button class="plain" aria-pressed=${this.scope === scope} @click=${() => (this.scope = scope)}>${t(scope as "room" | "near" | "party")}</button>`)}
        ${this.to ? html`<button class="plain" aria-pressed=${this.scope === "private"} @click=${() => (this.scope = "private")}><span>${t("private", { name: this.toName })}</span></button>` : nothing}
        ${canTranslate ? html`<button class="plain" aria-pressed=${this.translates} @click=${() => this.toggleTranslation()}>${icon(ICONS.globe)}${t("translate")}</button>` : nothing}
      </div>
      <div class="well">
        <div class="log" role="log" aria-label=${t("chat")} tabindex="0" @scroll=${this.scrolled}>
          ${lines.length ? this.groups(company, lines) : html`<p class="empty">${this.scope === "party" && !company.party.members.length ? t("party_empty") : t("chat_empty")}</p>`}
        </div>
        ${this.isDown ? nothing : html`<button class="plain newer" @click=${() => this.toEnd()}>${t("new_lines")}</button>`}
      </div>
      ${this.composer(company)}`;
  }

  private groups(company: Company, lines: readonly Line[]): TemplateResult[] {
    const clock = new Intl.DateTimeFormat(locale(), { hour: "numeric", minute: "2-digit" });
    const own = company.session.member;
    return lines.map((line, i) => {
      const before = lines[i - 1];
      const goesOn = before !== undefined && before.who === line.who && before.scope === line.scope && before.to === line.to && line.at_ms - before.at_ms < GROUP_MS;
      const name = line.who === own ? t("you") : line.name;
      const tag = line.scope === "private" ? (line.who === own ? t("private", { name: line.toName }) : t("private", { name: t("you") })) : line.scope === "room" ? "" : t(line.scope);
      if (goesOn) return html`<div class="next">${this.said(company, line)}</div>`;
      return html`<div class="group">
        ${face(line.who, line.who === own ? company.name || line.name : line.name, company.session.person(line.who)?.isTalking)}
        <div class="who">${line.who === own ? html`<b>${name}</b>` : html`<button class="plainly" title=${t("more_of", { name })} @click=${() => this.about(line)}><span>${name}</span></button>`}
          <time datetime=${new Date(line.at_ms).toISOString()}>${clock.format(line.at_ms)}</time>${tag ? html`<span class="tag">${tag}</span>` : nothing}</div>
        ${this.said(company, line)}</div>`;
    });
  }

  private said(company: Company, line: Line): TemplateResult {
    const translated = company.talk.translationOf(line.id);
    const isOwn = line.who === company.session.member;
    const showsTranslated = this.translates && !isOwn && translated !== undefined && translated !== line.text && !this.originals.has(line.id);
    if (this.translates && !isOwn && line.state === "said" && translated === undefined) void company.talk.translate(line, spoken());
    const wait_s = Math.ceil((line.notBefore_ms - Date.now()) / 1000);
    return html`<div>
      <p class="said ${line.state}" dir="auto">${showsTranslated ? translated : line.text}</p>
      ${this.translates && !isOwn && translated !== undefined && translated !== line.text ? html`<div class="under"><span>${showsTranslated ? t("translated") : nothing}</span><button class="text" @click=${() => this.toggleOriginal(line.id)}>${showsTranslated ? t("original") : t("translate")}</button></div>` : nothing}
      ${line.state === "pending" ? html`<span class="unseen">${t("pending")}</span>` : nothing}
      ${line.state === "refused" ? html`<div class="under bad" role="alert"><span>${whyNot(line)}</span>
        ${wait_s > 0 ? html`<span class="figure">${t("wait", { n: wait_s })}</span>` : html`<button class="text" @click=${() => company.talk.again(line.id)}>${t("again")}</button>`}
        <button class="text" @click=${() => company.talk.discard(line.id)}>${t("discard")}</button></div>` : nothing}
    </div>`;
  }

  private composer(company: Company): TemplateResult {
    const length = [...this.typed].length;
    const isOver = length > LONGEST;
    const hint = company.mutedUntil_ms > Date.now() ? t("you_muted") : company.session.state === "waiting" || company.session.state === "connecting" ? t("waiting_link")
      : company.slow_s && this.scope !== "party" ? t("slow", { n: company.slow_s }) : this.scope === "private" ? t("private_hint", { name: this.toName }) : t(`${this.scope}_hint` as "room_hint");
    return html`<form @submit=${(event: Event) => { event.preventDefault(); this.send(); }}>
      <div class="box"><textarea rows="1" dir="auto" placeholder=${t("write")} aria-label=${t("write")} aria-describedby="hint" .value=${this.typed} enterkeyhint="send" autocomplete="off" maxlength="1000"
        @input=${(event: Event) => (this.typed = (event.target as HTMLTextAreaElement).value)} @keydown=${this.key}></textarea>
        <button class="round send" aria-label=${t("send")} aria-disabled=${!this.typed.trim() || isOver}><span class="flips">${icon(ICONS.send)}</span></button></div>
      <p class="hint" id="hint"><span>${hint}</span>${length >= COUNT_FROM ? html`<span class="figure">${t("left", { n: LONGEST - length })}</span>` : nothing}</p>
    </form>`;
  }

  private readonly key = (event: KeyboardEvent): void => {
    asWords(event);
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      this.send();
    }
  };

  private send(): void {
    const { company } = this;
    if (!company || !this.typed.trim() || [...this.typed].length > LONGEST) return;
    void company.talk.say(this.typed, this.scope, this.to, this.toName);
    this.typed = "";
    this.isDown = true;
  }

  private about(line: Line): void {
    this.dispatchEvent(new CustomEvent("person", { detail: line.who, bubbles: true, composed: true }));
    this.open({ panel: "people" });
  }

  private toggleTranslation(): void {
    this.translates = !this.translates;
    this.company?.talk.forgetTranslations();
  }

  private toggleOriginal(id: number): void {
    const shown = new Set(this.originals);
    if (!shown.delete(id)) shown.add(id);
    this.originals = shown;
  }

  private get log(): HTMLElement | null {
    return this.renderRoot.querySelector(".log");
  }

  private readonly scrolled = (): void => {
    const { log } = this;
    if (!log) return;
    const isDown = log.scrollHeight - log.scrollTop - log.clientHeight < 60;
    if (isDown !== this.isDown) this.isDown = isDown;
    this.company?.talk.look(this.isSeen && isDown);
  };

  private toEnd(): void {
    this.isDown = true;
    this.log?.scrollTo({ top: this.log.scrollHeight });
  }

  /** Stay at the newest line, unless the shopper reads further up. */
  override updated(): void {
    const { log } = this;
    const last = this.company?.talk.shown().at(-1)?.id ?? 0;
    if (log && (this.isDown || last < 0) && last !== this.lastSeen) log.scrollTop = log.scrollHeight;
    this.lastSeen = last;
  }
}

/** <together-captions>: the last things said, for whoever cannot hear or read the panel now. */
export class TogetherCaptions extends Panel {
  static override properties = { company: { attribute: false } };
  declare company: Company | undefined;
  private lines: { key: string; name: string; text: string; until_ms: number }[] = [];
  private heard: EventTarget | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;

  static override styles = [base, css`
    :host { pointer-events: none; container-type: normal; }
    ul { display: grid; justify-items: center; gap: 4px; }
    li { max-width: 56ch; padding: 4px 14px; border-radius: 10px; background: rgb(20 20 18 / 0.78); color: #fff; font-size: 19px; text-wrap: balance; overflow-wrap: anywhere; unicode-bidi: plaintext; }
    b { font-weight: 600; unicode-bidi: isolate; }
  `];

  protected models(): readonly (EventTarget | undefined)[] {
    return [];
  }

  override willUpdate(): void {
    super.willUpdate();
    const { company } = this;
    if (!company || this.heard === company) return;
    this.heard = company;
    company.talk.addEventListener("said", (event) => {
      const { id, name, text, who } = (event as CustomEvent<Line>).detail;
      if (who !== company.session.member) this.add(`s${id}`, name, text);
    });
    company.voice.addEventListener("caption", (event) => {
      const { member, text } = (event as CustomEvent<{ member: number; text: string }>).detail;
      this.add(`v${member}`, company.nameOf(member), text);
    });
  }

  override render(): TemplateResult {
    // Readers have the log.
    return html`<ul aria-hidden="true">${this.lines.map(({ name, text }) => html`<li><b>${name}</b> ${text}</li>`)}</ul>`;
  }

  private add(key: string, name: string, text: string): void {
    const until_ms = Date.now() + Math.min(12_000, 3000 + text.length * 60);
    this.lines = [...this.lines.filter((line) => line.key !== key && line.until_ms > Date.now()), { key, name, text, until_ms }].slice(-3);
    this.requestUpdate();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.clear(), 3500);
  }

  private clear(): void {
    this.lines = this.lines.filter((line) => line.until_ms > Date.now());
    this.requestUpdate();
    if (this.lines.length) this.timer = setTimeout(() => this.clear(), 1500);
  }
}

customElements.define("together-chat", TogetherChat);
customElements.define("together-captions", TogetherCaptions);
