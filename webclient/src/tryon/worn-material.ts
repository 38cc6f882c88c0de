/**
 * How what is worn is drawn over a camera's picture: glass as a tint, temples gone behind the ear, paler where the body is
 * not surely seen. What it is not: where it sits (`wear.ts`), or who wears it (`mirror.ts`).
 */
import { Matrix4, MeshPhysicalMaterial, MeshStandardMaterial, type Material, type Object3D } from "three";
import { steep } from "../viewer/glass";
import { materialsOf, meshesOf } from "../viewer/meshes";

/** Where temples vanish behind the ear: from here to there along the head, metres. */
const EAR_FADE = [-0.03, -0.044] as const;
/** What a clear lens still shows of itself. */
const CLEAR = 0.1;
const FADE = "fade";

export interface Fade {
  readonly head: { readonly value: Matrix4 };
  /** 0 to 1: a body that is not surely seen wears paler. */
  readonly shown: { value: number };
  /** Cloth only: how bright the person stands in the picture against how the shop lights it. */
  readonly bright: { value: number };
}

/** Of a model that was dressed; null of any other. */
export const fadeOf = (model: Object3D | null): Fade | null => (model?.userData[FADE] as Fade | undefined) ?? null;

/** Materials of their own, that throw shadows and, on spectacles, vanish behind the ear. */
export function dress(model: Object3D, kind: "temples" | "hard" | "cloth"): void {
  const hasTemples = kind === "temples";
  const fade: Fade = { head: { value: new Matrix4() }, shown: { value: 1 }, bright: { value: 1 } };
  model.userData[FADE] = fade;
  const change = (from: Material): Material => {
    const material = from.clone();
    if (material instanceof MeshPhysicalMaterial && material.transmission > 0) clear(material);
    if (material instanceof MeshStandardMaterial) {
      material.customProgramCacheKey = () => `worn ${kind}`;
      material.onBeforeCompile = (shader) => {
        shader.uniforms["headFromWorld"] = fade.head;
        shader.uniforms["shown"] = fade.shown;
        shader.uniforms["bright"] = fade.bright;
        shader.vertexShader = shader.vertexShader
          .replace("#include <common>", "#include <common>\nvarying vec3 inHead;\nuniform mat4 headFromWorld;")
          .replace("#include <project_vertex>", "#include <project_vertex>\ninHead = ( headFromWorld * modelMatrix * vec4( transformed, 1.0 ) ).xyz;");
        shader.fragmentShader = shader.fragmentShader
          .replace("#include <common>", "#include <common>\nvarying vec3 inHead;\nuniform float shown;\nuniform float bright;")
          .replace("#include <opaque_fragment>", "outgoingLight *= bright;\n#include <opaque_fragment>")
          // The darker a lens, the more it covers; its gradient is in its texture.
          .replace("#include <color_fragment>", `#include <color_fragment>
            #ifdef IS_GLASS
              diffuseColor.a = clamp( ${CLEAR} + 1.05 * ( 1.0 - dot( diffuseColor.rgb, vec3( 0.3333 ) ) ), 0.0, 0.94 );
            #endif`)
          .replace("#include <clipping_planes_fragment>", `#include <clipping_planes_fragment>
            float atEar = ${hasTemples ? `smoothstep( ${EAR_FADE[1]}, ${EAR_FADE[0]}, inHead.z )` : "1.0"} * shown;
            if ( atEar < fract( 52.9829189 * fract( dot( gl_FragCoord.xy, vec2( 0.06711056, 0.00583715 ) ) ) ) ) discard;`);
      };
    }
    return material;
  };
  for (const mesh of meshesOf(model)) {
    mesh.material = Array.isArray(mesh.material) ? mesh.material.map(change) : change(mesh.material);
    mesh.receiveShadow = kind === "cloth";
    mesh.castShadow = !materialsOf(mesh).some((one) => one.transparent);
  }
}

/** Glass over a picture: what is behind it is already drawn, so it only adds a tint and what it mirrors. */
function clear(glass: MeshPhysicalMaterial): void {
  steep(glass);
  glass.transmission = 0;
  glass.transparent = true;
  glass.depthWrite = false;
  glass.envMapIntensity = 0.5;
  glass.defines = { ...glass.defines, IS_GLASS: "" };
}
