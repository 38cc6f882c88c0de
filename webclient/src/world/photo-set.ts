/**
 * Where a product is looked at: a photographer's light, a pool of it on the ground, and the room behind, dark and soft.
 *
 * The room is drawn once, small, and blurred; then a frame costs the product alone. What it is not: the product, or how
 * it is turned (`inspect.ts`).
 */
import {
  CircleGeometry, Group, HalfFloatType, LinearFilter, MathUtils, Mesh, OrthographicCamera, PerspectiveCamera, PlaneGeometry, Scene, ShaderMaterial, WebGLRenderTarget,
  type Box3, type Object3D, type Texture, type WebGLRenderer,
} from "three";
import { FOV_Y_DEG, YAW_DEG } from "../viewer/frame";
import { ContactShadow } from "../viewer/shadow";
import { environment } from "../viewer/studio";

const BACK_PX = 360;
const BLUR_TURNS = 3;

const FLAT = "varying vec2 at; void main() { at = uv; gl_Position = vec4( position.xy * 2.0, 0.0, 1.0 ); }";
const BLUR = /* glsl */ `
varying vec2 at;
uniform sampler2D map;
uniform vec2 way;
void main() {
  vec3 sum = texture2D( map, at ).rgb * 0.2270270270;
  sum += ( texture2D( map, at + way * 1.3846153846 ).rgb + texture2D( map, at - way * 1.3846153846 ).rgb ) * 0.3162162162;
  sum += ( texture2D( map, at + way * 3.2307692308 ).rgb + texture2D( map, at - way * 3.2307692308 ).rgb ) * 0.0702702703;
  gl_FragColor = vec4( min( sum, vec3( 6.0 ) ), 1.0 );
}`;
const BACK = /* glsl */ `
varying vec2 at;
uniform sampler2D map;
uniform float alpha;
uniform vec2 middle;
void main() {
  vec2 off = ( at - middle ) * vec2( 1.0, 1.15 );
  float edge = 1.0 - smoothstep( 0.15, 0.95, length( off ) );
  vec3 c = texture2D( map, at ).rgb;
  float grey = dot( c, vec3( 0.2126, 0.7152, 0.0722 ) );
  c = mix( vec3( grey ), c, 0.8 ) * mix( 0.11, 0.3, edge );
  gl_FragColor = vec4( c, alpha );
  #include <tonemapping_fragment>
  #include <colorspace_fragment>
}`;
const POOL_VERTEX = "varying vec2 at; void main() { at = uv - 0.5; gl_Position = projectionMatrix * modelViewMatrix * vec4( position, 1.0 ); }";
/** The table fades out before it has an edge. */
const POOL = /* glsl */ `
varying vec2 at;
uniform float alpha;
void main() {
  float d = length( at ) * 2.0;
  float glow = 1.0 - smoothstep( 0.12, 1.0, d );
  gl_FragColor = vec4( vec3( 0.93, 0.89, 0.83 ), 0.9 * glow * alpha );
}`;

export class PhotoSet {
  readonly scene = new Scene();
  readonly camera = new PerspectiveCamera(FOV_Y_DEG, 1, 0.005, 60);
  /** What is looked at; it stands on y = 0. */
  readonly subject = new Group();
  readonly #plane = new PlaneGeometry(1, 1);
  readonly #flat = new OrthographicCamera(-0.5, 0.5, 0.5, -0.5, -1, 1);
  readonly #targets = [0, 1].map(() => new WebGLRenderTarget(2, 2, { type: HalfFloatType, minFilter: LinearFilter, magFilter: LinearFilter }));
  readonly #blur = new ShaderMaterial({ vertexShader: FLAT, fragmentShader: BLUR, uniforms: { map: { value: null as Texture | null }, way: { value: [0, 0] } }, depthTest: false, depthWrite: false });
  readonly #back = new ShaderMaterial({ vertexShader: FLAT, fragmentShader: BACK, uniforms: { map: { value: null as Texture | null }, alpha: { value: 0 }, middle: { value: [0.5, 0.5] } }, transparent: true, depthTest: false, depthWrite: false });
  readonly #blurScene = new Scene();
  readonly #backScene = new Scene();
  readonly #pool: Mesh<CircleGeometry, ShaderMaterial>;
  readonly #shadow = new ContactShadow();
  #light: Texture | null = null;

