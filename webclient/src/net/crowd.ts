/**
 * Who is seen where, from FRAME, KEYFRAME, FAR, RIGS, BODIES and CARDS, and where they are drawn. The reference in Python is
 * `showroom/protocol/receiver.py`; the drawing is this side's alone (`motion.ts`, `playback.ts`).
 *
 * Somebody keeps one object over cells, looks and reconnections, so that what is drawn of them goes on. Everything is
 * bounded by the message's length and by the caps below; what does not follow its table throws ProtocolError and ends
 * the connection, not the page.
 */

import { readBlock, type Lists } from "./blocks";
import { ALL_BONES, BodySeen, bonesIn, TURN_BYTES } from "./body";
import { Bytes } from "./bytes";
import { Close, ProtocolError, ToClient } from "./ids";
import type { FloorInfo } from "./messages";
import { absorb, COLUMNS, Columns, fitted, LANES, step, wear, Weights } from "./motion";
import type { Card, Crowd, Person } from "./person";
import { Playback } from "./playback";
import { PART_BYTES, unpackPart } from "./rig";
import { Limb, NOWHERE, Seen } from "./seen";

const FULL = 1 << 15;
const MOST_NEAR = 8192;
const MOST_FAR = 1024;
const MOST_CARDS = 2048;
const FAR_RADIUS_MOST = 8;
/** Heads, hands and bodies unheard of for so long are forgotten: their headset or camera is off. */
const RIG_STALE_MS = 2500;
/** A new look of somebody within this is the same person changed; further off it is somebody else. */
const SAME_CM = 100;
/** Who leaves this near to the border of what is seen in full went on beyond it. */
const BORDER_CM = 60;
const ASK_AGAIN_MS = 3000;
const MOST_ASKS = 4;
const TAU = Math.PI * 2;

const malformed = (what: string): never => {
  throw new ProtocolError(Close.MALFORMED, what);
};

export class Neighbourhood implements Crowd, Lists {
  /** Everybody but oneself, by slot. */
  readonly people: ReadonlyMap<number, Person>;
  /** Those of the nine cells by slot, oneself among them. */
  readonly near = new Map<number, Seen>();
  readonly playback = new Playback();
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
  private readonly cards = new Map<number, Card>();
  private readonly gone: Seen[] = [];
  private readonly jumpers: Seen[] = [];
  private readonly columns = new Columns();
  private readonly weights = new Weights();
  private readonly before = new Weights();
  private readonly fit = new Float64Array(2 * LANES);
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
  private version = -1;
  private moment = Number.NaN;
  private updatedAt = 0;
  /** Seconds since the last picture, and its time: handed over in here, since numbers as arguments may end on the heap. */
  private readonly clock = new Float64Array(2);

  constructor() {
    this.people = this.drawn;
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
    this.columns.clear();
    this.playback.reset();
    this.moment = Number.NaN;
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
    else if (data[0] === ToClient.FAR) this.readFar();
    else if (data[0] === ToClient.RIGS) this.readRigs(arrival_ms);
    else if (data[0] === ToClient.BODIES) this.readBodies(arrival_ms);
    else throw new ProtocolError(Close.UNKNOWN_MESSAGE, `message ${data[0]}`);
  }

  // ── frames

  private frame(arrival_ms: number): void {
    const bytes = this.bytes;
    const seq = bytes.u8();
    const time = bytes.u16();
    const mask = bytes.u16() & 0x1ff;
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
    if (passed > 2.5 * this.interval_ms && !(this.hadMovers && passed < 400)) this.hold(this.stamp);
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
    const around = this.inside();
    if (mask & 0x1ff & ~around) malformed("a block outside the floor");
    for (const [cell, people] of this.cells) {
      const bit = this.bitOf(cell);
      if (!isFull && bit >= 0 && !((mask >> bit) & 1)) continue;
      for (const seen of people) this.leave(seen, cell);
      this.cells.delete(cell);
    }
    // Those whom a resumed connection does not have in lists any more.
    if (isFull) for (const seen of this.near.values()) if (seen.cell === NOWHERE) this.gone.push(seen);
    this.blocks(mask & 0x1ff);
    bytes.end();
    this.isWaiting = this.hasGap = false;
    this.isWhole = true;
    this.settle();
  }

