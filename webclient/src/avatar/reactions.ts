/**
 * Reactions over heads: a drawing that rises from who applauds or laughs, and goes. They are labels like names and bubbles.
 *
 * What it is not: the reactions of those one does not see, which float by in the page (`together/gestures.ts`).
 */
import type { Labels } from "./labels";

const LASTS_MS = 2600;
const COMES_MS = 180;
const GOES_MS = 600;
const RISES_M = 0.26;

interface Reaction {
  readonly key: string;
  readonly path: string;
  readonly from_ms: number;
}

export class Reactions {
  readonly #of = new Map<number, Reaction>();
  readonly #isStill: boolean;

  /** @param isStill they fade in and out where they are */
  constructor(isStill: boolean) {
    this.#isStill = isStill;
  }

  /** @param path the drawing, on a 24 px grid */
  add(member: number, path: string, now_ms: number): void {
    this.#of.set(member, { key: `${member}:${path}`, path, from_ms: now_ms });
  }

  /** Over a head whose name, if shown, ends at `y`. Allocates nothing. */
  draw(labels: Labels, member: number, x: number, y: number, z: number, presence: number, scale: number, now_ms: number): void {
    const one = this.#of.get(member);
    if (!one) return;
    const age_ms = now_ms - one.from_ms;
    if (age_ms > LASTS_MS) {
      this.#of.delete(member);
      return;
    }
    const fade = Math.min(1, age_ms / COMES_MS, (LASTS_MS - age_ms) / GOES_MS);
    const rise_m = this.#isStill ? 0 : RISES_M * (1 - (1 - age_ms / LASTS_MS) ** 2);
    labels.mark(one.key, one.path, x, y + rise_m, z, Math.max(0, fade) * presence, scale);
  }
}
