/** A contact shadow: the product's depth seen from below the floor, blurred; drawn once a model, never in the loop. */
import {
  Color, CustomBlending, DoubleSide, Group, HalfFloatType, LinearFilter, Mesh, MeshDepthMaterial, OneMinusSrcAlphaFactor,
  OrthographicCamera, PlaneGeometry, Scene, ShaderMaterial, SrcAlphaFactor, WebGLRenderTarget, ZeroFactor, OneFactor,
  type Box3, type Object3D, type WebGLRenderer,
} from "three";

const SIZE = 512;
const REACH = 0.42;
/** The floor's colour in full shadow (poster.py's warm bounce), sRGB as the canvas blends it. */
const DARK = "vec3(0.20, 0.16, 0.13)";

const VERTEX = "varying vec2 at; void main() { at = uv; gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0); }";
const BLUR = `
uniform sampler2D map; uniform vec2 step_; varying vec2 at;
void main() {
  float sum = 0.0; float total = 0.0;
  for (int i = -8; i <= 8; i++) {
    float w = exp(-float(i * i) / 28.0);
    sum += w * texture2D(map, at + step_ * float(i)).r; total += w;
  }
  gl_FragColor = vec4(vec3(sum / total), 1.0);
}`;
const SHOW = `
uniform sampler2D tight; uniform sampler2D wide; varying vec2 at;
void main() {
  float near = texture2D(tight, at).r; float far = texture2D(wide, at).r;
  vec2 edge = smoothstep(vec2(0.0), vec2(0.12), at) * smoothstep(vec2(0.0), vec2(0.12), 1.0 - at);
  float alpha = clamp(0.62 * near + 0.5 * far, 0.0, 0.84) * edge.x * edge.y;
  gl_FragColor = vec4(${DARK}, alpha);
}`;

export class ContactShadow {
  readonly group = new Group();
  readonly #target = [0, 1, 2, 3].map(() => new WebGLRenderTarget(SIZE, SIZE, { type: HalfFloatType, minFilter: LinearFilter, magFilter: LinearFilter, depthBuffer: true }));
  readonly #plane = new PlaneGeometry(1, 1);
  readonly #blur = new ShaderMaterial({
    uniforms: { map: { value: null }, step_: { value: [0, 0] } }, vertexShader: VERTEX, fragmentShader: BLUR, depthTest: false, depthWrite: false,
  });
  readonly #show: ShaderMaterial;
  readonly #depth: MeshDepthMaterial;
  readonly #quad: Mesh;

  constructor() {
    const [, , tight, wide] = this.#target;
    this.#show = new ShaderMaterial({
      uniforms: { tight: { value: tight?.texture }, wide: { value: wide?.texture } }, vertexShader: VERTEX, fragmentShader: SHOW,
      transparent: true, depthWrite: false, toneMapped: false, side: DoubleSide,
      blending: CustomBlending, blendSrc: SrcAlphaFactor, blendDst: OneMinusSrcAlphaFactor, blendSrcAlpha: OneFactor, blendDstAlpha: OneMinusSrcAlphaFactor,
    });
    this.#depth = new MeshDepthMaterial({ side: DoubleSide });
    this.#depth.blending = CustomBlending;
    this.#depth.blendSrc = OneFactor;
    this.#depth.blendDst = ZeroFactor;
    // What is near the floor is dark, what is far above it fades.
    this.#depth.onBeforeCompile = (shader) => {
      shader.fragmentShader = shader.fragmentShader.replace(
        "gl_FragColor = vec4( vec3( 1.0 - fragCoordZ ), opacity );",
        "gl_FragColor = vec4( vec3( pow( clamp( 1.0 - fragCoordZ, 0.0, 1.0 ), 1.6 ) ), 1.0 );",
      );
    };
    this.#quad = new Mesh(this.#plane, this.#show);
    this.#quad.rotation.x = -Math.PI / 2;
    this.#quad.renderOrder = -1;
    this.group.add(this.#quad);
  }

  /** Draw the shadow of `model`, which stands on y = box.min.y. */
  cast(renderer: WebGLRenderer, model: Object3D, box: Box3): void {
    const width = Math.max(box.max.x - box.min.x, box.max.z - box.min.z) * 1.7;
    const tall = (box.max.y - box.min.y) * REACH;
    const [raw, half, tight, wide] = this.#target;
    if (!raw || !half || !tight || !wide) return;
    const eye = new OrthographicCamera(-width / 2, width / 2, width / 2, -width / 2, 0, tall);
    eye.position.set((box.min.x + box.max.x) / 2, box.min.y - tall * 0.002, (box.min.z + box.max.z) / 2);
    eye.up.set(0, 0, 1);
    eye.lookAt(eye.position.x, box.max.y + 1, eye.position.z);
    this.#quad.position.set(eye.position.x, box.min.y, eye.position.z);
    // Seen from below the picture is mirrored; up is +Z.
    this.#quad.scale.set(-width, -width, 1);

    const scene = new Scene();
    scene.overrideMaterial = this.#depth;
    const parent = model.parent;
    const colour = renderer.getClearColor(new Color());
    const alpha = renderer.getClearAlpha();
    renderer.setClearColor(0x000000, 1);
    scene.add(model);
    renderer.setRenderTarget(raw);
    renderer.clear();
    renderer.render(scene, eye);
    parent?.add(model);
    this.#blurred(renderer, raw, half, tight, 1.2 / SIZE);
    this.#blurred(renderer, tight, half, wide, 4.5 / SIZE);
    renderer.setRenderTarget(null);
    renderer.setClearColor(colour, alpha);
  }

  #blurred(renderer: WebGLRenderer, from: WebGLRenderTarget, by: WebGLRenderTarget, to: WebGLRenderTarget, step: number): void {
    const scene = new Scene();
    const quad = new Mesh(this.#plane, this.#blur);
    scene.add(quad);
    const eye = new OrthographicCamera(-0.5, 0.5, 0.5, -0.5, -1, 1);
    for (const [source, target, way] of [[from, by, [step, 0]], [by, to, [0, step]]] as const) {
      const uniforms = this.#blur.uniforms as { map: { value: unknown }; step_: { value: readonly number[] } };
      uniforms.map.value = source.texture;
      uniforms.step_.value = way;
      renderer.setRenderTarget(target);
      renderer.render(scene, eye);
    }
  }

  dispose(): void {
    for (const target of this.#target) target.dispose();
    this.#plane.dispose();
    this.#blur.dispose();
    this.#show.dispose();
    this.#depth.dispose();
  }
}