  constructor() {
    this.#blurScene.add(new Mesh(this.#plane, this.#blur));
    this.#backScene.add(new Mesh(this.#plane, this.#back));
    for (const scene of [this.#blurScene, this.#backScene]) scene.children[0]!.frustumCulled = false;
    this.#pool = new Mesh(new CircleGeometry(0.5, 48).rotateX(-Math.PI / 2), new ShaderMaterial({ vertexShader: POOL_VERTEX, fragmentShader: POOL, uniforms: { alpha: { value: 0 } }, transparent: true, depthWrite: false }));
    this.#pool.renderOrder = -3;
    this.scene.add(this.#pool, this.#shadow.group, this.subject);
    // The lamps stand beside the poster's camera, which went round by as much.
    this.scene.environmentRotation.y = MathUtils.degToRad(YAW_DEG);
  }

  /** Light the lamps (again). */
  lightUp(): void {
    this.#light?.dispose();
    this.#light = environment();
    this.scene.environment = this.#light;
  }

  /** Take the room's picture for the background. */
  shoot(renderer: WebGLRenderer, room: Scene, camera: PerspectiveCamera): void {
    const [a, b] = this.#targets;
    if (!a || !b) return;
    const width = Math.round(BACK_PX * Math.min(2.4, camera.aspect));
    for (const target of this.#targets) target.setSize(width, BACK_PX);
    renderer.setRenderTarget(a);
    renderer.clear();
    renderer.render(room, camera);
    const { map, way } = this.#blur.uniforms as unknown as { map: { value: Texture }; way: { value: number[] } };
    for (let turn = 0; turn < BLUR_TURNS; turn++) {
      const reach = 1 + turn * 1.6;
      for (const [from, to, wx, wy] of [[a, b, reach / width, 0], [b, a, 0, reach / BACK_PX]] as const) {
        map.value = from.texture;
        way.value[0] = wx;
        way.value[1] = wy;
        renderer.setRenderTarget(to);
        renderer.render(this.#blurScene, this.#flat);
      }
    }
    renderer.setRenderTarget(null);
    (this.#back.uniforms as unknown as { map: { value: Texture } }).map.value = a.texture;
  }

  /** Lay the shadow and the pool of light under the subject. */
  ground(renderer: WebGLRenderer, model: Object3D, box: Box3): void {
    const parent = model.parent;
    const { x, y, z } = model.position;
    this.#shadow.cast(renderer, model, box);
    parent?.add(model);
    model.position.set(x, y, z);
    const wide = Math.hypot(box.max.x - box.min.x, box.max.z - box.min.z);
    const side = Math.max(wide * 2.5, (box.max.y - box.min.y) * 1.7);
    this.#pool.scale.set(side, 1, side);
    this.#pool.position.set((box.min.x + box.max.x) / 2, -0.0004 * side, (box.min.z + box.max.z) / 2);
  }

  /** A product off the ground, as on its shelf, throws none. */
  set isGrounded(isGrounded: boolean) {
    this.#shadow.group.visible = this.#pool.visible = isGrounded;
  }

  /**
   * @param shown 0: the room as it is; 1: the set alone
   * @param middle where the product stands on the screen, 0…1 from the lower left
   */
  draw(renderer: WebGLRenderer, room: Scene, camera: PerspectiveCamera, shown: number, middle: readonly [number, number]): void {
    const { alpha, middle: at } = this.#back.uniforms as unknown as { alpha: { value: number }; middle: { value: number[] } };
    alpha.value = shown;
    at.value[0] = middle[0];
    at.value[1] = middle[1];
    (this.#pool.material.uniforms as { alpha: { value: number } }).alpha.value = shown;
    const auto = renderer.autoClear;
    if (shown < 1) renderer.render(room, camera);
    else renderer.clear();
    renderer.autoClear = false;
    renderer.render(this.#backScene, this.#flat);
    renderer.clearDepth();
    renderer.render(this.scene, this.camera);
    renderer.autoClear = auto;
  }

  dispose(): void {
    for (const target of this.#targets) target.dispose();
    this.#plane.dispose();
    this.#blur.dispose();
    this.#back.dispose();
    this.#pool.geometry.dispose();
    this.#pool.material.dispose();
    this.#shadow.dispose();
    this.#light?.dispose();
  }
}
