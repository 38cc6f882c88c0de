/**
 * Parts of a figure as plain arrays: read from glTF, bent to a shape, and joined into one mesh a person.
 *
 * What it is not: which parts somebody wears (`wardrobe.ts`).
 */
import { BufferAttribute, BufferGeometry, Matrix4, Quaternion, Vector3, type InterleavedBufferAttribute, type Object3D, type SkinnedMesh } from "three";
import { bone, type Joint } from "./skeleton";

export const SHAPES = ["wide", "strong", "old"] as const;
/** In the face, moved while one looks: not baked into the surface. */
export const FACES = ["blink", "open"] as const;

export interface Surface {
  readonly position: Float32Array;
  readonly normal: Float32Array;
  readonly joints: Uint8Array;
  readonly weights: Float32Array;
  readonly region: Uint8Array;
  /** Linear factors of the region's tint. */
  readonly shade: Float32Array;
  readonly index: Uint32Array;
  /** Displacements by name, as long as `position`. */
  readonly morphs: ReadonlyMap<string, Float32Array>;
}

type Attribute = BufferAttribute | InterleavedBufferAttribute;

/** All skinned meshes below a node as one surface; bones that the shared skeleton lacks give their weight to the next above. */
export function readSurface(root: Object3D): Surface {
  root.updateMatrixWorld(true);
  const meshes: SkinnedMesh[] = [];
  root.traverse((node) => {
    if ((node as SkinnedMesh).isSkinnedMesh) meshes.push(node as SkinnedMesh);
  });
  const count = meshes.reduce((sum, mesh) => sum + (mesh.geometry.getAttribute("position")?.count ?? 0), 0);
  const corners = meshes.reduce((sum, mesh) => sum + (mesh.geometry.index?.count ?? mesh.geometry.getAttribute("position")?.count ?? 0), 0);
  const names = new Set(meshes.flatMap((mesh) => Object.keys(mesh.morphTargetDictionary ?? {})));
  const surface = {
    position: new Float32Array(count * 3), normal: new Float32Array(count * 3), joints: new Uint8Array(count * 4), weights: new Float32Array(count * 4),
    region: new Uint8Array(count), shade: new Float32Array(count * 3).fill(1), index: new Uint32Array(corners),
    morphs: new Map([...names].map((name) => [name, new Float32Array(count * 3)])),
  };
  let [v, c] = [0, 0];
  for (const mesh of meshes) {
    const { geometry, skeleton } = mesh;
    const position = geometry.getAttribute("position");
    const n = position.count;
    // A bound mesh lies where its bones' rest and inverse bind put it; packed positions are unpacked by the same matrix.
    const first = skeleton.bones[0];
    const bound = first ? new Matrix4().multiplyMatrices(first.matrixWorld, skeleton.boneInverses[0]!) : new Matrix4();
    spread(position, surface.position, v, (x) => x.applyMatrix4(bound));
    const normal = geometry.getAttribute("normal") as Attribute | undefined;
    if (normal) spread(normal, surface.normal, v, (x) => x.transformDirection(bound));
    for (const [name, at] of Object.entries(mesh.morphTargetDictionary ?? {})) {
      const delta = geometry.morphAttributes.position?.[at];
      const into = surface.morphs.get(name);
      if (delta && into) spread(delta as Attribute, into, v, (x) => turned(x, bound));
    }
    const ours = skeleton.bones.map((found) => {
      for (let node: Object3D | null = found; node; node = node.parent) if (bone(node.name) >= 0) return bone(node.name);
      return 0;
    });
    const [joints, weights] = [geometry.getAttribute("skinIndex") as Attribute, geometry.getAttribute("skinWeight") as Attribute];
    const region = (geometry.getAttribute("_region") ?? geometry.getAttribute("_REGION")) as Attribute | undefined;
    const shade = geometry.getAttribute("color") as Attribute | undefined;
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let k = 0; k < 4; k++) sum += weights.getComponent(i, k);
      for (let k = 0; k < 4; k++) {
        surface.joints[(v + i) * 4 + k] = ours[joints.getComponent(i, k)] ?? 0;
        surface.weights[(v + i) * 4 + k] = weights.getComponent(i, k) / (sum || 1);
      }
      surface.region[v + i] = region ? Math.round(region.getX(i)) : 2;
      if (shade) for (let k = 0; k < 3; k++) surface.shade[(v + i) * 3 + k] = shade.getComponent(i, k);
    }
    const index = geometry.index;
    const length = index?.count ?? n;
    for (let i = 0; i < length; i++) surface.index[c + i] = v + (index ? index.getX(i) : i);
    v += n;
    c += length;
  }
  return surface;
}

