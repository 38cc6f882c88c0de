/** What the mirror has measured of the shopper, what they say of themselves, and asking for a better measure. */
import { html, nothing, type TemplateResult } from "../shop/panel";
import { spoken } from "../ui/words";
import { fromBody, fromHead, merged, type Measures } from "../fit/measures";
import { JOINTS } from "./body-bones";
import type { Booth } from "./booth";
import { HEIGHT_CM, heightOf } from "./height";
import { t } from "./words";

export interface Pupils {
  readonly mm: string;
  readonly spread: string;
  readonly isByCard: boolean;
}

/** As it is said; null before a face was seen. */
export function pupilsOf(booth: Booth): Pupils | null {
  const [head] = booth.heads;
  if (!head || !(head.pupils.distance_m > 0)) return null;
  const { distance_m, spread_m } = head.pupils;
  const isByCard = head.size.from === "card";
  // An eye that is known to three millimetres has no tenths of one.
  const number = new Intl.NumberFormat(spoken(), { maximumFractionDigits: isByCard ? 1 : 0 });
  return { mm: number.format(distance_m * 1000), spread: number.format(isByCard ? spread_m * 1000 : Math.ceil(spread_m * 1000)), isByCard };
}

/** What was written about the height, and whether it can be used. */
export class Tall {
  text = "";
  fault: "number" | "range" | null = null;
  m: number | null = null;

  /** @returns whether it changed */
  say(text: string): boolean {
    const before = this.m;
    const found = heightOf(text);
    this.text = text;
    this.fault = found && "fault" in found ? found.fault : null;
    this.m = found && "m" in found ? found.m : null;
    return this.m !== before;
  }

  /** Said elsewhere. */
  know(m: number | null): void {
    this.say(m ? String(Math.round(m * 1000) / 10) : "");
  }
}

/** What the mirror can tell of whoever stands first in it; for the advice on sizes. */
export function seenOf(booth: Booth): Measures {
  const [head] = booth.heads;
  const [body] = booth.bodies;
  return merged(head ? fromHead(head.pupils, head.size.scale, head.size.spread) : {}, body?.isFound ? fromBody(body, JOINTS) : {});
}

export function measures(pupils: Pupils | null, tall: Tall, acts: { card(): void; height(text: string): void }): TemplateResult {
  const fault = tall.fault === "range" ? t("height_range", { least: HEIGHT_CM.least, most: HEIGHT_CM.most }) : tall.fault ? t("height_number") : null;
  return html`<section>
      <h3>${t("measures")}</h3>
      <p>${pupils ? html`${t("pupils", { mm: pupils.mm, spread: pupils.spread })} <span class="quiet">${t(pupils.isByCard ? "pupils_card" : "pupils_iris")}</span>` : t("no_face")}</p>
      <button class="plain" ?disabled=${!pupils} @click=${acts.card}>${t("card")}</button>
    </section>
    <section>
      <h3><label for="tall">${t("height")}</label></h3>
      <div class="field"><input id="tall" type="text" inputmode="decimal" autocomplete="off" maxlength="10" .value=${tall.text} aria-invalid=${fault ? "true" : "false"} aria-describedby="tall-says"
        @change=${(event: Event) => acts.height((event.target as HTMLInputElement).value)}><span class="quiet">${t("cm")}</span></div>
      <p id="tall-says" class="small ${fault ? "bad" : "quiet"}" role=${fault ? "alert" : nothing}>${fault ?? t("height_hint")}</p>
      <p class="small quiet">${t("measures_here")}</p>
    </section>`;
}
