/**
 * The placing's own modules, asked from outside a browser: cases as JSON on standard input, answers on standard output.
 * For tests/bench/tryon/place.py, which knows the truth by other means.
 */
import { readFileSync } from "node:fs";
import { passage } from "../src/place/doorway";
import { verdict } from "../src/place/fit";
import type { FoundMesh, FoundPlane } from "../src/place/found";
import { cameraOf, floorAt, precision, project, type Corners, type PhotoCamera, type Reference } from "../src/place/photo-camera";
import type { Piece, Ware } from "../src/place/piece";
import { roomFrom } from "../src/place/room-from";
import { Walkways } from "../src/place/walkways";

interface Case {
  readonly room: string;
  readonly size: readonly [number, number, number];
  readonly at: readonly [number, number, number];
  readonly yaw: number;
}

interface Asked {
  readonly rooms: Readonly<Record<string, { planes: FoundPlane[]; meshes: FoundMesh[] }>>;
  readonly cases: readonly Case[];
  readonly doors: readonly { size: readonly [number, number, number]; width: number; height: number; hands: number }[];
  readonly photos: readonly { marks: Corners; reference: Reference; width: number; height: number; named: number | null; pixel: readonly [number, number] }[];
}

const asked = JSON.parse(readFileSync(0, "utf8")) as Asked;
const rooms = Object.fromEntries(Object.entries(asked.rooms).map(([name, { planes, meshes }]) => {
  const start = performance.now();
  const room = roomFrom(planes, meshes);
  const took_ms = performance.now() - start;
  return [name, { room, walkways: room && new Walkways(room), took_ms }];
}));
const piece = ({ size, at, yaw }: Case): Piece => {
  const ware: Ware = { product: "box", name: "box", category: "box", size_m: size, surface: "floor", clearance_m: 0 };
  return { id: 1, ware, variant: null, sku: null, x_m: at[0], y_m: at[1], z_m: at[2], yaw_rad: yaw };
};
let judging_ms = 0;
const cases = asked.cases.map((one) => {
  const { room = null, walkways = null } = rooms[one.room] ?? {};
  const start = performance.now();
  const { kind, reason, margin_m, spread_m, gaps } = verdict(piece(one), room, [], walkways);
  judging_ms += performance.now() - start;
  return { kind, reason, margin_m, spread_m, gaps };
});
const photos = asked.photos.map(({ marks, reference, width, height, named, pixel }) => {
  const camera: PhotoCamera | null = cameraOf(marks, reference, width, height, named);
  const at = camera && floorAt(camera, pixel);
  if (!camera || !at) return null;
  const [foot, head] = [project(camera, [at[0], 0, at[1]]), project(camera, [at[0], 1, at[1]])];
  return { metre_px: Math.hypot(head[0] - foot[0], head[1] - foot[1]), share: precision(camera, pixel) };
});
process.stdout.write(JSON.stringify({
  rooms: Object.fromEntries(Object.entries(rooms).map(([name, { room, took_ms }]) => [name, room && {
    floor: room.floor, floor_m: room.floor_m, ceiling_m: room.ceiling_m, isWhole: room.isWhole, tops: room.tops.map(({ label, y_m }) => ({ label, y_m })),
    doors: room.doors.map(({ width_m, height_m }) => ({ width_m, height_m })), clutter: room.clutter?.filled ?? 0, took_ms,
  }])),
  cases, photos, judging_ms,
  doors: asked.doors.map(({ size, width, height, hands }) => passage(size, { width_m: width, height_m: height }, hands)),
}));
