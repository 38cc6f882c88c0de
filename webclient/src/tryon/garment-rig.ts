/**
 * A garment's own rig, read once: where its bones rest, how long its parts are, and its vertices' weights shared out so
 * that twist runs along a limb instead of breaking at a joint.
 *
 * Bones that twist are split in three along their length; the hem gets a bone of its own. What it is not: a body; nothing
 * here knows a frame.
 */
import { BufferAttribute, DetachedBindMode, Group, Matrix4, Quaternion, Skeleton, SkinnedMesh, Vector3, Bone, type Object3D } from "three";
import { boneNamed } from "../avatar/humanoid";
import { JOINTS, joint, type Joint } from "./body-bones";

/** A garment that nothing says how to bend. */
export class NoRig extends Error {
  override readonly name = "NoRig";
}

/** Split along their length, as shares of the way; the last is the bone itself at its far end. */
export const TWISTED: readonly Joint[] = ["leftUpperArm", "rightUpperArm", "leftLowerArm", "rightLowerArm"];
export const PARTS = 3;
/** Without these nothing hangs on anything. */
const NEEDED: readonly Joint[] = ["hips", "upperChest", "leftUpperArm", "rightUpperArm"];
/** Where a tool has fewer bones in the spine. */
const INSTEAD: Readonly<Partial<Record<Joint, readonly Joint[]>>> = { upperChest: ["chest", "spine"] };
/** From here down, metres below the thighs' heads, cloth swings freely; above, not at all. */
const HEM = { from: 0.1, to: -0.18 } as const;
/** What ends higher below the thighs' heads is a top's hem, and swings as one; what goes on to the legs is a skirt or trousers. */
const SHORT_M = 0.25;
/** Cloth this near the middle, between the legs, is a skirt's. */
const MIDDLE_M = 0.03;
/** How much of a skirt's end hangs and swings instead of going where the thighs push it. */
const SKIRT_SWINGS = 0.35;

export interface Rest {
  readonly at: Vector3;
  /** From the normalised turn to the bone's own axes: identity in a VRM rig. */
  readonly own: Quaternion;
}

export interface Slot {
  /** Which joint it goes with. */
  readonly joint: number;
  /** 0 to 1 along a bone that twists; -1 for one that does not. */
  readonly along: number;
  readonly isHem: boolean;
  readonly bone: Bone;
}

export class GarmentRig {
  readonly slots: readonly Slot[];
  readonly skeleton: Skeleton;
  readonly rest: readonly (Rest | null)[];
  /** Between the middles of the upper arms' and the thighs' heads; from one upper arm's head to the other's; metres. */
  readonly torso_m: number;
  readonly shoulders_m: number;
  /** How far along each limb's bone the cloth reaches, 0 to 1: there the cloth itself hides what is behind. */
  readonly covers = new Float32Array(JOINTS.length);
  /** Half the width of the cloth about each bone as it lies in the file, metres; of the trunk at `chest`. */
  readonly halves = new Float32Array(JOINTS.length);
  /** Cloth about both legs in one. */
  readonly isSkirt: boolean = false;
  /** What to draw: the skinned meshes and nothing else of the file. */
  readonly group = new Group();
  readonly #sums = new Float64Array(JOINTS.length);
  readonly #counts = new Uint32Array(JOINTS.length);
  readonly #geometries: { dispose(): void }[] = [];
  #swings = 1;

