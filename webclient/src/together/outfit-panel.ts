/**
 * <together-outfit>: what one wears here, asking whether it suits, and answering those who ask. Nothing to see while
 * there is none of it.
 *
 * What it is not: what others wear (`people.ts`), or the model (`outfit.ts`, `votes.ts`).
 */
import { base, css, html, icon, ICONS, nothing, Panel, type TemplateResult } from "../shop/panel";
import { rowOf } from "../shop/pictures";
import type { Company } from "./company";
import { tallyText, w } from "./outfit-words";
import { ANSWERS, type Question, type Vote } from "./votes";
import { t } from "./words";

export class TogetherOutfit extends Panel {
  static override properties = { company: { attribute: false }, asking: { state: true } };
  declare company: Company | undefined;
  /** The product for which one chooses whom to ask. */
  declare private asking: string;

  constructor() {
    super();
    this.asking = "";
  }

  static override styles = [base, css`
    :host { display: block; }
    .card { display: grid; gap: 10px; margin-block-end: 12px; padding: 14px 16px; border-radius: 14px; background: color-mix(in srgb, var(--accent, #1f4d3a) 9%, transparent); }
    h4 { margin: 0; font-size: 15px; font-weight: 400; color: var(--quiet, #5d5f57); }
    ul { display: grid; gap: 10px; }
    li { display: grid; grid-template-columns: auto minmax(0, 1fr) auto; align-items: center; gap: 6px 12px; }
    .poster { width: 48px; border-radius: 10px; }
    .name { font-weight: 600; overflow-wrap: anywhere; }
    .buttons { grid-column: 1 / -1; display: flex; flex-wrap: wrap; gap: 8px; }
    .buttons .plain { font-size: 15px; padding-inline: 14px; }
    p { margin: 0; text-wrap: pretty; }
  `];

  protected models(): readonly (EventTarget | undefined)[] {
    return [this.company];
  }

  override render(): TemplateResult | typeof nothing {
    const { company } = this;
    if (!company || (!company.outfit.items.length && !company.votes.questions.length)) return nothing;
    return html`
      ${company.votes.questions.length ? html`<section class="card" aria-label=${w("votes")}><ul>${company.votes.questions.map((one) => this.question(company, one))}</ul></section>` : nothing}
      ${company.outfit.items.length ? html`<section class="card" aria-label=${w("you_wear")}><h4>${w("you_wear")}</h4><ul>${company.outfit.items.map(([product, sku]) => this.item(company, product, sku))}</ul></section>` : nothing}`;
  }

  private item(company: Company, product: string, sku: string | null): TemplateResult {
    const row = rowOf(product, () => this.requestUpdate());
    const name = row?.name ?? t("something");
    const vote = company.votes.own?.product === product ? company.votes.own : null;
    const canAsk = company.votes.isPossible && !company.votes.own && company.people().length > 0;
    return html`<li>
      ${row?.poster ? html`<span class="picture poster"><img src=${row.poster} alt=""></span>` : html`<span></span>`}<span class="name">${name}</span>
      <button class="round" aria-label=${w("take_off", { product: name })} title=${w("take_off", { product: name })} @click=${() => this.tried(company, company.outfit.off(product), w("now_off", { product: name }))}>${icon(ICONS.close)}</button>
      ${vote ? html`<div class="buttons">${this.tally(vote, true, "", name)}<button class="plain" @click=${() => this.tried(company, company.votes.close())}>${w("end")}</button></div>`
        : canAsk ? this.ask(company, product, sku) : nothing}
    </li>`;
  }

  /** One press asks whoever there is; with a party one says whom. */
  private ask(company: Company, product: string, sku: string | null): TemplateResult {
    const open = (scope: "party" | "near"): void => {
      this.asking = "";
      this.tried(company, company.votes.open(product, sku, scope));
    };
    const hasParty = company.party.members.length > 1;
    if (this.asking === product) {
      return html`<div class="buttons"><button class="plain" @click=${() => open("party")}>${icon(ICONS.people)}${w("ask_party")}</button><button class="plain" @click=${() => open("near")}>${icon(ICONS.eye)}${w("ask_near")}</button></div>`;
    }
    return html`<div class="buttons"><button class="plain" @click=${() => (hasParty ? this.choose(product) : open("near"))}>${icon(ICONS.people)}${w("ask")}</button></div>`;
  }

  private choose(product: string): void {
    this.asking = product;
    void this.focusOn(".buttons .plain");
  }

  private question(company: Company, { vote, answer }: Question): TemplateResult {
    const row = rowOf(vote.product, () => this.requestUpdate());
    const product = row?.name ?? t("something");
    const name = company.nameOf(vote.who);
    return html`<li>
      ${row?.poster ? html`<span class="picture poster"><img src=${row.poster} alt=""></span>` : html`<span></span>`}<span>${w("asks", { name, product })}</span><span></span>
      <div class="buttons">${answer
        ? html`<p class="small quiet">${w("answered", { answer: w(answer) })}</p>${this.tally(vote, false, name, product)}`
        : ANSWERS.map((one) => html`<button class="plain" @click=${() => this.tried(company, company.answer(vote.who, one))}>${w(one)}</button>`)}</div>
    </li>`;
  }

  private tally(vote: Vote, isOwn: boolean, name: string, product: string): TemplateResult {
    return html`<p class="small">${tallyText(vote, isOwn, name, product)}</p>`;
  }

  private tried(company: Company, work: Promise<void>, done = ""): void {
    work.then(() => done && this.announce(done), (error: unknown) => company.refused(error));
  }
}

customElements.define("together-outfit", TogetherOutfit);
