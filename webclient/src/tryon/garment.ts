/**
 * A garment on a body: its bones brought to the tracked joints, its millimetres kept.
 *
 * It hangs from the shoulders in its own lengths: where the body is longer or shorter, the rest of the garment slides
 * along the limb instead of being stretched, so a sleeve that is too short looks too short. Its girth is the size's, and
 * only where the body itself is wider does cloth lie upon it. What it is not: cut or draped; that is in its shape.
 */
import { Quaternion, Vector3, type Object3D } from "three";
import type { Body } from "./body";
import { joint, JOINTS, PARENTS, type Joint } from "./body-bones";
import { Swing } from "./cloth";
import { GarmentRig, type Slot } from "./garment-rig";

/** Of the size that is shown against the size that was modelled. */
export interface SizeRatios {
  readonly girth: number;
  readonly length: number;
  readonly sleeve: number;
}
export const AS_MODELLED: SizeRatios = { girth: 1, length: 1, sleeve: 1 };

const at = { trunk: joint("chest"), hips: joint("hips"), chest: joint("upperChest"), lArm: joint("leftUpperArm"), rArm: joint("rightUpperArm"), lLeg: joint("leftUpperLeg"), rLeg: joint("rightUpperLeg") } as const;
/** How well a limb's length is known at best, as a share. */
const DOUBT = 0.06;
/** Cloth lies this far over what it covers, and gives no more than that. */
const OVER_M = 0.006;
const MOST_OVER = 1.4;
const TRUNK = new Set<Joint>(["hips", "spine", "chest", "upperChest", "neck", "head", "leftShoulder", "rightShoulder"]);

export class Garment {
  readonly model: Object3D;
  size: SizeRatios = AS_MODELLED;
  readonly #rig: GarmentRig;
  readonly #hem = new Swing(0.3, 0.9, 0.72, 0.22);
  readonly #low = new Vector3();
  readonly #high = new Vector3();
  readonly #restHigh = new Vector3();
  readonly #restLow = new Vector3();
  readonly #hips = new Quaternion();
  readonly #chest = new Quaternion();
  readonly #swung = new Quaternion();
  /** How much wider than in the file the cloth must lie, because of who and what is in it; 1 and more. */
  readonly #over = new Float32Array(JOINTS.length).fill(1);
  /** The size's own ratios, with what cannot be known of the body given to the garment. */
  readonly #fit = { length: 1, left: 1, right: 1 };
  #drawn = 1;
  #last_ms = -Infinity;

  /** @param model a clone of its own @throws NoRig */
  constructor(model: Object3D) {
    this.#rig = new GarmentRig(model);
    this.model = this.#rig.group;
    this.#rig.middle("leftUpperArm", "rightUpperArm", this.#restHigh);
    this.#rig.middle("leftUpperLeg", "rightUpperLeg", this.#restLow);
  }

  /** How far along each bone it covers the limb that wears it, 0 to 1. */
  readonly covers = new Float32Array(JOINTS.length);

