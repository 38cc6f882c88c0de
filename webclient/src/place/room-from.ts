/** A room out of the planes and meshes that a device found. What it is not: exact where the device guessed. */
import { Clutter } from "./clutter";
import { put, type FoundMesh, type FoundPlane } from "./found";
import { area, contains, hull, type Point, type Polygon } from "./polygon";
import { SPREAD_M, type Door, type Room, type Thing, type Top, type Wall } from "./room";

/** Not a thing that stands somewhere. */
const OF_THE_HOUSE: ReadonlySet<string> = new Set(["floor", "ceiling", "wall", "window", "door", "global mesh", "wall art"]);
const TOPS: ReadonlySet<string> = new Set(["table", "desk", "shelf", ""]);
/** Indices: more than any box has. */
const MANY = 300;
/** Two walls whose ends are so near to each other meet in a corner. */
const CORNER_M = 0.35;

interface Sheet {
  readonly label: string;
  readonly points: readonly (readonly [number, number, number])[];
  readonly up: number;
  readonly low: number;
  readonly high: number;
  readonly shape: Polygon;
}

function sheet({ label, matrix, polygon }: FoundPlane): Sheet {
  const points = polygon.map(([x, z]) => put(matrix, x, 0, z));
  const heights = points.map(([, y]) => y);
  return { label: label.toLowerCase(), points, up: Math.abs(matrix[5]!), low: Math.min(...heights), high: Math.max(...heights), shape: points.map(([x, , z]): Point => [x, z]) };
}

