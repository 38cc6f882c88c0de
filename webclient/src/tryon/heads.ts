/**
 * The heads before the mirror: keeps each its own from frame to frame, calm, and honest about what it no longer sees.
 *
 * A pose that jumps as no head can is not believed until it lasts; a head lost from sight stays where it was for a
 * moment, ever paler. What it is not: the pose of one head in one frame (`face.ts`).
 */
import type { Bearer } from "./bearer";
import type { Lens } from "./camera";
import { EuroRotation, EuroVector, turnBetween } from "./euro";
import { Head, type Landmarks } from "./face";
import { Neck } from "./neck";
import type { CanonicalFace } from "./task";

/** Metres and radians: at rest a head holds still to a seventh of a pixel, in motion it lags a tenth of a frame (`make bench-tryon`). */
const PLACE = { rest_hz: 0.4, beta: 400, speed_hz: 0.7 } as const;
const TURN = { rest_hz: 0.4, beta: 20, speed_hz: 0.7 } as const;
/** A face that jumps further than its own width is another face. */
const SAME_SHARE = 0.9;
const KEEP_MS = 400;
/** Who passes in front of whom: a way is followed on for so long, and a face of another size is another's, by how much. */
const AHEAD_S = 0.3;
const SIZE_SHARE = 1.6;
const PACE_SHARE = 0.3;
const ONE_FACE = 0.45;
/**
 * Somebody lost for a frame is where they were going, or not far from it: in face widths, and widths a second more the
 * longer they were lost. A face further off is another's: behind whom one passes, the tracker finds the wrong one first.
 */
const LOST_SHARE = 0.25;
const LOST_A_SECOND = 2;
/** Who was seen a frame ago is likelier to be seen again than who was hidden. */
const UNSEEN_SHARE = 0.3;
const UNSEEN_A_SECOND = 1.5;
/** How soon what is worn has faded when its face is lost, and how soon it is back. */
const FADE_MS = 260;
const BACK_MS = 120;
/** No head turns so fast, nor comes so near, within `JUMP_MS`: radians, a share of the distance. Frames until it is believed. */
const JUMP_RAD = 0.9;
const JUMP_SHARE = 0.45;
const JUMP_MS = 120;
const BELIEVED = 3;

interface Tracked {
  readonly head: Head;
  readonly neck: Neck;
  readonly place: EuroVector;
  readonly turn: EuroRotation;
  /** Where its face was last seen, pixels; how fast it went, pixels a second. */
  x: number;
  y: number;
  wide: number;
  dx: number;
  dy: number;
  matched_ms: number;
  seen_ms: number;
  /** The last frame, seen in it or not. */
  frame_ms: number;
  /** Frames in a row whose pose was not believed. */
  doubts: number;
  confidence: number;
}

interface Sight {
  readonly face: Landmarks;
  readonly x: number;
  readonly y: number;
  readonly wide: number;
}

export class Heads {
  readonly #face: CanonicalFace;
  readonly #most: number;
  readonly #isCalm: boolean;
  readonly #all: Tracked[] = [];
  readonly #heads: Head[] = [];
  readonly #bearers: Bearer[] = [];
  #known: { readonly head: Head | null; readonly scale: number; readonly spread: number } | null = null;

  /** @param isCalm false: each frame for itself, to measure what calming does */
  constructor(face: CanonicalFace, most = 2, isCalm = true) {
    this.#face = face;
    this.#most = most;
    this.#isCalm = isCalm;
  }

  /** Heads and necks, those lost a moment ago too: they fade. */
  get bearers(): readonly Bearer[] {
    return this.#bearers;
  }

  /** Those seen in the last frame, in the order in which they came. */
  get heads(): readonly Head[] {
    return this.#heads;
  }

