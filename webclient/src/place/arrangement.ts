/**
 * What the shopper has put into the room: pieces, which one is in hand, and a verdict on each. It says "change" whenever
 * anything reads differently. The same for AR and for a photo.
 *
 * What it is not: drawing, or WebXR. Sizes never change: there is no way here to scale a piece.
 */
import { wrapped } from "../angle";
import { againstWall, topUnder, verdict, type Verdict } from "./fit";
import { passage, type Passage } from "./doorway";
import { standsOn, type Piece, type Ware } from "./piece";
import type { Room } from "./room";
import { Walkways } from "./walkways";

/** As many as a phone draws; somebody who furnishes a house does it room by room. */
export const MOST_PIECES = 12;
/** Let go so near to a wall, a piece stands with its back to it. */
const SNAP_M = 0.12;
/** A copy stands beside its original. */
const BESIDE_M = 0.1;

export interface Spot {
  readonly x_m: number;
  readonly y_m: number;
  readonly z_m: number;
  readonly yaw_rad?: number;
}

export class Arrangement extends EventTarget {
  #room: Room | null = null;
  #pieces: readonly Piece[] = [];
  #selected: number | null = null;
  #next = 1;
  #verdicts = new Map<number, Verdict>();
  #walkways: Walkways | null = null;
  #doorway: { readonly width_m: number; readonly height_m: number } | null = null;

  get room(): Room | null {
    return this.#room;
  }

  /** Measured anew: every verdict is anew. */
  set room(room: Room | null) {
    this.#room = room;
    this.#walkways = room ? new Walkways(room) : null;
    this.#judge();
    this.#changed();
  }

  get pieces(): readonly Piece[] {
    return this.#pieces;
  }

  get selected(): Piece | null {
    return this.piece(this.#selected);
  }

  /** Typed by the shopper, else the narrowest that was measured. */
  get doorway(): { readonly width_m: number; readonly height_m: number } | null {
    return this.#doorway ?? this.#room?.doors.reduce<{ width_m: number; height_m: number } | null>((least, door) => (!least || door.width_m < least.width_m ? door : least), null) ?? null;
  }

  set doorway(given: { readonly width_m: number; readonly height_m: number } | null) {
    this.#doorway = given;
    this.#changed();
  }

  get isDoorwayTyped(): boolean {
    return this.#doorway !== null;
  }

  piece(id: number | null): Piece | null {
    return this.#pieces.find((one) => one.id === id) ?? null;
  }

  verdict(id: number): Verdict | null {
    return this.#verdicts.get(id) ?? null;
  }

  passage(piece: Piece): Passage | null {
    const { doorway } = this;
    return doorway ? passage(piece.ware.size_m, doorway) : null;
  }

  /** @returns null if the room is full */
  add(ware: Ware, at: Spot, variant: string | null, sku: string | null): Piece | null {
    if (this.#pieces.length >= MOST_PIECES) return null;
    const piece: Piece = { id: this.#next++, ware, variant, sku, x_m: at.x_m, y_m: at.y_m, z_m: at.z_m, yaw_rad: wrapped(at.yaw_rad ?? 0) };
    this.#pieces = [...this.#pieces, piece];
    this.#selected = piece.id;
    this.#judge();
    this.#changed();
    return piece;
  }

  /** While it is dragged no verdict is worked out; `settle` does. */
  drag(id: number, at: Partial<Spot>): void {
    this.#put(id, at);
    this.#changed();
  }

  move(id: number, at: Partial<Spot>): void {
    this.#put(id, at);
    this.#judge();
    this.#changed();
  }

  turn(id: number, by_rad: number): void {
    const piece = this.piece(id);
    if (piece) this.move(id, { yaw_rad: wrapped(piece.yaw_rad + by_rad) });
  }

  /** Let go: a piece that is nearly at a wall stands at it, unless something else is there. */
  settle(id: number): void {
    const piece = this.piece(id);
    if (!piece) return;
    if (this.#room && piece.ware.surface === "floor" && piece.y_m < this.#room.floor_m + 0.1) {
      const snapped = againstWall(piece, this.#room, SNAP_M);
      const turned = snapped ? Math.abs(wrapped(snapped.yaw_rad - piece.yaw_rad)) : Math.PI;
      if (snapped && turned < 0.3) {
        const stood = { ...piece, ...snapped };
        if (verdict(stood, this.#room, this.#others(id), null).kind !== "no") this.#put(id, snapped);
      }
    }
    this.#judge();
    this.#changed();
  }

  select(id: number | null): void {
    if (this.#selected === id) return;
    this.#selected = id;
    this.#changed();
  }

  wear(id: number, variant: string, sku: string | null): void {
    this.#pieces = this.#pieces.map((one) => (one.id === id ? { ...one, variant, sku } : one));
    this.#changed();
  }

  remove(id: number): void {
    this.#pieces = this.#pieces.filter((one) => one.id !== id);
    if (this.#selected === id) this.#selected = this.#pieces[this.#pieces.length - 1]?.id ?? null;
    this.#judge();
    this.#changed();
  }

  duplicate(id: number): Piece | null {
    const piece = this.piece(id);
    if (!piece) return null;
    const aside = piece.ware.size_m[0] + BESIDE_M;
    const [x, z] = [Math.cos(piece.yaw_rad) * aside, -Math.sin(piece.yaw_rad) * aside];
    const right = { ...piece, x_m: piece.x_m + x, z_m: piece.z_m + z };
    const left = { ...piece, x_m: piece.x_m - x, z_m: piece.z_m - z };
    const fits = (one: Piece): boolean => verdict(one, this.#room, this.#pieces, null).kind !== "no";
    return this.add(piece.ware, !fits(right) && fits(left) ? left : right, piece.variant, piece.sku);
  }

  clear(): void {
    this.#pieces = [];
    this.#selected = null;
    this.#judge();
    this.#changed();
  }

  /** Where a piece that is shown a height can stand: on the top there, or on the floor. */
  height(piece: Piece, y_m: number): number {
    const { room } = this;
    if (!room) return y_m;
    const top = standsOn(piece.ware, "table") ? topUnder({ ...piece, y_m }, room) : null;
    return top ? top.y_m : piece.ware.surface === "wall" ? y_m : room.floor_m;
  }

  #others(id: number): readonly Piece[] {
    return this.#pieces.filter((one) => one.id !== id);
  }

  #put(id: number, at: Partial<Spot>): void {
    this.#pieces = this.#pieces.map((one) => (one.id === id ? { ...one, ...at } : one));
  }

  #judge(): void {
    this.#verdicts = new Map(this.#pieces.map((piece) => [piece.id, verdict(piece, this.#room, this.#others(piece.id), this.#walkways)]));
  }

  #changed(): void {
    this.dispatchEvent(new Event("change"));
  }
}