/** The line that an upright plane makes on the floor. */
function trace(shape: Polygon): readonly [Point, Point] {
  let best: [Point, Point] = [shape[0]!, shape[0]!];
  let most = -1;
  for (const a of shape) {
    for (const b of shape) {
      const long = (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2;
      if (long > most) [most, best] = [long, [a, b]];
    }
  }
  return best;
}

/** Walls end to end as one outline; null if they do not close. */
function outline(walls: readonly Wall[]): Polygon | null {
  const left = [...walls];
  const first = left.sort((p, q) => length(q) - length(p)).shift();
  if (!first) return null;
  const corners: Point[] = [first.a, first.b];
  while (left.length) {
    const end = corners[corners.length - 1]!;
    let [best, at, isTurned] = [CORNER_M, -1, false];
    left.forEach(({ a, b }, i) => {
      for (const [p, turned] of [[a, false], [b, true]] as const) {
        const gap = Math.hypot(p[0] - end[0], p[1] - end[1]);
        if (gap < best) [best, at, isTurned] = [gap, i, turned];
      }
    });
    if (at < 0) break;
    const [next] = left.splice(at, 1);
    if (!next) break;
    const [from, to] = isTurned ? [next.b, next.a] : [next.a, next.b];
    const before = corners[corners.length - 2]!;
    corners[corners.length - 1] = meet(before, end, from, to) ?? [(end[0] + from[0]) / 2, (end[1] + from[1]) / 2];
    corners.push(to);
  }
  const [start, end] = [corners[0]!, corners[corners.length - 1]!];
  if (corners.length < 4 || Math.hypot(start[0] - end[0], start[1] - end[1]) > CORNER_M) return null;
  const corner = meet(corners[corners.length - 2]!, end, start, corners[1]!) ?? start;
  return [corner, ...corners.slice(1, -1)];
}

const length = ({ a, b }: Wall): number => Math.hypot(a[0] - b[0], a[1] - b[1]);

/** Where two walls' lines cross, if that is near where they end. */
function meet(a: Point, b: Point, c: Point, d: Point): Point | null {
  const [ux, uz, vx, vz] = [b[0] - a[0], b[1] - a[1], d[0] - c[0], d[1] - c[1]];
  const cross = ux * vz - uz * vx;
  if (Math.abs(cross) < 0.2 * Math.hypot(ux, uz) * Math.hypot(vx, vz)) return null;
  const t = ((c[0] - a[0]) * vz - (c[1] - a[1]) * vx) / cross;
  const p: Point = [a[0] + t * ux, a[1] + t * uz];
  return Math.hypot(p[0] - b[0], p[1] - b[1]) < CORNER_M ? p : null;
}

/** A room that came from another thread, where all is numbers. */
export const revived = (room: Room): Room => ({ ...room, clutter: room.clutter && new Clutter(room.clutter) });

/** A room from what a device has found; null as long as it has no floor. */
export function roomFrom(planes: readonly FoundPlane[], meshes: readonly FoundMesh[]): Room | null {
  const sheets = planes.filter(({ polygon }) => polygon.length > 2).map(sheet);
  const level = sheets.filter(({ up }) => up > 0.95);
  const named = (label: string): readonly Sheet[] => level.filter((one) => one.label === label);
  const big = level.filter(({ shape }) => Math.abs(area(shape)) > 1);
  const floor = largest(named("floor")) ?? lowest(big.filter(({ label }) => label === ""));
  if (!floor) return null;
  const floor_m = (floor.low + floor.high) / 2;
  const over = largest(named("ceiling")) ?? highest(big.filter(({ label, low }) => label === "" && low > floor_m + 1.9));
  const upright = sheets.filter(({ up }) => up < 0.3);
  const walls = upright.filter(({ label, low, high }) => label === "wall" || (label === "" && high - low > 1)).map(({ shape, low, high }): Wall => {
    const [a, b] = trace(shape);
    return { a, b, from_m: low, to_m: high };
  });
  const doors = upright.filter(({ label }) => label === "door").map(({ shape, low, high }): Door => {
    const [a, b] = trace(shape);
    return { a, b, width_m: Math.hypot(a[0] - b[0], a[1] - b[1]), height_m: high - low };
  });
  const round = outline(walls);
  // Walls that enclose something else than the floor are not its walls.
  const isWhole = round !== null && Math.abs(area(round)) > 0.5 * Math.abs(area(floor.shape)) && Math.abs(area(round)) < 1.6 * Math.abs(area(floor.shape));
  // A mesh over half of the floor is a scan of the room, whatever it is called.
  const scans = new Set(meshes.filter((one) => one.label.toLowerCase() === "global mesh" || (one.indices.length > MANY && Math.abs(area(thing(one).base)) > 0.5 * Math.abs(area(floor.shape)))));
  const things = meshes.filter((one) => !OF_THE_HOUSE.has(one.label.toLowerCase()) && !scans.has(one)).map(thing);
  const tops = level.filter(({ label, low }) => TOPS.has(label) && low > floor_m + 0.25 && low < floor_m + 1.4).map(({ label, shape, low, high }): Top => ({ label, shape: hull(shape), y_m: (low + high) / 2 }));
  for (const { label, shape, low, high } of level) {
    // A table of which only the top was seen still stands on legs.
    if (OF_THE_HOUSE.has(label) || low < floor_m + 0.25 || low > floor_m + 1.4) continue;
    const y_m = (low + high) / 2;
    if (!things.some((one) => one.label === label && Math.abs(one.to_m - y_m) < 0.7 && contains(one.base, middleOf(shape)))) things.push({ label, base: hull(shape), from_m: floor_m, to_m: y_m });
  }
  const shape = isWhole ? round : hull(floor.shape);
  return {
    how: "device", floor: shape, floor_m, ceiling_m: over ? (over.low + over.high) / 2 : null, isWhole, walls, doors, things, tops,
    clutter: scans.size ? Clutter.from([...scans], { floor: shape, floor_m, things, walls }) : null, spread_m: SPREAD_M.device,
  };
}

const middleOf = (shape: Polygon): Point => [shape.reduce((sum, p) => sum + p[0], 0) / shape.length, shape.reduce((sum, p) => sum + p[1], 0) / shape.length];
const largest = (all: readonly Sheet[]): Sheet | null => all.reduce<Sheet | null>((best, one) => (!best || Math.abs(area(one.shape)) > Math.abs(area(best.shape)) ? one : best), null);
const lowest = (all: readonly Sheet[]): Sheet | null => all.reduce<Sheet | null>((best, one) => (!best || one.low < best.low ? one : best), null);
const highest = (all: readonly Sheet[]): Sheet | null => all.reduce<Sheet | null>((best, one) => (!best || one.high > best.high ? one : best), null);

function thing({ label, matrix, vertices }: FoundMesh): Thing {
  const points: Point[] = [];
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i + 2 < vertices.length; i += 3) {
    const [x, y, z] = put(matrix, vertices[i]!, vertices[i + 1]!, vertices[i + 2]!);
    points.push([x, z]);
    low = Math.min(low, y);
    high = Math.max(high, y);
  }
  return { label: label.toLowerCase(), base: hull(points), from_m: low, to_m: high };
}
