/**
 * Lets friends see how one moves: the joints that the booth tracks, and nothing else of it, to the room, while it is on.
 *
 * Only turns of bones leave: no picture, no landmark, no length or measure of a body. At most twelve times a second,
 * and only when something moved; 1.1 kB a second at most, far below the 8 kB that are promised. Ends with `stop`, with
 * the booth, with the connection's end (a new one begins anew only while it is on here). What it is not: the question
 * whether one wants it (`element.ts` asks), or the bytes (`net/body.ts`).
 */
import { BODY_BONES, type Moving, type Session } from "../net";
import { JOINTS } from "./body-bones";

/** As much of a session as sharing needs. */
export type SharingSession = Pick<Session, "act" | "body" | "welcome" | "state"> & EventTarget;

interface BodyLike {
  readonly isFound: boolean;
  readonly confidence: number;
  /** `(22, 4)` in the order of `JOINTS`: local, and against the camera. */
  readonly rotations: Float32Array;
  readonly turns: Float32Array;
  readonly sure: Float32Array;
}
interface HeadLike {
  readonly isFound: boolean;
  /** Camera from head; rows of a rotation. */
  readonly pose: { readonly rotation: ArrayLike<number> };
}
/** As much of a booth: "frame" after each that is shown. */
export interface SharingBooth extends EventTarget {
  readonly bodies?: readonly BodyLike[];
  readonly heads: readonly HeadLike[];
}

const TURNED = Math.cos((0.5 * Math.PI) / 180); // half of a degree, as half an angle's cosine
const AGAIN_MS = 1000;
const BEAT_MS = 500;
/** No frame for so long: the picture is frozen or gone, and nobody is seen. */
const STILL_MS = 1500;
const SURE = 0.55;
const UNSURE = 0.4;
const BELIEVED = 0.3;
const NECK_SHARE = 0.4;
const COUNTED_MS = 2000;

const WIRE = BODY_BONES.map((name) => JOINTS.indexOf(name));
/** How surely a bone's turn is known is how surely its end was seen; the trunk is seen with the shoulders. */
const SEEN_BY = BODY_BONES.map((name) => {
  const end = { UpperArm: "LowerArm", LowerArm: "Hand", Hand: "Hand", UpperLeg: "LowerLeg", LowerLeg: "Foot", Foot: "Foot" }[name.replace(/^(left|right)/, "")];
  return end ? JOINTS.indexOf((name.startsWith("left") ? `left${end}` : `right${end}`) as (typeof JOINTS)[number]) : -1;
});
const NECK = BODY_BONES.indexOf("neck");
const HEAD = BODY_BONES.indexOf("head");
const NECK_JOINT = JOINTS.indexOf("neck");

class Turns implements Moving {
  readonly turns = new Float32Array(BODY_BONES.length * 4);
  mask = 0;
}

export class Sharer extends EventTarget {
  /** Whether the shopper has turned it on. "change" when it reads differently. */
  isOn = false;
  /** As the others see one, for one's own figure in the store's mirrors. */
  readonly moving: Moving;
  readonly #session: SharingSession;
  readonly #booth: SharingBooth;
  readonly #now: () => number;
  readonly #own = new Turns();
  readonly #sent = new Float32Array(BODY_BONES.length * 4);
  #sentMask = -1;
  #sentAt_ms = -Infinity;
  #framed_ms = -Infinity;
  #allowed: AbortController | null = null;
  #beat: ReturnType<typeof setInterval> | undefined;
  #sureMask = 0;
  readonly #counted: { at_ms: number; bytes: number }[] = [];

  constructor(session: SharingSession, booth: SharingBooth, now: () => number = () => performance.now()) {
    super();
    this.#session = session;
    this.#booth = booth;
    this.#now = now;
    this.moving = this.#own;
  }

