/** What is said and what happened, as a strip of words low before the eyes; it comes along and goes by itself. */
import { Vector3, type Object3D } from "three";
import { BEST_M, follow, hang, type Lead } from "./ui/hang";
import { column, row, text, type Box } from "./ui/box";
import { clean } from "./ui/text";
import { Panel, type PanelOptions } from "./ui/panel";
import { t } from "./words";

const TOAST_S = 3.6;
const CAPTION_S = 7;
const MOST = 2;
const LEASH = 0.35;
const BELOW = { aside: 0, above: -0.42, leash: LEASH } as const;
/** Over an open panel, so that neither hides the other. */
const OVER = { aside: 0, above: 0.24, leash: LEASH } as const;

interface Note {
  readonly words: string;
  readonly who: string;
  left_s: number;
}

export class Notes {
  readonly panel: Panel;
  captions = true;
  readonly #notes: Note[] = [];
  readonly #lead: Lead = { yaw: 0, isFollowing: false };

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
    for (let i = this.#notes.length - 1; i >= 0; i--) {
      const note = this.#notes[i]!;
      note.left_s -= dt;
      if (note.left_s > 0) continue;
      this.#notes.splice(i, 1);
      isGone = true;
    }
    if (isGone) this.#show();
    if (this.panel.mesh.visible || this.panel.isOpen) {
      if (!this.panel.mesh.visible) this.#lead.yaw = yaw;
      follow(this.#lead, yaw, LEASH, isStill ? 1 : dt);
      hang(this.panel, head, this.#lead.yaw, isOverPanel ? OVER : BELOW, BEST_M);
    }
    this.panel.update(dt, isStill);
  }

  dispose(): void {
    this.panel.dispose();
  }
}
