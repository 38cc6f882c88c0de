/**
 * Walking in among the others: as soon as one has asked to and the store is known; under another name where one cannot be
 * used, and out again when the visit is over.
 *
 * What it is not: the door that is seen (`front.ts`), or the visit itself, which comes with `among.ts`.
 */
import { wayIn } from "../ui/door";
import { announce } from "../ui/dom";
import type { Panels } from "../ui/panel";
import type { Asked } from "./address";
import type { Among, AmongPieces } from "./among";
import { part, type Front } from "./front";
import type { Showroom } from "./showroom";
import type { Furnished } from "./stores";
import { keepVisitor, suggested } from "./visitor";
import { t } from "./words";

export interface EntrancePieces extends Pick<AmongPieces, "shopping" | "scene" | "headset"> {
  readonly showroom: Showroom;
  readonly panels: Panels;
  readonly front: Front;
  readonly asked: Asked;
}

export class Entrance {
  /** Where one walks into; null while it is on its way, and where there is no store. */
  store: Furnished | null = null;
  /** Whom one is among; null before one has walked in. */
  others: Among | null = null;
  readonly #pieces: EntrancePieces;
  /** One has asked to walk in; the store may still be on its way. */
  #wantsIn = false;
  #entered: Furnished | null = null;
  #among: Promise<Among> | null = null;

  constructor(pieces: EntrancePieces) {
    this.#pieces = pieces;
  }

  /** In through the door for those who have asked before, or are known. */
  pass(): void {
    const { visitor, plan } = this.#pieces.showroom;
    if (this.#wantsIn || (visitor.isKnown && plan)) this.enter();
  }

  /** Among the others from now on, as soon as it is known whose store this is. Again, if the visit had ended. */
  enter(): void {
    this.#wantsIn = true;
    const { store } = this;
    if (!store || this.#entered === store) return;
    this.#entered = store;
    this.#walkIn(store).catch((error: unknown) => {
      console.warn(error);
      this.#entered = null;
    });
  }

  async #walkIn(store: Furnished): Promise<void> {
    const { showroom, panels, shopping, asked, scene, headset } = this.#pieces;
    announce(t("welcome", { name: showroom.visitor.nickname }));
    this.#among ??= import("./among").then(({ Among }) => new Among({
      showroom, panels, shopping, asked, host: part("said"), scene, headset,
      refusedName: (fault) => this.#ask(fault),
      ended: (code, text) => void this.#ended(code, text),
    }));
    this.others = await this.#among;
    await this.others.join(asked.room ?? store.entrance, false);
  }

  /** Another figure, also in the middle of a visit. */
  async refigure(): Promise<void> {
    const { showroom: { visitor: me }, front } = this.#pieces;
    const look = await front.figure(me.look);
    if (!look) return;
    me.look = look;
    keepVisitor(me);
    await (await this.#among)?.wear(look);
  }

  /** Before one has walked in there is nobody to talk with: the way in is. */
  outside(): void {
    const { panels, showroom, front } = this.#pieces;
    for (const name of ["people", "emotes"] as const) {
      panels.add(name, { title: () => t(name), make: () => ({ element: wayIn(showroom, () => front.enter()) }) });
    }
  }

  /** The name cannot be used here: the door asks again, and says why. */
  #ask(fault: string): void {
    const { showroom: { visitor: me }, front } = this.#pieces;
    this.#entered = null;
    this.#wantsIn = false;
    me.isKnown = false;
    me.nickname = suggested();
    this.outside();
    front.door(fault);
    announce(fault);
  }

  async #ended(code: number, text: string): Promise<void> {
    if (document.querySelector("dialog.ended")) return;
    const { ended } = await import("../ui/ended");
    const dialog = ended(code, text, {
      comeBack: () => void this.others?.session?.open(),
      toList: () => (location.hash = "#/list"),
    });
    document.body.append(dialog);
    dialog.showModal();
  }
}
