/**
 * Does it fit: one piece, where it stands, against the room and the other pieces.
 *
 * A verdict is "fits", "snug" (it fits, and people will mind), "unsure" (nearer to something than the measuring is worth)
 * or "no", with one reason and the length that decides. The box of the piece is what is judged: what has slim legs may
 * stand where its box does not. What it is not: taste.
 */
import { AGAINST_M, DOOR_FREE_M, FRONT_M, ROUND_M } from "./clearance";
import { apart, footprint, insideBy, pointToSegment, type Point, type Polygon } from "./polygon";
import { baseOf, type Piece } from "./piece";
import type { Room, Top } from "./room";
import type { Walkways } from "./walkways";

export type Kind = "fits" | "snug" | "unsure" | "no";
export type Reason = "free" | "wall" | "outside" | "thing" | "piece" | "ceiling" | "edge" | "door" | "way" | "front" | "round" | "unmeasured";

export interface Verdict {
  readonly kind: Kind;
  readonly reason: Reason;
  /** What is left at the tightest spot; below zero: what is missing. Metres. */
  readonly margin_m: number;
  readonly spread_m: number;
  /** What is in the way, as the device named it, or a piece's name. */
  readonly what: string;
  readonly gaps: Gaps;
}

/** From each side to the next wall or thing, across the whole side; null: nothing was measured that way. */
export interface Gaps {
  readonly left: number | null;
  readonly right: number | null;
  readonly front: number | null;
  readonly back: number | null;
}

const NO_GAPS: Gaps = { left: null, right: null, front: null, back: null };
/** It may sink so far into a soft scan of the floor that it stands on. */
const SINK_M = 0.02;
/** What hangs on a wall, or stands with its back to it, touches it. */
const TOUCH_M = 0.03;

export function verdict(piece: Piece, room: Room | null, others: readonly Piece[], walkways: Walkways | null): Verdict {
  if (!room) return { kind: "unsure", reason: "unmeasured", margin_m: 0, spread_m: 0, what: "", gaps: NO_GAPS };
  const { spread_m } = room;
  const base = baseOf(piece);
  const [low, high] = [piece.y_m + SINK_M, piece.y_m + piece.ware.size_m[1]];
  const gaps = gapsOf(piece, room, others);
  const found: { reason: Reason; margin_m: number; what: string }[] = [];
  const say = (reason: Reason, margin_m: number, what = ""): void => void found.push({ reason, margin_m, what });

  const top = topUnder(piece, room);
  if (piece.ware.surface === "wall") {
    say("wall", TOUCH_M, "");
  } else {
    const free = insideBy(room.floor, base);
    say(room.isWhole ? "wall" : "outside", free);
    if (!room.isWhole) for (const { a, b, from_m, to_m } of room.walls) if (from_m < high && to_m > low) say("wall", through(base, a, b));
    if (top) say("edge", insideBy(top.shape, base), top.label);
  }
  if (room.ceiling_m !== null) say("ceiling", room.ceiling_m - high);
  for (const thing of room.things) {
    if (thing.from_m >= high || thing.to_m <= low || (top && Math.abs(thing.to_m - top.y_m) < 0.06)) continue;
    say("thing", apart(thing.base, base), thing.label);
  }
  const deep = room.clutter?.within(base, low + SINK_M, high) ?? 0;
  if (deep > 0) say("thing", -deep);
  for (const other of others) {
    if (other.y_m >= high || other.y_m + other.ware.size_m[1] <= low) continue;
    say("piece", apart(baseOf(other), base), other.ware.name);
  }
  const worst = found.reduce((one, two) => (two.margin_m < one.margin_m ? two : one));
  const answer = (kind: Kind, { reason, margin_m, what }: { reason: Reason; margin_m: number; what: string }): Verdict => ({ kind, reason, margin_m, spread_m, what, gaps });
  if (worst.margin_m < -spread_m) return answer("no", worst);
  // Against a wall one shoves until it touches: only what sticks in by more than the measuring is worth is in doubt.
  if (worst.margin_m < 0) return answer("unsure", worst);
  return snug(piece, room, others, base, gaps, walkways, top !== null, answer) ?? answer("fits", { ...worst, reason: "free" });
}

type Answer = (kind: Kind, why: { reason: Reason; margin_m: number; what: string }) => Verdict;

function snug(piece: Piece, room: Room, others: readonly Piece[], base: Polygon, gaps: Gaps, walkways: Walkways | null, isOnTop: boolean, answer: Answer): Verdict | null {
  const { ware } = piece;
  if (isOnTop || ware.surface === "wall" || ware.surface === "ceiling") return null;
  for (const { a, b, width_m } of room.doors) {
    const free = toShape(base, a, b);
    if (free < Math.min(width_m, DOOR_FREE_M)) return answer("snug", { reason: "door", margin_m: free, what: "" });
  }
  const standing = [...others.filter(({ y_m }) => y_m < room.floor_m + 0.3).map(baseOf), base];
  const blocked = walkways?.blocked(standing);
  if (blocked?.isDoorShut) return answer("snug", { reason: "door", margin_m: 0, what: "" });
  if (blocked && blocked.cut_m2 > 0) return answer("snug", { reason: "way", margin_m: blocked.cut_m2, what: "" });
  const front = FRONT_M[ware.category];
  if (front !== undefined && gaps.front !== null && gaps.front < front) return answer("snug", { reason: "front", margin_m: gaps.front, what: "" });
  const round = ware.clearance_m || ROUND_M[ware.category];
  if (round) {
    // Against a wall is meant; a hand's breadth short of what one needs is not.
    const tight = [gaps.left, gaps.right, gaps.front, gaps.back].filter((gap): gap is number => gap !== null && gap > AGAINST_M && gap < round);
    if (tight.length) return answer("snug", { reason: "round", margin_m: Math.min(...tight), what: "" });
  }
  return null;
}

