/**
 * Architecture's materials: three's standard one, lit by the bake's layers instead of lamps, and reflecting the room
 * bent to its walls.
 *
 * Sources: Lagarde & Zanuttini 2012 for the bent reflection; Lagarde & de Rousiers 2014 for its occlusion.
 */
import {
  DataTexture, LinearFilter, LinearMipmapLinearFilter, MeshStandardMaterial, RepeatWrapping, RGBAFormat, ShaderChunk, SRGBColorSpace, UnsignedByteType, Vector2, Vector3,
  type IUniform, type Texture, type WebGLProgramParametersWithUniforms,
} from "three";
import type { Weights } from "./moods";
import type { Pixels } from "./surfaces";

/** Uniforms that all of a store's materials share: changing one changes the light everywhere. */
export interface Light {
  readonly skyTint: IUniform<Vector3>;
  readonly sunTint: IUniform<Vector3>;
  readonly lampTint: IUniform<Vector3>;
  readonly lampMap: IUniform<Texture | null>;
  readonly boxMin: IUniform<Vector3>;
  readonly boxMax: IUniform<Vector3>;
  readonly boxAt: IUniform<Vector3>;
}

export function newLight(): Light {
  return {
    skyTint: { value: new Vector3(1, 1, 1) }, sunTint: { value: new Vector3() }, lampTint: { value: new Vector3(1, 1, 1) }, lampMap: { value: null },
    boxMin: { value: new Vector3(-5, 0, -5) }, boxMax: { value: new Vector3(5, 4, 5) }, boxAt: { value: new Vector3(0, 1.5, 0) },
  };
}

export function shine(light: Light, weights: Weights): void {
  light.skyTint.value.set(...weights.sky);
  light.sunTint.value.set(...weights.sun);
  light.lampTint.value.set(...weights.lamps);
}

const LIT = /* glsl */ `
vec4 storeSky = texture2D( lightMap, vLightMapUv );
vec4 storeLamps = texture2D( lampMap, vLightMapUv );
vec3 storeLight = storeSky.rgb * skyTint + storeSky.a * sunTint + storeLamps.rgb * lampTint;
irradiance += storeLight;
float storeOpen = clamp( storeLamps.a, 0.0, 1.0 );
#if defined( USE_ENVMAP ) && defined( RE_IndirectSpecular )
  float storeGloss = saturate( pow( saturate( dot( geometryNormal, geometryViewDir ) ) + storeOpen, exp2( - 16.0 * material.roughness - 1.0 ) ) - 1.0 + storeOpen );
  storeGloss = mix( storeGloss, 1.0, 0.6 * metalnessFactor );
  radiance += getIBLRadiance( geometryViewDir, geometryNormal, material.roughness ) * storeGloss;
#endif
`;

const BENT = /* glsl */ `
vec3 storeBent( vec3 way ) {
  vec3 a = ( boxMax - vStoreAt ) / way;
  vec3 b = ( boxMin - vStoreAt ) / way;
  vec3 far = max( a, b );
  float t = min( min( far.x, far.y ), far.z );
  return normalize( vStoreAt + way * t - boxAt );
}
`;

function patch(shader: WebGLProgramParametersWithUniforms, light: Light): void {
  Object.assign(shader.uniforms, light);
  shader.vertexShader = shader.vertexShader
    .replace("#include <common>", "#include <common>\nvarying vec3 vStoreAt;")
    .replace("#include <project_vertex>", "#include <project_vertex>\nvStoreAt = ( modelMatrix * vec4( transformed, 1.0 ) ).xyz;");
  const reflection = ShaderChunk.envmap_physical_pars_fragment.replace(
    "vec4 envMapColor = textureLod( envMap, envMapRotation * reflectVec, roughnessToMip( roughness ) );",
    "reflectVec = storeBent( reflectVec );\nvec4 envMapColor = textureLod( envMap, reflectVec, roughnessToMip( roughness ) );",
  );
  shader.fragmentShader = shader.fragmentShader
    .replace("#include <common>", "#include <common>\nvarying vec3 vStoreAt;\nuniform sampler2D lampMap;\nuniform vec3 skyTint, sunTint, lampTint, boxMin, boxMax, boxAt;")
    .replace("#include <envmap_physical_pars_fragment>", `${BENT}\n${reflection}`)
    .replace("#include <roughnessmap_fragment>", "float roughnessFactor = roughness;\n#ifdef USE_MAP\nroughnessFactor *= sampledDiffuseColor.a;\n#endif")
    .replace("#include <lights_fragment_maps>", LIT);
}

export interface Painted {
  readonly colour: DataTexture;
  readonly normal: DataTexture;
}

/** Textures from painted pixels; the caller disposes of them. */
export function textures(pixels: Pixels, anisotropy: number): Painted {
  const made = (data: Uint8Array<ArrayBuffer>): DataTexture => {
    const texture = new DataTexture(data, pixels.size, pixels.size, RGBAFormat, UnsignedByteType);
    texture.wrapS = texture.wrapT = RepeatWrapping;
    texture.magFilter = LinearFilter;
    texture.minFilter = LinearMipmapLinearFilter;
    texture.generateMipmaps = true;
    texture.anisotropy = anisotropy;
    texture.needsUpdate = true;
    return texture;
  };
  const colour = made(pixels.colour);
  colour.colorSpace = SRGBColorSpace;
  return { colour, normal: made(pixels.normal) };
}

export interface Finish {
  readonly metalness: number;
  readonly relief: number;
  /** How bright its reflections are; rough walls need none. */
  readonly gloss: number;
}

export function surfaceMaterial(light: Light, flat: number, finish: Finish): MeshStandardMaterial {
  const material = new MeshStandardMaterial({ color: flat, metalness: finish.metalness, roughness: 1 });
  material.normalScale = new Vector2(finish.relief, finish.relief);
  material.envMapIntensity = finish.gloss;
  material.onBeforeCompile = (shader): void => patch(shader, light);
  material.customProgramCacheKey = (): string => "store";
  return material;
}
