/**
 * Rays against triangles for the light bake: a flat tree of boxes, no allocation while tracing.
 *
 * three-mesh-bvh finds the same hits, and is fifteen times as large as the whole worker (docs/decisions/store-look.md).
 * What it is not: picking or collisions.
 *
 * Source: Möller & Trumbore 1997 for the test against a triangle.
 */
const LEAF = 4;
const FAR = 1e30;

export class Tracer {
  /** Of the last `nearest`: the triangle (an index into the input), and where on it. */
  hit = -1;
  hitU = 0;
  hitV = 0;
  hitDistance = FAR;
  isBack = false;
  readonly #order: Uint32Array;
  /** A corner and two edges a triangle, in the tree's order. */
  readonly #triangles: Float32Array;
  /** Six bounds a node. */
  readonly #bounds: Float32Array;
  /** A node's right child (its left one follows it), or minus the leaf's first triangle less one; and the split's axis or the leaf's count. */
  readonly #links: Int32Array;
  readonly #stack = new Int32Array(64);

  constructor(position: Float32Array, index: Uint32Array) {
    const n = index.length / 3;
    const middles = new Float32Array(n * 3);
    const low = new Float32Array(n * 3);
    const high = new Float32Array(n * 3);
    for (let i = 0; i < n; i++) {
      for (let k = 0; k < 3; k++) {
        const a = position[(index[i * 3] ?? 0) * 3 + k] ?? 0;
        const b = position[(index[i * 3 + 1] ?? 0) * 3 + k] ?? 0;
        const c = position[(index[i * 3 + 2] ?? 0) * 3 + k] ?? 0;
        low[i * 3 + k] = Math.min(a, b, c);
        high[i * 3 + k] = Math.max(a, b, c);
        middles[i * 3 + k] = (a + b + c) / 3;
      }
    }
    const order = new Uint32Array(n);
    for (let i = 0; i < n; i++) order[i] = i;
    const bounds: number[] = [];
    const links: number[] = [];
    const split = (from: number, to: number): number => {
      const node = links.length / 2;
      const box = [FAR, FAR, FAR, -FAR, -FAR, -FAR];
      const inner = [FAR, FAR, FAR, -FAR, -FAR, -FAR];
      for (let i = from; i < to; i++) {
        const t = (order[i] ?? 0) * 3;
        for (let k = 0; k < 3; k++) {
          box[k] = Math.min(box[k] ?? 0, low[t + k] ?? 0);
          box[k + 3] = Math.max(box[k + 3] ?? 0, high[t + k] ?? 0);
          inner[k] = Math.min(inner[k] ?? 0, middles[t + k] ?? 0);
          inner[k + 3] = Math.max(inner[k + 3] ?? 0, middles[t + k] ?? 0);
        }
      }
      bounds.push(...box);
      links.push(0, 0);
      if (to - from <= LEAF) {
        links[node * 2] = -from - 1;
        links[node * 2 + 1] = to - from;
        return node;
      }
      const [axis, cut] = cheapest(order, from, to, low, high, middles, inner);
      let middle = from;
      if (axis >= 0) {
        for (let i = from; i < to; i++) {
          const t = order[i]!;
          if (middles[t * 3 + axis]! >= cut) continue;
          order[i] = order[middle]!;
          order[middle++] = t;
        }
      }
      if (middle === from || middle === to) middle = (from + to) >> 1;
      split(from, middle);
      links[node * 2] = split(middle, to);
      links[node * 2 + 1] = Math.max(0, axis);
      return node;
    };
    split(0, n);
    this.#order = order;
    this.#bounds = new Float32Array(bounds);
    this.#links = new Int32Array(links);
    this.#triangles = new Float32Array(n * 9);
    for (let i = 0; i < n; i++) {
      const t = (order[i] ?? 0) * 3;
      for (let k = 0; k < 3; k++) {
        const a = position[(index[t] ?? 0) * 3 + k] ?? 0;
        this.#triangles[i * 9 + k] = a;
        this.#triangles[i * 9 + 3 + k] = (position[(index[t + 1] ?? 0) * 3 + k] ?? 0) - a;
        this.#triangles[i * 9 + 6 + k] = (position[(index[t + 2] ?? 0) * 3 + k] ?? 0) - a;
      }
    }
  }

  /** Whether anything lies within `far` of the origin; the direction is of unit length. */
  isBlocked(ox: number, oy: number, oz: number, dx: number, dy: number, dz: number, far: number): boolean {
    return this.#trace(ox, oy, oz, dx, dy, dz, far, true);
  }

  /** The nearest triangle within `far`; what was hit is left in the fields. */
  nearest(ox: number, oy: number, oz: number, dx: number, dy: number, dz: number, far = FAR): boolean {
    return this.#trace(ox, oy, oz, dx, dy, dz, far, false);
  }

