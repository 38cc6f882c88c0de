/**
 * Where on a figure a product is worn: from its own anchors, and from where the figure's eyes, wrists and hands are.
 *
 * On a head by the mirror's own rules (`tryon/wear.ts`), with the canonical head brought to the figure's eyes. What it
 * is not: garments, which bend (`worn-cloth.ts`), or drawing (`worn.ts`).
 */
import { Matrix4, Quaternion, Vector3 } from "three";
import { seat, wornAs, type Anchor } from "../tryon/wear";
import { bone, HEAD, type Rest } from "./skeleton";

/** A product on a bone. */
export interface Place {
  readonly bone: number;
  /** From the product to the bone's own axes in the T-pose, its joint the origin; in the body's metres. */
  readonly from: Matrix4;
  /** It hangs: turned with the body alone, not with the bone. */
  readonly hangs: boolean;
}

/** The middles of the canonical face's eyeballs: aside, up and ahead of its origin, metres. */
const EYES = { aside: 0.0315, up: 0.0222, ahead: 0.0255 } as const;
/** Over hair, which the mean head has none of: a hat is wider, a headband is drawn out. Aside, up and along, against the face's own. */
const OVER_HAIR: Readonly<Record<string, readonly [number, number, number]>> = { hat: [1.05, 1.05, 1.05], headphones: [1.03, 1.13, 1.03] };
/** A figure's head is a head: no product is made for others. */
const LEAST_SCALE = 0.88;
const MOST_SCALE = 1.16;
/** From the hand's joint back up the arm, where a watch is. */
const WRIST_M = 0.024;
/** From the wrist to where the hand closes: along the hand, and down. */
const GRIP_M = 0.085;

const LEFT_EYE = bone("leftEye") * 3;
const RIGHT_EYE = bone("rightEye") * 3;
const LOWER = bone("leftLowerArm");
const HAND = bone("leftHand");

/** Categories that a figure carries or wears, other than on its head. */
export type Kind = "head" | "watch" | "bag";

export function kindOf(category: string): Kind | null {
  const worn = wornAs(category) as string | null;
  if (worn === "watch") return "watch";
  if (worn === "spectacles" || worn === "hat" || worn === "headphones") return "head";
  return category === "bag" ? "bag" : null;
}

/** Where it goes on this body; null if the product does not say where it sits. */
export function placeOn(rest: Rest, category: string, anchors: readonly Anchor[]): Place | null {
  const kind = kindOf(category);
  if (kind === "head") return onHead(rest, category, anchors);
  if (kind === "watch") return onWrist(rest, anchors);
  if (kind === "bag") return inHand(anchors);
  return null;
}

function onHead(rest: Rest, category: string, anchors: readonly Anchor[]): Place | null {
  const worn = wornAs(category);
  const pose = worn ? seat(worn, anchors, 1) : null;
  if (!pose) return null;
  const p = rest.position;
  const apart = p[LEFT_EYE]! - p[RIGHT_EYE]!;
  const scale = apart > 0.02 ? Math.max(LEAST_SCALE, Math.min(MOST_SCALE, apart / 2 / EYES.aside)) : 1;
  const over = OVER_HAIR[worn ?? ""] ?? [1, 1, 1];
  const r = pose.rotation;
  const t = pose.translation;
  const face = new Matrix4().set(r[0]!, r[1]!, r[2]!, t[0]!, r[3]!, r[4]!, r[5]!, t[1]!, r[6]!, r[7]!, r[8]!, t[2]!, 0, 0, 0, 1);
  const eyes = new Vector3((p[LEFT_EYE]! + p[RIGHT_EYE]!) / 2, (p[LEFT_EYE + 1]! + p[RIGHT_EYE + 1]!) / 2, (p[LEFT_EYE + 2]! + p[RIGHT_EYE + 2]!) / 2);
  const modelled = new Matrix4().makeTranslation(eyes.x, eyes.y, eyes.z).scale(new Vector3(...over).multiplyScalar(scale))
    .multiply(new Matrix4().makeTranslation(0, -EYES.up, -EYES.ahead)).multiply(face);
  return { bone: HEAD, from: atJoint(rest, HEAD).multiply(modelled), hangs: false };
}

/** From the body as it was modelled to a bone's axes in the T-pose. */
function atJoint(rest: Rest, at: number): Matrix4 {
  const q = new Quaternion().fromArray(rest.rotation, at * 4).invert();
  return new Matrix4().makeRotationFromQuaternion(q).multiply(new Matrix4().makeTranslation(-rest.position[at * 3]!, -rest.position[at * 3 + 1]!, -rest.position[at * 3 + 2]!));
}

/** The left wrist: the arm along the product's X, its face out of the back of the hand, which in the T-pose is up. */
function onWrist(rest: Rest, anchors: readonly Anchor[]): Place | null {
  const middle = anchors.find(({ name }) => name === "wrist_center");
  if (!middle) return null;
  const p = rest.position;
  const length = Math.hypot(p[HAND * 3]! - p[LOWER * 3]!, p[HAND * 3 + 1]! - p[LOWER * 3 + 1]!, p[HAND * 3 + 2]! - p[LOWER * 3 + 2]!);
  const from = new Matrix4().makeTranslation(length - WRIST_M, 0, 0).multiply(new Matrix4().makeRotationX(-Math.PI / 2)).multiply(new Matrix4().makeTranslation(...minus(middle)));
  return { bone: LOWER, from, hangs: false };
}

/** In the left hand, by its handles. */
function inHand(anchors: readonly Anchor[]): Place | null {
  const handle = anchors.find(({ name }) => name === "hand") ?? anchors.find(({ name }) => name === "shoulder");
  if (!handle) return null;
  // Broad side along the way one goes, so that it passes the legs.
  const from = new Matrix4().makeTranslation(0.02, -GRIP_M, 0).multiply(new Matrix4().makeRotationY(Math.PI / 2)).multiply(new Matrix4().makeTranslation(...minus(handle)));
  return { bone: HAND, from, hangs: true };
}

const minus = ({ position_m: [x, y, z] }: Anchor): [number, number, number] => [-x, -y, -z];
