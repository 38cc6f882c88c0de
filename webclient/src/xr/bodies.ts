/**
 * What one sees of one's own hands: bare hands as soft limbs between tracked joints, or a small wand of our own for a
 * controller, whichever it is. No models are fetched.
 */
import {
  CapsuleGeometry, DynamicDrawUsage, Group, InstancedMesh, LatheGeometry, Matrix4, Mesh, MeshStandardMaterial, Quaternion, SphereGeometry, TorusGeometry, Vector2, Vector3,
  type Object3D,
} from "three";
import type { Hand } from "./input";

/** Pairs of joints with a limb between them: the palm's fan, then each finger's own chain. */
const LIMBS: readonly (readonly [number, number])[] = [
  [1, 2], [2, 3], [3, 4],
  ...[5, 10, 15, 20].flatMap((root) => [[root, root + 1], [root + 1, root + 2], [root + 2, root + 3], [root + 3, root + 4]] as const),
  // The palm, filled: from the wrist to every knuckle, and across.
  [0, 1], [0, 5], [0, 10], [0, 15], [0, 20], [1, 5], [6, 11], [11, 16], [16, 21], [5, 10], [10, 15], [15, 20], [1, 6], [5, 11], [10, 16], [15, 21],
];
const PALM_FROM = 19;
const SKIN = 0xcdb9a6;

export class Bodies {
  readonly #rig: Object3D;
  readonly #skin = new MeshStandardMaterial({ color: SKIN, roughness: 0.62, metalness: 0, transparent: true });
  readonly #limb = new CapsuleGeometry(1, 1, 5, 12).translate(0, 0, 0);
  readonly #limbs: InstancedMesh;
  readonly #wands: readonly [Group, Group];
  readonly #owned: { dispose(): void }[] = [];

  /** @param rig the headset's space, which hands are drawn in */
  constructor(rig: Object3D) {
    this.#rig = rig;
    this.#limbs = new InstancedMesh(this.#limb, this.#skin, LIMBS.length * 2);
    this.#limbs.instanceMatrix.setUsage(DynamicDrawUsage);
    this.#limbs.frustumCulled = false;
    this.#limbs.renderOrder = 40;
    this.#limbs.visible = false;
    this.#wands = [this.#wand(), this.#wand()];
    rig.add(this.#limbs, ...this.#wands);
  }

  /** A rounded grip, a ring of brass where the thumb rests, a pale tip that points. */
  #wand(): Group {
    const outline = [[0, 0.062], [0.006, 0.0615], [0.0105, 0.058], [0.0128, 0.05], [0.0135, 0.03], [0.0142, 0], [0.0136, -0.03], [0.0118, -0.05], [0.009, -0.058], [0.0045, -0.0625], [0, -0.0635]];
    const grip = new LatheGeometry(outline.map(([r, y]) => new Vector2(r, y)), 28);
    const ring = new TorusGeometry(0.0137, 0.0016, 10, 32).rotateX(Math.PI / 2).translate(0, 0.038, 0);
    const tip = new SphereGeometry(0.0058, 16, 12).translate(0, 0.0615, 0);
    const body = new MeshStandardMaterial({ color: 0x2c2d2a, roughness: 0.55, metalness: 0.05, transparent: true });
    const brass = new MeshStandardMaterial({ color: 0xb08a4a, roughness: 0.32, metalness: 1, transparent: true });
    const pale = new MeshStandardMaterial({ color: 0xf3efe6, roughness: 0.4, emissive: 0x6b675c, transparent: true });
    const group = new Group();
    for (const [shape, material] of [[grip, body], [ring, brass], [tip, pale]] as const) {
      const mesh = new Mesh(shape, material);
      mesh.renderOrder = 40;
      group.add(mesh);
      this.#owned.push(shape, material);
    }
    group.visible = false;
    return group;
  }

  update(hands: readonly [Hand, Hand]): void {
    let isBare = false;
    for (const [i, hand] of hands.entries()) {
      const wand = this.#wands[i];
      if (!wand) continue;
      wand.visible = hand.isTracked && !hand.isBare;
      if (wand.visible) {
        // The wand lies in the fist and points where the ray does; the rig is its parent.
        INVERSE.copy(this.#rig.matrixWorld).invert();
        wand.position.copy(hand.grip.position).applyMatrix4(INVERSE);
        TURN.setFromRotationMatrix(INVERSE);
        wand.quaternion.copy(hand.aim.rotation).premultiply(TURN).multiply(POINTS);
        wand.translateY(0.03);
      }
      const shows = hand.isTracked && hand.isBare;
      isBare ||= shows;
      for (const [k, [a, b]] of LIMBS.entries()) this.#place(i * LIMBS.length + k, hand, a, b, shows, k >= PALM_FROM);
    }
    this.#limbs.visible = isBare;
    this.#limbs.instanceMatrix.needsUpdate = true;
  }

  #place(at: number, hand: Hand, a: number, b: number, isShown: boolean, isPalm: boolean): void {
    if (!isShown) {
      this.#limbs.setMatrixAt(at, NOTHING);
      return;
    }
    FROM.fromArray(hand.joints, a * 16 + 12);
    TO.fromArray(hand.joints, b * 16 + 12);
    const radius = Math.max(0.005, Math.min(hand.radii[a] || 0.009, hand.radii[b] || 0.009)) * (isPalm ? 0.94 : 0.9);
    ALONG.subVectors(TO, FROM);
    const long = Math.max(1e-4, ALONG.length());
    TURN.setFromUnitVectors(UP, ALONG.divideScalar(long));
    // The capsule is 1 long between its caps of 1: the caps stay round only along its sides, which is soft enough.
    SIZE.set(radius, (long + radius * 1.2) / 3, radius);
    FROM.add(TO).multiplyScalar(0.5);
    this.#limbs.setMatrixAt(at, MATRIX.compose(FROM, TURN, SIZE));
  }

  hide(): void {
    this.#limbs.visible = false;
    for (const wand of this.#wands) wand.visible = false;
  }

  dispose(): void {
    this.#limbs.removeFromParent();
    this.#limbs.dispose();
    for (const wand of this.#wands) wand.removeFromParent();
    for (const one of [this.#limb, this.#skin, ...this.#owned]) one.dispose();
  }
}


const NOTHING = new Matrix4().makeScale(0, 0, 0);
const MATRIX = new Matrix4();
const INVERSE = new Matrix4();
const FROM = new Vector3();
const TO = new Vector3();
const ALONG = new Vector3();
const SIZE = new Vector3();
const UP = new Vector3(0, 1, 0);
const TURN = new Quaternion();
/** The wand's +y is its tip; rays point along -z. */
const POINTS = new Quaternion().setFromAxisAngle(new Vector3(1, 0, 0), -Math.PI / 2);
