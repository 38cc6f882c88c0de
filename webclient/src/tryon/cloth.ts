/**
 * What hangs and swings: a bob on a string (Verlet), whose swing turns a hem or a bag.
 *
 * Cheap on purpose: two bobs dress a whole garment. What it is not: cloth that folds; folds are in the garment's shape.
 *
 * Source: Jakobsen 2001, Advanced character physics.
 */
import { Quaternion, Vector3 } from "three";

const GRAVITY = 9.81;
const STEP_S = 1 / 120;
/** A stall of the picture is no earthquake. */
const MOST_S = 0.1;
const DOWN = new Vector3(0, -1, 0);

export class Swing {
  /** From hanging straight along what bears it, in the camera's space. */
  readonly turn = new Quaternion();
  readonly #length_m: number;
  readonly #damping: number;
  readonly #stiffness: number;
  readonly #most: number;
  readonly #bob = new Vector3();
  readonly #before = new Vector3();
  readonly #rest = new Vector3();
  readonly #way = new Vector3();
  #isFresh = true;

  /**
   * @param length_m of the string: longer swings slower
   * @param damping share of its speed lost in a second
   * @param stiffness 0 hangs by gravity alone, 1 stays with what bears it
   * @param most_rad furthest from where it would hang on what bears it
   */
  constructor(length_m: number, damping: number, stiffness: number, most_rad: number) {
    this.#length_m = length_m;
    this.#damping = damping;
    this.#stiffness = stiffness;
    this.#most = most_rad;
  }

  reset(): void {
    this.#isFresh = true;
  }

  /** @param root where it hangs @param along where it would point if it were stiff @param dt seconds */
  next(root: Vector3, along: Vector3, dt: number): Quaternion {
    this.#rest.copy(along).lerp(DOWN, 1 - this.#stiffness).normalize();
    if (this.#isFresh || !(dt > 0)) {
      this.#bob.copy(root).addScaledVector(this.#rest, this.#length_m);
      this.#before.copy(this.#bob);
      this.#isFresh = false;
    }
    const steps = Math.max(1, Math.min(Math.round(MOST_S / STEP_S), Math.round(dt / STEP_S)));
    const keep = (1 - this.#damping) ** STEP_S;
    for (let i = 0; i < steps && dt > 0; i++) {
      const { x, y, z } = this.#bob;
      this.#way.subVectors(this.#bob, this.#before).multiplyScalar(keep);
      this.#bob.add(this.#way).addScaledVector(this.#rest, GRAVITY * STEP_S * STEP_S);
      this.#way.subVectors(this.#bob, root).setLength(this.#length_m);
      this.#bob.addVectors(root, this.#way);
      this.#before.set(x, y, z);
    }
    this.#way.subVectors(this.#bob, root).normalize();
    this.turn.setFromUnitVectors(along, this.#way);
    const angle = 2 * Math.acos(Math.min(1, Math.abs(this.turn.w)));
    if (angle > this.#most) {
      this.turn.slerp(STILL, 1 - this.#most / angle);
      // It lies on what stops it: it does not go on falling behind it.
      this.#bob.copy(along).applyQuaternion(this.turn).multiplyScalar(this.#length_m).add(root);
    }
    return this.turn;
  }
}

const STILL = new Quaternion();
