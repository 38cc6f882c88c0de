/** <together-people>: who is here, nearest first, and all that one can do with or about somebody. */
import { base, css, html, icon, ICONS, nothing, Panel, type TemplateResult } from "../shop/panel";
import { face, faceStyle } from "./face";
import { w } from "./outfit-words";
import { reasonWord, roleWord, t } from "./words";
import { asWords } from "./typing";
import { type Company, type Neighbour, type Reason, REASONS, type Sanction } from "./company";
import { count } from "../ui/format";
import { rowOf } from "../shop/pictures";
import { spoken } from "../ui/words";

interface Worn {
  readonly product: string;
  readonly sku: string | null;
  readonly name: string;
}

const EVERY_MS = 1000;
const MOST = 80;
const BESIDE_M = 1.5;

export class TogetherPeople extends Panel {
  static override properties = { company: { attribute: false }, shown: { type: Number }, product: {}, sku: {}, reporting: { state: true }, reason: { state: true }, words: { state: true }, armed: { state: true } };
  declare company: Company | undefined;
  /** The member whose actions are unfolded. */
  declare shown: number;
  /** What the shopper looks at: it can be shown and handed over. */
  declare product: string;
  declare sku: string;
  declare reporting: number;
  declare reason: Reason;
  declare words: string;
  /** A grave action is done at the second press. */
  declare armed: string;
  private timer: ReturnType<typeof setInterval> | undefined;
  private order: number[] = [];

  constructor() {
    super();
    this.shown = this.reporting = 0;
    this.product = this.sku = this.words = this.armed = "";
    this.reason = "harassment";
  }

  static override styles = [base, faceStyle, css`
    ul.people { display: grid; }
    ul.people > li { border-block-end: 1px solid var(--line, #ddd7cb); }
    .head { display: grid; grid-template-columns: 40px minmax(0, 1fr) auto; align-items: center; gap: 14px; width: 100%; min-height: 64px; padding: 10px 0; border: 0; background: none; text-align: start; }
    .head .name { display: block; font-weight: 600; font-size: 17px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
    .sub { display: flex; flex-wrap: wrap; gap: 0 8px; font-size: 15px; color: var(--quiet, #5d5f57); }
    .sub b { font-weight: 600; color: var(--accent, #1f4d3a); }
    .worn { margin: 0 0 12px; padding-inline-start: 54px; overflow-wrap: anywhere; }
    a.plain { display: inline-flex; align-items: center; gap: 8px; text-decoration: none; color: inherit; }
    .far { font-size: 15px; color: var(--quiet, #5d5f57); }
    .hidden .face, .hidden .name { opacity: 0.45; }
    .do { display: flex; flex-wrap: wrap; gap: 8px; padding-block: 2px 18px; animation: open 200ms ease-out; }
    @keyframes open { from { opacity: 0; transform: translateY(-4px); } }
    .do .plain { font-size: 15px; padding-inline: 14px; }
    .do .plain .icon { width: 18px; height: 18px; }
    .do h4 { flex-basis: 100%; margin: 8px 0 0; font-size: 15px; font-weight: 400; color: var(--quiet, #5d5f57); }
    .grave { color: var(--bad, #7e2a17); }
    .grave[data-armed] { background: var(--bad, #96341f); border-color: var(--bad, #96341f); color: #fff; }
    .volume { display: flex; align-items: center; gap: 10px; flex-basis: 100%; min-height: 44px; }
    .volume input { flex: 1; min-width: 0; height: 44px; }
    .report { display: grid; gap: 14px; padding: 4px 0 20px; }
    .reasons { display: flex; flex-wrap: wrap; gap: 8px; }
    .reasons label { position: relative; }
    .reasons input { position: absolute; inset: 0; width: 100%; height: 100%; margin: 0; opacity: 0; cursor: pointer; }
    .reasons span { display: grid; place-items: center; min-height: 44px; padding-inline: 14px; border-radius: 999px; border: 1px solid var(--line, #ddd7cb); font-size: 15px; }
    .reasons input:checked + span { background: var(--accent, #1f4d3a); border-color: var(--accent, #1f4d3a); color: var(--accent-ink, #fff); }
    .reasons input:focus-visible + span { outline: 3px solid var(--accent, #1f4d3a); outline-offset: 2px; }
    textarea { width: 100%; min-height: 72px; padding: 12px 14px; border: 1px solid var(--line, #cfc8ba); border-radius: 12px; background: var(--panel-solid, #fff); resize: vertical; }
    .with { display: flex; align-items: center; justify-content: space-between; gap: 12px; margin-block-end: 8px; padding: 8px 8px 8px 16px; padding-inline: 16px 8px; border-radius: 14px; background: color-mix(in srgb, var(--accent, #1f4d3a) 9%, transparent); font-size: 15px; }
    .with span { min-width: 0; overflow-wrap: anywhere; }
    .room { display: flex; flex-wrap: wrap; gap: 8px; padding-block: 16px 0; }
    .room h4 { flex-basis: 100%; margin: 0; font-size: 15px; font-weight: 400; color: var(--quiet, #5d5f57); }
  `];

