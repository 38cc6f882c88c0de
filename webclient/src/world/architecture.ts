/** Floors, walls with openings, ceilings with a raft, window bays: what holds a room. */
import type { Lamp, Opening, Room, Vec2, Vec3 } from "./plan";
import { along, type Frame, type Shell } from "./shell";
import { box, pane, sweep, type Outline } from "./solids";

/** A hole to the sky, for the bake and for the glass: a rectangle in its frame, centred, facing into the room. */
export interface Portal {
  readonly frame: Frame;
  readonly width_m: number;
  readonly height_m: number;
}

/** A stretch of wall or furniture nobody walks through, on the floor. */
export type Segment = readonly [number, number, number, number];

export interface Built {
  readonly portals: Portal[];
  readonly barriers: Segment[];
  /** Lamps that belong to the architecture: the raft's cove, the niches' hidden strips. */
  readonly lamps: Lamp[];
}

const BEVEL = 0.008;
const SKIRTING_M = 0.09;
export const RAFT_DROP_M = 0.3;
const RAFT_THICK_M = 0.12;
const ROUND = 14;

/** The wall from `a` to `b` as seen from inside: x to the right, y up, n into the room. */
export function wallFrame(a: Vec2, b: Vec2): { frame: Frame; length: number } {
  const length = Math.hypot(b[0] - a[0], b[1] - a[1]);
  const d: Vec2 = [(b[0] - a[0]) / length, (b[1] - a[1]) / length];
  return { length, frame: { o: [b[0], 0, b[1]], x: [-d[0], 0, -d[1]], y: [0, 1, 0], n: [d[1], 0, -d[0]] } };
}

/** The outline of an opening in its wall's frame, counter-clockwise. */
function openingOutline(opening: Opening, wall_m: number): Outline {
  const x = wall_m - opening.at_m;
  const half = opening.width_m / 2;
  const top = opening.sill_m + opening.height_m;
  const low = opening.sill_m;
  const points: Vec2[] = [];
  const out: Vec2[] = [];
  const add = (a: number, b: number, na: number, nb: number): void => {
    points.push([a, b]);
    out.push([na, nb]);
  };
  add(x - half, low, 0, -1);
  add(x + half, low, 0, -1);
  if (opening.isRound) {
    const spring = top - half;
    add(x + half, low, 1, 0);
    for (let i = 0; i <= ROUND * 2; i++) {
      const angle = (i / (ROUND * 2)) * Math.PI;
      add(x + half * Math.cos(angle), spring + half * Math.sin(angle), Math.cos(angle), Math.sin(angle));
    }
    add(x - half, low, -1, 0);
  } else {
    add(x + half, low, 1, 0);
    add(x + half, top, 1, 0);
    add(x + half, top, 0, 1);
    add(x - half, top, 0, 1);
    add(x - half, top, -1, 0);
    add(x - half, low, -1, 0);
  }
  return { points, out };
}

export function buildRoom(shell: Shell, room: Room, joinery: string, metal: string): Built {
  const built: Built = { portals: [], barriers: [], lamps: [] };
  const { floor, height_m: height } = room;
  const xs = floor.map((p) => p[0]);
  const zs = floor.map((p) => p[1]);
  const [x0, x1, z0, z1] = [Math.min(...xs), Math.max(...xs), Math.min(...zs), Math.max(...zs)];
  const ground: Frame = { o: [0, 0, 0], x: [1, 0, 0], y: [0, 0, -1], n: [0, 1, 0] };
  pane(shell, { material: room.floor_material, grain_deg: 45 }, ground, floor.map(([x, z]): Vec2 => [x, -z]));
  pane(shell, { material: room.ceiling_material, weight: room.raft_inset_m > 0 ? 0.5 : 0.8 }, { o: [0, height, 0], x: [1, 0, 0], y: [0, 0, 1], n: [0, -1, 0] },
    floor.map(([x, z]): Vec2 => [x, z]).reverse());
  for (const [i, wall] of room.walls.entries()) {
    const [a, b] = [floor[i], floor[(i + 1) % floor.length]];
    if (!a || !b) continue;
    const { frame, length } = wallFrame(a, b);
    const holes = wall.openings.map((opening) => openingOutline(opening, length));
    buildWall(shell, wall.material, frame, length, height, wall.openings, holes);
    for (const [k, opening] of wall.openings.entries()) {
      const hole = holes[k];
      if (hole) buildOpening(shell, { wall: wall.material, joinery, metal }, frame, length, wall.thickness_m, opening, hole, built);
    }
    for (const opening of wall.openings) threshold(shell, room.floor_material, ground, frame, length, wall.thickness_m, opening);
    skirting(shell, wall.material, frame, length, wall.openings);
    barriers(frame, length, wall.openings, built);
  }
  if (hasRaft(room)) raft(shell, room, x0, x1, z0, z1, built);
  return built;
}

