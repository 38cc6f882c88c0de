/** The mean colour of textures, compressed ones too: their smallest copy is drawn into a pixel each and read back. */
import { Color, Mesh, NearestFilter, OrthographicCamera, PlaneGeometry, Scene, ShaderMaterial, UnsignedByteType, WebGLRenderTarget, type Texture, type WebGLRenderer } from "three";

const VERTEX = "void main() { gl_Position = vec4( position.xy * 2.0, 0.0, 1.0 ); }";
/** A grid of samples of a small copy: the very smallest may be missing. Square roots keep dark colours apart. */
const FRAGMENT = /* glsl */ `
uniform sampler2D map;
void main() {
  vec3 sum = vec3( 0.0 );
  for ( int i = 0; i < 16; i ++ ) sum += textureLod( map, ( vec2( float( i % 4 ), float( i / 4 ) ) + 0.5 ) / 4.0, 12.0 ).rgb;
  gl_FragColor = vec4( sqrt( sum / 16.0 ), 1.0 );
}`;

/** Linear, as the shader sees them. */
export async function means(textures: readonly Texture[], renderer: WebGLRenderer): Promise<Map<Texture, Color>> {
  const all = [...new Set(textures)];
  const found = new Map<Texture, Color>();
  if (!all.length) return found;
  const target = new WebGLRenderTarget(all.length, 1, { type: UnsignedByteType, minFilter: NearestFilter, magFilter: NearestFilter, depthBuffer: false });
  const material = new ShaderMaterial({ vertexShader: VERTEX, fragmentShader: FRAGMENT, uniforms: { map: { value: null as Texture | null } }, depthTest: false, depthWrite: false });
  const plane = new PlaneGeometry(1, 1);
  const quad = new Mesh(plane, material);
  quad.frustumCulled = false;
  const scene = new Scene();
  scene.add(quad);
  const eye = new OrthographicCamera(-0.5, 0.5, 0.5, -0.5, -1, 1);
  const before = renderer.getRenderTarget();
  for (const [i, texture] of all.entries()) {
    material.uniforms["map"]!.value = texture;
    target.viewport.set(i, 0, 1, 1);
    target.scissor.set(i, 0, 1, 1);
    target.scissorTest = true;
    renderer.setRenderTarget(target);
    renderer.render(scene, eye);
  }
  renderer.setRenderTarget(before);
  const pixels = new Uint8Array(all.length * 4);
  await renderer.readRenderTargetPixelsAsync(target, 0, 0, all.length, 1, pixels);
  for (const [i, texture] of all.entries()) {
    const [r, g, b] = [0, 1, 2].map((k) => (pixels[i * 4 + k]! / 255) ** 2) as [number, number, number];
    found.set(texture, new Color(r, g, b));
  }
  target.dispose();
  material.dispose();
  plane.dispose();
  return found;
}