  look(faces: readonly Landmarks[], lens: Lens, time_ms: number): readonly Head[] {
    // Of two people one behind the other one face is seen, the nearer; a second on the same place is the tracker's slip.
    const left = faces.map((face) => sightOf(face, lens)).sort((a, b) => b.wide - a.wide).filter((one, i, all) => !all.slice(0, i).some((nearer) => Math.hypot(nearer.x - one.x, nearer.y - one.y) < ONE_FACE * nearer.wide));
    while (left.length) {
      const [at, known] = this.#pair(left, time_ms);
      const sight = left.splice(at, 1)[0]!;
      const { face, x, y, wide } = sight;
      let tracked = known;
      if (!tracked) {
        if (this.#all.length >= this.#most) continue;
        const head = new Head(this.#face);
        tracked = { head, neck: new Neck(head), place: new EuroVector(3, PLACE), turn: new EuroRotation(TURN), x, y, wide, dx: 0, dy: 0, seen_ms: time_ms, frame_ms: time_ms, matched_ms: time_ms, doubts: 0, confidence: 0 };
        this.#all.push(tracked);
        this.#recognise(tracked.head);
      }
      follow(tracked, sight, time_ms);
      const dt = (time_ms - tracked.seen_ms) / 1000;
      if (!tracked.head.look(face, lens)) {
        this.#fade(tracked, time_ms);
        continue;
      }
      if (this.#isJump(tracked, dt)) {
        this.#hold(tracked, time_ms);
        continue;
      }
      if (dt > KEEP_MS / 1000 || tracked.doubts) {
        tracked.place.reset();
        tracked.turn.reset();
      }
      tracked.doubts = 0;
      const { head } = tracked;
      if (this.#isCalm) {
        head.pose.translation.set(tracked.place.next(head.pose.translation, dt));
        head.pose.rotation.set(tracked.turn.next(head.pose.rotation, dt));
      }
      const back = tracked.confidence === 0 ? 1 : Math.min(1, tracked.confidence + (time_ms - tracked.frame_ms) / BACK_MS);
      Object.assign(tracked, { seen_ms: time_ms, frame_ms: time_ms, confidence: back });
      head.confidence = back;
    }
    for (const gone of [...this.#all]) {
      if (gone.matched_ms === time_ms) continue;
      this.#fade(gone, time_ms);
      if (time_ms - gone.seen_ms >= KEEP_MS) this.#all.splice(this.#all.indexOf(gone), 1);
    }
    this.#heads.length = this.#bearers.length = 0;
    for (const { head, neck, seen_ms } of this.#all) {
      if (head.isFound && seen_ms === time_ms) this.#heads.push(head);
      if (head.confidence <= 0) continue;
      neck.follow();
      this.#bearers.push(head, neck);
    }
    return this.#heads;
  }

  /** The face and the head that go together best of all that are left; a face that goes with none is somebody new. */
  #pair(left: readonly Sight[], time_ms: number): [at: number, known: Tracked | null] {
    let best: Tracked | null = null;
    let [at, least] = [0, SAME_SHARE];
    for (const [i, { x, y, wide }] of left.entries()) {
      for (const one of this.#all) {
        if (one.matched_ms === time_ms) continue;
        const ago = Math.min((time_ms - one.matched_ms) / 1000, AHEAD_S);
        const far = Math.hypot(one.x + one.dx * ago - x, one.y + one.dy * ago - y) / Math.max(one.wide, wide, 1);
        const unseen = Math.min(UNSEEN_SHARE, ((time_ms - one.matched_ms) / 1000) * UNSEEN_A_SECOND);
        const cost = far + unseen + SIZE_SHARE * Math.abs(Math.log(Math.max(wide, 1) / Math.max(one.wide, 1)));
        const isLost = one.frame_ms > one.matched_ms;
        if (isLost && far > LOST_SHARE + ((time_ms - one.matched_ms) / 1000) * LOST_A_SECOND) continue;
        if (cost < least) [best, at, least] = [one, i, cost];
      }
    }
    return [at, best];
  }

  /** Where it was, ever paler. */
  #fade(tracked: Tracked, time_ms: number): void {
    const { head } = tracked;
    head.lose();
    tracked.confidence = Math.max(0, tracked.confidence - (time_ms - tracked.frame_ms) / FADE_MS);
    tracked.frame_ms = time_ms;
    head.confidence = tracked.confidence;
    if (!this.#isCalm || tracked.seen_ms === time_ms) return;
    head.pose.translation.set(tracked.place.value);
    head.pose.rotation.set(tracked.turn.value);
  }

  /** From one frame to the next, as no head moves; for a few frames it is the tracker that errs. */
  #isJump({ head, place, turn, doubts }: Tracked, dt: number): boolean {
    if (!this.#isCalm || dt <= 0 || dt > JUMP_MS / 1000 || doubts >= BELIEVED) return false;
    turnBetween(turn.value, head.pose.rotation, WAY);
    const [was, is] = [place.value[2]!, head.pose.translation[2]!];
    return Math.hypot(WAY[0]!, WAY[1]!, WAY[2]!) > JUMP_RAD || Math.abs(is - was) > JUMP_SHARE * Math.abs(was);
  }

  #hold(tracked: Tracked, time_ms: number): void {
    tracked.doubts++;
    this.#fade(tracked, time_ms);
    // Seen it was, only not believed: it is not given up.
    tracked.seen_ms = time_ms - 1;
  }

  /** A better measure than the iris for one of the heads: see `Head.setScale`. */
  measured(head: Head, scale: number, spread: number): void {
    this.#known = { head, scale, spread };
    head.setScale(scale, spread);
  }

  /** Measured before another camera: the measure is the head's, and whoever comes alone is taken for its owner. */
  remember(scale: number, spread: number): void {
    this.#known = { head: null, scale, spread };
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
    this.#all.length = this.#heads.length = this.#bearers.length = 0;
  }
}

const WAY = new Float64Array(3);

function sightOf(face: Landmarks, lens: Lens): Sight {
  const [x, y] = [face[168 * 3]! * lens.width, face[168 * 3 + 1]! * lens.height];
  // From root of the nose to chin, and across the eyes: neither alone lasts through turns and nods.
  const across = Math.hypot((face[127 * 3]! - face[356 * 3]!) * lens.width, (face[127 * 3 + 1]! - face[356 * 3 + 1]!) * lens.height);
  const down = Math.hypot((face[168 * 3]! - face[152 * 3]!) * lens.width, (face[168 * 3 + 1]! - face[152 * 3 + 1]!) * lens.height);
  return { face, x, y, wide: Math.max(across, down) };
}

function follow(tracked: Tracked, { x, y, wide }: Sight, time_ms: number): void {
  const dt = (time_ms - tracked.matched_ms) / 1000;
  if (dt > 0) {
    tracked.dx += PACE_SHARE * ((x - tracked.x) / dt - tracked.dx);
    tracked.dy += PACE_SHARE * ((y - tracked.y) / dt - tracked.dy);
  }
  Object.assign(tracked, { x, y, wide, matched_ms: time_ms });
}
