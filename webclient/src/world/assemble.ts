/** From a plan to triangles, charts and a plan of light: everything a store is before it is drawn. */
import { buildRoom, hasRaft, RAFT_DROP_M, type Portal, type Segment } from "./architecture";
import { pack, type Atlas } from "./atlas";
import type { BakeInput, BakeLamp } from "./bake-input";
import { curtains } from "./curtains";
import { footprint, lampBody, mirror, plinth, rug, seat, shelf, stage } from "./furniture";
import { plantsOf, pot, type Plant } from "./greenery";
import { fromKelvin } from "./moods";
import type { Lamp, MaterialPlan, Mirror, Room, StorePlan, SurfaceKind, Vec2, Vec3 } from "./plan";
import { Shell, type Frame, type Soup } from "./shell";
import { linear, RECIPES } from "./surfaces";

export interface Piece {
  readonly material: string;
  readonly surface: SurfaceKind | "veneer";
  readonly colour: string;
  readonly position: Float32Array<ArrayBuffer>;
  readonly normal: Float32Array<ArrayBuffer>;
  readonly uv: Float32Array<ArrayBuffer>;
  /** The lightmap's coordinates, 0…1. */
  readonly uv1: Float32Array<ArrayBuffer>;
  readonly index: Uint32Array<ArrayBuffer>;
  /** Runs of `index` that throw no shadow. */
  readonly airy: Soup["airy"];
}

export interface Glass {
  readonly plan: Mirror;
  readonly frame: Frame;
  readonly outline: readonly Vec2[];
}

export interface Assembly {
  readonly pieces: readonly Piece[];
  readonly portals: readonly Portal[];
  readonly barriers: readonly Segment[];
  readonly glasses: readonly Glass[];
  readonly lamps: readonly Lamp[];
  readonly light: BakeInput;
  readonly atlas: Atlas;
  readonly triangles: number;
  readonly plants: readonly Plant[];
  /** Each room's charts in the lightmap: x, y, w, h, texels. */
  readonly roomRects: readonly Int32Array[];
  /** Each room's inside: reflections are bent to it. */
  readonly insides: readonly Inside[];
}

export interface Inside {
  readonly min: Vec3;
  readonly max: Vec3;
}

export interface AssembleOptions {
  /** The lightmap's side, texels. */
  readonly texels: number;
  readonly quality?: number;
}

const SHELF_LIGHT_LM = 130;

/** Oak on a floor is blocks; on a board it is veneer. */
function surfaceOf(plan: MaterialPlan, isFloor: boolean): SurfaceKind | "veneer" {
  return plan.surface === "oak" && !isFloor ? "veneer" : plan.surface;
}

