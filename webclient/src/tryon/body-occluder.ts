/**
 * The body as what hides what lies behind it: a tapering bar for each limb, a trunk, a neck and a head, each thinner than
 * what is worn about it.
 *
 * Drawn into depth only. Limbs that were not seen hide nothing. What it is not: the shopper's own shape.
 *
 * Source: girths from ANSUR II means; radii are a little less, so that cloth about a limb is not pierced.
 */
import { CylinderGeometry, Group, Mesh, MeshBasicMaterial, Quaternion, SphereGeometry, Vector3, type BufferGeometry, type Material, type Texture } from "three";
import { mergeGeometries } from "three/examples/jsm/utils/BufferGeometryUtils.js";
import type { Body } from "./body";
import { joint, type Joint } from "./body-bones";
import { BySight } from "./body-sight";
import type { Lens } from "./camera";

interface Bar {
  readonly from: Joint;
  readonly to: Joint;
  /** Metres on the mean body: at its beginning and its end. */
  readonly radii: readonly [number, number];
  /** Flatter this way: share of the radius along the bone's own Z. */
  readonly flat?: number;
  /** Goes on beyond `to` by this share of the way. */
  readonly beyond?: number;
  readonly isLimb?: boolean;
  /** Begins after this share of the way: a lap lies under the hem, not through it. */
  readonly after?: number;
}

const sided = (bar: (side: "left" | "right") => Bar): readonly Bar[] => [bar("left"), bar("right")];
const BARS: readonly Bar[] = [
  ...sided((side) => ({ from: `${side}UpperArm`, to: `${side}LowerArm`, radii: [0.05, 0.045], isLimb: true })),
  ...sided((side) => ({ from: `${side}LowerArm`, to: `${side}Hand`, radii: [0.046, 0.029], isLimb: true })),
  ...sided((side) => ({ from: `${side}UpperLeg`, to: `${side}LowerLeg`, radii: [0.062, 0.05], isLimb: true, after: 0.38 })),
  ...sided((side) => ({ from: `${side}LowerLeg`, to: `${side}Foot`, radii: [0.052, 0.034], isLimb: true })),
  { from: "neck", to: "head", radii: [0.05, 0.052], beyond: 0.5 },
  { from: "spine", to: "upperChest", radii: [0.125, 0.125], flat: 0.72 },
];
/** From the wrist along the hand's own axis, metres: where its ball lies and its half axes (along, thick, wide). */
const HAND = { at: 0.085, radii: [0.098, 0.022, 0.046] } as const;
/** Where the picture itself says what is skin, fingers may lie further out. */
const HAND_REACH = 1.35;
/** The throat and what a neckline leaves open: from the neck's root, up and ahead. */
const THROAT = { at: [0, -0.012, 0.004], radii: [0.052, 0.066, 0.04] } as const;
const HEAD = { at: [0, 0.085, 0.02], radii: [0.07, 0.115, 0.09] } as const;
/** As far about the neck's root as hair is looked for: before the shoulders and the upper chest. */
const HAIR = { at: [0, -0.05, 0.05], radii: [0.17, 0.2, 0.15] } as const;
const SURE = 0.35;
const ROUND = 20;

export class BodyOccluder {
  readonly group = new Group();
  readonly #material = new MeshBasicMaterial({ colorWrite: false });
  readonly #ball = new SphereGeometry(1, ROUND, 12);
  readonly #bars: { readonly bar: Bar; readonly mesh: Mesh; readonly geometry: BufferGeometry }[];
  readonly #hands: readonly { readonly mesh: Mesh; readonly at: number; readonly sign: number }[];
  readonly #balls: readonly { readonly mesh: Mesh; readonly of: number; readonly at: readonly [number, number, number]; readonly radii: readonly [number, number, number] }[];

  readonly #hair: Mesh | null;
  readonly #sight: BySight | null;

