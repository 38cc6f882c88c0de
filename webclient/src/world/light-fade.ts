/** One baked light becomes the next on the screen: both pairs of maps are mixed into targets that the materials read. */
import { HalfFloatType, LinearFilter, Mesh, OrthographicCamera, PlaneGeometry, RGBAFormat, Scene, ShaderMaterial, WebGLRenderTarget, type Texture, type WebGLRenderer } from "three";

const VERTEX = "varying vec2 at; void main() { at = uv; gl_Position = vec4( position.xy * 2.0, 0.0, 1.0 ); }";
const FRAGMENT = "varying vec2 at; uniform sampler2D before, after; uniform float t; void main() { gl_FragColor = mix( texture2D( before, at ), texture2D( after, at ), t ); }";

export interface Maps {
  readonly sky: Texture;
  readonly lamps: Texture;
}

export class LightFade {
  readonly #targets: { readonly sky: WebGLRenderTarget; readonly lamps: WebGLRenderTarget };
  readonly #material = new ShaderMaterial({ vertexShader: VERTEX, fragmentShader: FRAGMENT, uniforms: { before: { value: null as Texture | null }, after: { value: null as Texture | null }, t: { value: 0 } }, depthTest: false, depthWrite: false });
  readonly #plane = new PlaneGeometry(1, 1);
  readonly #scene = new Scene();
  readonly #eye = new OrthographicCamera(-0.5, 0.5, 0.5, -0.5, -1, 1);

  constructor(width: number, height: number) {
    const made = (): WebGLRenderTarget => {
      const target = new WebGLRenderTarget(width, height, { type: HalfFloatType, format: RGBAFormat, minFilter: LinearFilter, magFilter: LinearFilter, depthBuffer: false });
      target.texture.channel = 1;
      return target;
    };
    this.#targets = { sky: made(), lamps: made() };
    const quad = new Mesh(this.#plane, this.#material);
    quad.frustumCulled = false;
    this.#scene.add(quad);
  }

  get maps(): Maps {
    return { sky: this.#targets.sky.texture, lamps: this.#targets.lamps.texture };
  }

  /** @param t 0: as before; 1: as after */
  mix(renderer: WebGLRenderer, before: Maps, after: Maps, t: number): void {
    const { before: from, after: to, t: share } = this.#material.uniforms as { before: { value: Texture }; after: { value: Texture }; t: { value: number } };
    const isXr = renderer.xr.enabled;
    renderer.xr.enabled = false;
    share.value = t;
    for (const name of ["sky", "lamps"] as const) {
      from.value = before[name];
      to.value = after[name];
      renderer.setRenderTarget(this.#targets[name]);
      renderer.render(this.#scene, this.#eye);
    }
    renderer.setRenderTarget(null);
    renderer.xr.enabled = isXr;
  }

  dispose(): void {
    this.#targets.sky.dispose();
    this.#targets.lamps.dispose();
    this.#material.dispose();
    this.#plane.dispose();
  }
}
