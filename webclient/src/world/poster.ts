/** A cut-out of a product's poster, standing on its slot until the model is there. */
import { CanvasTexture, LinearFilter, LinearMipmapLinearFilter, Mesh, PlaneGeometry, ShaderMaterial, SRGBColorSpace, Texture } from "three";
import type { Row } from "../api";
import { cutOut } from "./cutout";

const YAW_DEG = 32;
const POSTER_FILL = 0.7;
/** Seen from afar: larger ones wait for the model anyway. */
const SIDE_PX = 256;

const VERTEX = /* glsl */ `
varying vec2 at;
void main() {
  at = uv;
  gl_Position = projectionMatrix * modelViewMatrix * vec4( position, 1.0 );
}`;
const FRAGMENT = /* glsl */ `
varying vec2 at;
uniform sampler2D map;
uniform float fade, lift;
void main() {
  vec4 c = texture2D( map, at );
  gl_FragColor = vec4( c.rgb * ( 1.0 + lift ), c.a * fade );
  #include <colorspace_fragment>
}`;

export class Poster {
  readonly mesh: Mesh<PlaneGeometry, ShaderMaterial>;
  /** Its own shape, if none is shared. */
  readonly #own: PlaneGeometry | null;
  readonly #ended = new AbortController();
  #map: Texture = new Texture();

  constructor(address: string, row: Row, plane: PlaneGeometry | undefined, loaded: () => void, side_px = SIDE_PX) {
    const [w, h, d] = row.dimensions_m;
    const yaw = (YAW_DEG * Math.PI) / 180;
    const wide = Math.abs(w * Math.cos(yaw)) + Math.abs(d * Math.sin(yaw));
    const tall = h * 0.96 + d * 0.22;
    const side = Math.max(wide, tall) / POSTER_FILL;
    this.#own = plane ? null : new PlaneGeometry(1, 1);
    this.mesh = new Mesh(plane ?? this.#own!, new ShaderMaterial({
      transparent: true, depthWrite: false, vertexShader: VERTEX, fragmentShader: FRAGMENT, uniforms: { map: { value: this.#map }, fade: { value: 1 }, lift: { value: 0 } },
    }));
    this.mesh.scale.set(side, side, 1);
    this.mesh.position.y = tall / 2;
    this.mesh.renderOrder = 2;
    this.mesh.visible = false;
    this.#load(address, side_px).then(loaded, (error: unknown) => {
      if (!this.#ended.signal.aborted) console.warn(error);
    });
  }

  async #load(address: string, side_px: number): Promise<void> {
    const picture = new Image();
    picture.src = address;
    await picture.decode();
    if (this.#ended.signal.aborted) return;
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = side_px;
    const pen = canvas.getContext("2d", { willReadFrequently: true });
    if (!pen) return;
    pen.imageSmoothingQuality = "high";
    pen.drawImage(picture, 0, 0, side_px, side_px);
    const pixels = pen.getImageData(0, 0, side_px, side_px);
    cutOut(pixels.data, side_px, side_px);
    pen.putImageData(pixels, 0, 0);
    const map = new CanvasTexture(canvas);
    map.colorSpace = SRGBColorSpace;
    map.minFilter = LinearMipmapLinearFilter;
    map.magFilter = LinearFilter;
    this.#map = map;
    (this.mesh.material.uniforms as { map: { value: Texture } }).map.value = map;
    this.mesh.visible = true;
  }

  set fade(fade: number) {
    (this.mesh.material.uniforms as { fade: { value: number } }).fade.value = fade;
  }

  set lift(lift: number) {
    (this.mesh.material.uniforms as { lift: { value: number } }).lift.value = lift;
  }

  dispose(): void {
    this.#ended.abort();
    this.mesh.removeFromParent();
    this.#map.dispose();
    this.#own?.dispose();
    this.mesh.material.dispose();
  }
}