  private blocks(mask: number): void {
    if (mask & ~this.inside()) malformed("a block outside the floor");
    for (let bit = 0; bit < 9; bit++) {
      if ((mask >> bit) & 1) readBlock(this.bytes, this.centre + (Math.floor(bit / 3) - 1) * this.floor.columns + (bit % 3) - 1, this);
    }
  }

  /** The bits of those of the nine cells that are on the floor. */
  private inside(): number {
    const { columns, rows } = this.floor;
    const column = this.centre % columns;
    const row = Math.floor(this.centre / columns);
    let mask = 0;
    for (let bit = 0; bit < 9; bit++) {
      const x = column + (bit % 3) - 1;
      const z = row + Math.floor(bit / 3) - 1;
      if (x >= 0 && x < columns && z >= 0 && z < rows) mask |= 1 << bit;
    }
    return mask;
  }

  private bitOf(cell: number): number {
    const { columns } = this.floor;
    const dx = (cell % columns) - (this.centre % columns);
    const dz = Math.floor(cell / columns) - Math.floor(this.centre / columns);
    return Math.abs(dx) > 1 || Math.abs(dz) > 1 ? -1 : (dz + 1) * 3 + dx + 1;
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
    if (!seen.card || seen.isCardOld) this.name(seen, this.cards.get((slot << 8) | rev));
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
      if (this.hasFar && seen.slot !== this.self && this.far.size < MOST_FAR && this.isAtBorder(seen)) {
        this.near.delete(seen.slot);
        this.far.set(seen.slot, seen);
        seen.isFar = true;
        seen.farX = seen.x;
        seen.farZ = seen.z;
      } else this.drop(seen);
    }
    const isFirst = this.columns.count === 0;
    if (isFirst || this.stamp < this.columns.newest - this.interval_ms) {
      this.columns.clear();
      this.columns.add(this.stamp);
      for (const seen of this.near.values()) this.fill(seen, false);
    } else {
      if (this.stamp > this.columns.newest) this.columns.add(this.stamp);
      else this.columns.version++;
      this.record();
    }
    for (const seen of this.jumpers) this.fill(seen, true);
    for (const seen of this.near.values()) if (seen.isUnplaced) this.fill(seen, false);
  }

  /** Nothing changed up to a moment of the server's: columns in which everybody stands. */
  private hold(until: number): void {
    for (let k = 4; k >= 1; k--) {
      const stamp = until - k * this.interval_ms;
      if (stamp <= this.columns.newest + 1) continue;
      this.columns.add(stamp);
      this.record();
    }
  }

  /**
   * The server's clock was `time_ms` (PONG): messages come in order, so every frame stamped before is here already.
   */
  quiet(time_ms: number): void {
    if (!this.isWhole || this.isWaiting || this.columns.count === 0) return;
    const stamp = this.stamp + ((time_ms - this.time_ms) | 0) - this.interval_ms;
    if (stamp > this.columns.newest + this.interval_ms && stamp < this.columns.newest + 5000) this.hold(stamp + this.interval_ms);
  }

  private record(): void {
    const { head, stamps } = this.columns;
    const last = (head - 1 + COLUMNS) % COLUMNS;
    const passed_ms = Math.max(stamps[head]! - stamps[last]!, 1);
    for (let i = 0; i < this.all.length; i++) {
      const seen = this.all[i]!;
      if (seen.isFar || seen.isUnplaced) continue;
      seen.record(head * LANES, last * LANES, passed_ms, this.metresX(seen), seen.cmY / 100, this.metresZ(seen), seen.unwrapYaw());
    }
  }

  private fill(seen: Seen, isJump: boolean): void {
    seen.fill(this.metresX(seen), seen.cmY / 100, this.metresZ(seen), seen.unwrapYaw());
    seen.isUnplaced = false;
    if (isJump) seen.isFresh = true;
  }

  private metresX(seen: Seen): number {
    return seen.cmX / 100 + this.floor.corner_mm[0] / 1000;
  }

  private metresZ(seen: Seen): number {
    return seen.cmZ / 100 + this.floor.corner_mm[1] / 1000;
  }

  private isAtBorder(seen: Seen): boolean {
    const { cell_cm, columns } = this.floor;
    const column = this.centre % columns;
    const row = Math.floor(this.centre / columns);
    const x = seen.cmX - (column - 1) * cell_cm;
    const z = seen.cmZ - (row - 1) * cell_cm;
    const wide = 3 * cell_cm - BORDER_CM;
    return x < BORDER_CM || z < BORDER_CM || x > wide || z > wide;
  }

  // ── the crowd beyond, heads and hands, cards

  private readFar(): void {
    const bytes = this.bytes;
    const centre = bytes.u16();
    const radius = bytes.u8();
    const { columns, rows, cell_cm, corner_mm } = this.floor;
    if (centre >= columns * rows || radius < 2 || radius > FAR_RADIUS_MOST) malformed(`FAR around ${centre}, radius ${radius}`);
    const side = 2 * radius + 1;
    const ring = side * side - 9;
    bytes.need(ring);
    const counts = bytes.at;
    bytes.at += ring;
    let total = 0;
    for (let i = 0; i < ring; i++) total += bytes.data[counts + i]!;
    if (bytes.left !== 3 * total) malformed(`FAR of ${bytes.data.length} bytes`);
    this.hasFar = true;
    const unseen = new Set(this.far.values());
    const column = centre % columns;
    const row = Math.floor(centre / columns);
    let place = 0;
    for (let dz = -radius; dz <= radius; dz++) {
      for (let dx = -radius; dx <= radius; dx++) {
        if (Math.max(Math.abs(dx), Math.abs(dz)) < 2) continue;
        const count = bytes.data[counts + place++]!;
        for (let i = 0; i < count; i++) {
          const slot = bytes.u16();
          const at = bytes.u8();
          const x = (column + dx) * cell_cm + Math.floor((((at & 15) * 2 + 1) * cell_cm) / 32);
          const z = (row + dz) * cell_cm + Math.floor((((at >> 4) * 2 + 1) * cell_cm) / 32);
          const seen = this.roughly(slot, x / 100 + corner_mm[0] / 1000, z / 100 + corner_mm[1] / 1000);
          if (seen) unseen.delete(seen);
        }
      }
    }
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

  private readRigs(arrival_ms: number): void {
    const bytes = this.bytes;
    const count = bytes.u8();
    for (let i = 0; i < count; i++) {
      const slot = bytes.u16();
      const bits = bytes.u8();
      const parts = bits === 3 ? 3 : bits === 1 ? 1 : malformed(`a rig of ${bits}`);
      bytes.need(parts * PART_BYTES);
      const seen = this.near.get(slot);
      if (seen) {
        for (let k = 0; k < parts * PART_BYTES; k++) seen.rig[k] = bytes.data[bytes.at + k]!;
        seen.rigBytes = parts * PART_BYTES;
        this.takeRig(seen, parts, arrival_ms);
      }
      bytes.at += parts * PART_BYTES;
    }
    bytes.end();
  }

  private readBodies(arrival_ms: number): void {
    const bytes = this.bytes;
    const count = bytes.u8();
    for (let i = 0; i < count; i++) {
      const slot = bytes.u16();
      const mask = bytes.u8() | (bytes.u16() << 8);
      if (mask & ~ALL_BONES) malformed("a bone that there is not");
      const size = TURN_BYTES * bonesIn(mask);
      bytes.need(size);
      const seen = slot === this.self ? undefined : this.near.get(slot);
      if (seen && mask) {
        seen.body = seen.moves ??= new BodySeen();
        seen.body.take(bytes.data, bytes.at, mask, arrival_ms);
      } else if (seen) seen.body = null;
      bytes.at += size;
    }
    bytes.end();
  }

  private takeRig(seen: Seen, parts: number, arrival_ms: number): void {
    const limbs = (seen.limbs ??= [new Limb(), new Limb(), new Limb()]);
    for (let k = 0; k < parts; k++) {
      const limb = limbs[k]!;
      unpackPart(seen.rig, k * PART_BYTES, limb.wanted.position, limb.wanted.rotation);
      if ((k === 0 ? seen.head : seen.left) !== null) continue;
      limb.shown.position.set(limb.wanted.position);
      limb.shown.rotation.set(limb.wanted.rotation);
    }
    seen.rigAt_ms = arrival_ms;
    seen.head = limbs[0].shown;
    seen.left = parts === 3 ? limbs[1].shown : null;
    seen.right = parts === 3 ? limbs[2].shown : null;
  }

  /** Take the answer to WHO. */
  takeCards(cards: readonly Card[]): void {
    for (const card of cards) {
      const key = (card.slot << 8) | card.rev;
      this.cards.delete(key);
      this.cards.set(key, card);
      if (this.cards.size > MOST_CARDS) this.cards.delete(this.cards.keys().next().value!);
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
    for (let i = 0; i < this.all.length && out.length < most; i++) {
      const seen = this.all[i]!;
      if (seen.isFar || seen.cell === NOWHERE || (seen.card && !seen.isCardOld) || seen.asks >= MOST_ASKS) continue;
      if (now_ms - seen.askedAt_ms < ASK_AGAIN_MS << seen.asks) continue;
      seen.askedAt_ms = now_ms;
      seen.asks++;
      out.push(seen.slot);
    }
  }

  // ── drawing

  /** Whether the moment that is drawn is past all that is known while people move: the server may be asked. */
  get isStarved(): boolean {
    return this.movers > 0 && this.moment > this.columns.newest;
  }

  /** Everybody's place and speed for this frame of the screen, in place. Nothing is allocated. */
  update(now_ms: number): void {
    const passed_s = Math.max(0, Math.min((now_ms - this.updatedAt) / 1000, 0.25));
    this.updatedAt = now_ms;
    const moment = this.playback.at(now_ms);
    const { columns, weights, before } = this;
    const hasNews = this.version !== columns.version;
    if (hasNews) before.set(columns, this.moment);
    this.version = columns.version;
    if (!Number.isNaN(moment)) weights.set(columns, moment);
    const isKnown = columns.count > 0 && !Number.isNaN(moment);
    step(passed_s);
    this.clock[0] = passed_s;
    this.clock[1] = now_ms;
    for (let i = 0; i < this.all.length; i++) {
      const seen = this.all[i]!;
      if (seen.isFar) this.drift(seen);
      else if (isKnown) this.draw(seen, hasNews && !Number.isNaN(this.moment));
      else seen.vx = seen.vz = 0;
      if (seen.head !== null) this.pose(seen);
      if (seen.body !== null) this.move(seen);
    }
    this.moment = moment;
  }

  private draw(seen: Seen, hasNews: boolean): void {
    const { target, error } = seen;
    if (seen.isFresh) error.fill(0);
    else if (hasNews) {
      fitted(seen.history, this.before, this.fit);
      absorb(error, target, this.fit);
    }
    seen.isFresh = false;
    wear(error);
    fitted(seen.history, this.weights, target);
    seen.x = target[0]! + error[0]!;
    seen.y = target[1]! + error[1]!;
    seen.z = target[2]! + error[2]!;
    const yaw = target[3]! + error[3]!;
    seen.yaw = yaw - TAU * Math.round(yaw / TAU);
    seen.vx = target[4]! + error[4]!;
    seen.vz = target[6]! + error[6]!;
    seen.takeState();
  }

  /** Those beyond glide to where the last FAR has them. */
  private drift(seen: Seen): void {
    const passed_s = this.clock[0]!;
    const share = 1 - Math.exp(-1.6 * passed_s);
    const dx = (seen.farX - seen.x) * share;
    const dz = (seen.farZ - seen.z) * share;
    seen.x += dx;
    seen.z += dz;
    seen.vx = passed_s > 0 ? dx / passed_s : 0;
    seen.vz = passed_s > 0 ? dz / passed_s : 0;
    if (dx * dx + dz * dz > 1e-5) seen.yaw = Math.atan2(dx, dz);
  }

  private move(seen: Seen): void {
    if (this.clock[1]! - seen.body!.at_ms > RIG_STALE_MS) seen.body = null;
    else seen.body!.step(this.clock[0]!);
  }

  private pose(seen: Seen): void {
    if (!seen.limbs) return;
    const passed_s = this.clock[0]!;
    if (this.clock[1]! - seen.rigAt_ms > RIG_STALE_MS) {
      seen.head = seen.left = seen.right = null;
      return;
    }
    const share = 1 - Math.exp(-14 * passed_s);
    for (let k = 0; k < 3; k++) {
      const { shown, wanted } = seen.limbs[k]!;
      const p = shown.position;
      const q = shown.rotation;
      const r = wanted.rotation;
      for (let i = 0; i < 3; i++) p[i]! += (wanted.position[i]! - p[i]!) * share;
      const sign = q[0]! * r[0]! + q[1]! * r[1]! + q[2]! * r[2]! + q[3]! * r[3]! < 0 ? -1 : 1;
      let length = 0;
      for (let i = 0; i < 4; i++) {
        q[i]! += (sign * r[i]! - q[i]!) * share;
        length += q[i]! * q[i]!;
      }
      length = Math.sqrt(length) || 1;
      for (let i = 0; i < 4; i++) q[i]! /= length;
    }
  }
}
