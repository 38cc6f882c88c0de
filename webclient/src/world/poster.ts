/** A cut-out of a product's poster, standing on its slot until the model is there. */
import { Mesh, PlaneGeometry, ShaderMaterial, SRGBColorSpace, TextureLoader, type Texture } from "three";
import type { Row } from "../api";

const YAW_DEG = 32;
const POSTER_FILL = 0.7;

const CUT_VERTEX = /* glsl */ `
varying vec2 at;
void main() {
  at = uv;
  gl_Position = projectionMatrix * modelViewMatrix * vec4( position, 1.0 );
}`;

/** The seamless backdrop is what the picture's own rims show at this height: what differs from it is the product. */
const CUT_FRAGMENT = /* glsl */ `
varying vec2 at;
uniform sampler2D map;
uniform float fade, lift;
void main() {
  vec3 c = texture2D( map, at ).rgb;
  vec3 left = texture2D( map, vec2( 0.012, at.y ) ).rgb;
  vec3 right = texture2D( map, vec2( 0.988, at.y ) ).rgb;
  vec3 off = abs( c - mix( left, right, at.x ) );
  float alpha = smoothstep( 0.07, 0.16, max( off.r, max( off.g, off.b ) ) );
  vec2 edge = smoothstep( vec2( 0.02 ), vec2( 0.08 ), at ) * smoothstep( vec2( 0.02 ), vec2( 0.08 ), 1.0 - at );
  gl_FragColor = vec4( c * ( 1.0 + lift ), alpha * edge.x * edge.y * fade );
  #include <colorspace_fragment>
}`;

export class Poster {
  readonly mesh: Mesh<PlaneGeometry, ShaderMaterial>;
  readonly #map: Texture;
  /** Its own shape, if none is shared. */
  readonly #own: PlaneGeometry | null;

  constructor(address: string, row: Row, plane: PlaneGeometry | undefined, loaded: () => void) {
    const [w, h, d] = row.dimensions_m;
    const yaw = (YAW_DEG * Math.PI) / 180;
    const wide = Math.abs(w * Math.cos(yaw)) + Math.abs(d * Math.sin(yaw));
    const tall = h * 0.96 + d * 0.22;
    const side = Math.max(wide, tall) / POSTER_FILL;
    this.#map = new TextureLoader().load(address, loaded);
    this.#map.colorSpace = SRGBColorSpace;
    this.#own = plane ? null : new PlaneGeometry(1, 1);
    this.mesh = new Mesh(plane ?? this.#own!, new ShaderMaterial({
      transparent: true, depthWrite: false, vertexShader: CUT_VERTEX, fragmentShader: CUT_FRAGMENT, uniforms: { map: { value: this.#map }, fade: { value: 1 }, lift: { value: 0 } },
    }));
    this.mesh.scale.set(side, side, 1);
    this.mesh.position.y = tall / 2;
    this.mesh.renderOrder = 2;
  }

  set fade(fade: number) {
    (this.mesh.material.uniforms as { fade: { value: number } }).fade.value = fade;
  }

  set lift(lift: number) {
    (this.mesh.material.uniforms as { lift: { value: number } }).lift.value = lift;
  }

  dispose(): void {
    this.mesh.removeFromParent();
    this.#map.dispose();
    this.#own?.dispose();
    this.mesh.material.dispose();
  }
}
