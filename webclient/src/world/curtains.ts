/**
 * Cloth that hangs in folds: linen at tall windows, a heavy curtain at the back of a niche as wide as a stage.
 *
 * It is part of the architecture: the bake lights it. What it is not: a curtain that opens (a show brings its own).
 */
import { wallFrame } from "./architecture";
import type { Opening, Room, Vec2, Wall } from "./plan";
import { along, vertex, type Frame, type Shell } from "./shell";
import { box } from "./solids";

/** How much folds lean over, of their width. From 1/4π on they hang over: one looks in between, at the dark wall behind. */
const LEAN = 0.07;
const OFF_M = 0.075;
const WIDEST_M = 0.46;
const MEET_M = 0.006;
/** Half of a gap that is too narrow to show wall. */
const SLIT_M = 0.15;
/** Windows from here on are tall enough for cloth. */
const TALL_M = 2.2;
const LOW_M = 0.6;
export const STAGE_NICHE_M = 4;

interface Cloth {
  readonly from_m: number;
  readonly to_m: number;
  readonly low_m: number;
  readonly high_m: number;
  /** How far in front of the wall its middle hangs. */
  readonly off_m: number;
  readonly fold_m: number;
  readonly deep_m: number;
}

/** One cloth, its folds along the wall's x. */
function hang(shell: Shell, material: string, frame: Frame, { from_m, to_m, low_m, high_m, off_m, fold_m, deep_m }: Cloth): void {
  const folds = Math.max(2, Math.round((to_m - from_m) / fold_m));
  const columns = folds * 8;
  const points: { x: number; z: number; nx: number; nz: number; s: number; flat: number }[] = [];
  const width = to_m - from_m;
  let s = 0;
  for (let i = 0; i <= columns; i++) {
    const t = i / columns;
    const turn = t * folds * 2 * Math.PI;
    // No two folds are alike.
    const uneven = 0.72 + 0.28 * Math.sin(Math.floor(t * folds) * 2.399 + from_m * 5);
    const x = from_m + t * width + LEAN * fold_m * Math.sin(turn * 2);
    const z = off_m + deep_m * uneven * Math.cos(turn);
    const slope = (-deep_m * uneven * folds * 2 * Math.PI * Math.sin(turn)) / width;
    const length = Math.hypot(1, slope);
    const last = points[points.length - 1];
    if (last) s += Math.hypot(x - last.x, z - last.z);
    points.push({ x, z, nx: -slope / length, nz: 1 / length, s, flat: t * width });
  }
  const soup = shell.soup(material);
  // By how far along the wall, not along the cloth: on a steep fold a pixel's rim would be lit from far outside the chart.
  const chart = shell.chart(width, high_m - low_m);
  const first = soup.index.length;
  let before: readonly [number, number] | null = null;
  for (const { x, z, nx, nz, s: at, flat } of points) {
    const n = [frame.x[0] * nx + frame.n[0] * nz, 0, frame.x[2] * nx + frame.n[2] * nz] as const;
    const low = vertex(soup, along(frame, x, low_m, z), n, at, low_m, chart, flat, 0);
    const high = vertex(soup, along(frame, x, high_m, z), n, at, high_m, chart, flat, high_m - low_m);
    if (before) soup.index.push(before[0], low, high, before[0], high, before[1]);
    before = [low, high];
  }
  // Folds are finer than a texel, and the wall behind them would be black: where a fold's rim does not cover a pixel
  // quite, that shows as stitches.
  soup.airy.push([first, soup.index.length]);
}

/** Where a wall's cloths go; nothing where there is no room for them. */
function clothsOf(wall: Wall, length: number): { opening: Opening; spans: Vec2[] }[] {
  const edges = (o: Opening): Vec2 => [length - o.at_m - o.width_m / 2, length - o.at_m + o.width_m / 2];
  return wall.openings.filter((o) => o.kind === "window" && o.height_m >= TALL_M && o.sill_m < LOW_M).map((opening) => {
    const [a, b] = edges(opening);
    const others = wall.openings.filter((one) => one !== opening).map(edges);
    const left = Math.max(0.02, ...others.filter((e) => e[1] <= a + 1e-6).map((e) => (e[1] + a) / 2));
    const right = Math.min(length - 0.02, ...others.filter((e) => e[0] >= b - 1e-6).map((e) => (e[0] + b) / 2));
    // Two windows' cloths meet: a finger's gap between them is a black line from afar.
    const low = a - left < WIDEST_M + SLIT_M ? left - MEET_M : a - WIDEST_M;
    const high = right - b < WIDEST_M + SLIT_M ? right + MEET_M : b + WIDEST_M;
    const spans: Vec2[] = [[low, a + 0.05], [b - 0.05, high]];
    return { opening, spans: spans.filter(([from, to]) => to - from > 0.16) };
  });
}

export function curtains(shell: Shell, room: Room, names: { readonly light: string; readonly heavy: string; readonly metal: string }): void {
  for (const [i, wall] of room.walls.entries()) {
    const [a, b] = [room.floor[i], room.floor[(i + 1) % room.floor.length]];
    if (!a || !b) continue;
    const { frame, length } = wallFrame(a, b);
    for (const { opening, spans } of clothsOf(wall, length)) {
      const high = Math.min(room.height_m - 0.12, opening.sill_m + opening.height_m + 0.16);
      for (const [from_m, to_m] of spans) hang(shell, names.light, frame, { from_m, to_m, low_m: 0.025, high_m: high - 0.02, off_m: OFF_M, fold_m: 0.085, deep_m: 0.036 });
      const [from, to] = [spans[0]?.[0], spans.at(-1)?.[1]];
      if (from === undefined || to === undefined) continue;
      box(shell, { material: names.metal, weight: 0.4 }, { ...frame, o: along(frame, (from + to) / 2, high, OFF_M - 0.011) }, [0, 0, 0], [to - from + 0.08, 0.022, 0.022], 0.008);
    }
    for (const opening of wall.openings) {
      if (opening.kind !== "niche" || opening.width_m < STAGE_NICHE_M) continue;
      const middle = length - opening.at_m;
      hang(shell, names.heavy, frame, {
        from_m: middle - opening.width_m / 2 + 0.06, to_m: middle + opening.width_m / 2 - 0.06, low_m: opening.sill_m + 0.02, high_m: opening.sill_m + opening.height_m - 0.05,
        off_m: -opening.depth_m + 0.16, fold_m: 0.26, deep_m: 0.085,
      });
    }
  }
}
