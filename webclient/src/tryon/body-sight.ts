/**
 * What hides cloth only where the picture itself shows that it does: hands where there is skin, and hair that falls over
 * collar and shoulders. Where either is, is known to a few centimetres, and its outline not at all; the picture has both.
 *
 * Skin has the colour of this person's own face in this very frame (nose, bridge, both cheeks), lighter or darker by what
 * shade does. Hair has that of the crown, and is nearer to it than to the face or to what is worn: where
 * these are alike nothing is said. Nothing is read back: the shader looks the places up itself. What it is not: a mask; it
 * is asked only where a hand or hair may be.
 *
 * Source: Terrillon et al. 2000 (normalised chromaticities hold across skin tones and shade).
 */
import { ShaderMaterial, Vector2, type Texture } from "three";

/** Places that tell a person's colours: on the face, on the crown, and on what is worn. */
export const SKIN_PLACES = 4;
export const HAIR_PLACES = 3;
export const CLOTH_PLACES = 6;
const PLACES = SKIN_PLACES + HAIR_PLACES + CLOTH_PLACES;

export class BySight {
  readonly hands: ShaderMaterial;
  readonly hair: ShaderMaterial;
  readonly #places = Array.from({ length: PLACES }, () => new Vector2());
  readonly #size = new Vector2(1, 1);
  readonly #known = { value: false };

  /** @param frame the picture that is drawn over; its first row is the uppermost */
  constructor(frame: Texture) {
    const of = (test: string): ShaderMaterial =>
      new ShaderMaterial({
        uniforms: { frame: { value: frame }, places: { value: this.#places }, size: { value: this.#size }, isKnown: this.#known },
        vertexShader: VERTEX,
        fragmentShader: FRAGMENT.replace("TEST", test),
        colorWrite: false,
      });
    this.hands = of(SKIN);
    this.hair = of(HAIR);
  }

  /** @param places `(13, 2)` pixels: face, crown, clothes; without a face hands hide as wholes, and hair does not */
  look(places: Float32Array, isSeen: boolean, width: number, height: number): void {
    this.#size.set(width, height);
    this.#known.value = isSeen;
    for (const [i, at] of this.#places.entries()) at.set(places[i * 2]! / width, places[i * 2 + 1]! / height);
  }

  dispose(): void {
    this.hands.dispose();
    this.hair.dispose();
  }
}

const VERTEX = /* glsl */ `
uniform sampler2D frame;
uniform vec2 places[ ${PLACES} ];
uniform vec2 size;
flat varying vec3 known[ ${PLACES} ];
flat varying float apart;
void main() {
  vec2 step = 2.5 / size;
  for ( int i = 0; i < ${PLACES}; i ++ ) {
    vec2 at = places[ i ];
    vec3 sum = texture2D( frame, at ).rgb + texture2D( frame, at + step ).rgb + texture2D( frame, at - step ).rgb;
    sum += texture2D( frame, at + vec2( step.x, - step.y ) ).rgb + texture2D( frame, at - vec2( step.x, - step.y ) ).rgb;
    known[ i ] = sqrt( sum / 5.0 );
  }
  apart = 9.0;
  for ( int i = ${SKIN_PLACES}; i < ${SKIN_PLACES + HAIR_PLACES}; i ++ )
    for ( int j = ${SKIN_PLACES + HAIR_PLACES}; j < ${PLACES}; j ++ ) apart = min( apart, length( known[ i ] - known[ j ] ) );
  gl_Position = projectionMatrix * modelViewMatrix * vec4( position, 1.0 );
}`;
/** As far as skin's own chromaticity scatters; how much darker and lighter shade and light make it, as a power of two. */
const SKIN = /* glsl */ `
  if ( ! isKnown ) return true;
  float sum = dot( c, vec3( 1.0 ) );
  for ( int i = 0; i < ${SKIN_PLACES}; i ++ ) {
    float of = max( dot( known[ i ], vec3( 1.0 ) ), 1e-3 );
    float bright = log2( max( sum, 1e-3 ) / of );
    if ( length( c.rg / max( sum, 1e-3 ) - known[ i ].rg / of ) < 0.045 && bright > - 1.3 && bright < 0.9 ) return true;
  }
  return false;`;
/** How different hair and clothes are at least; as far as hair scatters; how much nearer to the crown's colour it must be. */
const HAIR = /* glsl */ `
  float hair = 9.0;
  float other = 9.0;
  for ( int i = 0; i < ${PLACES}; i ++ ) {
    float far = length( c - known[ i ] );
    if ( i >= ${SKIN_PLACES} && i < ${SKIN_PLACES + HAIR_PLACES} ) hair = min( hair, far );
    else other = min( other, far );
  }
  return isKnown && apart > 0.3 && hair < 0.16 && hair < 0.5 * other;`;
const FRAGMENT = /* glsl */ `
uniform sampler2D frame;
uniform vec2 size;
uniform bool isKnown;
flat varying vec3 known[ ${PLACES} ];
flat varying float apart;
bool isIt( vec3 seen ) {
  vec3 c = sqrt( seen );
  TEST
}
void main() {
  // Most of what lies about decides, so that a nail, a crease or a highlight is no hole.
  vec2 at = vec2( gl_FragCoord.x, size.y - gl_FragCoord.y ) / size;
  vec2 reach = 0.006 * size.y / size;
  int found = isIt( texture2D( frame, at ).rgb ) ? 1 : 0;
  for ( int i = 0; i < 4; i ++ ) {
    vec2 aside = i < 2 ? vec2( reach.x, 0.0 ) : vec2( 0.0, reach.y );
    if ( isIt( texture2D( frame, i % 2 == 0 ? at + aside : at - aside ).rgb ) ) found ++;
  }
  if ( found < 3 ) discard;
  gl_FragColor = vec4( 1.0 );
}`;
