/**
 * What lies beyond the windows: a sky with haze, hills and treetops far off, a terrace; by night, a town's lights.
 *
 * Drawn by one shader on the inside of a sphere, from a few numbers a mood sets: no picture is loaded.
 */
import { BackSide, Color, Mesh, ShaderMaterial, SphereGeometry } from "three";
import { fromKelvin, type Weights } from "./moods";

type Rgb = readonly [number, number, number];

const VERTEX = /* glsl */ `
varying vec3 way;
void main() {
  way = position;
  gl_Position = projectionMatrix * modelViewMatrix * vec4( position, 1.0 );
}`;

const FRAGMENT = /* glsl */ `
varying vec3 way;
uniform vec3 zenith, horizon, ground;
uniform float night, gain;
float h1( float x ) { return fract( sin( x * 127.1 ) * 43758.5453 ); }
float n1( float x ) { float i = floor( x ); float f = fract( x ); f = f * f * ( 3.0 - 2.0 * f ); return mix( h1( i ), h1( i + 1.0 ), f ); }
float ridge( float a, float k, float seed ) { return n1( a * k + seed ) * 0.55 + n1( a * k * 2.7 + seed * 3.0 ) * 0.28 + n1( a * k * 7.0 + seed ) * 0.12 + n1( a * k * 23.0 ) * 0.05; }
void main() {
  vec3 d = normalize( way );
  float a = atan( d.x, -d.z ) + 3.2;
  float up = d.y;
  vec3 c = mix( horizon, zenith, pow( clamp( up * 1.15, 0.0, 1.0 ), 0.55 ) );
  vec3 tree = ground * vec3( 0.75, 0.86, 0.68 );
  float edge = fwidth( up ) + 0.0015;
  for ( int i = 0; i < 4; i ++ ) {
    float f = float( i );
    float top = 0.125 - 0.045 * f + ( ridge( a, 2.2 + f * 2.2, f * 9.1 ) - 0.5 ) * ( 0.11 - 0.012 * f );
    if ( i == 3 ) top += ( n1( a * 60.0 ) - 0.5 ) * 0.02;
    vec3 hill = mix( mix( horizon, ground, 0.22 ), tree, f / 3.2 );
    hill *= 1.0 - 0.25 * smoothstep( top - 0.08, top, up ) * ( f / 3.0 );
    c = mix( c, hill, 1.0 - smoothstep( top - edge, top + edge, up ) );
  }
  // A terrace of pale stone up to where the garden starts.
  c = mix( c, ground * 1.25, 1.0 - smoothstep( -0.16, -0.14, up ) );
  if ( night > 0.001 && up < 0.075 && up > -0.13 ) {
    vec2 cell = vec2( a * 130.0, up * 170.0 );
    vec2 id = floor( cell );
    float lit = step( 0.93, fract( sin( dot( id, vec2( 12.9898, 78.233 ) ) ) * 43758.5453 ) );
    vec2 p = fract( cell ) - 0.5;
    float spark = lit * smoothstep( 0.30, 0.05, length( p ) ) * ( 1.0 - smoothstep( 0.03, 0.075, up ) );
    c += spark * vec3( 1.0, 0.72, 0.42 ) * night * ( 0.4 + h1( id.x + id.y * 7.0 ) );
  }
  gl_FragColor = vec4( c * gain, 1.0 );
  #include <tonemapping_fragment>
  #include <colorspace_fragment>
}`;

export class Outside {
  readonly mesh: Mesh;
  readonly #material: ShaderMaterial;

  constructor() {
    this.#material = new ShaderMaterial({
      side: BackSide, depthWrite: false, vertexShader: VERTEX, fragmentShader: FRAGMENT,
      uniforms: { zenith: { value: new Color() }, horizon: { value: new Color() }, ground: { value: new Color() }, night: { value: 0 }, gain: { value: 1 } },
    });
    this.mesh = new Mesh(new SphereGeometry(60, 48, 32), this.#material);
    this.mesh.renderOrder = -10;
    this.mesh.frustumCulled = false;
  }

  /** Follow the light. */
  shine(weights: Weights, kelvin: number): void {
    const u = this.#material.uniforms as Record<"zenith" | "horizon" | "ground", { value: Color }> & Record<"night" | "gain", { value: number }>;
    const level = Math.max(...weights.sky);
    const night = level > 0.4 ? 0 : 1 - level / 0.4;
    // Eyes and cameras hold back a bright view: it is shown at a part of what it lights the room with.
    const shown = Math.min(1.45, level * 0.42) * (1 - night);
    const [r, g, b] = fromKelvin(kelvin, 5600);
    const most = Math.max(r, g, b);
    const mix = (c: Color, day: Rgb, dusk: Rgb): void => {
      c.setRGB((day[0] * r * shown) / most + dusk[0] * night, (day[1] * g * shown) / most + dusk[1] * night, (day[2] * b * shown) / most + dusk[2] * night);
    };
    mix(u.zenith.value, [0.62, 0.76, 0.98], [0.006, 0.012, 0.038]);
    mix(u.horizon.value, [1, 0.97, 0.92], [0.085, 0.07, 0.1]);
    mix(u.ground.value, [0.48, 0.5, 0.43], [0.004, 0.006, 0.012]);
    u.night.value = night * 0.9;
    u.gain.value = 1;
  }

  dispose(): void {
    this.mesh.geometry.dispose();
    this.#material.dispose();
  }
}
