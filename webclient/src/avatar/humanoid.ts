/**
 * Which bone of a brought-along skeleton is which: VRM's own names, Mixamo's, those of common tools. And how the shared
 * pose turns them.
 *
 * What it is not: reading files (`bring.ts`).
 */
import { Quaternion, Vector3, type Object3D } from "three";
import { bone, BONES, fromTo, PARENT, type Pose } from "./skeleton";

type Side = "left" | "right" | "";

const PARTS: readonly (readonly [RegExp, string])[] = [
  [/^(hips?|pelvis|cog)$/, "hips"], [/^(upperchest|spine0?3|spine2|chest2)$/, "upperChest"], [/^(chest|spine0?2|spine1|chest1)$/, "chest"], [/^(spine|spine0?1|spine0|torso|abdomen)$/, "spine"],
  [/^(neck|neck0?1)$/, "neck"], [/^head$/, "head"], [/^eye$/, "*Eye"],
  [/^(shoulder|clavicle|collar|collarbone)$/, "*Shoulder"], [/^(upperarm|arm|uparm|shldr|upperarm0?1)$/, "*UpperArm"], [/^(lowerarm|forearm|elbow|lowarm)$/, "*LowerArm"], [/^(hand|wrist)$/, "*Hand"],
  [/^(upperleg|upleg|thigh|hip)$/, "*UpperLeg"], [/^(lowerleg|leg|calf|shin|knee)$/, "*LowerLeg"], [/^(foot|ankle)$/, "*Foot"], [/^(toes?|toebase|ball)$/, "*Toes"],
];
const FINGER = /^(?:hand)?(thumb|index|middle|ring|pinky|little)(?:finger)?(?:0?([1-3])|(metacarpal|proximal|intermediate|distal))$/;

/** The VRM name of a bone by the name that a tool gave it, or none. */
export function boneNamed(name: string): string | null {
  if (bone(name) >= 0) return name;
  let text = name.replace(/^.*[:|]/, "").replace(/^(mixamorig|bip0?1|cc_base|def|org|j_bip|j_adj|j_sec|valvebiped|armature)[\s_.-]*/i, "").replace(/^(?:c)[_.-]/i, "");
  let side: Side = "";
  const find = (pattern: RegExp, found: (match: string) => Side): void => {
    if (side) return;
    const match = pattern.exec(text);
    if (!match) return;
    side = found(match[1] ?? "");
    text = text.slice(0, match.index) + text.slice(match.index + match[0].length);
  };
  const letter = (match: string): Side => (match.toLowerCase().startsWith("l") ? "left" : "right");
  find(/^(left|right)[\s_.-]*/i, letter);
  find(/[\s_.-]*(left|right)$/i, letter);
  find(/[\s_.-](l|r)(?=$|[\s_.-])/i, letter);
  find(/^(l|r)[\s_.-]/i, letter);
  find(/^(L|R)(?=[A-Z])/, letter);
  const plain = text.toLowerCase().replace(/[\s_.-]/g, "");
  const finger = FINGER.exec(plain);
  if (finger && side) {
    const which = finger[1] === "pinky" ? "Little" : `${finger[1]!.charAt(0).toUpperCase()}${finger[1]!.slice(1)}`;
    const joints = which === "Thumb" ? ["Metacarpal", "Proximal", "Distal"] : ["Proximal", "Intermediate", "Distal"];
    const joint = finger[2] ? joints[Number(finger[2]) - 1] : `${finger[3]!.charAt(0).toUpperCase()}${finger[3]!.slice(1)}`;
    const made = `${side}${which}${joint ?? ""}`;
    return bone(made) >= 0 ? made : null;
  }
  for (const [pattern, part] of PARTS) {
    if (!pattern.test(plain)) continue;
    if (part.startsWith("*")) return side ? side + part.slice(1) : null;
    return side ? null : part;
  }
  return null;
}

/** Without these nobody stands, walks or waves. */
export const NEEDED = ["hips", "head", ...["left", "right"].flatMap((side) => ["UpperArm", "LowerArm", "UpperLeg", "LowerLeg", "Foot"].map((part) => side + part))];

/** Bones below a node by their VRM names; of two that could be one, the one nearer the root. */
export function bonesOf(root: Object3D): Map<string, Object3D> {
  const found = new Map<string, Object3D>();
  root.traverse((node) => {
    if ((node as { isMesh?: boolean }).isMesh) return;
    const given = (node.userData as { name?: unknown }).name; // the loader drops dots and colons from names
    const name = boneNamed(typeof given === "string" ? given : node.name);
    if (name && !found.has(name)) found.set(name, node);
  });
  // A spine of three is often called spine, spine1, spine2: all are there. One of two lacks the middle; that is fine.
  return found;
}