  /** @param model a clone of its own (`SkeletonUtils.clone`); its skinned meshes are bound anew @throws NoRig */
  constructor(model: Object3D) {
    model.updateMatrixWorld(true);
    const meshes: SkinnedMesh[] = [];
    model.traverse((object) => {
      if ((object as SkinnedMesh).isSkinnedMesh) meshes.push(object as SkinnedMesh);
    });
    const first = meshes[0];
    if (!first) throw new NoRig("no skin");
    const theirs = first.skeleton;
    const at = theirs.bones.map((bone) => JOINTS.indexOf(boneNamed(bone.name) as Joint));
    const found = new Map<number, number>();
    for (const [i, j] of at.entries()) if (j >= 0 && !found.has(j)) found.set(j, i);
    for (const name of NEEDED) {
      if (found.has(joint(name))) continue;
      const other = INSTEAD[name]?.find((one) => found.has(joint(one)));
      if (!other) throw new NoRig(`no ${name}`);
      found.set(joint(name), found.get(joint(other))!);
    }
    // Where the bones stand in the file: inverse binds carry the quantisation of positions and have no metres.
    const rests = theirs.bones.map(({ matrixWorld }) => matrixWorld.clone());
    this.rest = JOINTS.map((_, j) => {
      const i = found.get(j);
      return i === undefined ? null : { at: new Vector3().setFromMatrixPosition(rests[i]!), own: new Quaternion() };
    });
    this.#own(found, rests);
    this.torso_m = this.#gap("leftUpperArm", "rightUpperArm", "leftUpperLeg", "rightUpperLeg");
    this.shoulders_m = this.rest[joint("leftUpperArm")]!.at.distanceTo(this.rest[joint("rightUpperArm")]!.at);
    const slots: Slot[] = [];
    const inverses: Matrix4[] = [];
    const first_of = new Int16Array(theirs.bones.length).fill(-1);
    const add = (i: number, j: number, along: number, isHem: boolean): number => {
      const bone = new Bone();
      bone.matrixAutoUpdate = bone.matrixWorldAutoUpdate = false;
      slots.push({ joint: j, along, isHem, bone });
      inverses.push(theirs.boneInverses[i]!);
      return slots.length - 1;
    };
    for (const [i] of theirs.bones.entries()) {
      const j = nearestJoint(theirs.bones[i]!, at, theirs.bones);
      if (j < 0) continue;
      const isTwisted = at[i] === j && TWISTED.includes(JOINTS[j]!);
      for (let k = 0; k < (isTwisted ? PARTS : 1); k++) {
        const slot = add(i, j, isTwisted ? k / (PARTS - 1) : -1, false);
        if (k === 0) first_of[i] = slot;
      }
    }
    const hem = add(found.get(joint("hips"))!, joint("hips"), -1, true);
    this.slots = slots;
    this.skeleton = new Skeleton(slots.map(({ bone }) => bone), inverses);
    const low = this.#low(meshes, theirs, rests);
    this.isSkirt = low.isBetween;
    // A top swings below the waist; trousers go where the legs go; a skirt does some of both.
    this.#swings = low.isLong ? (low.isBetween ? SKIRT_SWINGS : 0) : 1;
    for (const mesh of meshes) this.#bind(mesh, theirs, rests, first_of, hem);
    for (const mesh of meshes) {
      mesh.position.set(0, 0, 0);
      mesh.quaternion.identity();
      mesh.scale.set(1, 1, 1);
      this.group.add(mesh);
    }
  }

  /** The middle between two joints of the rest pose. */
  middle(a: Joint, b: Joint, into: Vector3): Vector3 {
    const [p, q] = [this.rest[joint(a)], this.rest[joint(b)]];
    return p && q ? into.addVectors(p.at, q.at).multiplyScalar(0.5) : into.copy(this.rest[joint("hips")]!.at);
  }

  long(a: Joint, b: Joint): number {
    const [p, q] = [this.rest[joint(a)], this.rest[joint(b)]];
    return p && q ? p.at.distanceTo(q.at) : 0;
  }

