/** What is said and what happened, as a strip of words low before the eyes; it comes along and goes by itself. */
import { Vector3, type Object3D } from "three";
import { followed, hang, BEST_M } from "./ui/hang";
import { column, row, text, type Box } from "./ui/box";
import { clean } from "./ui/text";
import { Panel, type PanelOptions } from "./ui/panel";
import { t } from "./words";

const TOAST_S = 3.6;
const CAPTION_S = 7;
const MOST = 2;
const BELOW = -0.42;
/** Over an open panel, so that neither hides the other. */
const OVER = 0.24;

interface Note {
  readonly words: string;
  readonly who: string;
  left_s: number;
}

export class Notes {
  readonly panel: Panel;
  captions = true;
  readonly #notes: Note[] = [];
  #yaw = 0;
  #isFollowing = false;

  constructor(rig: Object3D, options: Pick<PanelOptions, "anisotropy" | "isRightToLeft" | "palette">) {
    this.panel = new Panel({ ...options, width: 640, height: 300, isFitted: true, order: 24 });
    rig.add(this.panel.mesh);
  }

  /** Something happened. */
  toast(words: string): void {
    this.#push({ words: clean(words, 160), who: "", left_s: TOAST_S });
  }

  /** Somebody said something. */
  caption(who: string, words: string): void {
    if (this.captions) this.#push({ words: clean(words, 200), who: clean(who, 24) || t("someone"), left_s: CAPTION_S });
  }

  #push(note: Note): void {
    if (this.#notes.some((one) => one.words === note.words && one.who === note.who)) return;
    this.#notes.push(note);
    if (this.#notes.length > MOST) this.#notes.shift();
    this.#show();
  }

  #show(): void {
    if (!this.#notes.length) {
      this.panel.close();
      return;
    }
    const line = ({ who, words }: Note): Box => (who
      ? row([text(who, { size: 28, weight: 600, ink: "accent", lines: 1 }), text(words, { size: 28, lines: 2, grow: 1 })], { gap: 12, align: "start" })
      : text(words, { size: 30, weight: 600, align: "center", lines: 3, grow: 1 }));
    this.panel.show(column(this.#notes.map(line), { gap: 8 }));
  }

  update(dt: number, head: Vector3, yaw: number, isOverPanel: boolean, isStill: boolean): void {
    let isGone = false;
    for (const note of this.#notes) note.left_s -= dt;
    while (this.#notes.length && this.#notes.some(({ left_s }) => left_s <= 0)) {
      this.#notes.splice(this.#notes.findIndex(({ left_s }) => left_s <= 0), 1);
      isGone = true;
    }
    if (isGone) this.#show();
    if (this.panel.mesh.visible || this.panel.isOpen) {
      if (!this.panel.mesh.visible) this.#yaw = yaw;
      const at = followed(this.#yaw, yaw, 0.35, isStill ? 1 : dt, this.#isFollowing);
      this.#yaw = at.yaw;
      this.#isFollowing = at.isFollowing;
      hang(this.panel, head, this.#yaw, { aside: 0, above: isOverPanel ? OVER : BELOW, leash: 0.35 }, BEST_M);
    }
    this.panel.update(dt, isStill);
  }

  dispose(): void {
    this.panel.dispose();
  }
}
