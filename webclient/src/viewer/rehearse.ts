/**
 * A model's programs, compiled while its textures and shapes are still being unpacked.
 *
 * The materials are read from the file's own description, with blank pictures in their slots: three then finds these very
 * programs when the model is drawn. A wrong guess costs nothing but the work. What it is not: the model.
 */
import { BufferAttribute, BufferGeometry, Group, Mesh, Texture, type Camera, type Material, type Scene, type WebGLRenderer } from "three";
import { GLTFLoader } from "three/examples/jsm/loaders/GLTFLoader.js";

interface Described {
  readonly asset: unknown;
  readonly materials?: readonly object[];
  readonly textures?: readonly unknown[];
  readonly meshes?: readonly { readonly primitives: readonly { readonly material?: number; readonly attributes: Readonly<Record<string, number>> }[] }[];
}

const JSON_AT = 20;
/** What glTF calls an attribute, and three. */
const ATTRIBUTES: Readonly<Record<string, readonly [string, number]>> = {
  POSITION: ["position", 3], NORMAL: ["normal", 3], TANGENT: ["tangent", 4], COLOR_0: ["color", 4], TEXCOORD_0: ["uv", 2], TEXCOORD_1: ["uv1", 2],
};

/** @returns what gives the rehearsal's things back, after the model's first picture */
export async function rehearse(data: ArrayBuffer, renderer: WebGLRenderer, scene: Scene, camera: Camera): Promise<() => void> {
  const described = description(data);
  const blank = new Texture();
  const bare = { ...described, textures: described.textures?.map(() => ({})), extensionsRequired: [], meshes: [], nodes: [], scenes: [], animations: [], skins: [] };
  const loader = new GLTFLoader().register(() => ({ name: "blank", loadTexture: () => Promise.resolve(blank) }));
  const { parser } = await loader.parseAsync(bare as unknown as ArrayBuffer, ""); // three's types know the file, not its description
  const group = new Group();
  for (const { material, attributes } of described.meshes?.flatMap(({ primitives }) => primitives) ?? []) {
    if (material === undefined) continue;
    const shape = new BufferGeometry();
    for (const name of Object.keys(attributes)) {
      const known = ATTRIBUTES[name];
      if (known) shape.setAttribute(known[0], new BufferAttribute(new Float32Array(known[1] * 3), known[1]));
    }
    const mesh = new Mesh(shape, (await parser.getDependency("material", material)) as Material);
    parser.assignFinalMaterial(mesh);
    group.add(mesh);
  }
  renderer.compile(group, camera, scene);
  return () => {
    for (const { geometry, material } of group.children as Mesh[]) {
      geometry.dispose();
      (material as Material).dispose();
    }
    blank.dispose();
  };
}

/** The JSON of a GLB. */
function description(data: ArrayBuffer): Described {
  const length = new DataView(data).getUint32(12, true);
  return JSON.parse(new TextDecoder().decode(new Uint8Array(data, JSON_AT, length))) as Described;
}
