/**
 * Products in somebody else's hands: they leave their shelves for everyone who sees them, go where those hands go, and
 * float back when they are let go. What is handed to oneself is told.
 *
 * What it is not: one's own hands (`inspect.ts`, `xr/carry.ts`), or who may take what; that is the server's
 * (`docs/protocol.md`, `held`).
 */
import { Quaternion, Vector3 } from "three";
import type { ServerEvents } from "../net/messages";
import type { Stand } from "./stand";
import type { Part } from "./part";

const EASE_S = 0.12;
const HOME_S = 0.5;
/** As near to its shelf as eyes can tell, metres. */
const THERE_M = 0.002;
/** Before the chest, until the hand has said where it is. */
const BEFORE_M = 0.4;
const CHEST_M = 1.15;
/** How far from one's feet the server lets one put something. */
const REACH_M = 2.4;

/** As much of a room's session as is used here. */
export interface LentLine extends EventTarget {
  readonly member: number;
  readonly welcome: { readonly floor: { readonly corner_mm: readonly number[] } } | null;
  person(member: number): { readonly x: number; readonly y: number; readonly z: number; readonly yaw: number } | null;
}

export interface LentPieces {
  readonly stands: () => readonly Stand[];
  readonly line: () => LentLine | null;
  /** Whether it is in one's own hands in this room: then it is theirs to move. */
  readonly isMine: (stand: Stand) => boolean;
  /** The server has it in one's hands, from somebody, or from before a lost link (0). */
  given(stand: Stand, from: number): void;
  moved(): void;
}

interface Away {
  readonly thing: string;
  stand: Stand | null;
  owner: number | null;
  hasPlace: boolean;
  readonly at: Vector3;
  readonly turn: Quaternion;
}

type Held = ServerEvents["held"];

/** A pose in the room as the wire has it: centimetres from the floor's corner, turns times 10,000. */
export function onTheWire(corner_mm: readonly number[], position: Vector3, rotation: Quaternion): { at: number[]; turn: number[] } {
  const [cx = 0, cz = 0] = corner_mm;
  return {
    at: [Math.round(position.x * 100 - cx / 10), Math.round(position.y * 100), Math.round(position.z * 100 - cz / 10)],
    turn: rotation.toArray().map((part) => Math.round(part * 10_000)),
  };
}

/** Where the server lets one put it who stands there: the place itself, or as near to it as arms go. */
export function withinReach(position: Vector3, feet: { readonly x: number; readonly z: number }, out = new Vector3()): Vector3 {
  const [dx, dz] = [position.x - feet.x, position.z - feet.z];
  const far = Math.hypot(dx, dz);
  const k = far > REACH_M ? REACH_M / far : 1;
  return out.set(feet.x + dx * k, position.y, feet.z + dz * k);
}

export class Lent implements Part {
  readonly #pieces: LentPieces;
  readonly #away: Away[] = [];
  readonly #goal = new Vector3();
  readonly #upright = new Quaternion();
  #line: LentLine | null = null;
  #listening = new AbortController();

  constructor(pieces: LentPieces) {
    this.#pieces = pieces;
  }

  /** Who else has it in their hands; null if nobody. */
  ownerOf(slot: string): number | null {
    return this.#away.find(({ thing }) => thing === slot)?.owner ?? null;
  }

  /** How the wire has it on its shelf, or as near to it as somebody's arms reach who stands there. */
  putDown(stand: Stand, feet: { readonly x: number; readonly z: number }): { at: number[]; turn: number[] } {
    home(stand, this.#goal, this.#upright);
    return onTheWire(this.#line?.welcome?.floor.corner_mm ?? [], withinReach(this.#goal, feet), this.#upright);
  }

  update(dt: number): void {
    this.#listen();
    for (let i = this.#away.length - 1; i >= 0; i--) {
      const away = this.#away[i]!;
      if (this.#move(away, dt)) this.#away.splice(i, 1);
      this.#pieces.moved();
    }
  }

  dispose(): void {
    this.#listening.abort();
    for (const { stand } of this.#away) if (stand) home(stand, stand.group.position, stand.group.quaternion);
    this.#away.length = 0;
  }

  /** Another room's hands are others: what was in the last ones' goes home. */
  #listen(): void {
    const line = this.#pieces.line();
    if (line === this.#line) return;
    this.#listening.abort();
    this.#listening = new AbortController();
    this.#line = line;
    for (const away of this.#away) away.owner = null;
    line?.addEventListener("held", (event) => this.#heard(line, (event as CustomEvent<Held>).detail), { signal: this.#listening.signal });
  }

  #heard(line: LentLine, { thing, who, at, turn }: Held): void {
    let away = this.#away.find((one) => one.thing === thing);
    if (who === line.member) {
      const stand = away?.stand ?? this.#stand(thing);
      const from = away?.owner ?? 0;
      if (away) away.owner = null;
      if (!stand || this.#pieces.isMine(stand)) return void (away && this.#away.splice(this.#away.indexOf(away), 1));
      return this.#pieces.given(stand, from);
    }
    if (!away) {
      if (who === null) return;
      this.#away.push((away = { thing, stand: null, owner: who, hasPlace: false, at: new Vector3(), turn: new Quaternion() }));
    }
    if (away.owner !== who) away.hasPlace = false;
    away.owner = who;
    // Taken: it is where it was; the hand says where it is from the first move on.
    if (who === null || !at) return;
    const [cx = 0, cz = 0] = line.welcome?.floor.corner_mm ?? [];
    const before = away.stand?.slot.position ?? this.#stand(thing)?.slot.position;
    away.at.set(at[0] / 100 + cx / 1000, at[1] / 100, at[2] / 100 + cz / 1000);
    if (before && Math.hypot(away.at.x - before[0], away.at.y - before[1], away.at.z - before[2]) < 0.02) return;
    away.hasPlace = true;
    if (turn) away.turn.set(turn[0], turn[1], turn[2], turn[3]).normalize();
  }

  #stand(thing: string): Stand | null {
    return this.#pieces.stands().find(({ slot }) => slot.id === thing) ?? null;
  }

  /** True once it is back on its shelf. */
  #move(away: Away, dt: number): boolean {
    const stand = (away.stand ??= this.#stand(away.thing));
    if (!stand) return away.owner === null;
    if (this.#pieces.isMine(stand)) return true;
    const { position, quaternion } = stand.group;
    const k = 1 - Math.exp(-dt / (away.owner === null ? HOME_S / 3 : EASE_S));
    if (away.owner === null) {
      home(stand, this.#goal, this.#upright);
      if (position.distanceTo(this.#goal) < THERE_M) {
        home(stand, position, quaternion);
        return true;
      }
      quaternion.slerp(this.#upright, k);
    } else if (away.hasPlace) {
      this.#goal.copy(away.at);
      quaternion.slerp(away.turn, k);
    } else {
      const person = this.#line?.person(away.owner);
      if (!person) return false;
      this.#goal.set(person.x + Math.sin(person.yaw) * BEFORE_M, person.y + CHEST_M - stand.row.dimensions_m[1] / 2, person.z + Math.cos(person.yaw) * BEFORE_M);
    }
    position.lerp(this.#goal, k);
    return false;
  }
}

function home({ slot }: Stand, position: Vector3, turn: Quaternion): void {
  position.set(...slot.position);
  turn.setFromAxisAngle(UP, (slot.yaw_deg * Math.PI) / 180);
}

const UP = new Vector3(0, 1, 0);
