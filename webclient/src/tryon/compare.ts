/** Two in one picture: the seam between them, their names, and keeping one. By finger, mouse or arrow keys. */
import { html, nothing, swatch, type TemplateResult } from "../shop/panel";
import type { Booth } from "./booth";
import { Cover } from "./cover";
import { called, type Rival, type Wardrobe } from "./wardrobe";
import { t } from "./words";

const STEP = 0.01;

/** Where the seam is, from the left of the screen to its right, and how the mirror is told. */
export class Seam {
  at = 0.5;
  readonly #booth: Booth;
  readonly #hidden: [Set<string>, Set<string>] = [new Set(), new Set()];

  constructor(booth: Booth) {
    this.#booth = booth;
  }

  /** What is worn is on the left of the screen, which is the picture's right. */
  show(pair: readonly [first: string, second: string] | null, view: { readonly width: number; readonly height: number }): void {
    const { mirror, canvas } = this.#booth;
    if (!mirror) return;
    if (!pair) {
      if (mirror.split) mirror.split = null;
      return this.#booth.again();
    }
    const [left, right] = this.#hidden;
    left.clear();
    right.clear();
    left.add(pair[0]);
    right.add(pair[1]);
    const [u] = new Cover(view, canvas).seen(this.at * view.width, 0);
    mirror.split = { at: Math.min(1, Math.max(0, u / canvas.width)), hidden: [left, right] };
    this.#booth.again();
  }
}

export function comparing(wardrobe: Wardrobe, seam: Seam, acts: { move(at: number): void; keep(isRival: boolean): void }): TemplateResult | typeof nothing {
  const { shown, rival } = wardrobe;
  if (!shown || !rival) return nothing;
  const [left, right] = [called(shown.row, shown.variant, rival.row), called(rival.row, rival.variant, shown.row)];
  return html`
    <input class="seam" type="range" min="0" max="1" step=${STEP} .value=${String(seam.at)} aria-label=${t("compare_seam")} aria-valuetext=${t("compare_now", { left, right })}
      @input=${(event: Event) => acts.move(Number((event.target as HTMLInputElement).value))}>
    <div class="sides">${([[left, shown.variant, false], [right, rival.variant, true]] as const).map(([name, variant, isRival]) => html`
      <button class="plain" @click=${() => acts.keep(isRival)}><span class="dot" ${swatch(variant?.swatch)}></span><span class="name">${t("keep", { name })}</span></button>`)}</div>`;
}

/** With what: a row of colours and things, in place of the rail. */
export function rivals(wardrobe: Wardrobe, choose: (rival: Rival) => void): TemplateResult {
  const { shown, rival } = wardrobe;
  if (!shown) return html``;
  return html`<p class="small">${t("compare_with", { name: called(shown.row, shown.variant, rival?.row ?? shown.row) })}</p>
    <fieldset class="colours"><legend class="unseen">${t("compare")}</legend>${wardrobe.rivals().map((one) => html`
      <button class="plain" aria-pressed=${rival?.row === one.row && rival.variant === one.variant} @click=${() => choose(one)}>
        <span class="dot" ${swatch(one.variant?.swatch)}></span>${called(one.row, one.variant, shown.row)}</button>`)}</fieldset>`;
}