interface Driven {
  readonly index: number;
  readonly node: Object3D;
  /** The next driven bone above, in the list; -1 for none. */
  readonly above: number;
  /** From that bone's frame at rest to this node's parent. */
  readonly between: Quaternion;
  /** The node's rotation in the T-pose, in the figure's space. */
  readonly rest: Quaternion;
  readonly world: Quaternion;
}

/** Turns a skeleton of another make as a pose says. */
export class Puppet {
  readonly #bones: Driven[] = [];
  readonly #hips: Object3D;
  readonly #hipsAt: Vector3;
  readonly #up = new Vector3();
  readonly #toParent: Quaternion;
  readonly #scale: number;
  readonly hips_m: number;
  /** It looks along -Z: turn it round. */
  readonly isTurned: boolean;

  constructor(root: Object3D, bones: ReadonlyMap<string, Object3D>) {
    root.updateMatrixWorld(true);
    const at = (name: string): Vector3 | null => bones.get(name)?.getWorldPosition(new Vector3()) ?? null;
    const [toes, foot] = [at("leftToes"), at("leftFoot")];
    const [left, right] = [at("leftUpperLeg"), at("rightUpperLeg")];
    this.isTurned = toes && foot ? toes.z < foot.z - 0.01 : Boolean(left && right && left.x < right.x);
    const round = this.isTurned ? -1 : 1;
    for (const [index, name] of BONES.entries()) {
      const node = bones.get(name);
      if (!node) continue;
      const world = node.getWorldQuaternion(new Quaternion());
      let parent = PARENT[index]!;
      while (parent >= 0 && !bones.has(BONES[parent]!)) parent = PARENT[parent]!;
      const above = this.#bones.findIndex((one) => one.index === parent);
      const aboveWorld = above >= 0 ? bones.get(BONES[parent]!)!.getWorldQuaternion(new Quaternion()) : new Quaternion();
      const parentWorld = node.parent?.getWorldQuaternion(new Quaternion()) ?? new Quaternion();
      this.#bones.push({
        index, node, above, between: aboveWorld.invert().multiply(parentWorld), rest: straightened(name, at, round).multiply(world), world: new Quaternion(),
      });
    }
    this.#hips = bones.get("hips")!;
    this.#hipsAt = this.#hips.position.clone();
    this.#toParent = this.#hips.parent?.getWorldQuaternion(new Quaternion()).invert() ?? new Quaternion();
    this.#scale = this.#hips.parent?.getWorldScale(new Vector3()).y || 1;
    this.hips_m = at("hips")!.y || 0.9;
  }

  apply(pose: Pose): void {
    const round = this.isTurned ? -1 : 1;
    for (const bone of this.#bones) {
      const o = bone.index * 4;
      // A figure that looks the other way turns about the same axes, mirrored twice.
      bone.world.set(pose.rotation[o]! * round, pose.rotation[o + 1]!, pose.rotation[o + 2]! * round, pose.rotation[o + 3]!).multiply(bone.rest);
      const above = bone.above >= 0 ? this.#bones[bone.above]! : null;
      if (above) q.copy(above.world).multiply(bone.between).invert();
      else q.copy(bone.between).invert();
      bone.node.quaternion.copy(q).multiply(bone.world);
    }
    this.#up.set(pose.hips[0]! * round, pose.hips[1]!, pose.hips[2]! * round).multiplyScalar(this.hips_m / this.#scale).applyQuaternion(this.#toParent);
    this.#hips.position.copy(this.#hipsAt).add(this.#up);
  }
}
const q = new Quaternion();

/** What brings an arm that was modelled hanging up to a T. */
function straightened(name: string, at: (name: string) => Vector3 | null, round: number): Quaternion {
  const match = /^(left|right)(UpperArm|LowerArm|Hand|Thumb|Index|Middle|Ring|Little)/.exec(name);
  if (!match) return new Quaternion();
  const side = match[1]!;
  const isUpper = match[2] === "UpperArm";
  const from = at(`${side}${isUpper ? "UpperArm" : "LowerArm"}`);
  const to = at(`${side}${isUpper ? "LowerArm" : "Hand"}`) ?? at(`${side}LowerArm`);
  if (!from || !to) return new Quaternion();
  const way = to.sub(from);
  if (way.lengthSq() < 1e-8) return new Quaternion();
  const turn = [0, 0, 0, 1];
  fromTo(turn, 0, way.x, way.y, way.z, (side === "left" ? 1 : -1) * round, 0, 0);
  return new Quaternion(...(turn as [number, number, number, number]));
}
