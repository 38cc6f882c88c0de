/**
 * Reads a store manifest (`showroom.store/1`, assets/schemas/store.json) into a plan: defaults filled in, names kept.
 *
 * The server has checked every field; here only what would stop the builder is refused, so that an older page meets a
 * newer manifest with a sentence and not with a blank canvas. What it is not: a validator.
 */
import type { Lamp, MaterialPlan, Mirror, Mood, Opening, Placed, Plinth, Room, Rug, Seat, Shelf, Sign, Slot, Stage, StorePlan, SurfaceKind, Vec2, Vec3, Wall } from "./plan";
import { RECIPES } from "./surfaces";

export const SCHEMA = "showroom.store/1";
const MOST_ROOMS = 12;
const MOST_THINGS = 200;

export class UnreadableStore extends Error {
  override readonly name = "UnreadableStore";
}

type Json = Readonly<Record<string, unknown>>;

const record = (value: unknown, where: string): Json => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new UnreadableStore(`${where} is missing. Load the store again; if that does not help, tell the shop.`);
  return value as Json;
};
const list = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.slice(0, MOST_THINGS).filter((one): one is Json => typeof one === "object" && one !== null) : []);
const number = (value: unknown, fallback = 0): number => (typeof value === "number" && Number.isFinite(value) ? value : fallback);
const text = (value: unknown, fallback = ""): string => (typeof value === "string" ? value : fallback);
const flag = (value: unknown): boolean => value === true;
const numbers = (value: unknown, n: number): number[] => Array.from({ length: n }, (_, i) => number(Array.isArray(value) ? value[i] : undefined));
const vec3 = (value: unknown): Vec3 => numbers(value, 3) as unknown as Vec3;
const vec2 = (value: unknown): Vec2 => numbers(value, 2) as unknown as Vec2;
const placed = (j: Json): Placed => ({ id: text(j["id"]), position: vec3(j["position_m"]), yaw_deg: number(j["yaw_deg"]) });
const oneOf = <T extends string>(value: unknown, known: readonly T[], fallback: T): T => known.find((one) => one === value) ?? fallback;

/** @throws UnreadableStore with a sentence for the shopper */
export function readStore(value: unknown): StorePlan {
  const store = record(value, "The store");
  if (store["schema"] !== SCHEMA) throw new UnreadableStore(`This page reads ${SCHEMA}; the store is ${text(store["schema"], "something else")}. Load the page again for a newer one.`);
  const rooms = list(store["rooms"]).slice(0, MOST_ROOMS);
  if (!rooms.length) throw new UnreadableStore("The store has no room. Choose another store.");
  const materials: Record<string, MaterialPlan> = {};
  for (const [name, one] of Object.entries(record(store["materials"], "The store's materials"))) {
    const look = record(one, name);
    const colour = text(look["colour"]);
    materials[name] = {
      surface: Object.hasOwn(RECIPES, text(look["surface"])) && look["surface"] !== "veneer" ? (look["surface"] as SurfaceKind) : "plaster",
      colour: /^#[0-9a-f]{6}$/i.test(colour) ? colour : "#e6ddcf",
    };
  }
  const moods: Record<string, Mood> = {};
  for (const [name, one] of Object.entries(record(store["moods"], "The store's moods"))) moods[name] = mood(record(one, name));
  const entrance = text(store["entrance"]);
  // Rooms stay in the manifest's order: slots are numbered by it on the wire. One comes in at the entrance.
  const entranceFirst = [...rooms].sort((a, b) => Number(b["id"] === entrance) - Number(a["id"] === entrance));
  return {
    id: text(store["id"]), name: text(store["name"]), materials, moods, mood: text(store["mood"]) || (Object.keys(moods)[0] ?? ""),
    rooms: rooms.map(room), spawn: entranceFirst.flatMap((r) => list(r["spawns"]).map(placed)),
  };
}

