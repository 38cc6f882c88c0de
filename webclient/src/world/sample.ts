/** A boutique to stand in before a server says which store it is: also what the tests build. */
import type { Lamp, MaterialPlan, Mood, Opening, Room, Shelf, Slot, StorePlan, Vec3 } from "./plan";

const MATERIALS: Readonly<Record<string, MaterialPlan>> = {
  wall: { surface: "limewash", colour: "#ebe5db" },
  accent: { surface: "limewash", colour: "#b79a84" },
  ceiling: { surface: "plaster", colour: "#efe9df" },
  floor: { surface: "oak", colour: "#a68d70" },
  joinery: { surface: "oak", colour: "#8f7152" },
  stone: { surface: "stone", colour: "#cbbfae" },
  metal: { surface: "brass", colour: "#b08d57" },
  textile: { surface: "textile", colour: "#d8cbb8" },
};

const opening = (kind: Opening["kind"], at: number, width: number, sill: number, height: number, isRound = false, depth = 0.35): Opening =>
  ({ kind, at_m: at, width_m: width, sill_m: sill, height_m: height, isRound, depth_m: depth });

const spot = (id: string, position: Vec3, target: Vec3, lumen = 520, beam = 28): Lamp =>
  ({ id, kind: "spot", position, target, size_m: [0.06, 0.06], kelvin: 2850, lumen, beam_deg: beam });

const shelf = (id: string, x: number, z: number, yaw: number, width: number): Shelf =>
  ({ id, position: [x, 0, z], yaw_deg: yaw, width_m: width, height_m: 2.3, depth_m: 0.4, boards_m: [0.5, 1.05, 1.6], material: "joinery" });

const slot = (id: string, position: Vec3, yaw: number, product: string | null, room: Vec3 = [0.5, 0.45, 0.38], isHero = false): Slot =>
  ({ id, position, yaw_deg: yaw, product, room_m: room, isHero });

const X = 4.6; // half the room's width
const BACK = -6;
const FRONT = 5;

