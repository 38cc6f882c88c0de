/**
 * Where on a head, wrist or finger a product sits: its own anchors brought to places on the body, in true size.
 *
 * Places are in the canonical face's space (metres, before the head's own scale); those that the face mesh does not
 * have (ears, crown, nape) are anthropometric means relative to it. What it is not: garments, which bend.
 *
 * Source: Farkas 1994 (nasion to otobasion, head length and height); ISO 8624 (how spectacles are measured); lobes and
 * ear roots checked against eight MakeHuman heads (`tests/bench/tryon/faces_heads.py`).
 */
import type { BodyPart } from "./bearer";
import { newPose, type Pose } from "./pnp";
import { rigid } from "./rigid";

export interface Anchor {
  readonly name: string;
  readonly position_m: readonly [number, number, number];
}

type Place = readonly [x: number, y: number, z: number];
interface Rule {
  readonly place: Place;
  readonly weight: number;
  /** Places that grow with the head; a product's own thickness does not. */
  readonly off_m?: Place;
}

/** The top of the ear's root, where temples rest. */
const EAR: Place = [0.0795, 0.0215, -0.042];
const CANAL: Place = [0.076, -0.004, -0.036];

const SPECTACLES: Readonly<Record<string, Rule>> = {
  // Between the root of the nose and its bridge: lens centres come to lie 3 mm under the pupils. The mean's own skin is
  // 4 mm further out there. Chosen on four synthetic heads, judged on four others (docs/decisions/try-on.md).
  bridge: { place: [0, 0.0271, 0.0525], weight: 1, off_m: [0, 0, 0.0035] },
  ear_left: { place: EAR, weight: 0.22, off_m: [0, 0.003, 0] },
  ear_right: { place: [-EAR[0], EAR[1], EAR[2]], weight: 0.22, off_m: [0, 0.003, 0] },
};
const HAT: Readonly<Record<string, Rule>> = {
  brow_center: { place: [0, 0.07, 0.0508], weight: 1, off_m: [0, 0, 0.004] },
  temple_left: { place: [0.077, 0.067, -0.035], weight: 0.4 },
  temple_right: { place: [-0.077, 0.067, -0.035], weight: 0.4 },
  nape: { place: [0, 0.05, -0.142], weight: 0.4 },
  head_top: { place: [0, 0.16, -0.045], weight: 0.3 },
};
const HEADPHONES: Readonly<Record<string, Rule>> = {
  ear_left: { place: CANAL, weight: 1 },
  ear_right: { place: [-CANAL[0], CANAL[1], CANAL[2]], weight: 1 },
  head_top: { place: [0, 0.148, -0.05], weight: 0.7 },
};

/** Where an ear is pierced: the front of the lobe, a third of its height above its end. */
const LOBE: Place = [0.0775, -0.021, -0.034];
const EARRINGS: Readonly<Record<string, Rule>> = {
  lobe_left: { place: LOBE, weight: 1 },
  lobe_right: { place: [-LOBE[0], LOBE[1], LOBE[2]], weight: 1 },
};
/** In the neck's own frame (`neck.ts`): the pit of the throat, and the spine's most prominent bone. */
const NECKLACE: Readonly<Record<string, Rule>> = {
  throat: { place: [0, 0, 0.058], weight: 1, off_m: [0, 0, 0.002] },
  nape: { place: [0, 0.042, -0.062], weight: 0.5 },
};

export type Worn = "spectacles" | "hat" | "headphones" | "earring" | "necklace" | "watch" | "ring" | "garment" | "bag" | "shoes";
const ON_HEAD: Readonly<Partial<Record<Worn, Readonly<Record<string, Rule>>>>> = { spectacles: SPECTACLES, hat: HAT, headphones: HEADPHONES };
const CATEGORIES: Readonly<Record<string, Worn>> = {
  glasses: "spectacles", sunglasses: "spectacles", hat: "hat", cap: "hat", beanie: "hat", headphones: "headphones",
  earring: "earring", earrings: "earring", necklace: "necklace", pendant: "necklace", watch: "watch", bracelet: "watch", ring: "ring",
  jacket: "garment", coat: "garment", "t-shirt": "garment", shirt: "garment", blouse: "garment", top: "garment", hoodie: "garment", sweater: "garment", knitwear: "garment", dress: "garment", waistcoat: "garment",
  bag: "bag", tote: "bag", handbag: "bag", sneaker: "shoes", shoe: "shoes", shoes: "shoes", boot: "shoes", sandal: "shoes",
};
export const PART_OF: Readonly<Record<Worn, BodyPart>> = { spectacles: "head", hat: "head", headphones: "head", earring: "head", necklace: "neck", watch: "wrist", ring: "finger", garment: "body", bag: "body", shoes: "body" };

/**
 * On a wrist or a finger the product's own frame says all: which anchor lies in the middle, and its axes in the part's.
 * A watch has the arm along +X and looks along +Z; a ring has the finger along +Z and its stone along +Y.
 */
const ON_LIMB: Readonly<Partial<Record<Worn, { readonly anchor: string; readonly rotation: readonly number[] }>>> = {
  watch: { anchor: "wrist_center", rotation: [0, -1, 0, 1, 0, 0, 0, 0, 1] },
  ring: { anchor: "finger_center", rotation: [-1, 0, 0, 0, 0, 1, 0, 1, 0] },
};

