/**
 * A body that somebody brings along: a VRM or a GLB with a humanoid skeleton, held to what a room of people can bear.
 *
 * Nothing of the file is trusted: it is measured before it is decoded, and what it asks for from elsewhere is refused.
 * Its own materials become plain ones that the room lights. What it is not: keeping or publishing it.
 */
import { Box3, Group, MeshStandardMaterial, type Material, type Mesh, type MeshBasicMaterial, type Object3D, type Texture } from "three";
import { GLTFLoader } from "three/examples/jsm/loaders/GLTFLoader.js";
import { MeshoptDecoder } from "three/examples/jsm/libs/meshopt_decoder.module.js";
import type { VRM } from "@pixiv/three-vrm";
import { dispose as disposeModel } from "../viewer/loader";
import { bonesOf, NEEDED, Puppet } from "./humanoid";
import { BONES, HEAD, type Pose } from "./skeleton";
import { MOST_BYTES, MOST_PIXELS, MOST_TRIANGLES } from "./limits";
import { t } from "./words";

export class UnfitAvatar extends Error {
  override readonly name = "UnfitAvatar";
}

interface Gltf {
  readonly accessors?: readonly { readonly count: number }[];
  readonly buffers?: readonly { readonly uri?: string }[];
  readonly bufferViews?: readonly { readonly byteOffset?: number; readonly byteLength: number }[];
  readonly images?: readonly { readonly uri?: string; readonly bufferView?: number }[];
  readonly meshes?: readonly { readonly primitives: readonly { readonly mode?: number; readonly indices?: number; readonly attributes: Readonly<Record<string, number>> }[] }[];
  readonly skins?: readonly unknown[];
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** The measure of a file before anything of it is decoded. */
export interface Measure {
  readonly bytes: number;
  readonly triangles: number;
  /** The longest side of its pictures. */
  readonly pixels: number;
  readonly isVrm: boolean;
}

/** Throws `UnfitAvatar`, with a sentence for whoever brought it. */
export function measure(data: ArrayBuffer): Measure {
  if (data.byteLength > MOST_BYTES) throw new UnfitAvatar(t("too_heavy", { mb: (data.byteLength / 1e6).toFixed(1), most: MOST_BYTES / 1e6 }));
  const view = new DataView(data);
  if (data.byteLength < 28 || view.getUint32(0, true) !== 0x46546c67 || view.getUint32(4, true) !== 2) throw new UnfitAvatar(t("no_glb"));
  const length = view.getUint32(12, true);
  if (20 + length > data.byteLength) throw new UnfitAvatar(t("no_glb"));
  let json: Gltf;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(new Uint8Array(data, 20, length))) as Gltf;
  } catch {
    throw new UnfitAvatar(t("no_glb"));
  }
  if ([...(json.buffers ?? []), ...(json.images ?? [])].some(({ uri }) => uri !== undefined)) throw new UnfitAvatar(t("from_elsewhere"));
  let triangles = 0;
  for (const { primitives } of json.meshes ?? []) {
    for (const one of primitives) triangles += Math.floor((json.accessors?.[one.indices ?? one.attributes["POSITION"] ?? -1]?.count ?? 0) / 3);
  }
  if (triangles > MOST_TRIANGLES) throw new UnfitAvatar(t("too_fine", { n: triangles.toLocaleString(), most: MOST_TRIANGLES.toLocaleString() }));
  let pixels = 0;
  for (const { bufferView } of json.images ?? []) {
    const where = json.bufferViews?.[bufferView ?? -1];
    if (!where) continue;
    const from = 28 + length + (where.byteOffset ?? 0);
    if (from + where.byteLength > data.byteLength) throw new UnfitAvatar(t("no_glb"));
    pixels = Math.max(pixels, sideOf(new DataView(data, from, where.byteLength)));
  }
  if (pixels > MOST_PIXELS) throw new UnfitAvatar(t("too_sharp", { n: pixels, most: MOST_PIXELS }));
  if (!json.skins?.length) throw new UnfitAvatar(t("no_bones"));
  return { bytes: data.byteLength, triangles, pixels, isVrm: Boolean(json.extensions?.["VRM"] ?? json.extensions?.["VRMC_vrm"]) };
}

/** The longest side of a PNG, JPEG, WebP or KTX2 by its head; 0 when it is none of them. */
export function sideOf(view: DataView): number {
  if (view.byteLength < 32) return 0;
  if (view.getUint32(0) === 0x89504e47) return Math.max(view.getUint32(16), view.getUint32(20));
  if (view.getUint32(0) === 0xab4b5458) return Math.max(view.getUint32(20, true), view.getUint32(24, true));
  if (view.getUint32(0) === 0x52494646 && view.getUint32(8) === 0x57454250) {
    const kind = view.getUint32(12);
    if (kind === 0x56503858) return Math.max(1 + (view.getUint32(24, true) & 0xffffff), 1 + (view.getUint32(26, true) >>> 8));
    if (kind === 0x5650384c) return Math.max(1 + (view.getUint32(21, true) & 0x3fff), 1 + ((view.getUint32(21, true) >>> 14) & 0x3fff));
    return Math.max(view.getUint16(26, true) & 0x3fff, view.getUint16(28, true) & 0x3fff);
  }
  if (view.getUint16(0) !== 0xffd8) return 0;
  for (let at = 2; at + 9 < view.byteLength; ) {
    const mark = view.getUint16(at);
    if (mark >= 0xffc0 && mark <= 0xffcf && mark !== 0xffc4 && mark !== 0xffc8 && mark !== 0xffcc) return Math.max(view.getUint16(at + 5), view.getUint16(at + 7));
    at += 2 + view.getUint16(at + 2);
  }
  return 0;
}