  #gap(a: Joint, b: Joint, c: Joint, d: Joint): number {
    return this.middle(a, b, A).distanceTo(this.middle(c, d, B));
  }

  /** Rigs that are not normalised: what turns a T-pose's axes into theirs, by where their bones lead at rest. */
  #own(found: ReadonlyMap<number, number>, rests: readonly Matrix4[]): void {
    for (const [name, child, axis] of LEADS) {
      const rest = this.rest[joint(name)];
      const next = this.rest[joint(child)];
      const i = found.get(joint(name));
      if (!rest || !next || i === undefined) continue;
      A.subVectors(next.at, rest.at).normalize();
      P.setFromRotationMatrix(M.extractRotation(rests[i]!));
      B.set(axis[0], axis[1], axis[2]);
      if (B.clone().applyQuaternion(P).angleTo(A) < 0.35) continue; // normalised: the bone leads along its axis
      rest.own.setFromUnitVectors(B, A).conjugate().multiply(P);
      if (child === "leftHand" || child === "rightHand") this.rest[joint(child)]?.own.copy(rest.own);
    }
  }

  /** Whether it goes on below a top's hem, and whether there is cloth between the legs. */
  #low(meshes: readonly SkinnedMesh[], theirs: Skeleton, rests: readonly Matrix4[]): { readonly isLong: boolean; readonly isBetween: boolean } {
    const thighs = this.middle("leftUpperLeg", "rightUpperLeg", new Vector3());
    let [isLong, isBetween] = [false, false];
    for (const mesh of meshes) {
      const [position, index] = [mesh.geometry.getAttribute("position"), mesh.geometry.getAttribute("skinIndex")];
      for (let v = 0; v < position.count; v++) {
        const name = mesh.skeleton.bones[index.getComponent(v, 0)]?.name;
        const i = mesh.skeleton === theirs ? index.getComponent(v, 0) : theirs.bones.findIndex((bone) => bone.name === name);
        if (i < 0) continue;
        A.fromBufferAttribute(position, v).applyMatrix4(mesh.bindMatrix).applyMatrix4(theirs.boneInverses[i]!).applyMatrix4(rests[i]!);
        // An arm that hangs is no leg.
        if (A.y > thighs.y - SHORT_M || Math.abs(A.x - thighs.x) > 0.5 * this.shoulders_m) continue;
        isLong = true;
        isBetween ||= Math.abs(A.x - thighs.x) < MIDDLE_M;
      }
    }
    return { isLong, isBetween };
  }

  #bind(mesh: SkinnedMesh, theirs: Skeleton, rests: readonly Matrix4[], first_of: Int16Array, hem: number): void {
    const geometry = mesh.geometry.clone();
    const [position, index, weight] = [geometry.getAttribute("position"), geometry.getAttribute("skinIndex"), geometry.getAttribute("skinWeight")];
    const count = position.count;
    const indices = new Uint16Array(count * 4);
    const weights = new Float32Array(count * 4);
    const all = new Float64Array(this.slots.length);
    const isSame = mesh.skeleton === theirs;
    const about = (j: number, half_m: number): void => {
      this.#sums[j]! += half_m;
      this.#counts[j]!++;
      if (j === TRUNK) this.halves[j] = Math.max(this.halves[j]!, half_m);
      else this.halves[j] = this.#sums[j]! / this.#counts[j]!;
    };
    const thighs = this.middle("leftUpperLeg", "rightUpperLeg", new Vector3()).y;
    for (let v = 0; v < count; v++) {
      all.fill(0);
      A.fromBufferAttribute(position, v).applyMatrix4(mesh.bindMatrix);
      for (let k = 0; k < 4; k++) {
        const w = weight.getComponent(v, k);
        if (w <= 0) continue;
        const name = mesh.skeleton.bones[index.getComponent(v, k)]!.name;
        const i = isSame ? index.getComponent(v, k) : theirs.bones.findIndex((bone) => bone.name === name);
        if (i < 0 || first_of[i]! < 0) continue;
        const slot = first_of[i]!;
        const { joint: j, along } = this.slots[slot]!;
        B.copy(A).applyMatrix4(theirs.boneInverses[i]!).applyMatrix4(rests[i]!);
        if (along >= 0) {
          const end = this.rest[j + 1];
          const share = end ? along01(this.rest[j]!.at, end.at, B) : 0;
          const part = share * (PARTS - 1);
          if (w > 0.5 && share > this.covers[j]!) this.covers[j] = share;
          // Of both, C leads to the point and D along the bone: what is left is how far the cloth lies from it.
          if (w > 0.6 && share > 0.25 && share < 0.8) about(j, C.addScaledVector(D, -share).length());
          const low = Math.min(PARTS - 2, Math.floor(part));
          all[slot + low]! += w * (1 - (part - low));
          all[slot + low + 1]! += w * (part - low);
        } else {
          if (w > 0.4 && WAIST.has(JOINTS[j]!)) about(TRUNK, Math.abs(B.x - this.rest[j]!.at.x));
          if (w > 0.5 && j >= LEGS && this.rest[j + 1]) this.covers[j] = Math.max(this.covers[j]!, along01(this.rest[j]!.at, this.rest[j + 1]!.at, B));
          const below = isLow(JOINTS[j]!) ? (j >= LEGS ? this.#swings : 1) * smooth(HEM.from, HEM.to, B.y - thighs) : 0;
          all[slot]! += w * (1 - below);
          all[hem]! += w * below;
        }
      }
      let total = 0;
      for (let k = 0; k < 4; k++) {
        let best = 0;
        for (let s = 1; s < all.length; s++) if (all[s]! > all[best]!) best = s;
        indices[v * 4 + k] = all[best]! > 0 ? best : 0;
        weights[v * 4 + k] = all[best]!;
        total += all[best]!;
        all[best] = 0;
      }
      for (let k = 0; k < 4; k++) weights[v * 4 + k]! /= Math.max(total, 1e-9);
    }
    geometry.setAttribute("skinIndex", new BufferAttribute(indices, 4));
    geometry.setAttribute("skinWeight", new BufferAttribute(weights, 4));
    mesh.geometry = geometry;
    mesh.frustumCulled = false;
    // Where the mesh stands in its file says nothing of where it is worn; the group about it may still be scaled.
    mesh.bindMode = DetachedBindMode;
    mesh.bind(this.skeleton, mesh.bindMatrix);
    this.#geometries.push(geometry);
  }

  dispose(): void {
    for (const one of this.#geometries) one.dispose();
    this.skeleton.dispose();
  }
}