/** What a wearable's category is worn as; null if the mirror cannot put it on. */
export const wornAs = (category: string): Worn | null => CATEGORIES[category] ?? null;

/**
 * Body part from product.
 *
 * @param scale the part's, against the mean
 * @param bridge_m how far the bridge of this nose lies in front of the mean's
 * @returns null if the product lacks the anchors that say where it sits
 */
export function seat(worn: Worn, anchors: readonly Anchor[], scale: number, bridge_m = 0): Pose | null {
  const limb = ON_LIMB[worn];
  if (limb) return onLimb(limb, anchors);
  if (worn === "earring") return hung(EARRINGS, anchors, scale);
  if (worn === "necklace") return anchors.some(({ name }) => name === "throat") ? hung(NECKLACE, anchors, scale) : null;
  const rules = ON_HEAD[worn] ?? {};
  const found = anchors.filter(({ name }) => name in rules);
  if (found.length < 3) return null;
  const [from, to, weights] = [new Float64Array(found.length * 3), new Float64Array(found.length * 3), new Float64Array(found.length)];
  for (const [i, { name, position_m }] of found.entries()) {
    const rule = rules[name]!;
    from.set(position_m, i * 3);
    to.set(rule.place.map((one, k) => one * scale + (rule.off_m?.[k] ?? 0)), i * 3);
    if (name === "bridge") to[i * 3 + 2]! += bridge_m;
    weights[i] = rule.weight;
  }
  const pose = newPose();
  rigid(from, to, weights, pose);
  if (worn === "spectacles") onBridge(pose, found, scale, bridge_m);
  return pose;
}

function onLimb(limb: { readonly anchor: string; readonly rotation: readonly number[] }, anchors: readonly Anchor[]): Pose | null {
  const middle = anchors.find(({ name }) => name === limb.anchor);
  if (!middle) return null;
  const pose = newPose();
  const [r, p] = [limb.rotation, middle.position_m];
  pose.rotation.set(r);
  for (let k = 0; k < 3; k++) pose.translation[k] = -(r[k * 3]! * p[0] + r[k * 3 + 1]! * p[1] + r[k * 3 + 2]! * p[2]);
  return pose;
}

/**
 * Jewellery hangs: it keeps the part's own way up. One earring goes to the ear that its anchor names, a pair to both,
 * with what a head is wider or narrower shared between them; a necklace leans with the line from throat to nape.
 */
function hung(rules: Readonly<Record<string, Rule>>, anchors: readonly Anchor[], scale: number): Pose | null {
  const found = anchors.filter(({ name }) => name in rules);
  if (!found.length) return null;
  const pose = newPose();
  const goal = ({ name }: Anchor, k: number): number => rules[name]!.place[k]! * scale + (rules[name]!.off_m?.[k] ?? 0);
  const [throat, nape] = [found.find(({ name }) => name === "throat"), found.find(({ name }) => name === "nape")];
  if (throat && nape) {
    const [a, b] = [throat.position_m, nape.position_m];
    const lean = Math.atan2(goal(nape, 1) - goal(throat, 1), goal(throat, 2) - goal(nape, 2)) - Math.atan2(b[1] - a[1], a[2] - b[2]);
    const [c, s] = [Math.cos(lean), Math.sin(lean)];
    pose.rotation.set([1, 0, 0, 0, c, -s, 0, s, c]);
  }
  const held = throat ? [throat] : found;
  const r = pose.rotation;
  for (const anchor of held) {
    const p = anchor.position_m;
    for (let k = 0; k < 3; k++) pose.translation[k]! += (goal(anchor, k) - (r[k * 3]! * p[0] + r[k * 3 + 1]! * p[1] + r[k * 3 + 2]! * p[2])) / held.length;
  }
  return pose;
}

/** Spectacles rest on the nose: whatever is left of the misfit is the ears' to bear. */
function onBridge(pose: Pose, anchors: readonly Anchor[], scale: number, bridge_m: number): void {
  const bridge = anchors.find(({ name }) => name === "bridge");
  const rule = SPECTACLES["bridge"];
  if (!bridge || !rule) return;
  const [r, p] = [pose.rotation, bridge.position_m];
  for (let k = 0; k < 3; k++) {
    const is = r[k * 3]! * p[0] + r[k * 3 + 1]! * p[1] + r[k * 3 + 2]! * p[2] + pose.translation[k]!;
    pose.translation[k]! += rule.place[k]! * scale + (rule.off_m?.[k] ?? 0) + (k === 2 ? bridge_m : 0) - is;
  }
}

/** `a` after `b`: a from b, b from c. */
export function chain(a: Pose, b: Pose, into: Pose): void {
  const [p, q, out] = [a.rotation, b.rotation, into.rotation];
  for (let row = 0; row < 3; row++) {
    for (let col = 0; col < 3; col++) out[row * 3 + col] = p[row * 3]! * q[col]! + p[row * 3 + 1]! * q[3 + col]! + p[row * 3 + 2]! * q[6 + col]!;
    into.translation[row] = p[row * 3]! * b.translation[0]! + p[row * 3 + 1]! * b.translation[1]! + p[row * 3 + 2]! * b.translation[2]! + a.translation[row]!;
  }
}
