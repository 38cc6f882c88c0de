/**
 * A product in few draws: one mesh a material for what is near, one or two meshes in all for what is far.
 *
 * Far off, a tiling weave or grain is its mean colour: textures become vertex colours, roughness and metalness with
 * them. A texture that tells of its own place (a print, a scan) keeps a draw of its own. Real refraction would draw the
 * whole room twice, so in the room glass is thin and clear; in the hand it is the maker's own. What it is not: fewer
 * triangles; those come from the pipeline's levels.
 */
import {
  BufferAttribute, BufferGeometry, Color, DoubleSide, FrontSide, Group, Mesh, MeshPhysicalMaterial, MeshStandardMaterial, Vector3, type Material, type Matrix4, type Texture, type WebGLRenderer,
} from "three";
import { materialsOf, meshesOf } from "../viewer/meshes";
import { means } from "./means";

/** A texture that is repeated more often than this tells nothing of its place. */
const TILES = 1.6;

interface Bit {
  readonly mesh: Mesh;
  readonly material: Material;
}

/** Merge into a new group; the old model's shapes and unused textures are the caller's to dispose of. */
export async function merged(model: Group, isFar: boolean, renderer: WebGLRenderer): Promise<Group> {
  model.updateMatrixWorld(true);
  const bits = meshesOf(model).map((mesh): Bit => ({ mesh, material: materialsOf(mesh)[0]! }));
  const out = new Group();
  out.name = model.name;
  const own = new Map<Material, Bit[]>();
  const plain: Bit[] = [];
  const glass: Bit[] = [];
  for (const bit of bits) {
    const { material } = bit;
    const standard = material instanceof MeshStandardMaterial ? material : null;
    if (isFar && standard && isClear(standard)) glass.push(bit);
    else if (isFar && standard && !material.alphaTest && (!standard.map || repeats(bit))) plain.push(bit);
    else own.set(material, [...(own.get(material) ?? []), bit]);
  }
  // A single material gains nothing by being flattened.
  if (isFar && plain.length && new Set(plain.map(({ material }) => material)).size === 1 && !glass.length) {
    own.set(plain[0]!.material, [...(own.get(plain[0]!.material) ?? []), ...plain.splice(0)]);
  }
  const flat = [...plain, ...glass].map(({ material }) => material as MeshStandardMaterial);
  const colours = flat.length ? await means(flat.flatMap(({ map, roughnessMap }) => [map, roughnessMap]).filter((t): t is Texture => t !== null), renderer) : new Map<Texture, Color>();
  for (const [some, isGlass] of [[plain, false], [glass, true]] as const) {
    if (some.length) out.add(new Mesh(flattened(some, colours, isGlass), flatMaterial(isGlass)));
  }
  for (const [material, some] of own) {
    const worn = thin(material);
    const mesh = new Mesh(joined(some), worn);
    out.add(mesh);
  }
  for (const mesh of out.children) mesh.matrixAutoUpdate = false;
  return out;
}

const isClear = (material: MeshStandardMaterial): boolean => material.transparent || (material instanceof MeshPhysicalMaterial && material.transmission > 0);

/** Glass without refraction: as clear as it was, seen through. */
function thin(material: Material): Material {
  if (!(material instanceof MeshPhysicalMaterial) || material.transmission <= 0) return material;
  const clear = material.transmission;
  material.transmission = 0;
  material.transparent = true;
  material.opacity = 1 - 0.82 * clear;
  material.depthWrite = false;
  material.needsUpdate = true;
  return material;
}

/** How often the texture lies along the surface. */
function repeats({ mesh, material }: Bit): boolean {
  const uv = mesh.geometry.getAttribute("uv");
  const map = (material as MeshStandardMaterial).map;
  if (!uv || !map) return true;
  let [u0, u1, v0, v1] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let i = 0; i < uv.count; i++) {
    const [u, v] = [uv.getX(i), uv.getY(i)];
    [u0, u1, v0, v1] = [Math.min(u0, u), Math.max(u1, u), Math.min(v0, v), Math.max(v1, v)];
  }
  return Math.max((u1 - u0) * Math.abs(map.repeat.x), (v1 - v0) * Math.abs(map.repeat.y)) > TILES;
}

interface Sink {
  readonly position: Float32Array;
  readonly normal: Int8Array;
  readonly uv: Float32Array | null;
  readonly index: Uint32Array;
}