const ROOM: Room = {
  id: "boutique",
  floor: [[-X, FRONT], [X, FRONT], [X, BACK], [-X, BACK]],
  height_m: 4,
  floor_material: "floor",
  ceiling_material: "ceiling",
  raft_inset_m: 0.45,
  walls: [
    { material: "wall", thickness_m: 0.3, openings: [opening("door", 4.6, 1.9, 0, 2.6), opening("window", 1.8, 1.9, 0.45, 2.6), opening("window", 7.4, 1.9, 0.45, 2.6)] },
    { material: "wall", thickness_m: 0.3, openings: [opening("niche", 4.3, 2.5, 0.12, 2.5, false, 0.55), opening("niche", 7.7, 2.5, 0.12, 2.5, false, 0.55)] },
    { material: "accent", thickness_m: 0.3, openings: [opening("niche", 4.6, 2.9, 0, 3.15, true, 0.5)] },
    { material: "wall", thickness_m: 0.42, openings: [opening("window", 2.6, 1.7, 0.25, 3.0), opening("window", 5.3, 1.7, 0.25, 3.0), opening("window", 8.0, 1.7, 0.25, 3.0)] },
  ],
  shelves: [shelf("right-a", X + 0.32, 0.7, -90, 2.46), shelf("right-b", X + 0.32, -2.7, -90, 2.46)],
  plinths: [
    { id: "hero", shape: "round", position: [0, 0, -3.4], yaw_deg: 0, size_m: [1.3, 0.42, 1.3], material: "stone" },
    { id: "island-a", shape: "box", position: [-1.9, 0, -0.6], yaw_deg: 0, size_m: [0.46, 0.95, 0.46], material: "stone" },
    { id: "island-b", shape: "box", position: [-1.9, 0, 0.75], yaw_deg: 0, size_m: [0.46, 0.8, 0.46], material: "stone" },
    { id: "island-c", shape: "round", position: [1.95, 0, 0.3], yaw_deg: 0, size_m: [0.5, 1.0, 0.5], material: "stone" },
  ],
  seats: [
    { id: "bench", kind: "bench", position: [-3.9, 0, 0.3], yaw_deg: 90, size_m: [1.9, 0.44, 0.6], material: "textile" },
    { id: "pouf", kind: "pouf", position: [-2.7, 0, -3.6], yaw_deg: 0, size_m: [0.75, 0.42, 0.75], material: "textile" },
  ],
  mirrors: [{ id: "mirror", position: [3.2, 0, BACK + 0.07], yaw_deg: 0, width_m: 0.8, height_m: 2.1, isRound: true }],
  stages: [],
  rugs: [{ id: "rug", position: [0, 0, -2.9], yaw_deg: 0, size_m: [3.6, 3.2], material: "textile" }],
  signs: [{ id: "name", text: "Maison Lund", position: [-2.85, 2.35, BACK + 0.012], yaw_deg: 0, height_m: 0.2 }],
  lamps: [
    spot("hero-a", [-1.1, 3.55, -1.6], [0, 0.8, -3.4], 1000, 26), spot("hero-b", [1.1, 3.55, -1.6], [0, 0.8, -3.4], 1000, 26),
    spot("a", [-1.4, 3.55, 0.5], [-1.9, 0.95, -0.6], 480), spot("b", [-1.4, 3.55, 1.8], [-1.9, 0.8, 0.75], 480),
    spot("c", [1.5, 3.55, 1.3], [1.95, 1.0, 0.3], 480), spot("mirror", [2.6, 3.55, -4.2], [3.1, 1.1, -5.9], 700),
    spot("right-a", [2.9, 3.55, 0.7], [4.7, 1.2, 0.7], 1000, 44), spot("right-b", [2.9, 3.55, -2.7], [4.7, 1.2, -2.7], 1000, 44),
    spot("accent", [-2.9, 3.55, -4.4], [-3.1, 1.6, -5.9], 700, 40), spot("entry", [0, 3.55, 2.9], [0, 0, 2.6], 600, 50),
  ],
  slots: [
    slot("hero", [0, 0.42, -3.4], 20, "lund-chair", [1.2, 1.2, 1.2], true),
    slot("island-a", [-1.9, 0.95, -0.6], 30, "aria-headphones", [0.4, 0.5, 0.4]),
    slot("island-b", [-1.9, 0.8, 0.75], 40, "terra-vase", [0.4, 0.5, 0.4]),
    slot("island-c", [1.95, 1.0, 0.3], -30, "halo-lamp", [0.4, 0.6, 0.4]),
    ...[0.7, -2.7].flatMap((z, bay): Slot[] => {
      const x = X + 0.32;
      const names = bay === 0
        ? [["court-sneaker", null], ["mere-tote", "tarn-bottle"], ["field-cap", "solen-sunglasses"]]
        : [["tarn-bottle", "terra-vase"], ["court-sneaker", "aurelin-watch"], ["marlo-glasses", "mere-tote"]];
      return names.flatMap((pair, board) => pair.map((product, side) =>
        slot(`shelf-${bay}-${board}-${side}`, [x, [0.5, 1.05, 1.6][board] ?? 0, z + (side === 0 ? 0.5 : -0.5)], -90 + (side === 0 ? 20 : -15), product)));
    }),
  ],
};

const DAY: Mood = {
  sky_kelvin: 6000, sky_nits: 3600, sun_kelvin: 4600, sun_lux: 3000, sun_azimuth_deg: -118, sun_elevation_deg: 34, lamps: 1, white_kelvin: 5000, white: 0.62,
};
const EVENING: Mood = {
  sky_kelvin: 9000, sky_nits: 10, sun_kelvin: 3000, sun_lux: 0, sun_azimuth_deg: -118, sun_elevation_deg: 34, lamps: 1, white_kelvin: 3150, white: 0.4,
};

export const BOUTIQUE: StorePlan = {
  id: "boutique",
  name: "Boutique",
  materials: MATERIALS,
  rooms: [ROOM],
  spawn: [{ id: "door", position: [0, 0, 4.4], yaw_deg: 180 }],
  moods: { day: DAY, evening: EVENING },
  mood: "day",
};
