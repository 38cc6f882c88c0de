/**
 * Bones from landmarks in metres: where each begins and how it is turned, twist included.
 *
 * The trunk's two ends (hips, shoulders) say how it is bent and twisted, and the spine shares that out. A limb's first
 * bone twists so that its joint bends about the hinge it has; a straight limb keeps the hinge it had last. The hand says
 * how far the fore-arm is turned. What it is not: a filter; landmarks come calmed.
 */
import { Matrix4, Quaternion, Vector3 } from "three";
import { COLLAR, EARS, joint, JOINTS, MEAN_HEIGHT_M, NECK_M, PARENTS, SPINE, TORSO_M, type Joint } from "./body-bones";
import type { Habits } from "./body-habits";
import { lifted } from "./body-lengths";
import { AT, POINTS } from "./body-points";

const CHEST = joint("upperChest");
const NECK = joint("neck");
const HEAD = joint("head");
/** A joint bent by less says nothing of its hinge, bent by more all, radians. */
const STRAIGHT = 0.14;
const BENT = 0.45;
const UP = new Vector3(0, 1, 0);

interface Limb {
  readonly sign: 1 | -1;
  readonly upper: number;
  readonly lower: number;
  readonly end: number;
  readonly points: readonly [number, number, number];
  readonly hinge: Vector3;
  isKnown: boolean;
}

const limb = (sign: 1 | -1, bones: readonly [Joint, Joint, Joint], points: readonly [number, number, number]): Limb => ({
  sign, upper: joint(bones[0]), lower: joint(bones[1]), end: joint(bones[2]), points, hinge: new Vector3(), isKnown: false,
});