  protected models(): readonly (EventTarget | undefined)[] {
    return [this.company];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.timer = setInterval(() => this.isVisible && this.requestUpdate(), EVERY_MS);
  }

  override disconnectedCallback(): void {
    clearInterval(this.timer);
    super.disconnectedCallback();
  }

  private get isVisible(): boolean {
    return this.offsetParent !== null || this.getClientRects().length > 0;
  }

  override render(): TemplateResult | typeof nothing {
    const { company } = this;
    if (!company) return nothing;
    const people = this.sorted(company.people()).slice(0, MOST);
    const { looking } = company;
    const followed = company.followed ? people.find(({ member }) => member === company.followed) : undefined;
    const leader = looking.role === "following" ? company.nameOf(looking.leader) : "";
    return html`
      ${followed ? html`<p class="with"><span>${t("walking_with", { name: followed.name })}</span><button class="plain" @click=${() => company.follow(0)}>${t("stop_looking")}</button></p>` : nothing}
      ${looking.role !== "none" ? html`<p class="with"><span>${looking.role === "leading" ? t("you_lead") : t("looking_with", { name: leader })}</span><button class="plain" @click=${() => looking.stop()}>${t("stop_looking")}</button></p>` : nothing}
      ${people.length ? html`<ul class="people" aria-label=${t("people")}>${people.map((one) => this.row(company, one))}</ul>`
        : html`<div class="state"><svg class="icon mark" viewBox="0 0 24 24" aria-hidden="true"><path d=${ICONS.people}></path></svg><p>${t("nobody")}</p><button class="act" @click=${() => this.open({ panel: "invite" })}>${t("invite")}</button></div>`}
      ${company.isStaff ? html`<div class="room" role="group" aria-label=${t("host_tools")}><h4>${t("host_tools")}</h4>
        <button class="plain" @click=${() => company.order(company.isLocked ? "unlock" : "lock")}>${icon(ICONS.lock)}${company.isLocked ? t("unlock") : t("lock")}</button>
        <button class="plain" @click=${() => company.order("slow", company.slow_s ? 0 : 15)}>${icon(ICONS.clock)}${company.slow_s ? t("slow_off") : t("slow_on")}</button></div>` : nothing}`;
  }

  /** Nearest first, but nobody moves away from under a finger or the keyboard. */
  private sorted(people: readonly Neighbour[]): readonly Neighbour[] {
    const isHeld = this.shown !== 0 || this.reporting !== 0 || this.matches(":hover") || this.shadowRoot?.activeElement;
    if (!isHeld) this.order = people.map(({ member }) => member);
    const rank = new Map(this.order.map((member, i) => [member, i]));
    return isHeld ? [...people].sort((a, b) => (rank.get(a.member) ?? 999) - (rank.get(b.member) ?? 999)) : people;
  }

