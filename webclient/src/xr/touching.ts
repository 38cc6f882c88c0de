/**
 * What each hand is on, once a frame: a panel first, then a product, then nothing; and what its presses mean there.
 *
 * Two hands, two places for each fact: nothing is allocated while hands move. What it is not: moving about
 * (`locomotion.ts`), or what panels and products do when they are pressed.
 */
import type { Object3D, Vector3 } from "three";
import type { Stand } from "../world/stand";
import type { Sounds } from "../ui/sounds";
import type { Carry } from "./carry";
import type { Hand, Hands } from "./input";
import { PALM_UP, type Locomotion } from "./locomotion";
import { Pointer } from "./pointer";
import type { Panel } from "./ui/panel";
import type { Wrist } from "./wrist";

const SCROLL = 900;
/** How far a ray is drawn that meets nothing, metres. */
const RAY_M = 6;

export interface TouchingPieces {
  readonly scene: Object3D;
  readonly hands: Hands;
  readonly panels: readonly Panel[];
  readonly wrist: Wrist;
  readonly carry: Carry;
  readonly locomotion: Locomotion;
  readonly eyes: Vector3;
  readonly sounds: Sounds;
  menu(): void;
  back(): void;
  /** Pressed from afar: for hands that cannot hold. */
  bring(stand: Stand): void;
}

export class Touching {
  /** The hand that presses, or did last. */
  active: Hand;
  readonly #pieces: TouchingPieces;
  readonly #pointers: readonly [Pointer, Pointer];
  /** Which panel the left and the right hand are on, in this frame; and which they pressed. */
  readonly #on: [Panel | null, Panel | null] = [null, null];
  readonly #downOn: [Panel | null, Panel | null] = [null, null];
  readonly #hit = { distance: 0, x: 0, y: 0 };
  #dt = 0;

  constructor(pieces: TouchingPieces) {
    this.#pieces = pieces;
    this.active = pieces.hands.right;
    this.#pointers = [new Pointer(pieces.scene), new Pointer(pieces.scene)];
    for (const panel of pieces.panels) {
      panel.pressed = () => this.#felt("press", 0.5, 16);
      panel.hovered = (target) => {
        if (target) this.#felt("tick", 0.12, 8);
      };
    }
  }

  /** A hand is on a panel. */
  get isOnPanel(): boolean {
    return this.#on[0] !== null || this.#on[1] !== null;
  }

  /** A hand that neither reads nor holds may move one about. */
  readonly isFree = (hand: Hand): boolean => this.#on[side(hand)] === null && this.#pieces.carry.hand !== hand;

  update(dt: number): void {
    this.#dt = dt;
    const { hands, panels, menu, back } = this.#pieces;
    this.#on[0] = this.#on[1] = null;
    // The hand that presses, or did last, is asked first: two rays on one panel would fight over its focus.
    const { left, right } = hands;
    if (left.selectStarted) this.active = left;
    if (right.selectStarted) this.active = right;
    this.#point(this.active);
    this.#point(this.active === left ? right : left);
    for (let i = 0; i < panels.length; i++) {
      const panel = panels[i]!;
      if (panel !== this.#on[0] && panel !== this.#on[1]) panel.unhover();
    }
    if (left.menuPressed || right.menuPressed) menu();
    if (left.backPressed || right.backPressed) back();
  }

  /** Tracking is gone, or the system's own menu is in front: nothing is pointed at. */
  hide(): void {
    for (const pointer of this.#pointers) pointer.hide();
    for (const panel of this.#pieces.panels) panel.unhover();
    this.#on[0] = this.#on[1] = this.#downOn[0] = this.#downOn[1] = null;
  }

  #point(hand: Hand): void {
    const { carry, locomotion, eyes } = this.#pieces;
    const pointer = this.#pointers[side(hand)];
    if (!hand.isTracked) {
      pointer.hide();
      this.#let(hand);
      return;
    }
    if (locomotion.aiming === hand) {
      pointer.hide();
      return;
    }
    const panel = this.#panelUnder(hand);
    if (panel) {
      this.#on[side(hand)] = panel;
      this.#touch(hand, panel);
      pointer.show(hand, this.#hit.distance, eyes, true);
      return;
    }
    this.#downOn[side(hand)] = null;
    if (carry.hand === hand) {
      pointer.hide();
      this.#let(hand);
      return;
    }
    const under = carry.under(hand);
    const distance = under && !under.isNear ? under.distance_m : RAY_M;
    pointer.show(hand, under?.isNear ? 0.05 : distance, eyes, under !== null && !under.isNear);
    // A palm that looks up aims at the floor: from afar it takes nothing.
    if (under && (under.isNear || !hand.isBare || hand.palm.y <= PALM_UP)) this.#reach(hand, under.stand);
    this.#let(hand);
  }

  #reach(hand: Hand, stand: Stand): void {
    const { carry, sounds, bring } = this.#pieces;
    const takes = hand.squeezeStarted || (hand.isBare && hand.selectStarted);
    if (takes) {
      if (!carry.take(hand)) return;
      this.active = hand;
      hand.tick(0.5, 30);
      sounds.play("take");
    } else if (hand.selectStarted) {
      this.active = hand;
      bring(stand);
      hand.tick(0.4, 20);
      sounds.play("take");
    }
  }

  /** Open hands let go. */
  #let(hand: Hand): void {
    if (!(hand.isBare ? hand.selectEnded : hand.squeezeEnded)) return;
    const { carry } = this.#pieces;
    if (carry.hand === hand) hand.tick(0.25, 16);
    carry.release(hand);
  }

  #panelUnder(hand: Hand): Panel | null {
    const { panels, wrist } = this.#pieces;
    const other = this.#on[1 - side(hand)];
    let best: Panel | null = null;
    let [distance, x, y] = [Infinity, 0, 0];
    for (let i = 0; i < panels.length; i++) {
      const panel = panels[i]!;
      if (panel === other || (panel === wrist.panel && wrist.hand === hand)) continue;
      if (!panel.cast(hand.ray, this.#hit) || this.#hit.distance >= distance) continue;
      [best, distance, x, y] = [panel, this.#hit.distance, this.#hit.x, this.#hit.y];
    }
    this.#hit.distance = distance;
    this.#hit.x = x;
    this.#hit.y = y;
    return best;
  }

  #touch(hand: Hand, panel: Panel): void {
    const { x, y } = this.#hit;
    panel.hover(x, y);
    if (hand.selectStarted) {
      this.active = hand;
      panel.down(x, y);
      this.#downOn[side(hand)] = panel;
    }
    if (hand.selectEnded && this.#downOn[side(hand)] === panel) {
      this.#downOn[side(hand)] = null;
      panel.up(x, y);
    }
    if (Math.abs(hand.stickY) > 0.2) panel.scrollBy(hand.stickY * SCROLL * this.#dt, x, y);
    this.#let(hand);
  }

  #felt(sound: "press" | "tick", strength: number, ms: number): void {
    this.active.tick(strength, ms);
    this.#pieces.sounds.play(sound);
  }

  dispose(): void {
    for (const pointer of this.#pointers) pointer.dispose();
  }
}

const side = (hand: Hand): 0 | 1 => (hand.side === "left" ? 0 : 1);
