/**
 * Shapes on a floor: polygons of points (x, z) in metres, seen from above, and how far they are from each other.
 *
 * A piece's footprint is convex; a room need not be. What it is not: heights (`fit.ts`).
 */
export type Point = readonly [number, number];
export type Polygon = readonly Point[];

/** The corners of a box of `width` along its own x and `depth` along its own z, turned by `yaw_rad` about +y as glTF turns. */
export function footprint(x: number, z: number, yaw_rad: number, width: number, depth: number): Polygon {
  const [c, s] = [Math.cos(yaw_rad), Math.sin(yaw_rad)];
  const [w, d] = [width / 2, depth / 2];
  return [[-w, -d], [w, -d], [w, d], [-w, d]].map(([a, b]): Point => [x + a! * c + b! * s, z - a! * s + b! * c]);
}

/** Twice signed: positive if the corners run from +x to +z. */
export function area(polygon: Polygon): number {
  let sum = 0;
  for (let i = 0; i < polygon.length; i++) {
    const [a, b] = [polygon[i]!, polygon[(i + 1) % polygon.length]!];
    sum += a[0] * b[1] - b[0] * a[1];
  }
  return sum / 2;
}

export function contains(polygon: Polygon, [x, z]: Point): boolean {
  let isIn = false;
  for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i++) {
    const [a, b] = [polygon[i]!, polygon[j]!];
    if (a[1] > z !== b[1] > z && x < ((b[0] - a[0]) * (z - a[1])) / (b[1] - a[1]) + a[0]) isIn = !isIn;
  }
  return isIn;
}

export function pointToSegment([x, z]: Point, a: Point, b: Point): number {
  const [ux, uz] = [b[0] - a[0], b[1] - a[1]];
  const long = ux * ux + uz * uz;
  const t = long > 0 ? Math.min(1, Math.max(0, ((x - a[0]) * ux + (z - a[1]) * uz) / long)) : 0;
  return Math.hypot(x - a[0] - t * ux, z - a[1] - t * uz);
}

function crosses(a: Point, b: Point, c: Point, d: Point): boolean {
  const side = (p: Point, q: Point, r: Point): number => (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0]);
  return side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0;
}

const segmentToSegment = (a: Point, b: Point, c: Point, d: Point): number =>
  crosses(a, b, c, d) ? 0 : Math.min(pointToSegment(a, c, d), pointToSegment(b, c, d), pointToSegment(c, a, b), pointToSegment(d, a, b));

/** From a point to the nearest edge, from within or without. */
export function toEdge(polygon: Polygon, point: Point): number {
  let best = Infinity;
  for (let i = 0; i < polygon.length; i++) best = Math.min(best, pointToSegment(point, polygon[i]!, polygon[(i + 1) % polygon.length]!));
  return best;
}

function edges(polygon: Polygon, each: (a: Point, b: Point) => void): void {
  for (let i = 0; i < polygon.length; i++) each(polygon[i]!, polygon[(i + 1) % polygon.length]!);
}

/**
 * How far a convex shape is from a polygon's edge while it is inside; below zero: how far it would have to be moved, at
 * least, along the straight way out of the wall that it is in deepest.
 */
export function insideBy(room: Polygon, shape: Polygon): number {
  let [free, depth] = [Infinity, 0];
  let isIn = true;
  for (const corner of shape) {
    if (contains(room, corner)) continue;
    isIn = false;
    depth = Math.max(depth, toEdge(room, corner));
  }
  for (const corner of room) {
    if (!contains(shape, corner)) continue;
    isIn = false;
    depth = Math.max(depth, toEdge(shape, corner));
  }
  edges(room, (a, b) => edges(shape, (c, d) => {
    const gap = segmentToSegment(a, b, c, d);
    free = Math.min(free, gap);
  }));
  if (isIn && free > 0) return free;
  return isIn ? 0 : -depth;
}

/** Between two convex shapes; below zero: how far one must be moved until they touch no more (separating axes). */
export function apart(one: Polygon, other: Polygon): number {
  let least = Infinity;
  for (const shape of [one, other]) {
    for (let i = 0; i < shape.length; i++) {
      const [a, b] = [shape[i]!, shape[(i + 1) % shape.length]!];
      const long = Math.hypot(b[0] - a[0], b[1] - a[1]);
      if (long < 1e-9) continue;
      const [nx, nz] = [(b[1] - a[1]) / long, (a[0] - b[0]) / long];
      const [low1, high1] = along(one, nx, nz);
      const [low2, high2] = along(other, nx, nz);
      least = Math.min(least, high1 - low2, high2 - low1);
    }
  }
  if (least > 0) return -least;
  let gap = Infinity;
  edges(one, (p, q) => edges(other, (r, s) => (gap = Math.min(gap, segmentToSegment(p, q, r, s)))));
  return gap;
}

function along(shape: Polygon, nx: number, nz: number): readonly [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const [x, z] of shape) {
    const at = x * nx + z * nz;
    if (at < low) low = at;
    if (at > high) high = at;
  }
  return [low, high];
}

/** Andrew's monotone chain. */
export function hull(points: readonly Point[]): Polygon {
  const sorted = [...points].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  if (sorted.length < 3) return sorted;
  const half = (all: readonly Point[]): Point[] => {
    const out: Point[] = [];
    for (const p of all) {
      while (out.length > 1) {
        const [a, b] = [out[out.length - 2]!, out[out.length - 1]!];
        if ((b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]) > 1e-12) break;
        out.pop();
      }
      out.push(p);
    }
    out.pop();
    return out;
  };
  return [...half(sorted), ...half(sorted.reverse())];
}

export function middle(polygon: Polygon): Point {
  let [x, z] = [0, 0];
  for (const p of polygon) {
    x += p[0] / polygon.length;
    z += p[1] / polygon.length;
  }
  return [x, z];
}
