/**
 * The rotation and translation that bring one set of points nearest to another, without scaling: a product is worn in
 * its true size.
 *
 * Source: Horn 1987, the quaternion of the largest eigenvalue; found by Jacobi's turns.
 */
import type { Pose } from "./pnp";

const SWEEPS = 24;

/**
 * @param from `(n, 3)`
 * @param to `(n, 3)` where each should come to lie
 * @param weights `(n)`
 * @param into to from from
 */
export function rigid(from: Float64Array, to: Float64Array, weights: Float64Array, into: Pose): void {
  const [a, b] = [middle(from, weights), middle(to, weights)];
  const m = new Float64Array(9);
  for (let i = 0; i < weights.length; i++) {
    for (let p = 0; p < 3; p++) for (let q = 0; q < 3; q++) m[p * 3 + q]! += weights[i]! * (from[i * 3 + p]! - a[p]!) * (to[i * 3 + q]! - b[q]!);
  }
  const [xx, xy, xz, yx, yy, yz, zx, zy, zz] = m as unknown as [number, number, number, number, number, number, number, number, number];
  const n = Float64Array.of(
    xx + yy + zz, yz - zy, zx - xz, xy - yx,
    yz - zy, xx - yy - zz, xy + yx, zx + xz,
    zx - xz, xy + yx, yy - xx - zz, yz + zy,
    xy - yx, zx + xz, yz + zy, zz - xx - yy,
  );
  const [w, x, y, z] = largest(n);
  into.rotation.set([
    1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y),
    2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x),
    2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y),
  ]);
  const r = into.rotation;
  for (let k = 0; k < 3; k++) into.translation[k] = b[k]! - (r[k * 3]! * a[0]! + r[k * 3 + 1]! * a[1]! + r[k * 3 + 2]! * a[2]!);
}

function middle(points: Float64Array, weights: Float64Array): Float64Array {
  const sum = new Float64Array(3);
  let total = 0;
  for (let i = 0; i < weights.length; i++) {
    total += weights[i]!;
    for (let k = 0; k < 3; k++) sum[k]! += weights[i]! * points[i * 3 + k]!;
  }
  return sum.map((one) => one / Math.max(total, 1e-12));
}

/** The eigenvector of the largest eigenvalue of a symmetric 4 x 4. */
function largest(a: Float64Array): [number, number, number, number] {
  const v = Float64Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (let p = 0; p < 3; p++) {
      for (let q = p + 1; q < 4; q++) {
        const off = a[p * 4 + q]!;
        if (Math.abs(off) < 1e-18) continue;
        const angle = 0.5 * Math.atan2(2 * off, a[p * 5]! - a[q * 5]!);
        const [c, s] = [Math.cos(angle), Math.sin(angle)];
        for (let k = 0; k < 4; k++) {
          const [u, w] = [a[k * 4 + p]!, a[k * 4 + q]!];
          a[k * 4 + p] = c * u + s * w;
          a[k * 4 + q] = c * w - s * u;
        }
        for (let k = 0; k < 4; k++) {
          const [u, w] = [a[p * 4 + k]!, a[q * 4 + k]!];
          a[p * 4 + k] = c * u + s * w;
          a[q * 4 + k] = c * w - s * u;
          const [m, n] = [v[k * 4 + p]!, v[k * 4 + q]!];
          v[k * 4 + p] = c * m + s * n;
          v[k * 4 + q] = c * n - s * m;
        }
      }
    }
  }
  let best = 0;
  for (let k = 1; k < 4; k++) if (a[k * 5]! > a[best * 5]!) best = k;
  return [v[best]!, v[4 + best]!, v[8 + best]!, v[12 + best]!];
}
