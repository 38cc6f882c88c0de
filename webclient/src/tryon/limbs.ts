/**
 * Rigid things on a body's limbs: a bag that hangs from a shoulder or a hand, a pair of shoes.
 *
 * In true size always. What it is not: watches and rings, which a hand bears (`hand.ts`).
 */
import { Box3, Group, Quaternion, Vector3, type Object3D } from "three";
import { meshesOf } from "../viewer/meshes";
import type { Body } from "./body";
import { joint } from "./body-bones";
import { Swing } from "./cloth";
import type { Anchor } from "./wear";

/** A body bears it: brought to its place frame by frame. */
export interface Borne {
  readonly model: Object3D;
  wear(body: Body, time_ms: number): void;
  dispose(): void;
}

const SURE = 0.4;
const place = (anchors: readonly Anchor[], name: string): Vector3 | null => {
  const found = anchors.find((anchor) => anchor.name === name);
  return found ? new Vector3(...found.position_m) : null;
};

/** Where a strap lies: from the upper arm's head towards the neck, and up to the top of the shoulder, metres. */
const STRAP = { inward: 0.35, up: 0.045 } as const;
/** From a wrist to the crook of the fingers. */
const GRIP_M = 0.085;

export class Bag implements Borne {
  readonly model = new Group();
  readonly #grip: Vector3;
  readonly #isHeld: boolean;
  readonly #swing = new Swing(0.32, 0.75, 0.0, 0.9);
  #last_ms = -Infinity;

  /** @returns null if nothing says where it is held */
  static of(model: Object3D, anchors: readonly Anchor[]): Bag | null {
    const [shoulder, hand] = [place(anchors, "shoulder"), place(anchors, "hand")];
    // Handles that a hand takes are too short for most shoulders.
    const grip = hand ?? shoulder;
    return grip ? new Bag(model, grip, hand !== null) : null;
  }

  private constructor(model: Object3D, grip: Vector3, isHeld: boolean) {
    this.#grip = grip;
    this.#isHeld = isHeld;
    this.model.add(model);
    this.model.matrixAutoUpdate = false;
  }

  wear({ joints, turns, sure, scale }: Body, time_ms: number): void {
    const dt = (time_ms - this.#last_ms) / 1000;
    if (!(dt < 0.5)) this.#swing.reset();
    this.#last_ms = time_ms;
    // On the side that is nearer to the camera, the left if both are.
    const isLeft = joints[joint("leftUpperArm") * 3 + 2]! > joints[joint("rightUpperArm") * 3 + 2]! - 0.12;
    const sign = isLeft ? 1 : -1;
    Q.fromArray(turns, joint("upperChest") * 4);
    if (this.#isHeld) {
      const hand = joint(isLeft ? "leftHand" : "rightHand");
      this.model.visible = sure[hand]! > SURE;
      A.set(sign * GRIP_M * scale, 0, 0).applyQuaternion(Q.fromArray(turns, hand * 4)).add(B.fromArray(joints, hand * 3));
      Q.fromArray(turns, joint("hips") * 4);
    } else {
      const arm = joint(isLeft ? "leftUpperArm" : "rightUpperArm");
      this.model.visible = true;
      A.fromArray(joints, arm * 3).lerp(B.fromArray(joints, joint("neck") * 3), STRAP.inward);
      A.add(B.set(0, STRAP.up * scale, 0).applyQuaternion(Q));
      // The bag lies beside the arm, a little outward.
      A.add(B.set(sign * 0.03 * scale, 0, 0.01).applyQuaternion(Q));
    }
    // It hangs by gravity, its broad side along the body's side.
    C.set(0, -1, 0).applyQuaternion(Q);
    const swung = this.#swing.next(A, C, Number.isFinite(dt) ? dt : 0);
    P.copy(swung).multiply(Q).multiply(T.setFromAxisAngle(UP, (Math.PI / 2) * sign));
    B.copy(this.#grip).applyQuaternion(P);
    this.model.matrix.compose(A.sub(B), P, ONE);
    this.model.matrixWorldNeedsUpdate = true;
  }

  dispose(): void {
    this.model.clear();
  }
}

/** Ankle over sole, and where the heel lies behind it, in a shoe whose anchors say no more. */
interface Shoe {
  readonly group: Group;
  readonly ankle: Vector3;
  readonly foot: number;
}

export class Shoes implements Borne {
  readonly model = new Group();
  readonly #pair: readonly Shoe[];

  /** @param model both shoes in one, left at +X @returns null if nothing says where the ankles are */
  static of(model: Object3D, anchors: readonly Anchor[]): Shoes | null {
    const [left, right] = [place(anchors, "ankle_left"), place(anchors, "ankle_right")];
    return left && right ? new Shoes(model, left, right) : null;
  }

  private constructor(model: Object3D, left: Vector3, right: Vector3) {
    model.updateMatrixWorld(true);
    const sides = [new Group(), new Group()] as const;
    const box = new Box3();
    for (const mesh of meshesOf(model)) {
      box.setFromObject(mesh).getCenter(A);
      const side = sides[A.x >= 0 ? 0 : 1];
      const { matrixWorld } = mesh;
      mesh.matrix.copy(matrixWorld);
      mesh.matrixAutoUpdate = false;
      side.add(mesh);
    }
    this.#pair = [{ group: sides[0], ankle: left, foot: joint("leftFoot") }, { group: sides[1], ankle: right, foot: joint("rightFoot") }];
    for (const { group } of this.#pair) {
      group.matrixAutoUpdate = false;
      this.model.add(group);
    }
  }

  wear({ joints, turns, sure }: Body): void {
    for (const { group, ankle, foot } of this.#pair) {
      group.visible = sure[foot]! > SURE;
      if (!group.visible) continue;
      Q.fromArray(turns, foot * 4);
      A.fromArray(joints, foot * 3).sub(B.copy(ankle).applyQuaternion(Q));
      group.matrix.compose(A, Q, ONE);
      group.matrixWorldNeedsUpdate = true;
    }
  }

  dispose(): void {
    this.model.clear();
  }
}

const UP = new Vector3(0, 1, 0);
const ONE = new Vector3(1, 1, 1);
const [A, B, C] = [new Vector3(), new Vector3(), new Vector3()];
const [P, Q, T] = [new Quaternion(), new Quaternion(), new Quaternion()];
