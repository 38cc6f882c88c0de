/**
 * Bodies of their own for those near: which clothes are drawn, for whom, and in which rows their poses are kept.
 *
 * What it is not: the files of clothes (`wardrobe.ts`), or who is near (`ranks.ts`).
 */
import type { BufferGeometry, Group, Material } from "three";
import type { Actor } from "./actor";
import { Cast } from "./cast";
import { bodyLevel } from "./lod";
import type { Wardrobe } from "./wardrobe";

/** Clothes that nobody wears any more are kept for so many who may. */
const SPARE_LOOKS = 24;

interface Dressed {
  readonly geometry: BufferGeometry;
  /** Oneself is drawn apart: in mirrors only, or without a head. */
  readonly isSelf: boolean;
  readonly cast: Cast;
}

export class Dressing {
  readonly #group: Group;
  readonly #material: Material;
  readonly #most: number;
  readonly #dressed: Dressed[] = [];
  readonly #free: number[] = [];

  /** @param most how many may have a body of their own */
  constructor(group: Group, material: Material, most: number) {
    this.#group = group;
    this.#material = material;
    this.#most = most;
    for (let i = most - 1; i >= 0; i--) this.#free.push(i);
  }

  /** The nearest get a body of their own, the others give theirs back. */
  fit(actors: readonly Actor[], order: Uint16Array, most: number, wardrobe: Wardrobe | null, self: Actor | null): void {
    for (let rank = 0; rank < actors.length; rank++) {
      const actor = actors[order[rank]!]!;
      if (actor.detail !== "near" || rank >= most) this.undress(actor);
    }
    for (let rank = 0; rank < actors.length && rank < most; rank++) {
      const actor = actors[order[rank]!]!;
      if (actor.detail !== "near") continue;
      if (actor.live < 0) actor.live = this.#free.pop() ?? -1;
      if (actor.live >= 0 && wardrobe) this.#dress(actor, wardrobe, actor === self);
    }
  }

  undress(actor: Actor): void {
    if (actor.live >= 0) this.#free.push(actor.live);
    actor.live = -1;
  }

  /** Ask for somebody's clothes, in the level for how near they are; put them on once they are here. */
  #dress(actor: Actor, wardrobe: Wardrobe, isSelf: boolean): void {
    const levels = wardrobe.bodyEntry(actor.look.body)?.levels.length ?? 1;
    actor.level = bodyLevel(levels, actor.distance_m, actor.level);
    const { value: geometry } = wardrobe.worn(actor.look, actor.level);
    if (!geometry || actor.worn?.geometry === geometry) return;
    let dressed = this.#dressed.find((one) => one.geometry === geometry && one.isSelf === isSelf);
    if (!dressed) {
      dressed = { geometry, isSelf, cast: new Cast(geometry, this.#material, this.#most) };
      this.#dressed.push(dressed);
      this.#group.add(dressed.cast.mesh);
    }
    actor.worn = dressed;
  }

  begin(): void {
    for (let i = 0; i < this.#dressed.length; i++) this.#dressed[i]!.cast.begin();
  }

  end(): void {
    for (let i = 0; i < this.#dressed.length; i++) this.#dressed[i]!.cast.end();
  }

  /** Let go of clothes that nobody wears any more. */
  sweep(actors: readonly Actor[], wardrobe: Wardrobe | null): void {
    let kept = 0;
    for (const dressed of this.#dressed) {
      const isWorn = actors.some((actor) => actor.worn === dressed && actor.live >= 0);
      if (isWorn) this.#dressed[kept++] = dressed;
      else {
        dressed.cast.dispose();
        for (const actor of actors) if (actor.worn === dressed) actor.worn = null;
      }
    }
    this.#dressed.length = kept;
    wardrobe?.letGo(SPARE_LOOKS);
  }

  /** How many have one, and in how many draws. */
  get counts(): { readonly people: number; readonly draws: number } {
    const shown = this.#dressed.filter(({ cast }) => cast.count > 0);
    return { people: shown.reduce((sum, { cast }) => sum + cast.count, 0), draws: shown.length };
  }

  dispose(): void {
    for (const { cast } of this.#dressed) cast.dispose();
  }
}
