/**
 * The crowd's few figures, for everybody without a body of their own: one draw each, in two frames of baked clips.
 *
 * What it is not: whose row is which (`table.ts`), or the figures' files (`wardrobe.ts`).
 */
import type { Group, Material } from "three";
import { Actor } from "./actor";
import type { ClipBones } from "./bones";
import { Cast } from "./cast";
import { going } from "./motions";
import type { Wardrobe } from "./wardrobe";

const MOST_LEVELS = 4;

export class Figures {
  /** Of whom was added last: the rows of two frames of their clips, and how much of the second. */
  readonly frames = new Float64Array(3);
  readonly #group: Group;
  readonly #material: Material;
  readonly #most: number;
  readonly #casts: (Cast | null)[] = [];

  constructor(group: Group, material: Material, most: number) {
    this.#group = group;
    this.#material = material;
    this.#most = most;
  }

  begin(): void {
    for (let i = 0; i < this.#casts.length; i++) this.#casts[i]?.begin();
  }

  /** Whether they could be drawn; then `frames` are theirs. */
  add(actor: Actor, wardrobe: Wardrobe, clips: ClipBones): boolean {
    const entry = wardrobe.index.figures[actor.figure];
    if (!entry) return false;
    const level = Math.max(0, entry.levels.length - (actor.detail === "far" ? 1 : 2));
    const at = actor.figure * MOST_LEVELS + level;
    let cast = this.#casts[at];
    if (!cast) {
      const geometry = wardrobe.figure(entry, level).value;
      if (!geometry) return false;
      cast = new Cast(geometry, this.#material, this.#most);
      while (this.#casts.length <= at) this.#casts.push(null);
      this.#casts[at] = cast;
      this.#group.add(cast.mesh);
    }
    if (!clips.has(entry.body)) {
      const body = wardrobe.body(entry.body).value;
      if (!body) return false;
      clips.bake(entry.body, body.rest);
    }
    const all = wardrobe.clips;
    const { gait, look } = actor;
    const act = clips.row(entry.body, actor.act, Actor.part(all.get(actor.act), actor.actTime_s));
    const { frames } = this;
    frames[0] = act;
    frames[1] = act;
    frames[2] = 0;
    if (gait.weight > 0.01) {
      frames[1] = clips.row(entry.body, going(look), gait.phase);
      frames[2] = gait.weight;
    } else if (actor.blend < 1) {
      frames[0] = clips.row(entry.body, actor.was, Actor.part(all.get(actor.was), actor.wasTime_s));
      frames[2] = actor.blend;
    }
    cast.add(actor.row);
    return true;
  }

  end(): void {
    for (let i = 0; i < this.#casts.length; i++) this.#casts[i]?.end();
  }

  /** How many of them are drawn. */
  get draws(): number {
    return this.#casts.filter((cast) => cast && cast.count > 0).length;
  }

  dispose(): void {
    for (const cast of this.#casts) cast?.dispose();
  }
}