  #trace(ox: number, oy: number, oz: number, dx: number, dy: number, dz: number, far: number, isAny: boolean): boolean {
    const ix = 1 / (dx || 1e-20);
    const iy = 1 / (dy || 1e-20);
    const iz = 1 / (dz || 1e-20);
    const bounds = this.#bounds;
    const links = this.#links;
    const triangles = this.#triangles;
    const stack = this.#stack;
    let best = far;
    let found = -1;
    let depth = 0;
    stack[depth++] = 0;
    while (depth > 0) {
      const node = stack[--depth]!;
      const b = node * 6;
      const x0 = (bounds[b]! - ox) * ix;
      const x1 = (bounds[b + 3]! - ox) * ix;
      const y0 = (bounds[b + 1]! - oy) * iy;
      const y1 = (bounds[b + 4]! - oy) * iy;
      const z0 = (bounds[b + 2]! - oz) * iz;
      const z1 = (bounds[b + 5]! - oz) * iz;
      const enter = Math.max(Math.min(x0, x1), Math.min(y0, y1), Math.min(z0, z1), 0);
      const leave = Math.min(Math.max(x0, x1), Math.max(y0, y1), Math.max(z0, z1), best);
      if (enter > leave) continue;
      const link = links[node * 2]!;
      if (link >= 0) {
        // The nearer child first: the one on the ray's side along the split.
        const isBehind = (links[node * 2 + 1]! === 0 ? dx : links[node * 2 + 1]! === 1 ? dy : dz) < 0;
        stack[depth++] = isBehind ? node + 1 : link;
        stack[depth++] = isBehind ? link : node + 1;
        continue;
      }
      const from = -link - 1;
      const to = from + links[node * 2 + 1]!;
      for (let i = from; i < to; i++) {
        const t = i * 9;
        const e1x = triangles[t + 3]!;
        const e1y = triangles[t + 4]!;
        const e1z = triangles[t + 5]!;
        const e2x = triangles[t + 6]!;
        const e2y = triangles[t + 7]!;
        const e2z = triangles[t + 8]!;
        const px = dy * e2z - dz * e2y;
        const py = dz * e2x - dx * e2z;
        const pz = dx * e2y - dy * e2x;
        const det = e1x * px + e1y * py + e1z * pz;
        if (det > -1e-12 && det < 1e-12) continue;
        const inverse = 1 / det;
        const sx = ox - triangles[t]!;
        const sy = oy - triangles[t + 1]!;
        const sz = oz - triangles[t + 2]!;
        const u = (sx * px + sy * py + sz * pz) * inverse;
        if (u < 0 || u > 1) continue;
        const qx = sy * e1z - sz * e1y;
        const qy = sz * e1x - sx * e1z;
        const qz = sx * e1y - sy * e1x;
        const v = (dx * qx + dy * qy + dz * qz) * inverse;
        if (v < 0 || u + v > 1) continue;
        const d = (e2x * qx + e2y * qy + e2z * qz) * inverse;
        if (d <= 1e-4 || d >= best) continue;
        if (isAny) return true;
        best = d;
        found = i;
        this.hitU = u;
        this.hitV = v;
        this.isBack = det < 0;
      }
    }
    if (found < 0) return false;
    this.hit = this.#order[found]!;
    this.hitDistance = best;
    return true;
  }
}

const BINS = 12;

/** The cheapest plane to split at by the surface-area heuristic (Wald 2007): its axis and place, or -1. */
function cheapest(order: Uint32Array, from: number, to: number, low: Float32Array, high: Float32Array, middles: Float32Array, inner: readonly number[]): [number, number] {
  let best = Infinity;
  let found: [number, number] = [-1, 0];
  for (let axis = 0; axis < 3; axis++) {
    const start = inner[axis]!;
    const width = inner[axis + 3]! - start;
    if (width < 1e-7) continue;
    const counts = new Uint32Array(BINS);
    const boxes = new Float32Array(BINS * 6);
    for (let b = 0; b < BINS; b++) boxes.set([FAR, FAR, FAR, -FAR, -FAR, -FAR], b * 6);
    for (let i = from; i < to; i++) {
      const t = order[i]! * 3;
      const b = Math.min(BINS - 1, Math.floor(((middles[t + axis]! - start) / width) * BINS));
      counts[b]!++;
      for (let k = 0; k < 3; k++) {
        boxes[b * 6 + k] = Math.min(boxes[b * 6 + k]!, low[t + k]!);
        boxes[b * 6 + k + 3] = Math.max(boxes[b * 6 + k + 3]!, high[t + k]!);
      }
    }
    const left = new Float32Array(BINS);
    sweepAreas(boxes, counts, left, 0, 1);
    const right = new Float32Array(BINS);
    sweepAreas(boxes, counts, right, BINS - 1, -1);
    for (let b = 0; b + 1 < BINS; b++) {
      const cost = left[b]! + right[b + 1]!;
      if (cost < best) [best, found] = [cost, [axis, start + (width * (b + 1)) / BINS]];
    }
  }
  return found;
}

/** Area times count of all bins up to each, from one end. */
function sweepAreas(boxes: Float32Array, counts: Uint32Array, out: Float32Array, from: number, step: number): void {
  const box = [FAR, FAR, FAR, -FAR, -FAR, -FAR];
  let count = 0;
  for (let b = from; b >= 0 && b < BINS; b += step) {
    count += counts[b]!;
    for (let k = 0; k < 3; k++) {
      box[k] = Math.min(box[k]!, boxes[b * 6 + k]!);
      box[k + 3] = Math.max(box[k + 3]!, boxes[b * 6 + k + 3]!);
    }
    const [x, y, z] = [0, 1, 2].map((k) => Math.max(0, box[k + 3]! - box[k]!)) as [number, number, number];
    out[b] = count * (x * y + y * z + z * x);
  }
}
