/**
 * A mirror's glass: the one that is faced shows the room as it is, the others the room's probe.
 *
 * The picture is taken a few times a second, only when something has changed, and of no more than the glass shows: all its
 * pixels are on the glass. A headset and a phone see the probe.
 * Source: Lengyel 2005, "Oblique view frustum depth projection and clipping", for what stands behind the glass.
 */
import {
  Box3, HalfFloatType, Matrix4, Mesh, MeshStandardMaterial, PerspectiveCamera, Plane, ShaderMaterial, Shape, ShapeGeometry, Vector2, Vector3, Vector4, WebGLRenderTarget,
  type Scene, type Texture, type WebGLRenderer,
} from "three";
import type { Glass } from "./assemble";
import { SELF_LAYER } from "./layers";
import type { Part } from "./part";

const NEAR_M = 6;
const EVERY_S = 1 / 20;
const TALL_PX = 900;

const VERTEX = /* glsl */ `
uniform mat4 textureMatrix;
varying vec4 at;
void main() {
  at = textureMatrix * vec4( position, 1.0 );
  gl_Position = projectionMatrix * modelViewMatrix * vec4( position, 1.0 );
}`;
/** Silver takes a little, most of the blue. */
const FRAGMENT = /* glsl */ `
uniform sampler2D map;
varying vec4 at;
void main() {
  gl_FragColor = vec4( texture2DProj( map, at ).rgb * vec3( 0.93, 0.935, 0.92 ), 1.0 );
  #include <tonemapping_fragment>
  #include <colorspace_fragment>
}`;

/** What is mirrored, and from where it is looked at: the world, as far as a glass knows it. */
export interface Mirrored {
  readonly scene: Scene;
  readonly camera: PerspectiveCamera;
  readonly eye: Vector3;
  readonly renderer: WebGLRenderer;
  /** Drawn in place of the room, if anything. */
  readonly view: unknown;
  /** Something else than before is to be seen. */
  readonly isDirty: boolean;
  redraw(): void;
}

export class LookingGlass implements Part {
  readonly mesh: Mesh<ShapeGeometry, MeshStandardMaterial | ShaderMaterial>;
  readonly #world: Mirrored;
  readonly #probed = new MeshStandardMaterial({ color: 0xf2f0ea, metalness: 1, roughness: 0.04 });
  readonly #shown: ShaderMaterial;
  readonly #target: WebGLRenderTarget | null;
  readonly #eye = new PerspectiveCamera();
  readonly #middle = new Vector3();
  readonly #normal: Vector3;
  readonly #plane = new Plane();
  readonly #clip = new Vector4();
  readonly #q = new Vector4();
  readonly #matrix = new Matrix4();
  readonly #way = new Vector3();
  /** The corners of the glass, in the room. */
  readonly #corners: readonly Vector3[];
  readonly #corner = new Vector4();
  readonly #crop = new Matrix4();
  #since_s = 1;

