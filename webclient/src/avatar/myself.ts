/**
 * Oneself, as mirrors, one's own shadow and a headset's eyes see it; or whole, from behind, by choice.
 *
 * What it is not: where one is (`world/walk.ts`) or what the others are sent (`net/`).
 */
import type { Moving, Part as Tracked, Person } from "../net/person";
import type { Part, World } from "../world/world";
import { PLAIN, type Look } from "./look";
import type { People } from "./people";
import type { Items } from "./worn";

export class Myself implements Part {
  /** Seen whole, by a camera that stands behind. */
  isWhole = false;
  /** From the headset, in the body's own space; null without one. */
  head: Tracked | null = null;
  left: Tracked | null = null;
  right: Tracked | null = null;
  /** What one shares of how one moves, as the others see it. */
  body: Moving | null = null;
  readonly #world: World;
  readonly #people: People;
  readonly #person: Person = {
    slot: -1, rev: 0, card: null, x: 0, y: 0, z: 0, yaw: 0, vx: 0, vz: 0, animation: 0, emote: 0, emoteTurn: 0, mode: 0, focus: 0,
    head: null, left: null, right: null, isFar: false, isTalking: false,
  };
  #look: Look = PLAIN;
  #isNew = true;
  #isPresenting = false;
  #wasWhole = false;

  constructor(world: World, people: People, look: Look = PLAIN) {
    this.#world = world;
    this.#people = people;
    this.#look = look;
  }

  get look(): Look {
    return this.#look;
  }

  set look(look: Look) {
    this.#look = look;
    this.#isNew = true;
  }

  /** What one wears from the shop. */
  set wears(items: Items) {
    this.#people.wear(items);
  }

  /** Show oneself what the others see. */
  show(state: { readonly animation?: number; readonly emote?: number; readonly mode?: number; readonly focus?: number }): void {
    const { emote, ...rest } = state;
    Object.assign(this.#person, rest);
    if (emote === undefined) return;
    this.#person.emote = emote;
    this.#person.emoteTurn++;
  }

  update(dt: number): void {
    const { walk, renderer } = this.#world;
    const me = this.#person;
    const { isPresenting } = renderer.xr;
    const { x, z } = walk.position;
    const k = dt > 0 ? Math.min(1, dt * 10) : 0;
    // A teleport is no walk.
    const isStep = Math.hypot(x - me.x, z - me.z) < 0.5;
    me.vx += ((isStep && dt > 0 ? (x - me.x) / dt : 0) - me.vx) * k;
    me.vz += ((isStep && dt > 0 ? (z - me.z) / dt : 0) - me.vz) * k;
    me.x = x;
    me.z = z;
    me.yaw = walk.yaw;
    me.head = this.head;
    me.left = this.left;
    me.right = this.right;
    me.body = this.body;
    if (!this.#isNew && isPresenting === this.#isPresenting && this.isWhole === this.#wasWhole) return;
    this.#isNew = false;
    this.#isPresenting = isPresenting;
    this.#wasWhole = this.isWhole;
    this.#people.include(me, this.#look, this.isWhole ? "whole" : isPresenting ? "headless" : "mirror");
  }

  dispose(): void {
    this.#people.include(null, this.#look, "mirror");
  }
}
