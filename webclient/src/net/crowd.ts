/**
 * Who is seen where, from FRAME, KEYFRAME, FAR, RIGS, BODIES and CARDS. The reference in Python is
 * `showroom/protocol/receiver.py`; where they are drawn is this side's alone (`glide.ts`).
 *
 * Somebody keeps one object over cells, looks and reconnections, so that what is drawn of them goes on. Everything is
 * bounded by the message's length and by the caps below; what does not follow its table throws ProtocolError and ends
 * the connection, not the page.
 */

import { readFar } from "./beyond";
import { readBlock, type Lists } from "./blocks";
import { Bytes } from "./bytes";
import { Cards, unknown } from "./cards";
import { bitOf, cellOf, isAtBorder, NINE, onFloor } from "./cells";
import { Glide } from "./glide";
import { Close, malformed, ProtocolError, ToClient } from "./ids";
import type { FloorInfo } from "./messages";
import { readBodies, readRigs } from "./moves";
import type { Card, Crowd, Person } from "./person";
import type { Playback } from "./playback";
import { NOWHERE, Seen } from "./seen";

const FULL = 1 << 15;
const MOST_NEAR = 8192;
const MOST_FAR = 1024;
/** A new look of somebody within this is the same person changed; further off it is somebody else. */
const SAME_CM = 100;

export class Neighbourhood implements Crowd, Lists {
  /** Everybody but oneself, by slot. */
  readonly people: ReadonlyMap<number, Person>;
  /** Those of the nine cells by slot, oneself among them. */
  readonly near = new Map<number, Seen>();
  /** What the last messages changed; whoever takes them empties them. */
  readonly entered: Seen[] = [];
  readonly left: Seen[] = [];
  readonly carded: Seen[] = [];
  centre = NOWHERE;
  seq = 0;
  /** Since `reopen`: who is around is known. */
  isWhole = false;
  private readonly drawn = new Map<number, Seen>();
  private readonly all: Seen[] = [];
  private readonly cells = new Map<number, Seen[]>();
  private readonly far = new Map<number, Seen>();
  private readonly cards = new Cards();
  private readonly gone: Seen[] = [];
  private readonly jumpers: Seen[] = [];
  private readonly glide = new Glide(this.all, this.near);
  private readonly bytes = new Bytes();
  private floor: FloorInfo = { corner_mm: [0, 0], size_cm: [1, 1], cell_cm: 700, columns: 1, rows: 1, y_cm: [0, 0] };
  private self = NOWHERE;
  private interval_ms = 50;
  private time_ms = 0;
  private stamp = 0;
  private isWaiting = false;
  private hasGap = false;
  private movers = 0;
  private hadMovers = false;
  private hasFar = false;

  constructor() {
    this.people = this.drawn;
  }

  /** Which moment is drawn. */
  get playback(): Playback {
    return this.glide.playback;
  }

  /** Oneself as the server has it, once seen. */
  get me(): Seen | null {
    return this.near.get(this.self) ?? null;
  }

  /**
   * A new connection: lists begin again, and the next frame that counts is a full KEYFRAME.
   *
   * @param isSame the seat was resumed: who is still there goes on being drawn.
   */
  reopen(floor: FloorInfo, slot: number, hz: number, isSame: boolean): void {
    this.floor = floor;
    this.interval_ms = 1000 / hz;
    if (!isSame || slot !== this.self) this.clear();
    this.self = slot;
    this.centre = NOWHERE;
    this.isWaiting = this.hasGap = this.isWhole = this.hasFar = false;
    this.glide.reopen(floor, this.interval_ms);
    this.cells.clear();
    this.cards.clear(); // after a crash a slot may be somebody else's
    for (const seen of this.near.values()) {
      seen.cell = NOWHERE;
      seen.isCardOld = true;
      seen.asks = 0;
      seen.askedAt_ms = -1e9;
    }
  }

  /** Nobody is around. */
  clear(): void {
    for (const seen of this.drawn.values()) this.left.push(seen);
    this.near.clear();
    this.far.clear();
    this.drawn.clear();
    this.all.length = 0;
    this.cells.clear();
    this.isWhole = false;
  }

  /** Whether a frame is missing, once: then send RESYNC. Frames are skipped until the full KEYFRAME. */
  takeGap(): boolean {
    const has = this.hasGap;
    this.hasGap = false;
    return has;
  }

  /** Take a FRAME, KEYFRAME, FAR, RIGS or BODIES. Throws ProtocolError. */
  receive(data: Uint8Array, arrival_ms: number): void {
    this.bytes.open(data, 1);
    this.gone.length = this.jumpers.length = 0;
    if (data[0] === ToClient.FRAME) this.frame(arrival_ms);
    else if (data[0] === ToClient.KEYFRAME) this.keyframe(arrival_ms);
    else if (data[0] === ToClient.FAR) this.beyond();
    else if (data[0] === ToClient.RIGS) readRigs(this.bytes, this.near, arrival_ms);
    else if (data[0] === ToClient.BODIES) readBodies(this.bytes, this.near, this.self, arrival_ms);
    else throw new ProtocolError(Close.UNKNOWN_MESSAGE, `message ${data[0]}`);
  }