/** The top that it stands on, if it stands on one. */
export function topUnder(piece: Piece, room: Room): Top | null {
  let best: Top | null = null;
  for (const top of room.tops) {
    if (Math.abs(top.y_m - piece.y_m) > 0.08) continue;
    if (insideBy(top.shape, footprint(piece.x_m, piece.z_m, 0, 0.02, 0.02)) <= 0) continue;
    if (!best || Math.abs(top.y_m - piece.y_m) < Math.abs(best.y_m - piece.y_m)) best = top;
  }
  return best;
}

/** From a wall to a shape; below zero: how much of the shape is on the wall's other side than its middle. */
function through(shape: Polygon, a: Point, b: Point): number {
  const long = Math.hypot(b[0] - a[0], b[1] - a[1]) || 1;
  const [nx, nz] = [(a[1] - b[1]) / long, (b[0] - a[0]) / long];
  const at = shape.map(([x, z]) => (x - a[0]) * nx + (z - a[1]) * nz);
  const [low, high] = [Math.min(...at), Math.max(...at)];
  const free = toShape(shape, a, b);
  return free > 0 ? free : -Math.min(-low, high);
}

function toShape(shape: Polygon, a: Point, b: Point): number {
  const gap = apart([a, b], shape);
  return Math.max(0, gap);
}

/** Straight on from each side, as wide as the side: the nearest wall, thing or piece. */
export function gapsOf(piece: Piece, room: Room, others: readonly Piece[]): Gaps {
  const { x_m, z_m, yaw_rad, y_m, ware: { size_m } } = piece;
  const [c, s] = [Math.cos(yaw_rad), Math.sin(yaw_rad)];
  const own = ([x, z]: Point): Point => [(x - x_m) * c - (z - z_m) * s, (x - x_m) * s + (z - z_m) * c];
  const [low, high] = [y_m + SINK_M, y_m + size_m[1]];
  const lines: (readonly [Point, Point])[] = [];
  const around = (shape: Polygon): void => shape.forEach((p, i) => void lines.push([own(p), own(shape[(i + 1) % shape.length]!)]));
  if (room.isWhole) around(room.floor);
  for (const { a, b, from_m, to_m } of room.walls) if (from_m < high && to_m > low) lines.push([own(a), own(b)]);
  for (const thing of room.things) if (thing.from_m < high && thing.to_m > low) around(thing.base);
  for (const other of others) if (other.y_m < high && other.y_m + other.ware.size_m[1] > low) around(baseOf(other));
  const [w, d] = [size_m[0] / 2, size_m[2] / 2];
  const side = (across: 0 | 1, half: number, along: 0 | 1, from: number, way: 1 | -1): number | null => {
    let best = Infinity;
    for (const [p, q] of lines) {
      const [a, b] = [p[across], q[across]];
      if (Math.max(a, b) <= -half + 1e-6 || Math.min(a, b) >= half - 1e-6) continue;
      for (const at of [Math.max(-half, Math.min(half, a)), Math.max(-half, Math.min(half, b))]) {
        const t = a === b ? null : (at - a) / (b - a);
        for (const reach of t === null ? [p[along], q[along]] : [p[along] + (q[along] - p[along]) * t]) {
          const gap = reach * way - from;
          if (gap > -0.05 && gap < best) best = Math.max(0, gap);
        }
      }
    }
    return best === Infinity ? null : best;
  };
  return { left: side(1, d, 0, w, -1), right: side(1, d, 0, w, 1), front: side(0, w, 1, d, 1), back: side(0, w, 1, d, -1) };
}

/** Where a piece that was let go near a wall would stand with its back to it; null if no wall is near. */
export function againstWall(piece: Piece, room: Room, within_m: number): { readonly x_m: number; readonly z_m: number; readonly yaw_rad: number } | null {
  const depth = piece.ware.size_m[2];
  let best: { x_m: number; z_m: number; yaw_rad: number } | null = null;
  let least = within_m + depth / 2;
  for (const { a, b } of room.walls) {
    const away = pointToSegment([piece.x_m, piece.z_m], a, b);
    if (away >= least) continue;
    const long = Math.hypot(b[0] - a[0], b[1] - a[1]) || 1;
    const [ux, uz] = [(b[0] - a[0]) / long, (b[1] - a[1]) / long];
    const t = (piece.x_m - a[0]) * ux + (piece.z_m - a[1]) * uz;
    const side = Math.sign((piece.x_m - a[0]) * -uz + (piece.z_m - a[1]) * ux) || 1;
    const [nx, nz] = [-uz * side, ux * side];
    least = away;
    best = { x_m: a[0] + ux * t + nx * (depth / 2 + 0.005), z_m: a[1] + uz * t + nz * (depth / 2 + 0.005), yaw_rad: Math.atan2(nx, nz) };
  }
  return best;
}
