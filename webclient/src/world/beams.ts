/** The air in a hall, seen where strong spots cross it: one soft cone each, all in one draw. */
import { AdditiveBlending, CylinderGeometry, DoubleSide, InstancedMesh, Matrix4, Quaternion, ShaderMaterial, Vector3, type Scene } from "three";
import { fromKelvin, type Weights } from "./moods";
import type { Lamp } from "./plan";
import type { Part } from "./part";

const STRONG_LM = 2400;
const UP = new Vector3(0, 1, 0);

const VERTEX = /* glsl */ `
varying float along_; varying float rim;
void main() {
  along_ = 0.5 - position.y;
  vec4 at = modelViewMatrix * instanceMatrix * vec4( position, 1.0 );
  vec3 n = normalize( mat3( modelViewMatrix ) * mat3( instanceMatrix ) * vec3( normal.x, 0.0, normal.z ) );
  rim = abs( dot( n, normalize( at.xyz ) ) );
  gl_Position = projectionMatrix * at;
}`;
/** Densest through its middle, gone at its edge and before it lands. */
const FRAGMENT = /* glsl */ `
varying float along_; varying float rim;
uniform vec3 colour;
void main() {
  float fade = smoothstep( 0.0, 0.03, along_ ) * pow( 1.0 - along_, 2.2 );
  gl_FragColor = vec4( colour * fade * pow( rim, 2.2 ), 1.0 );
  #include <colorspace_fragment>
}`;

export class Beams implements Part {
  readonly #mesh: InstancedMesh<CylinderGeometry, ShaderMaterial> | null;
  readonly #scene: Scene;

  constructor(scene: Scene, lamps: readonly Lamp[]) {
    this.#scene = scene;
    const strong = lamps.filter(({ kind, lumen }) => kind === "spot" && lumen >= STRONG_LM);
    if (!strong.length) {
      this.#mesh = null;
      return;
    }
    const material = new ShaderMaterial({ vertexShader: VERTEX, fragmentShader: FRAGMENT, uniforms: { colour: { value: new Vector3() } }, transparent: true, depthWrite: false, blending: AdditiveBlending, side: DoubleSide });
    this.#mesh = new InstancedMesh(new CylinderGeometry(0.04, 1, 1, 40, 1, true), material, strong.length);
    for (const [i, lamp] of strong.entries()) {
      const from = new Vector3(...lamp.position);
      const way = new Vector3(...lamp.target).sub(from);
      const long = way.length() * 1.02;
      const wide = long * Math.tan((lamp.beam_deg * Math.PI) / 360) * 0.9;
      const turn = new Quaternion().setFromUnitVectors(UP, way.clone().negate().normalize());
      this.#mesh.setMatrixAt(i, new Matrix4().compose(from.addScaledVector(way.normalize(), long / 2), turn, new Vector3(wide, long, wide)));
    }
    this.#mesh.renderOrder = 4;
    this.#mesh.frustumCulled = false;
    scene.add(this.#mesh);
  }

  lit(weights: Weights): void {
    const [r, g, b] = fromKelvin(3200, 4200);
    const level = 0.02 * Math.min(2, Math.max(...weights.lamps));
    (this.#mesh?.material.uniforms as { colour: { value: Vector3 } } | undefined)?.colour.value.set(r * level, g * level, b * level);
  }

  dispose(): void {
    if (!this.#mesh) return;
    this.#scene.remove(this.#mesh);
    this.#mesh.geometry.dispose();
    this.#mesh.material.dispose();
    this.#mesh.dispose();
  }
}
