/** Soft contact shadows of everybody, in one draw: dark where feet are, thin away from the light. */
import { BufferGeometry, PlaneGeometry, ShaderMaterial, type IUniform, type Texture } from "three";
import { Cast } from "./cast";
import { RECORD } from "./material";

const VERTEX = /* glsl */ `
${RECORD}
varying vec2 vAt; varying float vDark;
void main() {
  vec4 place = record( 0 );
  vec4 key = record( 3 );
  vec4 face = record( 5 );
  vAt = position.xz;
  vDark = record( 1 ).w;
  float s = sin( place.w ), c = cos( place.w );
  vec2 own = position.xz * face.zw * 2.4;
  vec2 world = vec2( c * own.x + s * own.y, c * own.y - s * own.x );
  // Away from the light, a little.
  world -= normalize( key.xz + vec2( 1e-4 ) ) * min( 0.16, length( key.xz ) * 0.16 );
  gl_Position = projectionMatrix * viewMatrix * vec4( place.x + world.x, place.y + 0.004, place.z + world.y, 1.0 );
}`;
const FRAGMENT = /* glsl */ `
varying vec2 vAt; varying float vDark;
void main() {
  float d = length( vAt ) * 2.0;
  float wide = 1.0 - smoothstep( 0.0, 1.0, d );
  float tight = 1.0 - smoothstep( 0.0, 0.5, d );
  gl_FragColor = vec4( vec3( 0.09, 0.065, 0.05 ), ( 0.3 * wide * wide + 0.34 * tight * tight ) * vDark );
}`;

export function shadowsOf(people: IUniform<Texture | null>, most: number): { cast: Cast; dispose(): void } {
  const plane: BufferGeometry = new PlaneGeometry(1, 1).rotateX(-Math.PI / 2);
  const material = new ShaderMaterial({
    vertexShader: VERTEX, fragmentShader: FRAGMENT, transparent: true, depthWrite: false, uniforms: { people }, polygonOffset: true, polygonOffsetFactor: -2, polygonOffsetUnits: -2,
  });
  const cast = new Cast(plane, material, most);
  cast.mesh.name = "shadows of people";
  cast.mesh.renderOrder = 1;
  return {
    cast,
    dispose(): void {
      cast.dispose();
      plane.dispose();
      material.dispose();
    },
  };
}