  private row(company: Company, one: Neighbour): TemplateResult {
    const { member, name, person } = one;
    const isOpen = this.shown === member;
    const role = roleWord(one.role);
    const far = one.distance_m < BESIDE_M ? t("near_you") : t("metres", { n: count(Math.round(one.distance_m), spoken()) });
    const worn = this.worn(one);
    const marks = [role, one.isInParty ? t("in_party") : "", person.isTalking ? t("talking") : "", person.card?.muted ? t("is_muted") : ""].filter(Boolean);
    return html`<li class=${one.isBlocked || one.isQuiet ? "hidden" : ""}>
      <button class="head" aria-expanded=${isOpen} @click=${() => this.unfold(isOpen ? 0 : member)}>
        ${face(member, name, person.isTalking && !one.isQuiet)}
        <span><span class="name">${name}</span>${marks.length ? html`<span class="sub">${marks.map((mark, i) => (i === 0 && role ? html`<b>${mark}</b>` : html`<span>${mark}</span>`))}</span>` : nothing}</span>
        <span class="far figure">${one.isQuiet || one.isBlocked ? icon(ICONS.quiet) : far}</span>
      </button>
      ${worn.length ? html`<p class="worn small quiet">${w("wears", { names: worn.map(({ name }) => name).join(", ") })}</p>` : nothing}
      ${isOpen ? (this.reporting === member ? this.report(company, one) : this.actions(company, one)) : nothing}</li>`;
  }

  private actions(company: Company, one: Neighbour): TemplateResult {
    const { member, name } = one;
    const product = this.product ? (rowOf(this.product, () => this.requestUpdate())?.name ?? "") : "";
    const isAsked = company.party.invited.has(member);
    const act = (path: string, word: string, work: () => void, more: { pressed?: boolean; grave?: boolean } = {}): TemplateResult =>
      html`<button class="plain ${more.grave ? "grave" : ""}" aria-pressed=${more.pressed ?? nothing} @click=${work}>${icon(path)}${word}</button>`;
    return html`<div class="do" role="group" aria-label=${t("actions", { name })}>
      ${one.isBlocked ? nothing : html`
        ${act(ICONS.walk, one.isFollowed ? t("stop_walking") : t("walk_with"), () => company.follow(one.isFollowed ? 0 : member), { pressed: one.isFollowed })}
        ${one.isShowing ? act(ICONS.eye, t("look_with"), () => this.tried(company, company.looking.follow(member))) : nothing}
        ${one.role === "bot" ? nothing : act(ICONS.chat, t("message"), () => this.write(one))}
        ${one.isInParty || one.role === "bot" ? nothing : html`<button class="plain" aria-disabled=${isAsked} @click=${() => !isAsked && this.tried(company, company.party.invite(member))}>${icon(isAsked ? ICONS.check : ICONS.people)}${isAsked ? t("asked_party") : t("invite_party")}</button>`}
        ${product ? html`${act(ICONS.hand, t("hand", { product }), () => this.tried(company, company.looking.hand(this.product, this.sku || null, member)))}${act(ICONS.eye, t("show", { product }), () => this.tried(company, company.looking.share(this.product, this.sku || null, [member])))}` : nothing}
        ${this.worn(one).map((item) => this.wearing(company, item))}
        ${company.looking.role === "leading" ? act(ICONS.crown, t("give_lead"), () => this.tried(company, company.looking.lead(member))) : nothing}
        ${company.voice.isConnected(member) ? html`<label class="volume">${icon(ICONS.volume)}<span class="unseen">${t("volume", { name })}</span>
          <input type="range" min="0" max="2" step="0.1" .value=${String(company.voice.volumeOf(member))} @input=${(event: Event) => company.voice.setVolume(member, Number((event.target as HTMLInputElement).value))}></label>` : nothing}`}
      ${act(one.isQuiet ? ICONS.volume : ICONS.quiet, one.isQuiet ? t("unquiet") : t("quiet"), () => company.quiet(member, !one.isQuiet), { pressed: one.isQuiet })}
      ${act(ICONS.block, one.isBlocked ? t("unblock") : t("block"), () => company.block(member, !one.isBlocked), { pressed: one.isBlocked })}
      ${act(ICONS.flag, t("report"), () => { this.reporting = member; void this.focusOn(".report input"); })}
      ${company.isStaff ? html`<h4>${t("host_tools")}</h4>
        ${one.person.card?.muted ? act(ICONS.mic, t("unmute"), () => company.sanction("unmute", member)) : act(ICONS.mic_off, t("mute_10"), () => company.sanction("mute", member, 10))}
        ${this.grave(company, "kick", t("kick"), member, 0)}${this.grave(company, "ban", t("ban_60"), member, 60)}` : nothing}
    </div>`;
  }