export class BodyTurns {
  readonly joints = new Float32Array(JOINTS.length * 3);
  readonly turns = new Float32Array(JOINTS.length * 4);
  readonly rotations = new Float32Array(JOINTS.length * 4);
  /** Between the middles of hips and shoulders, against the mean body. */
  torso = 1;
  readonly #left = limb(1, ["leftUpperArm", "leftLowerArm", "leftHand"], [AT.leftShoulder, AT.leftElbow, AT.leftWrist]);
  readonly #right = limb(-1, ["rightUpperArm", "rightLowerArm", "rightHand"], [AT.rightShoulder, AT.rightElbow, AT.rightWrist]);
  readonly #legs = [
    limb(1, ["leftUpperLeg", "leftLowerLeg", "leftFoot"], [AT.leftHip, AT.leftKnee, AT.leftAnkle]),
    limb(-1, ["rightUpperLeg", "rightLowerLeg", "rightFoot"], [AT.rightHip, AT.rightKnee, AT.rightAnkle]),
  ] as const;
  readonly #hips = new Quaternion();
  readonly #chest = new Quaternion();

  readonly #habits: Habits;
  readonly #points = new Float64Array(POINTS * 3);

  constructor(habits: Habits) {
    this.#habits = habits;
  }

  /** The body that comes next is another. */
  reset(): void {
    for (const one of [this.#left, this.#right, ...this.#legs]) one.isKnown = false;
  }

  /** @param landmarks `(33, 3)` of `BodySolver` @param height_m of the body */
  set(landmarks: Float64Array, height_m: number): void {
    const points = this.#points;
    points.set(landmarks);
    this.#corrected(points, height_m / MEAN_HEIGHT_M);
    this.#trunk(points, height_m / MEAN_HEIGHT_M);
    this.#head(points, height_m / MEAN_HEIGHT_M);
    for (const side of [this.#left, this.#right]) this.#arm(points, side);
    for (const side of this.#legs) this.#leg(points, side);
    for (let i = 0; i < JOINTS.length; i++) {
      const above = PARENTS[i]!;
      Q.fromArray(this.turns, i * 4);
      if (above >= 0) Q.premultiply(P.fromArray(this.turns, above * 4).conjugate());
      if (Q.w < 0) Q.set(-Q.x, -Q.y, -Q.z, -Q.w);
      Q.toArray(this.rotations, i * 4);
    }
  }

  /** Landmarks to where bones begin. */
  #corrected(points: Float64Array, size: number): void {
    const { shoulder, hip, crease, knee } = this.#habits;
    const lifts = [lifted(points, 0), lifted(points, 1)] as const;
    A.subVectors(middle(points, AT.leftShoulder, AT.rightShoulder, A), middle(points, AT.leftHip, AT.rightHip, B)).normalize();
    for (const [left, right, [out, up]] of [[AT.leftShoulder, AT.rightShoulder, shoulder], [AT.leftHip, AT.rightHip, hip]] as const) {
      between(points, right, left, X).normalize();
      for (const [side, i] of [left, right].entries()) {
        const above = up - (left === AT.leftHip ? crease * lifts[side]! : 0);
        for (let k = 0; k < 3; k++) points[i * 3 + k]! += size * ((side ? -out : out) * X.getComponent(k) + above * A.getComponent(k));
      }
    }
    for (const [i, above] of [[AT.leftKnee, AT.leftHip], [AT.rightKnee, AT.rightHip]] as const) {
      between(points, i, above, X).normalize();
      for (let k = 0; k < 3; k++) points[i * 3 + k]! += size * knee * X.getComponent(k);
    }
  }

  #trunk(points: Float64Array, size: number): void {
    const lowest = middle(points, AT.leftHip, AT.rightHip, A);
    const highest = middle(points, AT.leftShoulder, AT.rightShoulder, B);
    const up = C.subVectors(highest, lowest);
    this.torso = up.length() / TORSO_M;
    up.normalize();
    basis(between(points, AT.rightHip, AT.leftHip, X), up, this.#hips);
    basis(between(points, AT.rightShoulder, AT.leftShoulder, X), up, this.#chest);
    for (const { name, fromHips, fromArms, part } of SPINE) {
      const i = joint(name);
      // Turned by its share of the way; placed by both ends.
      Q.copy(this.#hips).slerp(this.#chest, name === "neck" ? 1 : part).toArray(this.turns, i * 4);
      D.set(0, fromHips[0] * this.torso, fromHips[1] * size).applyQuaternion(this.#hips).add(lowest);
      E.set(0, fromArms[0] * this.torso, fromArms[1] * size).applyQuaternion(this.#chest).add(highest);
      D.lerp(E, part).toArray(this.joints, i * 3);
    }
    this.#chest.toArray(this.turns, CHEST * 4);
    for (const side of [this.#left, this.#right]) {
      const collar = side.upper - 1;
      D.set(side.sign * COLLAR[0] * size, COLLAR[1] * this.torso, COLLAR[2] * size).applyQuaternion(this.#chest).add(E.fromArray(this.joints, CHEST * 3));
      D.toArray(this.joints, collar * 3);
      at(points, side.points[0], E).toArray(this.joints, side.upper * 3);
      // A shrug lifts the collar bone from where it rests.
      E.sub(D).applyQuaternion(P.copy(this.#chest).conjugate()).normalize();
      const lift = Math.max(-0.35, Math.min(0.6, Math.asin(Math.max(-1, Math.min(1, E.y))) + 0.42)) * side.sign;
      Q.setFromAxisAngle(D.set(0, 0, 1), lift).premultiply(this.#chest).toArray(this.turns, collar * 4);
    }
  }

  #head(points: Float64Array, size: number): void {
    const ears = middle(points, AT.leftEar, AT.rightEar, A);
    const ahead = at(points, AT.nose, C).sub(ears);
    between(points, AT.rightEar, AT.leftEar, X).normalize();
    // The nose lies lower than the ear holes: by about 14 degrees.
    Z.copy(ahead).addScaledVector(X, -ahead.dot(X)).normalize();
    Y.crossVectors(Z, X).normalize();
    M.makeBasis(X, Y, Z);
    Q.setFromRotationMatrix(M);
    P.setFromAxisAngle(D.set(1, 0, 0), -0.24);
    Q.multiply(P);
    if (!Number.isFinite(Q.x) || X.lengthSq() < 0.5) Q.copy(this.#chest);
    Q.toArray(this.turns, HEAD * 4);
    P.copy(this.#chest).slerp(Q, 0.4).toArray(this.turns, NECK * 4);
    D.set(0, -EARS[0] * size, -EARS[1] * size).applyQuaternion(Q).add(ears);
    // Never further from the neck than a neck is long.
    E.fromArray(this.joints, NECK * 3);
    D.sub(E);
    const long = D.length();
    D.setLength(Math.min(Math.max(long, NECK_M * size), 2.6 * NECK_M * size)).add(E).toArray(this.joints, HEAD * 3);
  }

  #arm(points: Float64Array, side: Limb): void {
    const [shoulder, elbow, wrist] = side.points;
    const first = between(points, shoulder, elbow, A).normalize();
    const second = between(points, elbow, wrist, B).normalize();
    const bend = Math.acos(Math.max(-1, Math.min(1, first.dot(second))));
    // Where a swing alone would bring the hinge: what a straight, untwisted arm has.
    C.set(side.sign, 0, 0).applyQuaternion(this.#chest);
    D.set(0, 1, 0).applyQuaternion(this.#chest).applyQuaternion(Q.setFromUnitVectors(C, first));
    this.#hinged(side, first, E.crossVectors(second, first).multiplyScalar(side.sign), D, bend);
    X.copy(first).multiplyScalar(side.sign);
    Y.copy(side.hinge).addScaledVector(X, -side.hinge.dot(X)).normalize();
    M.makeBasis(X, Y, Z.crossVectors(X, Y));
    Q.setFromRotationMatrix(M).toArray(this.turns, side.upper * 4);
    X.copy(second).multiplyScalar(side.sign);
    Y.copy(side.hinge).addScaledVector(X, -side.hinge.dot(X)).normalize();
    M.makeBasis(X, Y, Z.crossVectors(X, Y));
    Q.setFromRotationMatrix(M).toArray(this.turns, side.lower * 4);
    at(points, elbow, D).toArray(this.joints, side.lower * 3);
    at(points, wrist, D).toArray(this.joints, side.end * 3);
    this.#hand(points, side, Q);
  }

  /** Thumb side and knuckles say how the hand is turned; no further from the fore-arm than wrists go. */
  #hand(points: Float64Array, side: Limb, lower: Quaternion): void {
    const [index, little] = side.sign > 0 ? [AT.leftIndex, AT.leftLittle] : [AT.rightIndex, AT.rightLittle];
    middle(points, index, little, A);
    X.copy(A).sub(at(points, side.points[2], B)).multiplyScalar(side.sign);
    if (X.lengthSq() < 1e-6) X.set(1, 0, 0).applyQuaternion(lower);
    X.normalize();
    between(points, little, index, Z);
    Z.addScaledVector(X, -Z.dot(X));
    if (Z.lengthSq() < 1e-6) Z.set(0, 0, 1).applyQuaternion(lower);
    Z.normalize();
    M.makeBasis(X, Y.crossVectors(Z, X), Z);
    P.setFromRotationMatrix(M);
    // Against the fore-arm: swing and twist apart, each within what it can.
    const local = R.copy(lower).conjugate().multiply(P);
    if (local.w < 0) local.set(-local.x, -local.y, -local.z, -local.w);
    const twist = clamp(2 * Math.atan2(local.x, local.w), 1.5);
    S.set(Math.sin(twist / 2), 0, 0, Math.cos(twist / 2));
    local.multiply(T.set(-local.x, 0, 0, local.w).normalize());
    const swing = 2 * Math.acos(Math.min(1, Math.abs(local.w)));
    if (swing > 0.9) local.slerp(T.identity(), 1 - 0.9 / swing);
    P.copy(lower).multiply(local).multiply(S).toArray(this.turns, side.end * 4);
  }

  #leg(points: Float64Array, side: Limb): void {
    const [hip, knee, ankle] = side.points;
    const first = between(points, hip, knee, A).normalize();
    const second = between(points, knee, ankle, B).normalize();
    const bend = Math.acos(Math.max(-1, Math.min(1, first.dot(second))));
    C.set(0, -1, 0).applyQuaternion(this.#hips);
    D.set(1, 0, 0).applyQuaternion(this.#hips).applyQuaternion(Q.setFromUnitVectors(C, first));
    this.#hinged(side, first, E.crossVectors(first, second), D, bend);
    Y.copy(first).negate();
    X.copy(side.hinge).addScaledVector(Y, -side.hinge.dot(Y)).normalize();
    M.makeBasis(X, Y, Z.crossVectors(X, Y));
    Q.setFromRotationMatrix(M).toArray(this.turns, side.upper * 4);
    Y.copy(second).negate();
    X.copy(side.hinge).addScaledVector(Y, -side.hinge.dot(Y)).normalize();
    M.makeBasis(X, Y, Z.crossVectors(X, Y));
    Q.setFromRotationMatrix(M).toArray(this.turns, side.lower * 4);
    at(points, hip, D).toArray(this.joints, side.upper * 3);
    at(points, knee, D).toArray(this.joints, side.lower * 3);
    at(points, ankle, D).toArray(this.joints, side.end * 3);
    const [heel, toe] = side.sign > 0 ? [AT.leftHeel, AT.leftToe] : [AT.rightHeel, AT.rightToe];
    between(points, heel, toe, Z);
    if (Z.lengthSq() < 1e-6) Z.set(0, 0, 1).applyQuaternion(Q);
    Z.normalize();
    Y.addScaledVector(Z, -Y.dot(Z)).normalize();
    M.makeBasis(X.crossVectors(Y, Z), Y, Z);
    P.setFromRotationMatrix(M);
    P.toArray(this.turns, side.end * 4);
    P.toArray(this.turns, (side.end + 1) * 4);
    at(points, toe, D).lerp(at(points, heel, E), 0.28).toArray(this.joints, (side.end + 1) * 3);
  }

  /** The hinge of a limb's joint: as it bends, else as it last did, else as a swing alone would leave it. */
  #hinged(side: Limb, along: Vector3, bent: Vector3, untwisted: Vector3, bend: number): void {
    const long = bent.length();
    const trust = smooth(STRAIGHT, BENT, bend);
    if (long > 1e-6) bent.divideScalar(long);
    // A joint that seems to bend the wrong way is a straight one seen badly.
    const isAgainst = bent.dot(untwisted) < -0.6;
    if (!side.isKnown) side.hinge.copy(untwisted);
    // Kept hinges wear off, so that one bad look is not kept for ever.
    side.hinge.lerp(untwisted, 0.06);
    if (long > 1e-6 && !isAgainst) side.hinge.lerp(bent, trust);
    side.hinge.addScaledVector(along, -side.hinge.dot(along));
    if (side.hinge.lengthSq() < 1e-4) side.hinge.copy(untwisted);
    side.hinge.normalize();
    side.isKnown = true;
  }
}

const clamp = (value: number, most: number): number => {
  const turned = value > Math.PI ? value - 2 * Math.PI : value;
  return Math.max(-most, Math.min(most, turned));
};
const smooth = (from: number, to: number, value: number): number => {
  const x = Math.max(0, Math.min(1, (value - from) / (to - from)));
  return x * x * (3 - 2 * x);
};
const at = (points: Float64Array, i: number, into: Vector3): Vector3 => into.set(points[i * 3]!, points[i * 3 + 1]!, points[i * 3 + 2]!);
const between = (points: Float64Array, a: number, b: number, into: Vector3): Vector3 =>
  into.set(points[b * 3]! - points[a * 3]!, points[b * 3 + 1]! - points[a * 3 + 1]!, points[b * 3 + 2]! - points[a * 3 + 2]!);
const middle = (points: Float64Array, a: number, b: number, into: Vector3): Vector3 =>
  into.set((points[a * 3]! + points[b * 3]!) / 2, (points[a * 3 + 1]! + points[b * 3 + 1]!) / 2, (points[a * 3 + 2]! + points[b * 3 + 2]!) / 2);

/** The frame whose X is nearest to `aside` and whose Y is `up`. */
function basis(aside: Vector3, up: Vector3, into: Quaternion): void {
  if (up.lengthSq() < 0.5) up.copy(UP);
  aside.normalize();
  // Both are measured: half of what they disagree in goes to each.
  const off = aside.dot(up) / 2;
  Y.copy(up).addScaledVector(aside, -off).normalize();
  aside.addScaledVector(Y, -aside.dot(Y)).normalize();
  M.makeBasis(aside, Y, Z.crossVectors(aside, Y));
  into.setFromRotationMatrix(M);
}

const [A, B, C, D, E, X, Y, Z] = Array.from({ length: 8 }, () => new Vector3()) as [Vector3, Vector3, Vector3, Vector3, Vector3, Vector3, Vector3, Vector3];
const [P, Q, R, S, T] = Array.from({ length: 5 }, () => new Quaternion()) as [Quaternion, Quaternion, Quaternion, Quaternion, Quaternion];
const M = new Matrix4();
