/** The hands before the mirror: keeps each its own from frame to frame. */
import type { Bearer } from "./bearer";
import type { Lens } from "./camera";
import { TrackedHand } from "./hand";
import { WristView } from "./hand-arm";
import type { Hand } from "./tracking";

const KEEP_MS = 300;
/** Shares of the picture's width: a hand that jumps further is another. */
const SAME = 0.25;

interface Known {
  readonly hand: TrackedHand;
  x: number;
  y: number;
  seen_ms: number;
}

export class Hands {
  readonly #most: number;
  readonly #all: Known[] = [];
  readonly #bearers: Bearer[] = [];
  #view: WristView | null = null;

  constructor(most = 4) {
    this.#most = most;
  }

  /** @param picture the frame they were found in: forearms are looked for in it, and nothing of it is kept */
  look(hands: readonly Hand[], lens: Lens, time_ms: number, picture: ImageBitmap | null = null): readonly Bearer[] {
    if (picture && hands.length) this.#view ??= new WristView();
    const free = new Set(this.#all);
    for (const seen of hands) {
      const [x, y] = [seen.points[0]!, seen.points[1]!];
      let known: Known | null = null;
      let least = SAME;
      for (const one of free) {
        const far = Math.hypot(one.x - x, one.y - y) + (one.hand.isLeft === seen.isLeft ? 0 : SAME / 2);
        if (far < least) [known, least] = [one, far];
      }
      // A hand that turns over changes its name for a frame or two; one that keeps another name is another hand.
      if (known && known.hand.isLeft !== seen.isLeft && time_ms - known.seen_ms < KEEP_MS) {
        free.delete(known);
        continue;
      }
      if (!known || known.hand.isLeft !== seen.isLeft) {
        if (this.#all.length >= this.#most) continue;
        known = { hand: new TrackedHand(seen.isLeft), x, y, seen_ms: time_ms };
        this.#all.push(known);
      }
      free.delete(known);
      if (!known.hand.look(seen, lens, time_ms, this.#view, picture)) continue;
      Object.assign(known, { x, y, seen_ms: time_ms });
    }
    for (const gone of free) {
      gone.hand.lose();
      if (time_ms - gone.seen_ms > KEEP_MS) this.#all.splice(this.#all.indexOf(gone), 1);
    }
    this.#bearers.length = 0;
    for (const { hand } of this.#all) if (hand.wrist.isFound) this.#bearers.push(hand.wrist, hand.finger);
    return this.#bearers;
  }

  forget(): void {
    this.#all.length = this.#bearers.length = 0;
  }
}