  // ── frames

  private frame(arrival_ms: number): void {
    const bytes = this.bytes;
    const seq = bytes.u8();
    const time = bytes.u16();
    const mask = bytes.u16() & NINE;
    if (this.isWaiting || this.centre === NOWHERE || seq !== ((this.seq + 1) & 255)) {
      if (!this.isWaiting) this.hasGap = this.isWaiting = true;
      return;
    }
    this.seq = seq;
    const passed = (time - this.time_ms) & 0xffff;
    this.time_ms = (this.time_ms + passed) >>> 0;
    this.stamp += passed;
    this.playback.heard(this.stamp, arrival_ms);
    // Nothing came for a while because nothing changed, unless the server's tick slipped while people walked.
    if (passed > 2.5 * this.interval_ms && !(this.hadMovers && passed < 400)) this.glide.hold(this.stamp);
    this.hadMovers = this.movers > 0;
    this.movers = 0;
    this.blocks(mask);
    bytes.end();
    this.settle();
  }

  private keyframe(arrival_ms: number): void {
    const bytes = this.bytes;
    const seq = bytes.u8();
    const time = bytes.u32();
    const centre = bytes.u16();
    const mask = bytes.u16();
    if (centre >= this.floor.columns * this.floor.rows) malformed(`cell ${centre}`);
    const isFull = (mask & FULL) !== 0;
    if (!isFull && (this.isWaiting || this.centre === NOWHERE)) return; // it builds on what is not there
    this.seq = seq;
    this.centre = centre;
    this.stamp += (time - this.time_ms) | 0;
    this.time_ms = time;
    this.playback.heard(this.stamp, arrival_ms);
    const blocks = mask & NINE;
    if (blocks & ~onFloor(this.floor, centre)) malformed("a block outside the floor");
    for (const [cell, people] of this.cells) {
      const bit = bitOf(this.floor, centre, cell);
      if (!isFull && bit >= 0 && !((mask >> bit) & 1)) continue;
      for (const seen of people) this.leave(seen, cell);
      this.cells.delete(cell);
    }
    // Those whom a resumed connection does not have in lists any more.
    if (isFull) for (const seen of this.near.values()) if (seen.cell === NOWHERE) this.gone.push(seen);
    this.blocks(blocks);
    bytes.end();
    this.isWaiting = this.hasGap = false;
    this.isWhole = true;
    this.settle();
  }

  private blocks(mask: number): void {
    if (mask & ~onFloor(this.floor, this.centre)) malformed("a block outside the floor");
    for (let bit = 0; bit < 9; bit++) if ((mask >> bit) & 1) readBlock(this.bytes, cellOf(this.floor, this.centre, bit), this);
  }

  // ── what blocks ask for

  list(cell: number): Seen[] {
    let people = this.cells.get(cell);
    if (!people) this.cells.set(cell, (people = []));
    return people;
  }

  leave(seen: Seen, cell: number): void {
    if (seen.cell !== cell) return; // already in the next cell's list
    seen.cell = NOWHERE;
    this.gone.push(seen);
  }

  moved(seen: Seen, isJump: boolean): void {
    this.movers++;
    if (isJump) this.jumpers.push(seen);
  }

  enter(cell: number, slot: number, rev: number, x: number, z: number, yaw: number): Seen {
    let seen = this.near.get(slot);
    if (seen?.cell === cell) malformed("somebody enters who is there already");
    if (seen && seen.rev !== rev && Math.hypot(seen.cmX - x, seen.cmZ - z) > SAME_CM) {
      this.drop(seen);
      seen = undefined;
    }
    const rough = seen ? undefined : this.far.get(slot);
    if (rough && (rough.rev === rev || rough.rev < 0)) seen = rough;
    else if (rough) this.drop(rough);
    if (!seen) {
      if (this.near.size >= MOST_NEAR) malformed("more people than can be seen");
      seen = new Seen(slot, rev);
      if (slot !== this.self) {
        this.drawn.set(slot, seen);
        this.entered.push(seen);
      }
      this.all.push(seen);
    }
    if (seen === rough) this.nearer(seen);
    this.near.set(slot, seen);
    if (seen.rev !== rev) {
      seen.rev = rev;
      seen.isCardOld = true;
      seen.asks = 0;
      seen.askedAt_ms = -1e9;
    }
    seen.cell = cell;
    seen.cmX = x;
    seen.cmZ = z;
    seen.cmY = seen.state = 0;
    seen.yaw256 = yaw;
    seen.hasJumped = false;
    seen.rigBytes = 0;
    if (!seen.card || seen.isCardOld) this.name(seen, this.cards.find(slot, rev));
    return this.near.get(slot)!;
  }