  /** @param frame the picture that is drawn over: with it, hands hide only where there is skin, and hair hides at all */
  constructor(frame: Texture | null = null) {
    this.#sight = frame && new BySight(frame);
    this.group.matrixAutoUpdate = false;
    this.#bars = BARS.map((bar) => {
      const geometry = tapered(bar.radii[0], bar.radii[1]);
      return { bar, geometry, mesh: this.#add(geometry) };
    });
    const hand = this.#sight?.hands ?? this.#material;
    this.#hands = [{ mesh: this.#add(this.#ball, hand), at: joint("leftHand"), sign: 1 }, { mesh: this.#add(this.#ball, hand), at: joint("rightHand"), sign: -1 }];
    this.#hair = this.#sight && this.#add(this.#ball, this.#sight.hair);
    this.#balls = [{ mesh: this.#add(this.#ball), of: joint("head"), ...HEAD }, { mesh: this.#add(this.#ball), of: joint("neck"), ...THROAT }];
  }

  #add(geometry: BufferGeometry, material: Material = this.#material): Mesh {
    const mesh = new Mesh(geometry, material);
    mesh.matrixAutoUpdate = false;
    mesh.frustumCulled = false;
    mesh.renderOrder = -5;
    this.group.add(mesh);
    return mesh;
  }

  /** @param covers how far along each bone cloth covers the limb: it hides what is behind by itself, and must not be pierced */
  follow({ joints, turns, sure, scale, halves, colours }: Body, covers: Float32Array, lens: Lens | null = null): void {
    const isTested = this.#sight !== null && lens !== null && colours.isSeen;
    if (lens) this.#sight?.look(colours.at, isTested, lens.width, lens.height);
    const reach = isTested ? HAND_REACH : 1;
    for (const { bar, mesh } of this.#bars) {
      const [from, to] = [joint(bar.from), joint(bar.to)];
      const covered = bar.isLimb ? Math.max(bar.after ?? 0, covers[from]! - 0.04) : 0;
      mesh.visible = Math.min(sure[from]!, sure[to]!) > SURE && covered < 0.93;
      if (!mesh.visible) continue;
      A.fromArray(joints, from * 3);
      B.fromArray(joints, to * 3).sub(A);
      A.addScaledVector(B, covered);
      B.multiplyScalar(1 - covered);
      const long = B.length() * (1 + (bar.beyond ?? 0));
      // Upright along the bar, and turned with the bone about it.
      B.normalize();
      Q.fromArray(turns, from * 4);
      C.set(0, 1, 0).applyQuaternion(Q);
      Q.premultiply(R.setFromUnitVectors(C, B));
      // As thick as it is seen to be, what it wears included.
      const seen = bar.isLimb && halves[from]! > 0 ? (2 * halves[from]!) / (bar.radii[0] + bar.radii[1]) : scale;
      const thick = Math.max(0.85 * scale, Math.min(1.5 * scale, seen));
      mesh.matrix.compose(A, Q, D.set(thick, long, thick * (bar.flat ?? 1)));
    }
    for (const { mesh, at, sign } of this.#hands) {
      mesh.visible = sure[at]! > SURE;
      Q.fromArray(turns, at * 4);
      A.set(sign * HAND.at * scale, 0, 0).applyQuaternion(Q).add(B.fromArray(joints, at * 3));
      mesh.matrix.compose(A, Q, D.set(HAND.radii[0], HAND.radii[1], HAND.radii[2]).multiplyScalar(reach * scale));
    }
    if (this.#hair) {
      this.#hair.visible = isTested;
      Q.fromArray(turns, joint("upperChest") * 4);
      A.fromArray(HAIR.at).multiplyScalar(scale).applyQuaternion(Q).add(B.fromArray(joints, joint("neck") * 3));
      this.#hair.matrix.compose(A, Q, D.fromArray(HAIR.radii).multiplyScalar(scale));
    }
    for (const { mesh, of, at, radii } of this.#balls) {
      Q.fromArray(turns, of * 4);
      A.set(at[0], at[1], at[2]).multiplyScalar(scale).applyQuaternion(Q).add(B.fromArray(joints, of * 3));
      mesh.matrix.compose(A, Q, D.set(radii[0], radii[1], radii[2]).multiplyScalar(scale));
    }
  }

  dispose(): void {
    for (const { geometry } of this.#bars) geometry.dispose();
    this.#ball.dispose();
    this.#material.dispose();
    this.#sight?.dispose();
  }
}

/** A bar from the origin to 1 along Y, with round ends that do not grow with its length by much. */
function tapered(from: number, to: number): BufferGeometry {
  const bar = new CylinderGeometry(to, from, 1, ROUND, 1, true).translate(0, 0.5, 0);
  const first = new SphereGeometry(from, ROUND, 8).scale(1, 3, 1);
  const last = new SphereGeometry(to, ROUND, 8).scale(1, 3, 1).translate(0, 1, 0);
  const whole = mergeGeometries([bar, first, last]);
  for (const one of [bar, first, last]) one.dispose();
  return whole;
}

const [A, B, C, D] = Array.from({ length: 4 }, () => new Vector3()) as [Vector3, Vector3, Vector3, Vector3];
const [Q, R] = [new Quaternion(), new Quaternion()];