export function assemble(plan: StorePlan, options: AssembleOptions): Assembly {
  const shell = new Shell();
  const portals: Portal[] = [];
  const barriers: Segment[] = [];
  const glasses: Glass[] = [];
  const lamps: Lamp[] = [];
  const byKind = (...kinds: SurfaceKind[]): string => Object.entries(plan.materials).filter(([, m]) => kinds.includes(m.surface)).map(([name]) => name).at(-1) ?? Object.keys(plan.materials)[0] ?? "";
  const metal = byKind("brass", "steel");
  const joinery = byKind("oak");
  const textile = byKind("textile");
  const stone = byKind("stone", "terrazzo", "plaster");
  // Linen at windows is as pale as the plaster; a stage's curtain is the store's own textile.
  const cloth = { heavy: plan.materials[textile]?.surface === "textile" ? textile : "", light: byKind("plaster") };
  const plants: Plant[] = [];
  const charts: number[] = [];
  const floors = new Set(plan.rooms.map((room) => room.floor_material));
  for (const room of plan.rooms) {
    charts.push(shell.charts.length);
    furnish(shell, room, { metal, joinery }, portals, barriers, glasses, lamps);
    if (cloth.heavy) curtains(shell, room, { ...cloth, metal });
    for (const plant of plantsOf(room, plan.spawn)) {
      plants.push(plant);
      barriers.push(...pot(shell, plant, stone));
    }
  }
  charts.push(shell.charts.length);
  const atlas = pack(shell.charts, options.texels, options.texels);
  const pieces: Piece[] = [];
  for (const [name, soup] of shell.soups) {
    const look = plan.materials[name] ?? { surface: "plaster", colour: "#e8e2d8" };
    const surface = surfaceOf(look, floors.has(name));
    const uv1 = new Float32Array(soup.chart.length * 2);
    for (let i = 0; i < soup.chart.length; i++) {
      const [chart, rect] = [shell.charts[soup.chart[i]!], atlas.rects[soup.chart[i]!]];
      if (!chart || !rect) continue;
      // Half a texel in from the rim: filtering stays within the chart.
      uv1[i * 2] = (rect.x + 0.5 + (soup.spot[i * 2]! / chart.w_m) * (rect.w - 1)) / atlas.width;
      uv1[i * 2 + 1] = (rect.y + 0.5 + (soup.spot[i * 2 + 1]! / chart.h_m) * (rect.h - 1)) / atlas.height;
    }
    const tile = RECIPES[surface].tile_m;
    pieces.push({
      material: name, surface, colour: look.colour, position: new Float32Array(soup.position), normal: new Float32Array(soup.normal),
      uv: new Float32Array(soup.uv.map((x) => x / tile)), uv1, index: new Uint32Array(soup.index), airy: soup.airy,
    });
  }
  // One sun is baked: that of the brightest mood.
  const sun = Object.values(plan.moods).sort((a, b) => b.sun_lux - a.sun_lux)[0];
  return {
    pieces, portals, barriers, glasses, lamps, atlas, plants,
    roomRects: plan.rooms.map((_, i) => Int32Array.from(atlas.rects.slice(charts[i], charts[i + 1]).flatMap(({ x, y, w, h }) => [x, y, w, h]))),
    triangles: shell.triangles, insides: plan.rooms.map(insideOf),
    light: lightPlan(pieces, atlas, portals, lamps, sunward(sun?.sun_azimuth_deg ?? 0, sun?.sun_elevation_deg ?? 40), options.quality ?? 1),
  };
}

function furnish(shell: Shell, room: Room, names: { metal: string; joinery: string }, portals: Portal[], barriers: Segment[], glasses: Glass[], lamps: Lamp[]): void {
  const built = buildRoom(shell, room, names.joinery, names.metal);
  portals.push(...built.portals);
  barriers.push(...built.barriers);
  lamps.push(...built.lamps, ...room.lamps);
  for (const plan of room.shelves) {
    shelf(shell, plan, names.metal);
    barriers.push(...footprint(plan.position, plan.yaw_deg, plan.width_m, plan.depth_m));
    lamps.push(...shelfLights(plan.position, plan.yaw_deg, plan.width_m, plan.depth_m, plan.boards_m));
  }
  for (const plan of room.plinths) {
    plinth(shell, plan);
    barriers.push(...footprint(plan.position, plan.yaw_deg, plan.size_m[0], plan.size_m[2]));
  }
  for (const plan of room.seats) {
    seat(shell, plan, names.joinery);
    barriers.push(...footprint(plan.position, plan.yaw_deg, plan.size_m[0], plan.size_m[2]));
  }
  for (const plan of room.stages) stage(shell, plan, names.metal);
  for (const plan of room.rugs) rug(shell, plan);
  for (const plan of room.mirrors) glasses.push({ plan, ...mirror(shell, plan, names.metal) });
  const ceiling = room.height_m - (hasRaft(room) ? RAFT_DROP_M : 0);
  for (const lamp of room.lamps) lampBody(shell, lamp, names.metal, ceiling);
}

/** A strip behind the lip of each board lights the board below. */
function shelfLights(position: Vec3, yaw_deg: number, width: number, depth: number, boards: readonly number[]): Lamp[] {
  const yaw = (yaw_deg * Math.PI) / 180;
  const front: Vec2 = [Math.sin(yaw), Math.cos(yaw)];
  return boards.map((up, i): Lamp => {
    const reach = depth / 2 - 0.03;
    const at: Vec3 = [position[0] + front[0] * reach, position[1] + up - 0.036, position[2] + front[1] * reach];
    return {
      id: `shelf-${i}`, kind: "cove", position: at, target: [at[0] - front[0] * 0.25, at[1] - 0.5, at[2] - front[1] * 0.25],
      size_m: [width - 0.1, 0.02], kelvin: 2900, lumen: SHELF_LIGHT_LM * width, beam_deg: 180,
    };
  });
}