  /** Bring it onto the body as it stands in this frame. */
  wear(body: Body, time_ms: number): void {
    const { joints, turns } = body;
    const dt = (time_ms - this.#last_ms) / 1000;
    if (!(dt < 0.5)) this.#hem.reset();
    this.#last_ms = time_ms;
    this.#hips.fromArray(turns, at.hips * 4);
    this.#chest.fromArray(turns, at.chest * 4);
    this.#low.fromArray(joints, at.lLeg * 3).add(A.fromArray(joints, at.rLeg * 3)).multiplyScalar(0.5);
    this.#high.fromArray(joints, at.lArm * 3).add(A.fromArray(joints, at.rArm * 3)).multiplyScalar(0.5);
    const drawn = Math.max(0.15, this.#low.distanceTo(this.#high));
    const long = body.lengths[at.hips]! || drawn;
    // Where depth is misjudged the body is drawn longer or shorter than it is, and the garment must go along.
    this.#drawn = share(drawn, long);
    C.set(0, -1, 0).applyQuaternion(this.#hips);
    this.#swung.copy(this.#hem.next(this.#low, C, Number.isFinite(dt) ? dt : 0));
    for (let i = 0; i < JOINTS.length; i++) {
      const [cloth, seen] = [this.#rig.halves[i]!, body.halves[i]!];
      const room = this.size.girth * cloth;
      this.#over[i] = seen > 0 && cloth > 0 ? Math.max(1, Math.min(MOST_OVER, (seen + OVER_M) / room)) : 1;
    }
    this.#give(body, long);
    for (const slot of this.#rig.slots) this.#place(slot, body, long);
  }

  /**
   * A limb's length is known only so well: within that, the garment ends where it ends in its file; beyond, it is too
   * long or too short, and shows it.
   */
  #give(body: Body, long: number): void {
    const { rest, covers } = this.#rig;
    const doubt = DOUBT + body.height_spread_m / body.height_m;
    const within = (fit: number): number => Math.max(1 - doubt, Math.min(1 + doubt, fit));
    this.#fit.length = this.size.length * within(long / Math.max(0.1, this.#rig.torso_m * this.size.length));
    this.covers.set(covers);
    for (const upper of [at.lArm, at.rArm]) {
      const elbow = upper + 1;
      const [a, b, c] = [rest[upper], rest[elbow], rest[elbow + 1]];
      const [first, second] = [this.#long(body, elbow), this.#long(body, elbow + 1)];
      const [mine, fore] = [a && b ? a.at.distanceTo(b.at) : 0, b && c ? b.at.distanceTo(c.at) : 0];
      const whole = (mine + fore) * this.size.sleeve;
      const sleeve = this.size.sleeve * (whole > 0 ? within((first + second) / whole) : 1);
      if (upper === at.lArm) this.#fit.left = sleeve;
      else this.#fit.right = sleeve;
      const reach = (covers[elbow]! > 0 ? mine + covers[elbow]! * fore : covers[upper]! * mine) * sleeve;
      this.covers[upper] = Math.min(1, reach / Math.max(first, 0.05));
      this.covers[elbow] = Math.max(0, Math.min(1, (reach - first) / Math.max(second, 0.05)));
    }
  }

  #place(slot: Slot, body: Body, long: number): void {
    const name = JOINTS[slot.joint]!;
    const rest = this.#rig.rest[slot.joint];
    if (!rest) return;
    if (TRUNK.has(name)) this.#trunk(slot, rest.at, long);
    else if (name.endsWith("Leg") || name.endsWith("Foot") || name.endsWith("Toes")) this.#leg(slot, body, long);
    else this.#arm(slot, body);
    // Position in P, turn in Q, scale along the bone's normalised axes in S.
    slot.bone.matrixWorld.compose(P, Q.multiply(rest.own), S);
  }

  /** A bone of the trunk: as far below the shoulders as in the garment, bent as the trunk is there. */
  #trunk(slot: Slot, rest: Vector3, long: number): void {
    const { girth } = this.size;
    const { length } = this.#fit;
    const wide = girth * this.#over[at.trunk]!;
    A.subVectors(rest, this.#restHigh);
    const down = -A.y * length;
    const part = smooth(Math.max(0, Math.min(1, 1 - down / long)));
    B.set(A.x * wide, (long - down) * this.#drawn, A.z).applyQuaternion(this.#hips).add(this.#low);
    P.set(A.x * wide, -down * this.#drawn, A.z).applyQuaternion(this.#chest).add(this.#high);
    P.lerpVectors(B, P, part);
    Q.copy(this.#hips).slerp(this.#chest, part);
    if (slot.isHem) {
      // It hangs from the waist line, not from the hips' middle: turned about the thighs' heads.
      P.sub(this.#low).applyQuaternion(this.#swung).add(this.#low);
      Q.premultiply(this.#swung);
    }
    S.set(wide, length * this.#drawn, wide);
  }

  #arm(slot: Slot, body: Body): void {
    const { joints, turns } = body;
    const name = JOINTS[slot.joint]!;
    const isLeft = name.startsWith("left");
    const sign = isLeft ? 1 : -1;
    const upper = isLeft ? at.lArm : at.rArm;
    const { girth } = this.size;
    const sleeve = isLeft ? this.#fit.left : this.#fit.right;
    Q.fromArray(turns, slot.joint * 4);
    P.fromArray(joints, slot.joint * 3);
    const round = Math.sqrt(girth) * this.#over[isLeft ? Math.min(slot.joint, at.lArm + 1) : Math.min(slot.joint, at.rArm + 1)]!;
    if (slot.joint === upper) {
      S.set(sleeve * this.#stretch(body, upper + 1), round, round);
      if (slot.along >= 0 && slot.along < 1) {
        // At the shoulder the sleeve is not twisted: it only follows the arm's way.
        A.set(sign, 0, 0).applyQuaternion(this.#chest);
        B.set(sign, 0, 0).applyQuaternion(Q);
        R.setFromUnitVectors(A, B).multiply(this.#chest);
        Q.slerp(R, 1 - slot.along);
      }
      return;
    }
    // The garment's elbow is where its own upper sleeve ends, on the way to the hand.
    const own = this.#rig.rest;
    const elbow = upper + 1;
    const isHand = slot.joint > elbow;
    const theirs = this.#long(body, elbow) + (isHand ? this.#long(body, elbow + 1) : 0);
    const [a, b, c] = [own[upper], own[elbow], own[elbow + 1]];
    const mine = (a && b ? a.at.distanceTo(b.at) : 0) + (isHand && b && c ? b.at.distanceTo(c.at) : 0);
    const stretch = this.#stretch(body, elbow + 1);
    S.set(isHand ? 1 : sleeve * stretch, round, round);
    A.set(sign * (mine * sleeve - theirs) * stretch, 0, 0).applyQuaternion(R.fromArray(turns, elbow * 4));
    P.add(A);
    if (slot.joint === elbow && slot.along > 0) {
      // Twist runs along the fore-arm: at the cuff it is nearly the hand's.
      R.fromArray(body.rotations, (elbow + 1) * 4);
      const twist = 2 * Math.atan2(R.x, R.w);
      const turned = (twist > Math.PI ? twist - 2 * Math.PI : twist < -Math.PI ? twist + 2 * Math.PI : twist) * 0.85 * slot.along;
      Q.multiply(R.set(Math.sin(turned / 2), 0, 0, Math.cos(turned / 2)));
    }
  }

  #leg(slot: Slot, body: Body, long: number): void {
    const { joints, turns } = body;
    const { girth } = this.size;
    const { length } = this.#fit;
    // What the trunk is longer or shorter by moves everything below it along.
    const slide = long - this.#restHigh.distanceTo(this.#restLow) * length;
    const upper = slot.joint >= at.rLeg ? at.rLeg : at.lLeg;
    Q.fromArray(turns, slot.joint * 4);
    P.fromArray(joints, slot.joint * 3);
    // A skirt goes on as wide as the waist is worn.
    const wide = this.#rig.isSkirt ? girth * this.#over[at.trunk]! : girth;
    if (slot.joint === upper) {
      const rest = this.#rig.rest[upper]!.at.x - this.#restLow.x;
      P.add(A.set(this.#rig.isSkirt ? rest * (wide - 1) : 0, slide, 0).applyQuaternion(this.#hips));
    } else {
      const own = this.#rig.rest;
      let mine = 0;
      let theirs = 0;
      for (let i = slot.joint; i > upper; i = PARENTS[i]!) {
        const [a, b] = [own[i], own[PARENTS[i]!]];
        mine += a && b ? a.at.distanceTo(b.at) * length : 0;
        theirs += this.#long(body, i);
      }
      P.add(A.set(0, (theirs - mine + slide) * this.#stretch(body, slot.joint), 0).applyQuaternion(R.fromArray(turns, PARENTS[slot.joint]! * 4)));
    }
    S.set(wide, length, wide);
  }

  /** From a limb's joint to its parent. */
  #long({ joints, lengths }: Body, i: number): number {
    return lengths[i]! || distance(joints, i, PARENTS[i]!);
  }

  /** By how much it is drawn longer than it is. */
  #stretch({ joints, lengths }: Body, i: number): number {
    return share(distance(joints, i, PARENTS[i]!), lengths[i]!);
  }

  dispose(): void {
    this.#rig.dispose();
  }
}

const share = (drawn: number, is: number): number => (is > 0 ? Math.max(0.6, Math.min(1.6, drawn / is)) : 1);
const smooth = (x: number): number => x * x * (3 - 2 * x);
const distance = (joints: Float32Array, a: number, b: number): number => Math.hypot(joints[a * 3]! - joints[b * 3]!, joints[a * 3 + 1]! - joints[b * 3 + 1]!, joints[a * 3 + 2]! - joints[b * 3 + 2]!);
const [A, B, C, P, S] = Array.from({ length: 5 }, () => new Vector3()) as [Vector3, Vector3, Vector3, Vector3, Vector3];
const [Q, R] = [new Quaternion(), new Quaternion()];
