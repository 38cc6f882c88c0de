/** A soft dark rim round the view while one glides: less of the room streams past at the sides, where it makes ill. */
import { AlwaysDepth, DoubleSide, Mesh, RingGeometry, ShaderMaterial, type Object3D } from "three";

const DISTANCE_M = 0.3;
const IN_S = 0.12;
const OUT_S = 0.35;

export class Vignette {
  readonly #mesh: Mesh<RingGeometry, ShaderMaterial>;
  #strength = 0;

  constructor(camera: Object3D) {
    const material = new ShaderMaterial({
      transparent: true, depthWrite: false, depthFunc: AlwaysDepth, side: DoubleSide, uniforms: { strength: { value: 0 } },
      vertexShader: "varying vec2 at; void main() { at = position.xy; gl_Position = projectionMatrix * modelViewMatrix * vec4( position, 1.0 ); }",
      fragmentShader: "varying vec2 at; uniform float strength; void main() { float r = length( at ); gl_FragColor = vec4( 0.02, 0.02, 0.018, smoothstep( 0.16, 0.3, r ) * strength ); }",
    });
    this.#mesh = new Mesh(new RingGeometry(0.12, 1.4, 48, 1), material);
    this.#mesh.position.z = -DISTANCE_M;
    this.#mesh.renderOrder = 60;
    this.#mesh.frustumCulled = false;
    this.#mesh.visible = false;
    camera.add(this.#mesh);
  }

  /** @param speed 0…1: how fast one glides or turns */
  update(dt: number, speed: number): void {
    const wanted = Math.min(1, speed) * 0.94;
    this.#strength += (wanted - this.#strength) * Math.min(1, dt / (wanted > this.#strength ? IN_S : OUT_S));
    if (wanted === 0 && this.#strength < 0.01) this.#strength = 0;
    this.#mesh.visible = this.#strength > 0;
    const { strength } = this.#mesh.material.uniforms as { strength: { value: number } };
    strength.value = this.#strength;
  }

  dispose(): void {
    this.#mesh.removeFromParent();
    this.#mesh.geometry.dispose();
    this.#mesh.material.dispose();
  }
}
