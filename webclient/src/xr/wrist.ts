/**
 * What stands at the wrist of a bare hand whose palm looks at one's eyes: the menu, and a turn to either side. Pressed
 * with the other hand.
 */
import { Vector3, type Object3D } from "three";
import type { Hand } from "./input";
import { icon, press, row, text } from "./ui/box";
import { Panel, type PanelOptions } from "./ui/panel";
import { ICONS } from "./views/icons";
import { t } from "./words";

const SEEN = 0.62;
const LET_GO = 0.4;
const ABOVE_M = 0.075;
/** Nearer than other panels: it keeps the size in degrees that it has at this distance. */
const AT_M = 0.45;

export class Wrist {
  readonly panel: Panel;
  hand: Hand | null = null;

  constructor(rig: Object3D, options: Pick<PanelOptions, "anisotropy" | "isRightToLeft" | "palette">, acts: { menu(): void; turn(way: -1 | 1): void }) {
    this.panel = new Panel({ ...options, width: 400, height: 130, isFitted: true, order: 22 });
    this.#view = row([
      press("turn:left", icon(ICONS.left), () => acts.turn(-1), { width: 72, height: 70, label: t("turn_left") }),
      press("menu", text(t("menu"), { weight: 600, align: "center", ink: "on-accent" }), acts.menu, { look: "primary", grow: 1, height: 70, label: t("menu") }),
      press("turn:right", icon(ICONS.right), () => acts.turn(1), { width: 72, height: 70, label: t("turn_right") }),
    ], { gap: 12 });
    rig.add(this.panel.mesh);
  }

  readonly #view;

  update(dt: number, hands: readonly [Hand, Hand], eye: Vector3, rig: Object3D, isStill: boolean): void {
    for (const hand of hands) {
      const away = EYE.subVectors(eye, hand.wrist).normalize().dot(hand.palm);
      const isSeen = hand.isTracked && hand.isBare && away > (this.hand === hand ? LET_GO : SEEN);
      if (isSeen && !this.hand) {
        this.hand = hand;
        this.panel.show(this.#view);
      } else if (!isSeen && this.hand === hand) {
        this.hand = null;
        this.panel.close();
      }
    }
    if (this.hand) {
      // Over the wrist, towards the eyes, upright.
      const { mesh } = this.panel;
      AT.copy(this.hand.wrist).addScaledVector(this.hand.palm, ABOVE_M);
      AT.y += 0.03;
      EYE.copy(eye);
      mesh.position.copy(rig.worldToLocal(AT));
      mesh.lookAt(EYE);
      this.panel.reach(AT_M);
    }
    this.panel.update(dt, isStill);
  }

  dispose(): void {
    this.panel.dispose();
  }
}

const AT = new Vector3();
const EYE = new Vector3();