/** Which way a normalised bone leads to which. */
const LEADS: readonly (readonly [Joint, Joint, readonly [number, number, number]])[] = [
  ["hips", "upperChest", [0, 1, 0]], ["upperChest", "neck", [0, 1, 0]],
  ["leftUpperArm", "leftLowerArm", [1, 0, 0]], ["leftLowerArm", "leftHand", [1, 0, 0]], ["rightUpperArm", "rightLowerArm", [-1, 0, 0]], ["rightLowerArm", "rightHand", [-1, 0, 0]],
  ["leftUpperLeg", "leftLowerLeg", [0, -1, 0]], ["leftLowerLeg", "leftFoot", [0, -1, 0]], ["rightUpperLeg", "rightLowerLeg", [0, -1, 0]], ["rightLowerLeg", "rightFoot", [0, -1, 0]],
];

const TRUNK = joint("chest");
const WAIST: ReadonlySet<Joint> = new Set<Joint>(["spine", "chest"]);
const LEGS = joint("leftUpperLeg");
/** Where a point lies on the way from one to the other. */
const along01 = (from: Vector3, to: Vector3, point: Vector3): number => Math.max(0, Math.min(1, C.subVectors(point, from).dot(D.subVectors(to, from)) / Math.max(D.lengthSq(), 1e-9)));
const isLow = (name: Joint): boolean => name === "hips" || name.endsWith("UpperLeg") || name.endsWith("LowerLeg");

/** The joint that a bone of no humanoid name goes with: its nearest forebear's. */
function nearestJoint(bone: Bone, at: readonly number[], bones: readonly Bone[]): number {
  for (let one: Object3D | null = bone; one; one = one.parent) {
    const i = bones.indexOf(one as Bone);
    if (i >= 0 && at[i]! >= 0) return at[i]!;
  }
  return -1;
}

const smooth = (from: number, to: number, value: number): number => {
  const x = Math.max(0, Math.min(1, (value - from) / (to - from)));
  return x * x * (3 - 2 * x);
};
const [A, B, C, D] = Array.from({ length: 4 }, () => new Vector3()) as [Vector3, Vector3, Vector3, Vector3];
const P = new Quaternion();
const M = new Matrix4();
