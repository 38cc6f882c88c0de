/** What is asked before the camera is on, what is said while it comes, and the way on when it does not. */
import { html, icon, ICONS, nothing, type TemplateResult } from "../shop/panel";
import type { Booth } from "./booth";
import { t } from "./words";

export interface Answers {
  yes(): void;
  no(): void;
}

const PROMISES = [["promise_here", ICONS.lock], ["promise_kept", "M5 7h14M10 7V5h4v2M7 7l1 13h8l1-13"], ["promise_stop", ICONS.hand]] as const;

/** @param isErased whether this is what comes after "Erase everything" */
export function consent({ yes, no }: Answers, isErased: boolean): TemplateResult {
  return html`<div class="card">
    ${isErased ? html`<p class="note" role="status">${icon(ICONS.check)}<span>${t("erased")}</span></p>` : nothing}
    <h2 tabindex="-1">${t("consent")}</h2>
    <p>${t("consent_lead")}</p>
    <ul class="promises">${PROMISES.map(([word, drawing]) => html`<li>${icon(drawing)}<p><strong>${t(word)}</strong> ${t(`${word}_more`)}</p></li>`)}</ul>
    <div class="row"><button class="act" @click=${yes}>${t("yes")}</button><button class="plain" @click=${no}>${t("no")}</button></div>
  </div>`;
}

export function opening(booth: Booth, { no }: Answers): TemplateResult {
  return html`<div class="card"><h2 tabindex="-1" class="unseen">${t("title")}</h2><p class="waiting" role="status"><span class="wheel"></span>${t("opening", { n: Math.round(booth.part * 100) })}</p>
    <progress max="1" .value=${booth.part} aria-hidden="true"></progress><button class="plain" @click=${no}>${t("no")}</button></div>`;
}

export function troubled(booth: Booth, { yes, no }: Answers): TemplateResult {
  return html`<div class="card" role="alert">${icon(ICONS.warn)}<p>${t(booth.trouble ?? "model")}</p>
    <div class="row"><button class="act" @click=${yes}>${t("again")}</button><button class="plain" @click=${no}>${t("close")}</button></div></div>`;
}
