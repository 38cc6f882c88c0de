/**
 * What hides cloth only where the picture shows bare skin there: hands that a bar or a ball is too coarse for.
 *
 * A hand's place is known to a few centimetres and its outline not at all; the picture has both. Skin is what has the
 * colour of this person's own face in this very frame (nose, bridge, both cheeks), lighter or darker by what shade does.
 * Nothing is read back: the shader looks the face up itself. What it is not: a mask of skin; it is asked only where a
 * hand is.
 *
 * Source: Terrillon et al. 2000 (normalised chromaticities hold across skin tones and shade).
 */
import { ShaderMaterial, Vector2, type Texture } from "three";

/** Places on the face, shares of the picture from its upper left. */
export const PLACES = 4;

export class SkinOnly {
  readonly material: ShaderMaterial;
  readonly #face = Array.from({ length: PLACES }, () => new Vector2());
  readonly #size = new Vector2(1, 1);
  readonly #known = { value: false };

  /** @param frame the picture that is drawn over; its first row is the uppermost */
  constructor(frame: Texture) {
    this.material = new ShaderMaterial({
      uniforms: { frame: { value: frame }, face: { value: this.#face }, size: { value: this.#size }, isKnown: this.#known },
      vertexShader: VERTEX,
      fragmentShader: FRAGMENT,
      colorWrite: false,
    });
  }

  /** @param face `(4, 2)` pixels; nothing is tested if the face is not seen */
  look(face: Float32Array, isSeen: boolean, width: number, height: number): void {
    this.#size.set(width, height);
    this.#known.value = isSeen;
    for (const [i, at] of this.#face.entries()) at.set(face[i * 2]! / width, face[i * 2 + 1]! / height);
  }

  dispose(): void {
    this.material.dispose();
  }
}

const VERTEX = /* glsl */ `
uniform sampler2D frame;
uniform vec2 face[ ${PLACES} ];
uniform vec2 size;
flat varying vec3 skin[ ${PLACES} ];
void main() {
  vec2 step = 2.5 / size;
  for ( int i = 0; i < ${PLACES}; i ++ ) {
    vec3 sum = texture2D( frame, face[ i ] ).rgb;
    sum += texture2D( frame, face[ i ] + step ).rgb + texture2D( frame, face[ i ] - step ).rgb;
    sum += texture2D( frame, face[ i ] + vec2( step.x, - step.y ) ).rgb + texture2D( frame, face[ i ] - vec2( step.x, - step.y ) ).rgb;
    skin[ i ] = sqrt( sum / 5.0 );
  }
  gl_Position = projectionMatrix * modelViewMatrix * vec4( position, 1.0 );
}`;
/** As far as skin's own chromaticity scatters; how much darker and lighter shade and light make it, as a power of two. */
const FRAGMENT = /* glsl */ `
uniform sampler2D frame;
uniform vec2 size;
uniform bool isKnown;
flat varying vec3 skin[ ${PLACES} ];
const vec3 ALL = vec3( 1.0 );
bool isSkin( vec3 seen ) {
  vec3 c = sqrt( seen );
  float sum = dot( c, ALL );
  for ( int i = 0; i < ${PLACES}; i ++ ) {
    float bright = log2( max( sum, 1e-3 ) / max( dot( skin[ i ], ALL ), 1e-3 ) );
    vec2 off = c.rg / max( sum, 1e-3 ) - skin[ i ].rg / max( dot( skin[ i ], ALL ), 1e-3 );
    if ( length( off ) < 0.045 && bright > - 1.3 && bright < 0.9 ) return true;
  }
  return false;
}
void main() {
  if ( isKnown ) {
    // Most of what lies about decides, so that a nail or a crease is no hole.
    vec2 at = vec2( gl_FragCoord.x, size.y - gl_FragCoord.y ) / size;
    vec2 reach = 0.006 * size.y / size;
    int found = 0;
    for ( int x = - 1; x <= 1; x ++ ) for ( int y = - 1; y <= 1; y ++ ) if ( isSkin( texture2D( frame, at + reach * vec2( x, y ) ).rgb ) ) found ++;
    if ( found < 5 ) discard;
  }
  gl_FragColor = vec4( 1.0 );
}`;