/** Lay all bits in one buffer, in the model's own space. */
function poured(bits: readonly Bit[], hasUv: boolean): { sink: Sink; each: (write: (bit: Bit, from: number, to: number) => void) => void } {
  const vertices = bits.reduce((sum, { mesh }) => sum + mesh.geometry.getAttribute("position").count, 0);
  const corners = bits.reduce((sum, { mesh }) => sum + (mesh.geometry.getIndex()?.count ?? mesh.geometry.getAttribute("position").count), 0);
  const sink: Sink = { position: new Float32Array(vertices * 3), normal: new Int8Array(vertices * 4), uv: hasUv ? new Float32Array(vertices * 2) : null, index: new Uint32Array(corners) };
  const spans: [Bit, number, number][] = [];
  const point = new Vector3();
  let [v, c] = [0, 0];
  for (const bit of bits) {
    const { mesh } = bit;
    const { geometry, matrixWorld } = mesh;
    const count = geometry.getAttribute("position").count;
    const normal = geometry.getAttribute("normal");
    const uv = geometry.getAttribute("uv");
    for (let i = 0; i < count; i++) {
      mesh.getVertexPosition(i, point).applyMatrix4(matrixWorld).toArray(sink.position, (v + i) * 3);
      if (normal) point.fromBufferAttribute(normal, i).transformDirection(matrixWorld as Matrix4);
      else point.set(0, 1, 0);
      for (let k = 0; k < 3; k++) sink.normal[(v + i) * 4 + k] = Math.round(point.getComponent(k) * 127);
      if (sink.uv && uv) {
        sink.uv[(v + i) * 2] = uv.getX(i);
        sink.uv[(v + i) * 2 + 1] = uv.getY(i);
      }
    }
    const index = geometry.getIndex();
    const n = index?.count ?? count;
    const isMirrored = matrixWorld.determinant() < 0;
    for (let i = 0; i < n; i++) sink.index[c + i] = v + (index ? index.getX(i) : i);
    if (isMirrored) for (let i = 0; i + 2 < n; i += 3) [sink.index[c + i + 1], sink.index[c + i + 2]] = [sink.index[c + i + 2]!, sink.index[c + i + 1]!];
    spans.push([bit, v, v + count]);
    v += count;
    c += n;
  }
  return { sink, each: (write) => spans.forEach(([bit, from, to]) => write(bit, from, to)) };
}

function shaped({ position, normal, uv, index }: Sink): BufferGeometry {
  const geometry = new BufferGeometry();
  geometry.setAttribute("position", new BufferAttribute(position, 3));
  geometry.setAttribute("normal", new BufferAttribute(normal, 4, true));
  if (uv) geometry.setAttribute("uv", new BufferAttribute(uv, 2));
  geometry.setIndex(new BufferAttribute(position.length / 3 < 65536 ? new Uint16Array(index) : index, 1));
  return geometry;
}

function joined(bits: readonly Bit[]): BufferGeometry {
  return shaped(poured(bits, bits.some(({ mesh }) => mesh.geometry.hasAttribute("uv"))).sink);
}

function flattened(bits: readonly Bit[], colours: ReadonlyMap<Texture, Color>, isGlass: boolean): BufferGeometry {
  const { sink, each } = poured(bits, false);
  const vertices = sink.position.length / 3;
  const colour = new Uint8Array(vertices * 4);
  const finish = new Uint8Array(vertices * 4);
  const one = new Color();
  each(({ material }, from, to) => {
    const worn = material as MeshStandardMaterial;
    one.copy(worn.color);
    const tint = worn.map ? colours.get(worn.map) : undefined;
    if (tint) one.multiply(tint);
    const grain = worn.roughnessMap ? colours.get(worn.roughnessMap) : undefined;
    const rough = worn.roughness * (grain?.g ?? 1);
    const metal = worn.metalness * (grain?.b ?? 1);
    const clear = worn instanceof MeshPhysicalMaterial ? worn.transmission : 0;
    const glow = Math.min(1, Math.max(worn.emissive.r, worn.emissive.g, worn.emissive.b) * worn.emissiveIntensity * 0.5);
    // Squared in the shader: dark colours keep their steps.
    const bytes = [one.r, one.g, one.b].map((x) => Math.round(Math.sqrt(Math.min(1, x)) * 255));
    const alpha = isGlass ? Math.round(255 * Math.min(worn.opacity, 1 - 0.82 * clear)) : 255;
    for (let i = from; i < to; i++) {
      colour.set([bytes[0]!, bytes[1]!, bytes[2]!, alpha], i * 4);
      finish.set([Math.round(rough * 255), Math.round(metal * 255), Math.round(glow * 255), 0], i * 4);
    }
  });
  const geometry = shaped(sink);
  geometry.setAttribute("flatColour", new BufferAttribute(colour, 4, true));
  geometry.setAttribute("flatFinish", new BufferAttribute(finish, 4, true));
  return geometry;
}

/** One material for all far products: colour and finish come with the vertices. */
function flatMaterial(isGlass: boolean): MeshStandardMaterial {
  const material = new MeshStandardMaterial({ transparent: isGlass, depthWrite: !isGlass, side: isGlass ? FrontSide : DoubleSide });
  dressFlat(material);
  return material;
}

/** A clone of such a material has to be told again. */
export function dressFlat(material: MeshStandardMaterial): void {
  material.userData["isFlat"] = true;
  material.onBeforeCompile = (shader): void => {
    shader.vertexShader = shader.vertexShader
      .replace("#include <common>", "#include <common>\nattribute vec4 flatColour, flatFinish;\nvarying vec4 vFlatColour, vFlatFinish;")
      .replace("#include <begin_vertex>", "#include <begin_vertex>\nvFlatColour = flatColour;\nvFlatFinish = flatFinish;");
    shader.fragmentShader = shader.fragmentShader
      .replace("#include <common>", "#include <common>\nvarying vec4 vFlatColour, vFlatFinish;")
      .replace("#include <color_fragment>", "diffuseColor *= vec4( vFlatColour.rgb * vFlatColour.rgb, vFlatColour.a );")
      .replace("#include <roughnessmap_fragment>", "float roughnessFactor = vFlatFinish.r;")
      .replace("#include <metalnessmap_fragment>", "float metalnessFactor = vFlatFinish.g;")
      .replace("#include <emissivemap_fragment>", "totalEmissiveRadiance += diffuseColor.rgb * vFlatFinish.b * 2.0;");
  };
  material.customProgramCacheKey = (): string => "flat";
}