function insideOf(room: Room): Inside {
  const xs = room.floor.map((p) => p[0]);
  const zs = room.floor.map((p) => p[1]);
  return { min: [Math.min(...xs), 0, Math.min(...zs)], max: [Math.max(...xs), room.height_m, Math.max(...zs)] };
}

/** Towards the sun: azimuth from the front (+Z) to the right (+X). */
export function sunward(azimuth_deg: number, elevation_deg: number): Vec3 {
  const [a, e] = [(azimuth_deg * Math.PI) / 180, (elevation_deg * Math.PI) / 180];
  return [Math.sin(a) * Math.cos(e), Math.sin(e), Math.cos(a) * Math.cos(e)];
}

function lightPlan(pieces: readonly Piece[], atlas: Atlas, portals: readonly Portal[], lamps: readonly Lamp[], sun: Vec3, quality: number): BakeInput {
  const vertices = pieces.reduce((sum, piece) => sum + piece.position.length / 3, 0);
  const corners = pieces.reduce((sum, piece) => sum + piece.index.length, 0);
  const position = new Float32Array(vertices * 3);
  const normal = new Float32Array(vertices * 3);
  const texel = new Float32Array(vertices * 2);
  const index = new Uint32Array(corners);
  const albedo = new Float32Array(corners);
  const firsts: number[] = [];
  let v = 0;
  for (const piece of pieces) {
    firsts.push(v);
    position.set(piece.position, v * 3);
    normal.set(piece.normal, v * 3);
    for (let i = 0; i < piece.uv1.length; i++) texel[v * 2 + i] = piece.uv1[i]! * (i % 2 ? atlas.height : atlas.width);
    v += piece.position.length / 3;
  }
  // Metalwork is slender: its shadows are finer than a texel, its triangles half of all. What throws none comes last.
  let c = 0;
  let solid = 0;
  for (const isLast of [false, true]) {
    for (const [p, piece] of pieces.entries()) {
      const isMetal = RECIPES[piece.surface].metalness > 0;
      const colour = linear(piece.colour);
      for (let i = 0; i < piece.index.length; i++) {
        if (isLast !== (isMetal || piece.airy.some(([from, to]) => i >= from && i < to))) continue;
        index[c] = piece.index[i]! + firsts[p]!;
        albedo[c++] = (colour[i % 3] ?? 0) * (isMetal ? 0.5 : 1);
      }
    }
    if (!isLast) solid = c / 3;
  }
  return {
    width: atlas.width, height: atlas.height, position, normal, texel, index, albedo, solid, quality, sun,
    rects: Int32Array.from(atlas.rects.flatMap(({ x, y, w, h }) => [x, y, w, h])),
    portals: portals.map(({ frame, width_m, height_m }) => ({ ...frame, width_m, height_m })),
    lamps: lamps.map(bakeLamp),
  };
}

function bakeLamp(lamp: Lamp): BakeLamp {
  const n: [number, number, number] = [lamp.target[0] - lamp.position[0], lamp.target[1] - lamp.position[1], lamp.target[2] - lamp.position[2]];
  const length = Math.hypot(...n) || 1;
  for (let k = 0; k < 3; k++) n[k]! /= length;
  const flat = Math.hypot(n[0], n[2]);
  const along: Vec3 = flat > 1e-3 ? [n[2] / flat, 0, -n[0] / flat] : [1, 0, 0];
  const kind = lamp.kind === "spot" ? "spot" : lamp.kind === "cove" ? "strip" : "panel";
  return { kind, o: lamp.position, n, along, size_m: lamp.size_m, lumen: lamp.lumen, beam_deg: lamp.beam_deg, colour: fromKelvin(lamp.kelvin) };
}
