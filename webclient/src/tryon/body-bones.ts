/**
 * The bones that a tracked body is told in: VRM's humanoid names, parents before children, and what a mean body measures
 * between them.
 *
 * Rotations are *normalised*: all identity is a T-pose whose bones' axes are the body's (+X its left, +Y up, +Z ahead),
 * so the same numbers turn a garment's rig, an avatar and a VRM. What it is not: the store's own skeleton
 * (`avatar/skeleton.ts`), which has fingers and another order; bones are matched by name.
 *
 * Source: VRM 1.0, humanoid; lengths from MakeHuman's mean body (1.73 m).
 */

export const JOINTS = [
  "hips", "spine", "chest", "upperChest", "neck", "head",
  "leftShoulder", "leftUpperArm", "leftLowerArm", "leftHand",
  "rightShoulder", "rightUpperArm", "rightLowerArm", "rightHand",
  "leftUpperLeg", "leftLowerLeg", "leftFoot", "leftToes",
  "rightUpperLeg", "rightLowerLeg", "rightFoot", "rightToes",
] as const;
export type Joint = (typeof JOINTS)[number];

export const joint = (name: Joint): number => JOINTS.indexOf(name);

const ABOVE: Readonly<Record<Joint, Joint | "">> = {
  hips: "", spine: "hips", chest: "spine", upperChest: "chest", neck: "upperChest", head: "neck",
  leftShoulder: "upperChest", leftUpperArm: "leftShoulder", leftLowerArm: "leftUpperArm", leftHand: "leftLowerArm",
  rightShoulder: "upperChest", rightUpperArm: "rightShoulder", rightLowerArm: "rightUpperArm", rightHand: "rightLowerArm",
  leftUpperLeg: "hips", leftLowerLeg: "leftUpperLeg", leftFoot: "leftLowerLeg", leftToes: "leftFoot",
  rightUpperLeg: "hips", rightLowerLeg: "rightUpperLeg", rightFoot: "rightLowerLeg", rightToes: "rightFoot",
};
/** Of each joint, its parent's place in `JOINTS`; -1 for the hips. */
export const PARENTS: Int8Array = Int8Array.from(JOINTS, (name) => JOINTS.indexOf(ABOVE[name] as Joint));

/** The height of the body that `SPINE` and the other lengths were measured on, metres. */
export const MEAN_HEIGHT_M = 1.73;

/** From the middle between the thighs' heads up the spine, and from the middle between the upper arms' heads: metres, up and ahead. */
export const SPINE: readonly { readonly name: Joint; readonly fromHips: readonly [number, number]; readonly fromArms: readonly [number, number]; readonly part: number }[] = [
  { name: "hips", fromHips: [0.05, 0.014], fromArms: [-0.411, 0.012], part: 0 },
  { name: "spine", fromHips: [0.142, 0.022], fromArms: [-0.319, 0.02], part: 0.3 },
  { name: "chest", fromHips: [0.243, 0.008], fromArms: [-0.218, 0.006], part: 0.62 },
  { name: "upperChest", fromHips: [0.366, -0.026], fromArms: [-0.095, -0.028], part: 0.9 },
  { name: "neck", fromHips: [0.556, 0.014], fromArms: [0.095, 0.012], part: 1 },
];
/** Between the two middles. */
export const TORSO_M = 0.461;
/** From the upper chest to where a collar bone begins: aside, up, ahead. */
export const COLLAR: readonly [number, number, number] = [0.063, 0.15, 0.04];
/** From the neck's root to the head's, along the neck, and from the head's root to between the ear holes, up and ahead. */
export const NECK_M = 0.05;
export const EARS: readonly [number, number] = [0.075, 0.015];
