/**
 * Keeps arms out of the trunk: the depth of a hand or elbow is the least sure of all that is measured, and a fore-arm
 * inside the chest would vanish in the garment.
 *
 * The trunk is an upright elliptic bar; a point within it slides along its own ray, so the picture does not change,
 * until it lies before the trunk if it was seen, behind it if it was not.
 */
import { Quaternion, Vector3 } from "three";
import { joint } from "./body-bones";
import type { BodyTurns } from "./body-turns";
import { AT } from "./body-points";

/** Half the trunk's width and depth with an arm's own girth about it, metres on the mean body; how far it reaches above and below. */
const TRUNK = { x: 0.175, z: 0.165, above: 0.02, below: 0.06 } as const;
const SEEN = 0.5;
const CHEST = joint("upperChest");
const HIPS = joint("hips");

export class ArmsApart {
  readonly #back = new Quaternion();
  readonly #origin = new Vector3();
  readonly #from = new Vector3();
  readonly #way = new Vector3();

  /** @param points `(33, 3)` changed in place @param turns of the trunk, as found with these points */
  part(points: Float64Array, sure: Float32Array, turns: BodyTurns, size: number): void {
    this.#back.fromArray(turns.turns, CHEST * 4).conjugate();
    this.#origin.fromArray(turns.joints, CHEST * 3);
    const lowest = this.#from.fromArray(turns.joints, HIPS * 3).sub(this.#origin).applyQuaternion(this.#back).y - TRUNK.below;
    for (const [i, share] of LIMBS) this.#apart(points, i, sure[i]! >= SEEN, size * share, lowest, TRUNK.above + 0.11 * size);
  }

  #apart(points: Float64Array, i: number, isSeen: boolean, size: number, lowest: number, highest: number): void {
    const [x, y, z] = [points[i * 3]!, points[i * 3 + 1]!, points[i * 3 + 2]!];
    const p = this.#from.set(x, y, z).sub(this.#origin).applyQuaternion(this.#back);
    if (p.y < lowest || p.y > highest) return;
    const [a, b] = [TRUNK.x * size, TRUNK.z * size];
    const mid = 0.02 * size; // the trunk's axis lies before the spine
    if ((p.x / a) ** 2 + ((p.z - mid) / b) ** 2 >= 1) return;
    // Along the ray: point(s) = s * point; where it leaves the ellipse.
    const way = this.#way.set(x, y, z).applyQuaternion(this.#back);
    const [dx, dz] = [way.x / a, way.z / b];
    const [ox, oz] = [(p.x - way.x) / a, (p.z - mid - way.z) / b];
    const qa = dx * dx + dz * dz;
    const qb = ox * dx + oz * dz;
    const qc = ox * ox + oz * oz - 1;
    const root = qb * qb - qa * qc;
    if (root <= 0 || qa < 1e-9) return;
    const s = (-qb + (isSeen ? -1 : 1) * Math.sqrt(root)) / qa;
    if (s < 0.6 || s > 1.5) return;
    for (let k = 0; k < 3; k++) points[i * 3 + k]! *= s;
  }
}

/** Joints of the arm, and how thick about: a hand is thinner than an elbow. */
const LIMBS: readonly (readonly [number, number])[] = [
  [AT.leftElbow, 1], [AT.rightElbow, 1], [AT.leftWrist, 1], [AT.rightWrist, 1], [AT.leftIndex, 0.97], [AT.rightIndex, 0.97], [AT.leftLittle, 0.97], [AT.rightLittle, 0.97],
];