/** A raft is a rectangle: rooms of another shape go without. */
export function hasRaft(room: Room): boolean {
  return room.raft_inset_m > 0 && room.floor.length === 4 && room.floor.every(([x, z], i) => {
    const [nx, nz] = room.floor[(i + 1) % 4] ?? [x, z];
    return Math.abs(x - nx) < 1e-6 || Math.abs(z - nz) < 1e-6;
  });
}

/** How far the room's own part of an opening goes in; a wall between two rooms is shared half and half. */
function depthOf(opening: Opening, thickness: number): number {
  return opening.kind === "niche" ? opening.depth_m : opening.isInner ? thickness / 2 : thickness;
}

/** The floor goes on into doorways, arches and niches that stand on it. */
function threshold(shell: Shell, material: string, ground: Frame, wall: Frame, length: number, thickness: number, opening: Opening): void {
  if (opening.sill_m > 0) return;
  const depth = depthOf(opening, thickness);
  const middle = length - opening.at_m;
  const half = opening.width_m / 2;
  const corners = ([[middle - half, 0], [middle + half, 0], [middle + half, -depth], [middle - half, -depth]] as const).map(([a, c]): Vec2 => {
    const p = along(wall, a, 0, c);
    return [p[0], -p[2]];
  });
  pane(shell, { material, grain_deg: 45 }, ground, counterClockwise(corners));
}

function counterClockwise(points: readonly Vec2[]): readonly Vec2[] {
  const area = points.reduce((sum, [a, b], i) => {
    const [c, d] = points[(i + 1) % points.length] ?? [a, b];
    return sum + a * d - c * b;
  }, 0);
  return area < 0 ? [...points].reverse() : points;
}

/** A hole that stands on the floor is a notch of the wall's outline, not a hole in it. */
function buildWall(shell: Shell, material: string, frame: Frame, length: number, height: number, openings: readonly Opening[], holes: readonly Outline[]): void {
  const grown = holes.map((hole) => hole.points.map(([a, b], i): Vec2 => {
    const [oa, ob] = hole.out[i] ?? [0, 0];
    return [a + oa * BEVEL, b + ob * BEVEL];
  }));
  const outline: Vec2[] = [[0, 0]];
  const notches = openings.map((o, i) => ({ o, points: grown[i] ?? [] })).filter(({ o }) => o.sill_m <= 0).sort((p, q) => q.o.at_m - p.o.at_m);
  for (const { o, points } of notches) {
    const middle = length - o.at_m;
    const half = o.width_m / 2 + BEVEL;
    outline.push([middle - half, 0]);
    const over = points.filter(([, b]) => b > 0.01);
    for (const p of over.reverse()) if (Math.abs(p[0] - middle) <= half + 1e-6) outline.push(p);
    outline.push([middle + half, 0]);
  }
  outline.push([length, 0], [length, height], [0, height]);
  const inner = grown.filter((_, i) => (openings[i]?.sill_m ?? 0) > 0).map(unrepeated);
  pane(shell, { material, shift: [frame.o[0] * 0.37, frame.o[2] * 0.21] }, frame, unrepeated(outline), inner);
}

function unrepeated(points: readonly Vec2[]): Vec2[] {
  return points.filter(([a, b], i) => {
    const [c, d] = points[(i + points.length - 1) % points.length] ?? [NaN, NaN];
    return Math.hypot(a - c, b - d) > 1e-5;
  });
}

interface Looks {
  readonly wall: string;
  readonly joinery: string;
  readonly metal: string;
}

function buildOpening(shell: Shell, looks: Looks, frame: Frame, length: number, thickness: number, opening: Opening, hole: Outline, built: Built): void {
  const depth = depthOf(opening, thickness);
  sweep(shell, { material: looks.wall, weight: 1.3 }, frame, hole, [
    { out: BEVEL, up: 0, face: [0, 1] }, { out: BEVEL * 0.3, up: -BEVEL * 0.3, face: [0.7, 0.7] }, { out: 0, up: -BEVEL, face: [1, 0] }, { out: 0, up: -depth, face: [1, 0] },
  ], true);
  const x = length - opening.at_m;
  const { width_m: w, height_m: h, sill_m: sill } = opening;
  const at = (a: number, b: number, c: number): Vec3 => along(frame, a, b, c);
  if (opening.kind === "niche") {
    const back: Frame = { ...frame, o: at(0, 0, -depth) };
    pane(shell, { material: looks.wall, weight: 1.5 }, back, unrepeated(hole.points));
    // A strip hidden behind the front edge of the head washes the back.
    built.lamps.push({
      id: `niche-${x.toFixed(2)}`, kind: "cove", position: at(x, sill + h - (opening.isRound ? w * 0.1 : 0.03), -depth * 0.35), target: at(x, sill + h * 0.35, -depth),
      size_m: [w * (opening.isRound ? 0.45 : 0.9), 0.04], kelvin: 2900, lumen: 420 * w, beam_deg: 180,
    });
    return;
  }
  if (opening.kind === "arch" || opening.isInner) return;
  const outside: Frame = { ...frame, o: at(x, sill + h / 2, -depth + 0.06) };
  built.portals.push({ frame: outside, width_m: w, height_m: h });
  joineryOf(shell, looks, outside, opening);
  if (opening.kind === "window") {
    // A board on the sill, proud of the wall by 3 cm.
    box(shell, { material: looks.joinery, weight: 1.2 }, { o: at(x, sill, -depth / 2 + 0.045), x: frame.x, y: [-frame.n[0], 0, -frame.n[2]], n: [0, 1, 0] }, [0, 0, 0], [w - 0.004, depth - 0.03, 0.03], 0.006);
  }
}

