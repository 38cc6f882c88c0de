/**
 * On which rung the store is shown: opens the place that suits or is wished, and where it cannot go on leads one rung down,
 * with a sentence and a way back.
 *
 * What it is not: what a device can carry (`rung.ts`, `measure.ts`), or the places themselves (`scene.ts`, `gallery.ts`).
 */
import { announce } from "../ui/dom";
import { question } from "../ui/notices";
import { hashOf } from "./address";
import { part } from "./front";
import { below, decide, isThreeD, type Measured, type Rung, type Why } from "./rung";
import type { Scene } from "./scene";
import type { Place, Showroom } from "./showroom";
import { t } from "./words";

export interface LadderEvents {
  /** The place of before is gone, with all that was of it. */
  left(): void;
  /** It is known which rung it will be. */
  turned(): void;
  /** The place is there, or none on this rung. */
  came(): void;
  /** There is something to see. */
  shown(): void;
  /** The product in the hand went back to its shelf. */
  putBack(): void;
}

export class Ladder {
  /** The place, where it is one in 3D. */
  scene: Scene | null = null;
  /** What the device can do; null until it is known. */
  measured: Measured | null = null;
  readonly #showroom: Showroom;
  readonly #asked: Rung | null;
  readonly #events: LadderEvents;
  #turn = 0;

  /** @param asked by the address, until another is chosen */
  constructor(showroom: Showroom, asked: Rung | null, events: LadderEvents) {
    this.#showroom = showroom;
    this.#asked = asked;
    this.#events = events;
  }

  /** The first time: the list, where there is no store. */
  async climb(): Promise<void> {
    if (this.#showroom.plan) await this.choose(this.#asked);
    else await this.#open("list", "wished");
  }

  /** Open the rung that suits, or that is wished. */
  async choose(asked: Rung | null = null): Promise<void> {
    if (!this.measured) return;
    const wish = this.#showroom.preferences.get("rung");
    const { rung, why } = decide(this.measured, asked ?? (wish === "auto" ? null : wish));
    await this.#open(rung, why);
  }

  async #open(rung: Rung, why: Why): Promise<void> {
    const turn = ++this.#turn;
    const showroom = this.#showroom;
    showroom.place?.dispose();
    showroom.place = this.scene = null;
    this.#events.left();
    showroom.choice = { rung, why };
    document.body.dataset["rung"] = rung;
    showroom.changed("rung");
    this.#events.turned();
    try {
      const place = await this.#place(rung, turn);
      if (turn !== this.#turn) return place?.dispose();
      showroom.place = place;
      showroom.changed("place");
    } catch (error) {
      console.warn(error);
      if (turn === this.#turn) await this.#fall("fell_failed");
      return;
    }
    if (rung === "list") this.#events.shown();
    this.#events.came();
  }

  async #place(rung: Rung, turn: number): Promise<Place | null> {
    const host = part("place");
    const showroom = this.#showroom;
    if (!showroom.plan) return null;
    if (isThreeD(rung)) {
      const { Scene } = await import("./scene");
      if (turn !== this.#turn) return null; // another was chosen meanwhile
      const isPhone = matchMedia("(pointer: coarse)").matches && Math.min(innerWidth, innerHeight) < 600;
      return (this.scene = new Scene(host, showroom.plan, showroom, isPhone ? "mobile" : "desktop", {
        shown: () => this.#events.shown(),
        picked: (picked) => {
          if (picked.kind === "product") location.hash = hashOf({ name: "product", id: picked.stand.row.id });
        },
        putBack: () => this.#events.putBack(),
        failed: (failure) => void this.#fall(failure === "slow" ? "fell_slow" : "fell_lost"),
      }));
    }
    if (rung === "turntable") {
      const { Gallery } = await import("./gallery");
      const gallery = new Gallery(host, showroom);
      this.#events.shown();
      return gallery;
    }
    return null;
  }

  /** One rung down, with a sentence and a way back. A wished rung stays, however slow. */
  async #fall(word: "fell_slow" | "fell_lost" | "fell_failed"): Promise<void> {
    const { choice } = this.#showroom;
    if (choice.why === "wished" && word === "fell_slow") return;
    await this.#open(below(choice.rung), word === "fell_slow" ? "slow" : "no_webgl");
    announce(t(word));
    part("said").append(question(t(word), [
      { word: t("fine"), act: () => undefined },
      { word: t("back_3d"), act: () => void this.#open("room", "wished") },
    ]));
  }
}