  /** Whether this server and connection can do it at all. */
  get isPossible(): boolean {
    return (this.#session.welcome?.limits.body_hz ?? 0) > 0;
  }

  /** What went up lately, with what WebSocket adds. */
  get bytes_per_s(): number {
    const since = this.#now() - COUNTED_MS;
    while (this.#counted.length && this.#counted[0]!.at_ms < since) this.#counted.shift();
    return this.#counted.reduce((sum, { bytes }) => sum + bytes, 0) / (COUNTED_MS / 1000);
  }

  /** The shopper said yes. Rejects with Refused, and is off then. */
  async start(): Promise<void> {
    if (this.isOn) return;
    this.isOn = true;
    this.#allowed = new AbortController();
    const { signal } = this.#allowed;
    this.#booth.addEventListener("frame", () => this.#frame(), { signal });
    // What was allowed was allowed for as long as it is on; the server forgets it with each connection.
    this.#session.addEventListener("ready", () => void this.#embody().catch(() => this.stop()), { signal });
    this.#beat = setInterval(() => this.#still(), BEAT_MS);
    this.#changed();
    try {
      await this.#embody();
    } catch (error) {
      this.stop();
      throw error;
    }
  }

  /** The shopper took it back, or the booth is closed. */
  stop(): void {
    if (!this.isOn) return;
    this.isOn = false;
    clearInterval(this.#beat);
    this.#allowed?.abort();
    this.#allowed = null;
    this.#own.mask = 0;
    this.#sentMask = -1;
    if (this.#session.state === "open") void this.#session.act({ do: "embody", on: false }).catch(() => undefined);
    this.#changed();
  }

  async #embody(): Promise<void> {
    this.#sentMask = -1;
    if (this.#session.state === "open") await this.#session.act({ do: "embody", on: true });
  }

  /** A frame is shown: take over how who stands first in it is turned. */
  #frame(): void {
    this.#framed_ms = this.#now();
    const [body] = this.#booth.bodies ?? [];
    const [head] = this.#booth.heads;
    const { turns } = this.#own;
    let mask = 0;
    if (body?.isFound && body.confidence > BELIEVED) {
      for (let bone = 0; bone < WIRE.length; bone++) {
        const seen = SEEN_BY[bone]!;
        const wasSure = (this.#sureMask >> bone) & 1;
        if (seen >= 0 && body.sure[seen]! < (wasSure ? UNSURE : SURE)) continue;
        mask |= 1 << bone;
        for (let k = 0; k < 4; k++) turns[bone * 4 + k] = body.rotations[WIRE[bone]! * 4 + k]!;
      }
    }
    this.#sureMask = mask;
    if (head?.isFound) mask |= this.#face(head, mask & (1 << NECK) ? body! : null);
    this.#own.mask = mask;
    this.#send();
  }

  /** A face tells better where a head looks than the points of a body; without a body the neck takes its share. */
  #face(head: HeadLike, body: BodyLike | null): number {
    quaternionOf(head.pose.rotation, q);
    const { turns } = this.#own;
    if (body) {
      for (let k = 0; k < 4; k++) neck[k] = body.turns[NECK_JOINT * 4 + k]!;
    } else {
      const sign = q[3]! < 0 ? -1 : 1;
      for (let k = 0; k < 4; k++) neck[k] = (k === 3 ? 1 - NECK_SHARE : 0) + sign * q[k]! * NECK_SHARE;
      const n = Math.hypot(neck[0]!, neck[1]!, neck[2]!, neck[3]!) || 1;
      for (let k = 0; k < 4; k++) turns[NECK * 4 + k] = neck[k]! /= n;
    }
    const [ax, ay, az, aw] = [-neck[0]!, -neck[1]!, -neck[2]!, neck[3]!];
    const [bx, by, bz, bw] = [q[0]!, q[1]!, q[2]!, q[3]!];
    turns[HEAD * 4] = aw * bx + ax * bw + ay * bz - az * by;
    turns[HEAD * 4 + 1] = aw * by - ax * bz + ay * bw + az * bx;
    turns[HEAD * 4 + 2] = aw * bz + ax * by - ay * bx + az * bw;
    turns[HEAD * 4 + 3] = aw * bw - ax * bx - ay * by - az * bz;
    return (1 << NECK) | (1 << HEAD);
  }

  #still(): void {
    if (this.#now() - this.#framed_ms > STILL_MS) this.#own.mask = 0;
    this.#send();
  }

  #send(): void {
    const hz = this.#session.welcome?.limits.body_hz ?? 0;
    const now_ms = this.#now();
    if (!this.isOn || !hz || this.#session.state !== "open" || now_ms - this.#sentAt_ms < 1000 / hz) return;
    const { turns, mask } = this.#own;
    if (mask === this.#sentMask && now_ms - this.#sentAt_ms < AGAIN_MS && !this.#hasMoved()) return;
    if (mask === 0 && this.#sentMask === 0) return; // nobody is seen: said once
    const bytes = this.#session.body(turns, mask);
    if (!bytes) return;
    this.#sent.set(turns);
    this.#sentMask = mask;
    this.#sentAt_ms = now_ms;
    this.#counted.push({ at_ms: now_ms, bytes });
  }

  #hasMoved(): boolean {
    const { turns, mask } = this.#own;
    for (let bone = 0; bone < BODY_BONES.length; bone++) {
      if (!((mask >> bone) & 1)) continue;
      const o = bone * 4;
      const dot = turns[o]! * this.#sent[o]! + turns[o + 1]! * this.#sent[o + 1]! + turns[o + 2]! * this.#sent[o + 2]! + turns[o + 3]! * this.#sent[o + 3]!;
      if (Math.abs(dot) < TURNED) return true;
    }
    return false;
  }

  #changed(): void {
    this.dispatchEvent(new Event("change"));
  }
}

const q = new Float32Array(4);
const neck = new Float32Array(4);

/** Rows of a rotation as a quaternion xyzw. */
function quaternionOf(r: ArrayLike<number>, out: Float32Array): void {
  const [a, e, i] = [r[0]!, r[4]!, r[8]!];
  const trace = a + e + i;
  if (trace > 0) {
    const s = 2 * Math.sqrt(trace + 1);
    out.set([(r[7]! - r[5]!) / s, (r[2]! - r[6]!) / s, (r[3]! - r[1]!) / s, s / 4]);
  } else if (a > e && a > i) {
    const s = 2 * Math.sqrt(1 + a - e - i);
    out.set([s / 4, (r[1]! + r[3]!) / s, (r[2]! + r[6]!) / s, (r[7]! - r[5]!) / s]);
  } else if (e > i) {
    const s = 2 * Math.sqrt(1 + e - a - i);
    out.set([(r[1]! + r[3]!) / s, s / 4, (r[5]! + r[7]!) / s, (r[2]! - r[6]!) / s]);
  } else {
    const s = 2 * Math.sqrt(1 + i - a - e);
    out.set([(r[2]! + r[6]!) / s, (r[5]! + r[7]!) / s, s / 4, (r[3]! - r[1]!) / s]);
  }
}