  /** Drawn on from where they were roughly. */
  private nearer(seen: Seen): void {
    this.far.delete(seen.slot);
    seen.isFar = false;
    seen.isUnplaced = true;
    seen.target.set([seen.x, seen.y, seen.z, seen.unwrapYaw(), seen.vx, 0, seen.vz, 0]);
    seen.error.fill(0);
  }

  private drop(seen: Seen): void {
    if (this.near.get(seen.slot) === seen) this.near.delete(seen.slot);
    if (this.far.get(seen.slot) === seen) this.far.delete(seen.slot);
    const at = this.all.indexOf(seen);
    if (at >= 0) {
      this.all[at] = this.all[this.all.length - 1]!;
      this.all.length--;
    }
    if (this.drawn.get(seen.slot) !== seen) return;
    this.drawn.delete(seen.slot);
    this.left.push(seen);
  }

  /** After the blocks of a message: who went, and where everybody is at its stamp. */
  private settle(): void {
    for (const seen of this.gone) {
      if (seen.cell !== NOWHERE || this.near.get(seen.slot) !== seen) continue;
      if (this.hasFar && seen.slot !== this.self && this.far.size < MOST_FAR && isAtBorder(this.floor, this.centre, seen.cmX, seen.cmZ)) {
        this.near.delete(seen.slot);
        this.far.set(seen.slot, seen);
        seen.isFar = true;
        seen.farX = seen.x;
        seen.farZ = seen.z;
      } else this.drop(seen);
    }
    this.glide.take(this.stamp, this.jumpers);
  }

  /**
   * The server's clock was `time_ms` (PONG): messages come in order, so every frame stamped before is here already.
   */
  quiet(time_ms: number): void {
    if (this.isWhole && !this.isWaiting) this.glide.quiet(this.stamp + ((time_ms - this.time_ms) | 0));
  }

  // ── the crowd beyond

  private beyond(): void {
    const unseen = new Set(this.far.values());
    readFar(this.bytes, this.floor, (slot, x, z) => {
      const seen = this.roughly(slot, x, z);
      if (seen) unseen.delete(seen);
    });
    this.hasFar = true;
    for (const seen of unseen) this.drop(seen);
  }

  private roughly(slot: number, x: number, z: number): Seen | null {
    if (slot === this.self || this.near.has(slot)) return null;
    let seen = this.far.get(slot);
    if (!seen) {
      if (this.far.size >= MOST_FAR) return null;
      seen = new Seen(slot, -1);
      seen.isFar = true;
      seen.x = x;
      seen.z = z;
      this.far.set(slot, seen);
      this.drawn.set(slot, seen);
      this.all.push(seen);
      this.entered.push(seen);
    }
    seen.farX = x;
    seen.farZ = z;
    return seen;
  }

  // ── who they are

  /** Take the answer to WHO. */
  takeCards(cards: readonly Card[]): void {
    for (const card of cards) {
      this.cards.keep(card);
      const seen = this.near.get(card.slot);
      if (seen?.rev === card.rev) this.name(seen, card);
    }
  }

  private name(known: Seen, card: Card | undefined): void {
    if (!card) return;
    const isOther = known.card !== null && known.card.member !== card.member;
    const seen = isOther ? this.replaced(known) : known;
    seen.card = card;
    seen.isCardOld = false;
    this.carded.push(seen);
  }

  /** Another person on the same slot: for everyone who draws, one goes and one comes. */
  private replaced(seen: Seen): Seen {
    const other = Object.assign(new Seen(seen.slot, seen.rev), seen, { emoteTurn: 0, isTalking: false, card: null });
    const people = this.cells.get(seen.cell);
    const place = people?.indexOf(seen) ?? -1;
    if (people && place >= 0) people[place] = other;
    this.all[this.all.indexOf(seen)] = other;
    this.near.set(seen.slot, other);
    if (this.drawn.get(seen.slot) !== seen) return other;
    this.drawn.set(seen.slot, other);
    this.left.push(seen);
    this.entered.push(other);
    return other;
  }

  /** Slots to send WHO for, into `out`; they count as asked. */
  unknown(now_ms: number, out: number[], most: number): void {
    unknown(this.all, now_ms, out, most);
  }

  // ── drawing

  /** Whether the moment that is drawn is past all that is known while people move: the server may be asked. */
  get isStarved(): boolean {
    return this.movers > 0 && this.glide.isPast;
  }

  /** Everybody's place and speed for this frame of the screen, in place. Nothing is allocated. */
  update(now_ms: number): void {
    this.glide.update(now_ms);
  }
}