  /** What somebody wears that the catalogue knows, by its name. */
  private worn({ person, isBlocked }: Neighbour): readonly Worn[] {
    if (isBlocked) return [];
    return (person.card?.wears ?? []).flatMap(([product, sku]) => {
      const name = rowOf(product, () => this.requestUpdate())?.name;
      return name ? [{ product, sku, name }] : [];
    });
  }

  /** Wear it too, at one press, on one's own figure; and before the mirror for who wants to see it on themselves. */
  private wearing(company: Company, { product, sku, name }: Worn): TemplateResult {
    const isOn = company.outfit.items.some(([one, other]) => one === product && other === sku);
    const work = (): Promise<void> => (isOn ? company.outfit.off(product) : company.wearToo(product, sku));
    const done = isOn ? "now_off" : "now_on";
    return html`<button class="plain" aria-pressed=${isOn} @click=${() => work().then(() => this.announce(w(done, { product: name })), (error: unknown) => company.refused(error))}>${icon(isOn ? ICONS.check : ICONS.person)}${w(isOn ? "wear_off" : "wear_too", { product: name })}</button>
      <a class="plain" href=${`#/p/${encodeURIComponent(product)}/try`}>${icon(ICONS.eye)}${w("mirror", { product: name })}</a>`;
  }

  private grave(company: Company, op: Sanction, word: string, member: number, minutes: number): TemplateResult {
    const name = `${op}.${member}`;
    const isArmed = this.armed === name;
    return html`<button class="plain grave" ?data-armed=${isArmed} @blur=${() => (this.armed = "")} @click=${() => {
      if (isArmed) void company.sanction(op, member, minutes);
      else this.announce(t("sure"));
      this.armed = isArmed ? "" : name;
    }}>${isArmed ? t("sure") : word}</button>`;
  }

  private report(company: Company, { member, name }: Neighbour): TemplateResult {
    return html`<form class="report" @submit=${(event: Event) => { event.preventDefault(); void this.sendReport(company, member); }}>
      <h3 class="name">${t("report_title", { name })}</h3><p class="small quiet name">${t("report_lead", { name })}</p>
      <fieldset class="reasons"><legend class="unseen">${t("report")}</legend>${REASONS.map((reason) => html`<label><input type="radio" name="reason" .checked=${reason === this.reason} @change=${() => (this.reason = reason)}><span>${reasonWord(reason)}</span></label>`)}</fieldset>
      <label class="small">${t("report_text")}<textarea dir="auto" maxlength="500" .value=${this.words} @input=${(event: Event) => (this.words = (event.target as HTMLTextAreaElement).value)} @keydown=${asWords}></textarea></label>
      <div class="do"><button class="act">${t("report_send")}</button><button type="button" class="plain" @click=${() => (this.reporting = 0)}>${t("report_cancel")}</button></div></form>`;
  }

  private async sendReport(company: Company, member: number): Promise<void> {
    const { reason, words } = this;
    this.reporting = 0;
    this.words = "";
    await company.report(member, reason, words).catch(() => undefined);
  }

  private write(one: Neighbour): void {
    this.dispatchEvent(new CustomEvent("message", { detail: { member: one.member, name: one.name }, bubbles: true, composed: true }));
    this.open({ panel: "chat" });
  }

  /** Somebody clicked, in the list or in the room. */
  unfold(member: number): void {
    this.shown = member;
    this.reporting = 0;
    this.armed = "";
  }

  private tried(company: Company, work: Promise<void>): void {
    work.catch((error: unknown) => company.refused(error));
  }
}

customElements.define("together-people", TogetherPeople);
