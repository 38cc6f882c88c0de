/**
 * Light from all around, prefiltered for reflections, from a formula: no picture is downloaded and nothing is drawn.
 *
 * three filters pictures on the graphics processor, at 256 pixels a face at least: hundreds of milliseconds before the
 * first product where a processor draws, three programs to compile everywhere. A formula for soft lamps needs neither.
 * What it is not: for pictures with sharp lights, which need more pixels (`world/lighting`).
 *
 * Source: the levels are those of three's PMREMGenerator (roughness by level, GGX seen straight on), after Karis 2013.
 */
import { CompressedCubeTexture, DataUtils, HalfFloatType, LinearFilter, LinearMipmapLinearFilter, LinearSRGBColorSpace, RGBAFormat, Vector3, type CompressedTextureMipmap, type Texture } from "three";

/** Linear radiance, RGB, from a direction (a unit vector), written into `into` at `at`. */
export type Light = (way: Vector3, into: Float32Array, at: number) => void;

const FACE_PX = 64;
const LEVELS = 4;
const FACES = 6;
/** A picture of the whole sphere: RGB, face by face, row by row. */
interface Sphere {
  readonly px: number;
  readonly data: Float32Array;
}

/** The light on a sphere, its level 0 as it is, each further level as a rougher surface mirrors it. */
export function spheres(light: Light): readonly Sphere[] {
  const sharp = newSphere(FACE_PX);
  const way = new Vector3();
  for (let i = 0; i < FACES * FACE_PX ** 2; i++) light(toward(i, FACE_PX, way), sharp.data, i * 3);
  const halves = [sharp];
  for (let px = FACE_PX; px > 8; px /= 2) halves.push(half(halves.at(-1)!));
  const [, second, third, fourth] = halves;
  // The second level's lobe is narrower than its pixels.
  return [sharp, second!, rough(third!, 16, roughnessOf(2)), rough(fourth!, 8, roughnessOf(3))];
}

/** The texture for `scene.environment`; the caller disposes of it. */
export function reflections(levels: readonly Sphere[]): Texture {
  const faces = Array.from({ length: FACES }, (_, face) => {
    const mipmaps = levels.map(({ px, data }) => {
      const half = new Uint16Array(px * px * 4);
      for (let i = 0; i < px * px; i++) {
        for (let k = 0; k < 3; k++) half[i * 4 + k] = DataUtils.toHalfFloat(data[(face * px * px + i) * 3 + k] ?? 0);
        half[i * 4 + 3] = ONE;
      }
      return { data: half, width: px, height: px };
    });
    return { width: FACE_PX, height: FACE_PX, mipmaps };
  });
  // Levels of one's own are for compressed textures only; their format may be an ordinary one.
  const texture = new CompressedCubeTexture(faces as unknown as CompressedTextureMipmap[], RGBAFormat as unknown as never, HalfFloatType);
  texture.colorSpace = LinearSRGBColorSpace;
  texture.magFilter = LinearFilter;
  texture.minFilter = LinearMipmapLinearFilter;
  (texture as Texture & { isPMREMTexture: boolean }).isPMREMTexture = true;
  texture.needsUpdate = true;
  return texture;
}

const ONE = DataUtils.toHalfFloat(1);
const newSphere = (px: number): Sphere => ({ px, data: new Float32Array(FACES * px * px * 3) });
const roughnessOf = (level: number): number => 1 - Math.sqrt(1 - level / (LEVELS - 1));

/** Where a pixel looks, in the world: the cube's own axes are mirrored in X, as three samples cubes that were not drawn. */
function toward(index: number, px: number, into: Vector3): Vector3 {
  const face = Math.floor(index / (px * px));
  const u = (2 * ((index % px) + 0.5)) / px - 1;
  const v = (2 * ((Math.floor(index / px) % px) + 0.5)) / px - 1;
  if (face === 0) into.set(1, -v, -u);
  else if (face === 1) into.set(-1, -v, u);
  else if (face === 2) into.set(u, 1, v);
  else if (face === 3) into.set(u, -1, -v);
  else if (face === 4) into.set(u, -v, 1);
  else into.set(-u, -v, -1);
  into.x = -into.x;
  return into.normalize();
}

function half(from: Sphere): Sphere {
  const to = newSphere(from.px / 2);
  const { px } = to;
  for (let face = 0; face < FACES; face++) {
    for (let y = 0; y < px; y++) {
      for (let x = 0; x < px; x++) {
        const a = ((face * from.px + 2 * y) * from.px + 2 * x) * 3;
        const below = a + from.px * 3;
        const at = ((face * px + y) * px + x) * 3;
        for (let k = 0; k < 3; k++) to.data[at + k] = (from.data[a + k]! + from.data[a + 3 + k]! + from.data[below + k]! + from.data[below + 3 + k]!) / 4;
      }
    }
  }
  return to;
}

/** What a surface of a roughness mirrors, looked at straight on: every pixel of `from`, weighed by the GGX lobe. */
function rough(from: Sphere, px: number, roughness: number): Sphere {
  const to = newSphere(px);
  const count = FACES * from.px ** 2;
  const ways = new Float32Array(count * 4);
  const way = new Vector3();
  for (let i = 0; i < count; i++) {
    toward(i, from.px, way);
    const [u, v] = [(2 * ((i % from.px) + 0.5)) / from.px - 1, (2 * ((Math.floor(i / from.px) % from.px) + 0.5)) / from.px - 1];
    ways.set([way.x, way.y, way.z, (1 + u * u + v * v) ** -1.5], i * 4); // the pixel's solid angle
  }
  const a2 = roughness ** 4;
  for (let i = 0; i < FACES * px * px; i++) {
    const { x, y, z } = toward(i, px, way);
    let [r, g, b, total] = [0, 0, 0, 0];
    for (let j = 0; j < count; j++) {
      const cos = x * ways[j * 4]! + y * ways[j * 4 + 1]! + z * ways[j * 4 + 2]!;
      if (cos <= 0) continue;
      const d = 1 + a2 + (a2 - 1) * cos;
      const weight = (cos * ways[j * 4 + 3]!) / (d * d);
      r += weight * from.data[j * 3]!;
      g += weight * from.data[j * 3 + 1]!;
      b += weight * from.data[j * 3 + 2]!;
      total += weight;
    }
    to.data.set([r / total, g / total, b / total], i * 3);
  }
  return to;
}