/** White is what lies between the sky and the lamps: closer to the sky by day, to the lamps by night. */
function mood(j: Json): Mood {
  const sky_nits = number(j["sky_nits"]);
  const share = Math.min(1, sky_nits / 2500);
  return {
    sky_kelvin: number(j["sky_kelvin"], 6500), sky_nits, sun_kelvin: number(j["sun_kelvin"], 5000), sun_lux: number(j["sun_lux"]),
    sun_azimuth_deg: number(j["sun_azimuth_deg"]), sun_elevation_deg: number(j["sun_elevation_deg"], 35), lamps: number(j["lamps"], 1),
    white: number(j["white"], 0.6), white_kelvin: 2950 + (5000 - 2950) * share,
  };
}

function room(j: Json): Room {
  const floor = (Array.isArray(j["floor"]) ? j["floor"].slice(0, 48) : []).map(vec2);
  if (floor.length < 3) throw new UnreadableStore("A room of the store has no floor. Choose another store.");
  return {
    id: text(j["id"]), floor, height_m: number(j["height_m"], 3.6), floor_material: text(j["floor_material"]), ceiling_material: text(j["ceiling_material"]),
    raft_inset_m: number(j["raft_inset_m"]), walls: list(j["walls"]).map(wall),
    shelves: list(j["shelves"]).map((s): Shelf => ({ ...placed(s), width_m: number(s["width_m"], 1), height_m: number(s["height_m"], 2), depth_m: number(s["depth_m"], 0.4), boards_m: numbers(s["boards_m"], Math.min(12, Array.isArray(s["boards_m"]) ? s["boards_m"].length : 0)), material: text(s["material"]) })),
    plinths: list(j["plinths"]).map((s): Plinth => ({ ...placed(s), shape: oneOf(s["shape"], ["box", "round"], "box"), size_m: vec3(s["size_m"]), material: text(s["material"]) })),
    seats: list(j["seats"]).map((s): Seat => ({ ...placed(s), kind: oneOf(s["kind"], ["bench", "sofa", "pouf"], "bench"), size_m: vec3(s["size_m"]), material: text(s["material"]) })),
    mirrors: list(j["mirrors"]).map((s): Mirror => ({ ...placed(s), width_m: number(s["width_m"], 0.8), height_m: number(s["height_m"], 1.8), isRound: flag(s["is_round"]) })),
    stages: list(j["stages"]).map((s): Stage => ({ ...placed(s), radius_m: number(s["radius_m"], 2), height_m: number(s["height_m"], 0.3), material: text(s["material"]) })),
    rugs: list(j["rugs"]).map((s): Rug => ({ ...placed(s), size_m: vec2(s["size_m"]), material: text(s["material"]) })),
    signs: list(j["signs"]).map((s): Sign => ({ ...placed(s), text: text(s["text"]).slice(0, 60), height_m: number(s["height_m"], 0.2) })),
    lamps: list(j["lamps"]).map(lamp), slots: list(j["slots"]).map(slot),
  };
}

function wall(j: Json): Wall {
  return {
    material: text(j["material"]), thickness_m: number(j["thickness_m"], 0.3),
    openings: list(j["openings"]).slice(0, 24).map((o): Opening => ({
      kind: oneOf(o["kind"], ["window", "door", "arch", "niche"], "niche"), at_m: number(o["at_m"]), width_m: number(o["width_m"], 1), sill_m: number(o["sill_m"]),
      height_m: number(o["height_m"], 2), isRound: flag(o["is_round"]), depth_m: number(o["depth_m"], 0.35), isInner: typeof o["to"] === "string",
    })),
  };
}

function lamp(j: Json): Lamp {
  const position = vec3(j["position_m"]);
  return {
    id: text(j["id"]), kind: oneOf(j["kind"], ["spot", "cove", "panel", "pendant"], "spot"), position,
    target: Array.isArray(j["target_m"]) ? vec3(j["target_m"]) : [position[0], position[1] - 1, position[2]],
    size_m: Array.isArray(j["size_m"]) ? vec2(j["size_m"]) : [0.06, 0.06], kelvin: number(j["kelvin"], 2850), lumen: number(j["lumen"]), beam_deg: number(j["beam_deg"], 28),
  };
}

function slot(j: Json): Slot {
  return {
    ...placed(j), product: text(j["product"]) || null, variant: text(j["variant"]) || null, room_m: vec3(j["room_m"]), isHero: flag(j["is_hero"]), isHung: flag(j["is_hung"]),
  };
}
