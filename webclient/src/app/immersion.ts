/**
 * Into the headset, and what the page needs to know of it.
 *
 * What it is not: what one sees and does in there (`xr/`); its code comes when the ladder, or the shopper, wants it.
 */
import type { Headset } from "../xr/headset";
import { say } from "../ui/dom";
import type { Panels } from "../ui/panel";
import type { Among } from "./among";
import type { Scene } from "./scene";
import type { Shopping } from "./shopping";
import { t } from "./words";

export interface ImmersionPieces {
  readonly panels: Panels;
  readonly shopping: Shopping;
  readonly scene: () => Scene | null;
  readonly others: () => Among | null;
}

export class Immersion {
  /** While it is ready. */
  headset: Headset | null = null;
  readonly #pieces: ImmersionPieces;

  constructor(pieces: ImmersionPieces) {
    this.#pieces = pieces;
  }

  /** A headset is on: what the page hears is meant for the store inside. */
  get isWorn(): boolean {
    return this.headset?.isPresenting ?? false;
  }

  /** From a press: made ready before, so that the press is still fresh when the browser is asked. */
  async enter(): Promise<void> {
    try {
      const headset = await this.ready();
      if (!headset) return say(t("why_no_headset"));
      this.#pieces.panels.close();
      await headset.enter();
    } catch (error) {
      console.warn(error);
      say(t("why_no_headset"));
    }
  }

  async ready(): Promise<Headset | null> {
    const { shopping, scene: sceneNow, others } = this.#pieces;
    const scene = sceneNow();
    if (!scene) return null;
    if (this.headset) return this.headset;
    const [{ Headset }, shop] = await Promise.all([import("../xr/headset"), shopping.shop().catch(() => null)]);
    if (scene !== sceneNow()) return null;
    return (this.headset ??= new Headset({
      world: scene.world, stock: scene.stock, shop, session: () => others()?.session ?? null,
      self: () => others()?.self ?? null, ownerOf: (slot) => others()?.ownerOf(slot) ?? null,
    }));
  }
}
