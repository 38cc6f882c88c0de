/**
 * The body that hides what lies behind it. A head: the canonical face, a skull, two ears, which also takes the shadow of
 * what is worn; limbs are rounded bars.
 *
 * Drawn into depth only. What it is not: the shopper's own shape.
 */
import { BufferAttribute, BufferGeometry, CylinderGeometry, Group, Mesh, MeshBasicMaterial, ShadowMaterial, SphereGeometry } from "three";
import { mergeGeometries } from "three/examples/jsm/utils/BufferGeometryUtils.js";
import type { CanonicalFace } from "./task";

/** Skin gives a little; and spectacles that touch must not flicker. */
const INSET_M = 0.0015;
const SKULL = { at: [0, 0.052, -0.05], radii: [0.0735, 0.092, 0.092] } as const;
const NECK = { at: [0, -0.09, -0.055], radii: [0.055, 0.09, 0.058] } as const;
const EAR = { at: [0.0765, -0.004, -0.046], radii: [0.008, 0.03, 0.017] } as const;

/** Of the neck, in its own frame: half axes in x and z above and below, and where along y. */
const THROAT = { x: 0.054, z: 0.055, wider: 1.12, from: -0.03, to: 0.12 } as const;

/** A forearm below the watch and the heel of the hand before it; a finger's bone: half axes in x and z, and where along y. */
export const WRIST = { x: 0.029, z: 0.0209, from: -0.09, to: 0.05 } as const;
const FINGER = { x: 0.0082, z: 0.0078, from: -0.018, to: 0.018 } as const;

/** What a limb hides: a rounded bar. */
export class LimbOccluder {
  readonly group = new Group();
  readonly #geometry: CylinderGeometry;
  readonly #material = new MeshBasicMaterial({ colorWrite: false });

  constructor(part: "wrist" | "finger") {
    const { x, z, from, to } = part === "wrist" ? WRIST : FINGER;
    this.#geometry = new CylinderGeometry(1, 1, to - from, 28, 1).scale(x, 1, z).translate(0, (from + to) / 2, 0);
    const mesh = new Mesh(this.#geometry, this.#material);
    mesh.renderOrder = -5;
    this.group.add(mesh);
  }

  dispose(): void {
    this.#geometry.dispose();
    this.#material.dispose();
  }
}

/** What a neck hides of a necklace: a rounded bar, wider towards the shoulders. */
export class NeckOccluder {
  readonly group = new Group();
  readonly #geometry = new CylinderGeometry(1, THROAT.wider, THROAT.to - THROAT.from, 32, 1).scale(THROAT.x, 1, THROAT.z).translate(0, (THROAT.from + THROAT.to) / 2, -0.002);
  readonly #material = new MeshBasicMaterial({ colorWrite: false });

  constructor() {
    const mesh = new Mesh(this.#geometry, this.#material);
    mesh.renderOrder = -5;
    this.group.add(mesh);
  }

  dispose(): void {
    this.#geometry.dispose();
    this.#material.dispose();
  }
}

export class HeadOccluder {
  readonly group = new Group();
  readonly #owned: { dispose(): void }[] = [];

  constructor(face: CanonicalFace) {
    const skin = new BufferGeometry();
    skin.setAttribute("position", new BufferAttribute(Float32Array.from(face.points), 3));
    skin.setIndex(new BufferAttribute(face.triangles, 1));
    skin.computeVertexNormals();
    const [position, normal] = [skin.getAttribute("position"), skin.getAttribute("normal")];
    for (let i = 0; i < position.count; i++) {
      position.setXYZ(i, position.getX(i) - INSET_M * normal.getX(i), position.getY(i) - INSET_M * normal.getY(i), position.getZ(i) - INSET_M * normal.getZ(i));
    }
    const bulges = [SKULL, NECK, EAR, { ...EAR, at: [-EAR.at[0], EAR.at[1], EAR.at[2]] }].map(({ at, radii }) => {
      const ball = new SphereGeometry(1, 24, 16);
      ball.deleteAttribute("uv");
      return ball.scale(radii[0], radii[1], radii[2]).translate(at[0] ?? 0, at[1] ?? 0, at[2] ?? 0);
    });
    const head = mergeGeometries([skin, ...bulges]);
    const hidden = new MeshBasicMaterial({ colorWrite: false });
    const shade = new ShadowMaterial({ opacity: 0.22, color: 0x2a1208, depthWrite: false, polygonOffset: true, polygonOffsetFactor: -2, polygonOffsetUnits: -8 });
    const depth = new Mesh(head, hidden);
    depth.renderOrder = -5;
    const shadow = new Mesh(skin, shade);
    shadow.receiveShadow = true;
    shadow.renderOrder = -4;
    this.group.add(depth, shadow);
    this.#owned.push(skin, head, hidden, shade, ...bulges);
  }

  dispose(): void {
    for (const owned of this.#owned) owned.dispose();
  }
}