  /** @param hasPicture whether the device can afford one; otherwise the glass always shows the probe */
  constructor(world: Mirrored, glass: Glass, hasPicture: boolean) {
    this.#world = world;
    const geometry = new ShapeGeometry(new Shape(glass.outline.map(([x, y]) => new Vector2(x, y))));
    const { o, x, y, n } = glass.frame;
    this.#normal = new Vector3(...n);
    this.#middle.set(...o);
    this.#matrix.makeBasis(new Vector3(...x), new Vector3(...y), this.#normal).setPosition(...o);
    this.mesh = new Mesh<ShapeGeometry, MeshStandardMaterial | ShaderMaterial>(geometry, this.#probed);
    this.mesh.matrix.copy(this.#matrix);
    geometry.computeBoundingBox();
    const { min, max } = geometry.boundingBox ?? new Box3();
    this.#corners = [[min.x, min.y], [max.x, min.y], [max.x, max.y], [min.x, max.y]].map(([u = 0, v = 0]) => new Vector3(u, v, 0).applyMatrix4(this.#matrix));
    this.mesh.matrixAutoUpdate = false;
    this.#plane.setFromNormalAndCoplanarPoint(this.#normal, this.#middle);
    const wide = (glass.plan.width_m / glass.plan.height_m) * TALL_PX;
    this.#target = hasPicture ? new WebGLRenderTarget(Math.max(256, Math.round(wide)), TALL_PX, { type: HalfFloatType, samples: 4 }) : null;
    this.#shown = new ShaderMaterial({ vertexShader: VERTEX, fragmentShader: FRAGMENT, uniforms: { map: { value: this.#target?.texture ?? (null as Texture | null) }, textureMatrix: { value: new Matrix4() } } });
    world.scene.add(this.mesh);
  }

  update(dt: number): void {
    this.#since_s += dt;
    const isFaced = this.#target !== null && !this.#world.renderer.xr.isPresenting && !this.#world.view && this.#isFaced();
    const material = isFaced ? this.#shown : this.#probed;
    if (this.mesh.material !== material) {
      this.mesh.material = material;
      this.#since_s = 1;
      this.#world.redraw();
    }
    if (isFaced && this.#since_s > EVERY_S && this.#world.isDirty) {
      this.#since_s = 0;
      this.#look();
    }
  }

  #isFaced(): boolean {
    const { eye, camera } = this.#world;
    this.#way.copy(this.#middle).sub(eye);
    const far = this.#way.length();
    if (far > NEAR_M || this.#way.dot(this.#normal) > -0.05) return false;
    const { elements } = camera.matrixWorld;
    // Ahead: within some 70° of where one looks.
    return -(this.#way.x * elements[8]! + this.#way.y * elements[9]! + this.#way.z * elements[10]!) / far > 0.35;
  }

  /** The picture that eyes behind the glass would take. */
  #look(): void {
    const { renderer, scene, camera } = this.#world;
    const target = this.#target;
    if (!target) return;
    const eye = this.#eye;
    const { x: nx, y: ny, z: nz } = this.#normal;
    const d = 2 * this.#plane.constant;
    // The reflection about the plane; a second mirror, of x, keeps it right-handed and is undone below.
    this.#matrix.set(1 - 2 * nx * nx, -2 * nx * ny, -2 * nx * nz, -d * nx, -2 * nx * ny, 1 - 2 * ny * ny, -2 * ny * nz, -d * ny, -2 * nx * nz, -2 * ny * nz, 1 - 2 * nz * nz, -d * nz, 0, 0, 0, 1);
    eye.layers.enable(SELF_LAYER);
    eye.matrixAutoUpdate = false;
    eye.matrixWorldAutoUpdate = false;
    eye.matrixWorld.copy(this.#matrix).multiply(camera.matrixWorld).scale(this.#way.set(-1, 1, 1));
    eye.matrixWorldInverse.copy(eye.matrixWorld).invert();
    eye.projectionMatrix.copy(camera.projectionMatrix);
    this.#frame(eye);
    eye.projectionMatrixInverse.copy(eye.projectionMatrix).invert();
    const { value: matrix } = (this.#shown.uniforms as { textureMatrix: { value: Matrix4 } }).textureMatrix;
    matrix.set(0.5, 0, 0, 0.5, 0, 0.5, 0, 0.5, 0, 0, 0.5, 0.5, 0, 0, 0, 1).multiply(eye.projectionMatrix).multiply(eye.matrixWorldInverse).multiply(this.mesh.matrixWorld);
    const clip = this.#plane.clone().applyMatrix4(eye.matrixWorldInverse);
    this.#clip.set(clip.normal.x, clip.normal.y, clip.normal.z, clip.constant);
    const p = eye.projectionMatrix.elements;
    this.#q.set((Math.sign(this.#clip.x) + p[8]!) / p[0]!, (Math.sign(this.#clip.y) + p[9]!) / p[5]!, -1, (1 + p[10]!) / p[14]!);
    this.#clip.multiplyScalar(2 / this.#clip.dot(this.#q));
    p[2] = this.#clip.x;
    p[6] = this.#clip.y;
    p[10] = this.#clip.z + 1 - 0.003;
    p[14] = this.#clip.w;
    const isXr = renderer.xr.enabled;
    renderer.xr.enabled = false;
    this.mesh.visible = false;
    renderer.setRenderTarget(target);
    renderer.clear();
    renderer.render(scene, eye);
    renderer.setRenderTarget(null);
    this.mesh.visible = true;
    renderer.xr.enabled = isXr;
  }

  /** Narrow what the eye takes in to the glass; to all of it where a corner lies behind one. */
  #frame({ projectionMatrix: projection, matrixWorldInverse: view }: PerspectiveCamera): void {
    let [x0, x1, y0, y1] = [1, -1, 1, -1];
    for (const { x, y, z } of this.#corners) {
      const at = this.#corner.set(x, y, z, 1).applyMatrix4(view).applyMatrix4(projection);
      if (at.w < 1e-3) return;
      x0 = Math.min(x0, at.x / at.w);
      x1 = Math.max(x1, at.x / at.w);
      y0 = Math.min(y0, at.y / at.w);
      y1 = Math.max(y1, at.y / at.w);
    }
    x0 = Math.max(x0, -1);
    x1 = Math.min(x1, 1);
    y0 = Math.max(y0, -1);
    y1 = Math.min(y1, 1);
    if (x1 - x0 < 0.01 || y1 - y0 < 0.01) return;
    const [w, h] = [x1 - x0, y1 - y0];
    projection.premultiply(this.#crop.set(2 / w, 0, 0, -(x0 + x1) / w, 0, 2 / h, 0, -(y0 + y1) / h, 0, 0, 1, 0, 0, 0, 0, 1));
  }

  dispose(): void {
    this.#world.scene.remove(this.mesh);
    this.mesh.geometry.dispose();
    this.#probed.dispose();
    this.#shown.dispose();
    this.#target?.dispose();
  }
}