/** Somebody's own body, ready to be posed. */
export interface Brought {
  readonly root: Group;
  /** The scene turns `root`; this turns what is in it. */
  apply(pose: Pose, dt: number, blink: number, mouth: number): void;
  readonly height_m: number;
  dispose(): void;
}

export async function bring(data: ArrayBuffer): Promise<Brought> {
  const { isVrm } = measure(data);
  const loader = new GLTFLoader().setMeshoptDecoder(MeshoptDecoder);
  const vrms = isVrm ? await import("@pixiv/three-vrm") : null;
  if (vrms) loader.register((parser) => new vrms.VRMLoaderPlugin(parser));
  let file;
  try {
    file = await loader.parseAsync(data, "");
  } catch (error) {
    throw new UnfitAvatar(t("no_glb"), { cause: error });
  }
  const vrm = (file.userData["vrm"] as VRM | undefined) ?? null;
  const made = vrm && vrms ? vrmBody(vrm, vrms) : gltfBody(file.scene);
  plainMaterials(made.root);
  return made;
}

function vrmBody(vrm: VRM, { VRMUtils }: typeof import("@pixiv/three-vrm")): Brought {
  VRMUtils.rotateVRM0(vrm);
  const root = new Group();
  root.add(vrm.scene);
  const { humanoid } = vrm;
  const nodes = BONES.map((name) => humanoid.getNormalizedBoneNode(name as Parameters<typeof humanoid.getNormalizedBoneNode>[0]));
  if (!nodes[0] || !nodes[HEAD]) throw new UnfitAvatar(t("no_humanoid", { bone: "hips" }));
  const hips = nodes[0];
  const at = hips.position.clone();
  // VRM 0 looks along -Z; its normalised bones turn about axes that do, too.
  const round = vrm.meta.metaVersion === "0" ? -1 : 1;
  const height_m = heightOf(vrm.scene);
  return {
    root, height_m,
    apply(pose, dt, blink, mouth): void {
      for (let i = 0; i < nodes.length; i++) {
        const node = nodes[i];
        if (!node) continue;
        const o = i * 4;
        node.quaternion.set(pose.turn[o]! * round, pose.turn[o + 1]!, pose.turn[o + 2]! * round, pose.turn[o + 3]!);
      }
      hips.position.set(at.x + pose.hips[0]! * at.y * round, at.y + pose.hips[1]! * at.y, at.z + pose.hips[2]! * at.y * round);
      vrm.expressionManager?.setValue("blink", blink);
      vrm.expressionManager?.setValue("aa", mouth * 0.6);
      vrm.update(dt);
    },
    dispose(): void {
      root.removeFromParent();
      VRMUtils.deepDispose(vrm.scene);
    },
  };
}

function gltfBody(scene: Group): Brought {
  const bones = bonesOf(scene);
  const lacking = NEEDED.find((name) => !bones.has(name));
  if (lacking) throw new UnfitAvatar(t("no_humanoid", { bone: lacking }));
  const puppet = new Puppet(scene, bones);
  const root = new Group();
  const turned = new Group();
  if (puppet.isTurned) turned.rotation.y = Math.PI;
  turned.add(scene);
  root.add(turned);
  const height_m = heightOf(scene);
  return {
    root, height_m,
    apply: (pose) => puppet.apply(pose),
    dispose(): void {
      root.removeFromParent();
      disposeModel(scene);
    },
  };
}

const LEAST_M = 1;
const TALLEST_M = 2.2;

/** Height as it stands in the file; who is a giant or a mouse is brought to a person's size by the caller. */
function heightOf(scene: Object3D): number {
  scene.updateMatrixWorld(true);
  const box = new Box3().setFromObject(scene, true);
  const height = box.max.y - Math.min(0, box.min.y);
  if (height < LEAST_M || height > TALLEST_M) scene.scale.multiplyScalar(1.7 / Math.max(0.01, height));
  return height < LEAST_M || height > TALLEST_M ? 1.7 : height;
}

/** Unlit and toon materials know nothing of a room that is lit by its own picture. */
function plainMaterials(root: Object3D): void {
  const made = new Map<Material, MeshStandardMaterial>();
  root.traverse((node) => {
    const mesh = node as Mesh;
    if (!mesh.isMesh) return;
    mesh.frustumCulled = false; // its bounds are those of the rest
    const plain = (material: Material): Material => {
      if (material instanceof MeshStandardMaterial) return material;
      const known = made.get(material);
      if (known) return known;
      const old = material as MeshBasicMaterial;
      const one = new MeshStandardMaterial({
        name: material.name, roughness: 0.85, metalness: 0, side: material.side, alphaTest: material.alphaTest, transparent: material.transparent, vertexColors: material.vertexColors,
        map: (old.map as Texture | null) ?? null,
      });
      if (old.color) one.color.copy(old.color);
      made.set(material, one);
      material.dispose();
      return one;
    };
    mesh.material = Array.isArray(mesh.material) ? outlineless(mesh.material.map(plain)) : plain(mesh.material);
  });
}

/** Toon outlines come as second materials of a mesh; the first is the surface. */
const outlineless = (materials: Material[]): Material | Material[] => (materials.length > 1 && materials.some((one) => /outline/i.test(one.name)) ? materials[0]! : materials);
