/** The heads before the mirror: keeps each its own from frame to frame, and calm. */
import type { Lens } from "./camera";
import { EuroRotation, EuroVector } from "./euro";
import { Head, type Landmarks } from "./face";
import type { CanonicalFace } from "./task";

/** Metres and radians: at rest a head holds still to a tenth of a pixel; at 20 cm a second it lags under a frame. */
const PLACE = { rest_hz: 0.9, beta: 90, speed_hz: 2 } as const;
const TURN = { rest_hz: 0.9, beta: 14, speed_hz: 2 } as const;
/** A face that jumps further than its own width is another face. */
const SAME_SHARE = 0.9;
const KEEP_MS = 400;

interface Tracked {
  readonly head: Head;
  readonly place: EuroVector;
  readonly turn: EuroRotation;
  x: number;
  y: number;
  wide: number;
  seen_ms: number;
}

export class Heads {
  readonly #face: CanonicalFace;
  readonly #most: number;
  readonly #isCalm: boolean;
  readonly #all: Tracked[] = [];
  readonly #heads: Head[] = [];
  #known: { readonly head: Head; readonly scale: number; readonly spread: number } | null = null;

  /** @param isCalm false: each frame for itself, to measure what calming does */
  constructor(face: CanonicalFace, most = 2, isCalm = true) {
    this.#face = face;
    this.#most = most;
    this.#isCalm = isCalm;
  }

  /** In the order in which they came. */
  get heads(): readonly Head[] {
    return this.#heads;
  }

  look(faces: readonly Landmarks[], lens: Lens, time_ms: number): readonly Head[] {
    const free = new Set(this.#all);
    for (const face of faces) {
      const [x, y] = [face[168 * 3]! * lens.width, face[168 * 3 + 1]! * lens.height];
      const wide = Math.hypot((face[127 * 3]! - face[356 * 3]!) * lens.width, (face[127 * 3 + 1]! - face[356 * 3 + 1]!) * lens.height);
      let tracked = nearest(free, x, y, wide);
      if (!tracked) {
        if (this.#all.length >= this.#most) continue;
        tracked = { head: new Head(this.#face), place: new EuroVector(3, PLACE), turn: new EuroRotation(TURN), x, y, wide, seen_ms: time_ms };
        this.#all.push(tracked);
        this.#recognise(tracked.head);
      }
      free.delete(tracked);
      const dt = (time_ms - tracked.seen_ms) / 1000;
      if (!tracked.head.look(face, lens)) continue;
      if (dt > KEEP_MS / 1000) {
        tracked.place.reset();
        tracked.turn.reset();
      }
      const { pose } = tracked.head;
      if (this.#isCalm) {
        pose.translation.set(tracked.place.next(pose.translation, dt));
        pose.rotation.set(tracked.turn.next(pose.rotation, dt));
      }
      Object.assign(tracked, { x, y, wide, seen_ms: time_ms });
    }
    for (const gone of free) {
      if (time_ms - gone.seen_ms < KEEP_MS) continue;
      gone.head.lose();
      this.#all.splice(this.#all.indexOf(gone), 1);
    }
    this.#heads.length = 0;
    for (const { head, seen_ms } of this.#all) if (head.isFound && seen_ms === time_ms) this.#heads.push(head);
    return this.#heads;
  }

  /** A better measure than the iris for one of the heads: see `Head.setScale`. */
  measured(head: Head, scale: number, spread: number): void {
    this.#known = { head, scale, spread };
    head.setScale(scale, spread);
  }

  /** Who was measured and comes back alone need not be measured again; among others nobody can tell who it is. */
  #recognise(head: Head): void {
    if (!this.#known || this.#all.length > 1) return;
    this.#known = { ...this.#known, head };
    head.setScale(this.#known.scale, this.#known.spread);
  }

  /** Nobody was ever here. */
  forget(): void {
    this.#known = null;
    this.#all.length = this.#heads.length = 0;
  }
}

function nearest(free: ReadonlySet<Tracked>, x: number, y: number, wide: number): Tracked | null {
  let best: Tracked | null = null;
  let least = SAME_SHARE;
  for (const one of free) {
    const far = Math.hypot(one.x - x, one.y - y) / Math.max(one.wide, wide, 1);
    if (far < least) [best, least] = [one, far];
  }
  return best;
}