const at = new Vector3();
function spread(from: Attribute, into: Float32Array, first: number, place: (x: Vector3) => Vector3): void {
  for (let i = 0; i < from.count; i++) place(at.fromBufferAttribute(from as BufferAttribute, i)).toArray(into, (first + i) * 3);
}

function turned(x: Vector3, m: Matrix4): Vector3 {
  const e = m.elements;
  return x.set(e[0] * x.x + e[4] * x.y + e[8] * x.z, e[1] * x.x + e[5] * x.y + e[9] * x.z, e[2] * x.x + e[6] * x.y + e[10] * x.z);
}

/** Where a skin's bones are at rest, by their VRM names. */
export function jointsOf(root: Object3D): Map<string, Joint> {
  root.updateMatrixWorld(true);
  const found = new Map<string, Joint>();
  root.traverse((node) => {
    if (bone(node.name) < 0) return;
    const p = node.getWorldPosition(new Vector3());
    const q = node.getWorldQuaternion(new Quaternion());
    found.set(node.name, { at: [p.x, p.y, p.z], turn: [q.x, q.y, q.z, q.w] });
  });
  return found;
}

/** A surface bent by its morphs: strengths by name. */
export function shaped(surface: Surface, strengths: Readonly<Record<string, number>>): Surface {
  const bends = Object.entries(strengths).filter(([name, k]) => k && surface.morphs.has(name));
  if (!bends.length) return surface;
  const position = surface.position.slice();
  for (const [name, k] of bends) {
    const delta = surface.morphs.get(name)!;
    for (let i = 0; i < position.length; i++) position[i]! += delta[i]! * k;
  }
  return { ...surface, position };
}

/** Surfaces in one geometry for the crowd's material. */
export function joined(surfaces: readonly Surface[]): BufferGeometry {
  const count = surfaces.reduce((sum, one) => sum + one.region.length, 0);
  const corners = surfaces.reduce((sum, one) => sum + one.index.length, 0);
  const position = new Float32Array(count * 3);
  const normal = new Int8Array(count * 4);
  const joints = new Uint8Array(count * 4);
  const weights = new Uint8Array(count * 4);
  const region = new Uint8Array(count * 4);
  const shade = new Uint8Array(count * 4);
  const faces = FACES.map((name) => (surfaces.some((one) => one.morphs.has(name)) ? new Float32Array(count * 3) : null));
  const index = count > 65535 ? new Uint32Array(corners) : new Uint16Array(corners);
  let [v, c] = [0, 0];
  for (const one of surfaces) {
    const n = one.region.length;
    position.set(one.position, v * 3);
    joints.set(one.joints, v * 4);
    for (let i = 0; i < n; i++) {
      // Bytes that add up to 255, or vertices creep.
      let left = 255;
      for (let k = 1; k < 4; k++) left -= weights[(v + i) * 4 + k] = Math.round(one.weights[i * 4 + k]! * 255);
      weights[(v + i) * 4] = Math.max(0, left);
      for (let k = 0; k < 3; k++) {
        normal[(v + i) * 4 + k] = Math.round(Math.max(-1, Math.min(1, one.normal[i * 3 + k]!)) * 127);
        // Roots keep the dark shades apart; the shader squares them.
        shade[(v + i) * 4 + k] = Math.round(Math.sqrt(Math.max(0, Math.min(1, one.shade[i * 3 + k]!))) * 255);
      }
      region[(v + i) * 4] = one.region[i]!;
    }
    for (const [k, name] of FACES.entries()) {
      const delta = one.morphs.get(name);
      if (delta) faces[k]?.set(delta, v * 3);
    }
    for (let i = 0; i < one.index.length; i++) index[c + i] = v + one.index[i]!;
    v += n;
    c += one.index.length;
  }
  const geometry = new BufferGeometry();
  geometry.setAttribute("position", new BufferAttribute(position, 3));
  geometry.setAttribute("normal", new BufferAttribute(normal, 4, true));
  geometry.setAttribute("joints", new BufferAttribute(joints, 4));
  geometry.setAttribute("weights", new BufferAttribute(weights, 4, true));
  geometry.setAttribute("region", new BufferAttribute(region, 4));
  geometry.setAttribute("shade", new BufferAttribute(shade, 4, true));
  for (const [k, name] of FACES.entries()) {
    const face = faces[k];
    if (face) geometry.setAttribute(name, new BufferAttribute(face, 3));
  }
  geometry.setIndex(new BufferAttribute(index, 1));
  return geometry;
}

