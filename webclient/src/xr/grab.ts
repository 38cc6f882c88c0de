/**
 * What a hand does with a thing it holds: carries it as it was taken, pulls it near, turns it with the other hand.
 *
 * A thing keeps its true size; only magnifying changes that, and only while two hands hold it. Plain geometry, without
 * scene or session.
 */
import { MathUtils, Matrix4, Quaternion, Vector3 } from "three";

export const MOST_SCALE = 4;
export const LEAST_SCALE = 0.5;
const PULL_S = 0.28;

export interface Pose {
  readonly position: Vector3;
  readonly rotation: Quaternion;
}

export const newPose = (): Pose => ({ position: new Vector3(), rotation: new Quaternion() });

const ease = (t: number): number => 1 - (1 - t) ** 3;

/** A thing in one hand. */
export class Grip {
  /** The thing as the hand sees it. */
  readonly offset = newPose();
  readonly #from = newPose();
  #pulled = 1;

  /** Take it where it is: nothing moves. */
  take(hand: Pose, thing: Pose): void {
    relative(hand, thing, this.offset);
    this.#pulled = 1;
  }

  /** Take it from afar: it comes to rest at `near` (as the hand sees it). */
  pull(hand: Pose, thing: Pose, near: Pose): void {
    relative(hand, thing, this.#from);
    this.offset.position.copy(near.position);
    this.offset.rotation.copy(near.rotation);
    this.#pulled = 0;
  }

  get isPulling(): boolean {
    return this.#pulled < 1;
  }

  /** Where the thing is now. */
  follow(hand: Pose, dt: number, thing: Pose): void {
    this.#pulled = Math.min(1, this.#pulled + dt / PULL_S);
    if (this.#pulled < 1) {
      const t = ease(this.#pulled);
      NOW.position.lerpVectors(this.#from.position, this.offset.position, t);
      NOW.rotation.slerpQuaternions(this.#from.rotation, this.offset.rotation, t);
      compose(hand, NOW, thing);
    } else compose(hand, this.offset, thing);
  }
}

/** A thing between two hands: the line between them turns it, its length magnifies it where that is wished. */
export class TwoHands {
  readonly #line = new Vector3();
  readonly #rotation = new Quaternion();
  readonly #arm = new Vector3();
  readonly #twist = new Quaternion();
  #length = 1;
  #scale = 1;

  begin(one: Pose, other: Pose, thing: Pose, scale: number): void {
    this.#line.subVectors(other.position, one.position);
    this.#length = Math.max(0.02, this.#line.length());
    this.#line.divideScalar(this.#length);
    this.#rotation.copy(thing.rotation);
    this.#twist.copy(one.rotation);
    this.#arm.addVectors(one.position, other.position).multiplyScalar(0.5);
    this.#arm.subVectors(thing.position, this.#arm);
    this.#scale = scale;
  }

  /** Moves the thing; returns its scale: as it was, unless `isMagnifying`. */
  follow(one: Pose, other: Pose, isMagnifying: boolean, thing: Pose): number {
    LINE.subVectors(other.position, one.position);
    const length = Math.max(0.02, LINE.length());
    LINE.divideScalar(length);
    SWING.setFromUnitVectors(this.#line, LINE);
    // About the line itself only the first hand can turn it: the part of its rotation that lies along the line.
    BACK.copy(this.#twist).invert().premultiply(one.rotation);
    const along = BACK.x * LINE.x + BACK.y * LINE.y + BACK.z * LINE.z;
    TWIST.set(LINE.x * along, LINE.y * along, LINE.z * along, BACK.w).normalize();
    SWING.premultiply(TWIST);
    const scale = isMagnifying ? MathUtils.clamp((this.#scale * length) / this.#length, LEAST_SCALE, MOST_SCALE) : this.#scale;
    thing.rotation.copy(this.#rotation).premultiply(SWING);
    thing.position.copy(this.#arm).applyQuaternion(SWING).multiplyScalar(scale / this.#scale);
    thing.position.add(one.position).addScaledVector(LINE, length / 2);
    return scale;
  }
}

/**
 * Where a pulled thing rests, as the pointing hand sees it (it points along -Z): a small one in the hand, a large one
 * as far off as it needs to be seen whole. It stands upright and shows its front.
 */
export function rest(size_m: readonly [number, number, number], hand: Pose, near: Pose): void {
  const radius = Math.hypot(...size_m) / 2;
  const distance = radius < 0.3 ? 0.1 + radius : 0.35 + radius * 1.6;
  const toward = FORWARD.set(0, 0, -1).applyQuaternion(hand.rotation);
  const yaw = Math.atan2(-toward.x, -toward.z);
  near.rotation.setFromAxisAngle(UP, yaw).premultiply(BACK.copy(hand.rotation).invert());
  near.position.set(0, -size_m[1] / 2, 0).applyQuaternion(BACK);
  near.position.z -= distance;
}

/** A way home in an arc, 0…1 of the way: quick at first, then it settles. */
export function homeward(from: Pose, home: Pose, t: number, thing: Pose): void {
  const at = ease(MathUtils.clamp(t, 0, 1));
  thing.position.lerpVectors(from.position, home.position, at);
  thing.position.y += Math.sin(at * Math.PI) * Math.min(0.18, from.position.distanceTo(home.position) * 0.12);
  thing.rotation.slerpQuaternions(from.rotation, home.rotation, at);
}

/** `thing` as `hand` sees it. */
export function relative(hand: Pose, thing: Pose, out: Pose): void {
  INVERSE.copy(hand.rotation).invert();
  out.position.subVectors(thing.position, hand.position).applyQuaternion(INVERSE);
  out.rotation.copy(thing.rotation).premultiply(INVERSE);
}

/** The world's pose of what `hand` sees at `offset`. */
export function compose(hand: Pose, offset: Pose, out: Pose): void {
  out.position.copy(offset.position).applyQuaternion(hand.rotation).add(hand.position);
  out.rotation.copy(hand.rotation).multiply(offset.rotation);
}

/** A pose from a matrix without scale. */
export function poseOf(matrix: Matrix4, out: Pose): void {
  out.position.setFromMatrixPosition(matrix);
  out.rotation.setFromRotationMatrix(matrix);
}

const NOW = newPose();
const LINE = new Vector3();
const FORWARD = new Vector3();
const UP = new Vector3(0, 1, 0);
const SWING = new Quaternion();
const TWIST = new Quaternion();
const BACK = new Quaternion();
const INVERSE = new Quaternion();
