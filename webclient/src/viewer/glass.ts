/**
 * Glass over a page: the canvas is clear where nothing is drawn, so there is no picture that a lens could bend. Glass
 * covers what is behind it by as much as it is tinted, and adds what it mirrors.
 *
 * What it is not: refraction (`KHR_materials_transmission`), which needs a background; held products have one.
 */
import { MeshPhysicalMaterial, type Object3D } from "three";
import { materialsOf, meshesOf } from "./meshes";

/** Also the clearest lens is seen a little. */
const CLEAREST = 0.05;

const SEEN_THROUGH = /* glsl */ `
float covered = max( ${CLEAREST.toFixed(3)}, 1.0 - clearness * dot( diffuseColor.rgb, vec3( 0.2126, 0.7152, 0.0722 ) ) );
vec3 mirrored = max( outgoingLight - totalDiffuse, vec3( 0.0 ) );
diffuseColor.a = min( 1.0, covered + max( mirrored.r, max( mirrored.g, mirrored.b ) ) );
// As straight as blending wants it: a highlight covers what it outshines.
outgoingLight = ( totalDiffuse * covered + mirrored ) / diffuseColor.a;
#include <opaque_fragment>`;

/** Make all glass of a model such glass; what is no glass stays. Once for each material. */
export function seeThrough(model: Object3D): void {
  for (const mesh of meshesOf(model)) {
    for (const material of materialsOf(mesh)) if (material instanceof MeshPhysicalMaterial && material.transmission > 0) clear(material);
  }
}

/** Give glass the colour that light has when it is through: for glass that is drawn without its thickness. */
export function steep(glass: MeshPhysicalMaterial): void {
  const { attenuationColor: by, attenuationDistance, color, thickness } = glass;
  const through = Number.isFinite(attenuationDistance) && attenuationDistance > 0 ? thickness / attenuationDistance : 0;
  color.setRGB(color.r * by.r ** through, color.g * by.g ** through, color.b * by.b ** through);
  glass.thickness = 0;
}

function clear(glass: MeshPhysicalMaterial): void {
  const clearness = { value: glass.transmission };
  steep(glass);
  glass.transmission = 0;
  glass.transparent = true;
  glass.depthWrite = false;
  glass.onBeforeCompile = (shader): void => {
    shader.uniforms["clearness"] = clearness;
    shader.fragmentShader = shader.fragmentShader
      .replace("#include <common>", "#include <common>\nuniform float clearness;")
      .replace("#include <opaque_fragment>", SEEN_THROUGH);
  };
  glass.customProgramCacheKey = (): string => "glass over a page";
  glass.needsUpdate = true;
}