/** Frame, mullion and transom of a window or a glazed door; slender, of steel. */
function joineryOf(shell: Shell, looks: Looks, frame: Frame, opening: Opening): void {
  const { width_m: w, height_m: h } = opening;
  const bar = 0.045;
  const look = { material: looks.metal, weight: 0.6 };
  const upright = (a: number): void => box(shell, look, { ...frame, o: along(frame, a, 0, -0.03) }, [0, 0, 0], [bar, h, 0.05], 0.005);
  const across = (b: number, width = w): void => box(shell, look, { ...frame, o: along(frame, 0, b, -0.03) }, [0, 0, 0], [width, bar, 0.05], 0.005);
  for (const a of [-w / 2 + bar / 2, w / 2 - bar / 2, 0]) upright(a);
  for (const b of [-h / 2 + bar / 2, h / 2 - bar / 2]) across(b);
  if (opening.kind === "door") {
    // Pull bars either side of the middle.
    for (const a of [-0.09, 0.09]) box(shell, look, { ...frame, o: along(frame, a, -h / 2 + 1.15, 0.05) }, [0, 0, 0], [0.024, 0.7, 0.024], 0.008);
  } else across(h / 2 - h * 0.27);
}

function spans(length: number, openings: readonly Opening[], isOpen: (o: Opening) => boolean): Vec2[] {
  const cuts = openings.filter(isOpen).map((o): Vec2 => [length - o.at_m - o.width_m / 2, length - o.at_m + o.width_m / 2]).sort((p, q) => p[0] - q[0]);
  const out: Vec2[] = [];
  let from = 0;
  for (const [a, b] of [...cuts, [length, length] as Vec2]) {
    if (a - from > 0.02) out.push([from, a]);
    from = b;
  }
  return out;
}

function skirting(shell: Shell, material: string, frame: Frame, length: number, openings: readonly Opening[]): void {
  for (const [a, b] of spans(length, openings, (o) => o.sill_m < SKIRTING_M + 0.02)) {
    const foot: Frame = { o: along(frame, (a + b) / 2, 0, 0.007), x: frame.x, y: [-frame.n[0], 0, -frame.n[2]], n: [0, 1, 0] };
    box(shell, { material, weight: 0.6 }, foot, [0, 0, 0], [b - a, 0.014, SKIRTING_M], 0.004, ["-n", "+y"]);
  }
}

function barriers(frame: Frame, length: number, openings: readonly Opening[], built: Built): void {
  for (const [a, b] of spans(length, openings, (o) => o.kind === "arch" || o.isInner === true)) {
    const [p, q] = [along(frame, a, 0), along(frame, b, 0)];
    built.barriers.push([p[0], p[2], q[0], q[2]]);
  }
}

/** A slab hung below the ceiling, short of the walls: light lies on its back and washes down them. */
function raft(shell: Shell, room: Room, x0: number, x1: number, z0: number, z1: number, built: Built): void {
  const inset = room.raft_inset_m;
  const [w, d] = [x1 - x0 - 2 * inset, z1 - z0 - 2 * inset];
  const low = room.height_m - RAFT_DROP_M;
  const middle: Vec3 = [(x0 + x1) / 2, low, (z0 + z1) / 2];
  box(shell, { material: room.ceiling_material, weight: 0.6 }, { o: middle, x: [1, 0, 0], y: [0, 0, -1], n: [0, 1, 0] }, [0, 0, 0], [w, d, RAFT_THICK_M], 0.006);
  const up = low + RAFT_THICK_M + 0.04;
  const out = 0.02;
  for (const [dx, dz, long] of [[1, 0, d], [-1, 0, d], [0, 1, w], [0, -1, w]] as const) {
    const at: Vec3 = [middle[0] + dx * (w / 2 + out), up, middle[2] + dz * (d / 2 + out)];
    built.lamps.push({
      id: `cove-${dx}-${dz}`, kind: "cove", position: at, target: [at[0] + dx * 0.5, at[1] + 0.12, at[2] + dz * 0.5],
      size_m: [long, 0.05], kelvin: 3000, lumen: 330 * long, beam_deg: 180,
    });
  }
}
