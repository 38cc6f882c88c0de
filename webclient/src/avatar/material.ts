/**
 * What people are made of: one material for all of them, near and far. It takes its bones from textures and its colours
 * from the people's table; skin, hair, cloth and eyes differ by the region of a vertex.
 *
 * Lit by the room's own picture (`scene.environment`) and by one soft key light a person, which `keylight.ts` finds.
 * Sources: Jimenez et al. 2010 for the reddened terminator of skin; Kajiya & Kay 1989 for hair.
 */
import { DoubleSide, MeshStandardMaterial, type IUniform, type Texture } from "three";
import { ACROSS } from "./bones";
import { BODY_BONES, bone, HEAD, LEFT_ARM, RIGHT_ARM } from "./skeleton";

export interface CrowdTextures {
  readonly people: IUniform<Texture | null>;
  readonly clips: IUniform<Texture | null>;
  readonly poses: IUniform<Texture | null>;
}

const RIGHT_EYE = bone("rightEye");
const FIRST_LEFT = bone("leftThumbMetacarpal");
const FIRST_RIGHT = bone("rightThumbMetacarpal");

/** Reads a row of the table; `who` is which. */
export const RECORD = /* glsl */ `
attribute float who;
uniform highp sampler2D people;
vec4 record( int column ) { return texelFetch( people, ivec2( column, int( who + 0.5 ) ), 0 ); }
vec3 unpacked( float c ) {
  vec3 s = vec3( floor( c / 65536.0 ), floor( mod( c, 65536.0 ) / 256.0 ), mod( c, 256.0 ) ) / 255.0;
  return pow( s, vec3( 2.2 ) );
}
`;

/** What every vertex tells its pixels. */
const VARYINGS = /* glsl */ `
flat varying int vRegion;
varying vec3 vShade;
varying vec3 vMade;
varying vec3 vUp;
flat varying vec3 vTint;
flat varying vec3 vSkin;
flat varying vec4 vKey;
flat varying vec4 vKeyColour;
flat varying float vPresence;
flat varying float vCovered;
`;

const BONES_GLSL = /* glsl */ `
attribute vec4 joints;
attribute vec4 weights;
attribute float region;
attribute vec3 shade;
attribute vec3 blink;
attribute vec3 open;
uniform highp sampler2D clips;
uniform highp sampler2D poses;
${VARYINGS}
vec4 row0, row1, row2;
void addClip( float row, int joint, float weight ) {
  int r = int( row );
  ivec2 at = ivec2( ( r % ${ACROSS} ) * ${BODY_BONES * 3} + joint * 3, r / ${ACROSS} );
  row0 += weight * texelFetch( clips, at, 0 );
  row1 += weight * texelFetch( clips, at + ivec2( 1, 0 ), 0 );
  row2 += weight * texelFetch( clips, at + ivec2( 2, 0 ), 0 );
}
void gather( vec4 motion ) {
  row0 = row1 = row2 = vec4( 0.0 );
  if ( weights.x + weights.y <= 0.0 ) { // no bone moves it: a wheelchair
    row0 = vec4( 1.0, 0.0, 0.0, 0.0 );
    row1 = vec4( 0.0, 1.0, 0.0, 0.0 );
    row2 = vec4( 0.0, 0.0, 1.0, 0.0 );
    return;
  }
  for ( int i = 0; i < 4; i++ ) {
    float weight = weights[ i ];
    if ( weight <= 0.0 ) continue;
    int joint = int( joints[ i ] + 0.5 );
    if ( motion.x < 0.0 ) {
      ivec2 at = ivec2( joint * 3, int( - motion.x - 0.5 ) );
      row0 += weight * texelFetch( poses, at, 0 );
      row1 += weight * texelFetch( poses, at + ivec2( 1, 0 ), 0 );
      row2 += weight * texelFetch( poses, at + ivec2( 2, 0 ), 0 );
    } else {
      if ( joint >= ${FIRST_RIGHT} ) joint = ${RIGHT_ARM.end};
      else if ( joint >= ${FIRST_LEFT} ) joint = ${LEFT_ARM.end};
      if ( motion.z < 1.0 ) addClip( motion.x, joint, weight * ( 1.0 - motion.z ) );
      if ( motion.z > 0.0 ) addClip( motion.y, joint, weight * motion.z );
    }
  }
}
`;

const POSE_GLSL = /* glsl */ `
vec4 place = record( 0 );
vec4 motion = record( 1 );
vec4 tints = record( 2 );
vKey = record( 3 );
vKeyColour = record( 4 );
vec4 face = record( 5 );
float size = vKey.w;
gather( motion );
// Of who is near the second number says what is worn over their own top: 1 it shows below, 2 nothing of it.
// A suit's jacket is of its trousers' cloth: above the waist that is a top, too.
int ofCloth = int( region + 0.5 );
vCovered = motion.x < 0.0 && ( ofCloth == 2 || ( ofCloth == 3 && position.y > 0.9 ) ) ? motion.y : 0.0;
vec3 made = position - ( vCovered > 0.5 ? normal * 0.009 : vec3( 0.0 ) ) + blink * max( face.x, 0.0 ) + open * face.y;
vMade = position;
vec4 made4 = vec4( made, 1.0 );
vec3 bodily = vec3( dot( row0, made4 ), dot( row1, made4 ), dot( row2, made4 ) ) * size;
// A headset sees no head of its own.
if ( face.x < - 0.5 && joints.x > ${HEAD - 0.5} && joints.x < ${RIGHT_EYE + 0.5} ) bodily = vec3( 0.0, - 9.0, 0.0 );
vec3 facing = vec3( dot( row0.xyz, normal ), dot( row1.xyz, normal ), dot( row2.xyz, normal ) );
float sy = sin( place.w ), cy = cos( place.w );
mat3 around = mat3( cy, 0.0, - sy, 0.0, 1.0, 0.0, sy, 0.0, cy );
vec3 objectNormal = around * facing;
vec3 objectAt = around * bodily + place.xyz;
vRegion = int( region + 0.5 );
vShade = shade * shade;
vUp = vec3( row0.y, row1.y, row2.y );
vUp = normalize( around * vUp );
vPresence = motion.w;
vSkin = unpacked( tints.x );
vec3 hairTint = unpacked( tints.y );
vTint = vRegion == 0 || vRegion == 7 ? vSkin : vRegion == 1 ? hairTint : vRegion == 2 ? unpacked( tints.z ) : vRegion == 3 ? unpacked( tints.w )
  : vRegion == 4 ? mix( vec3( 0.56, 0.53, 0.48 ), unpacked( tints.w ), 0.15 ) : vRegion == 5 ? vec3( 0.78, 0.75, 0.72 ) : vRegion == 8 ? hairTint * 0.55 : vRegion == 9 ? vec3( 0.34, 0.335, 0.33 ) : vec3( 1.0 );
#ifdef USE_TANGENT
vec3 objectTangent = vec3( tangent.xyz );
#endif
`;

const FRAGMENT_PARS = /* glsl */ `
${VARYINGS}
float hash3( vec3 p ) {
  p = fract( p * vec3( 0.1031, 0.1030, 0.0973 ) );
  p += dot( p, p.yxz + 33.33 );
  return fract( ( p.x + p.y ) * p.z );
}
float grain( vec3 p ) {
  vec3 i = floor( p ), f = fract( p );
  f = f * f * ( 3.0 - 2.0 * f );
  return mix( mix( mix( hash3( i ), hash3( i + vec3( 1, 0, 0 ) ), f.x ), mix( hash3( i + vec3( 0, 1, 0 ) ), hash3( i + vec3( 1, 1, 0 ) ), f.x ), f.y ),
    mix( mix( hash3( i + vec3( 0, 0, 1 ) ), hash3( i + vec3( 1, 0, 1 ) ), f.x ), mix( hash3( i + vec3( 0, 1, 1 ) ), hash3( i + vec3( 1, 1, 1 ) ), f.x ), f.y ), f.z );
}
`;

const COLOUR = /* glsl */ `
// Coming and going: a fine screen, so that nothing has to be sorted.
if ( vPresence < 0.999 && fract( 52.9829189 * fract( dot( gl_FragCoord.xy, vec2( 0.06711056, 0.00583715 ) ) ) ) > vPresence ) discard;
// A jacket hides what is under it, down to where its hem is; what hangs below it is seen.
if ( vCovered > 1.5 && vMade.y > ( vRegion == 3 ? 0.94 : 0.86 ) ) discard;
vec3 cloth = vMade * 420.0;
float close_ = 1.0 - smoothstep( 0.35, 1.2, length( fwidth( cloth ) ) );
bool isCloth = vRegion == 2 || vRegion == 3;
diffuseColor.rgb = vTint * vShade;
float fine = 0.0;
if ( isCloth && close_ > 0.0 ) {
  fine = ( grain( cloth * vec3( 1.0, 2.2, 1.0 ) ) - 0.5 ) * close_;
  diffuseColor.rgb *= 1.0 + 0.22 * fine;
}
if ( vRegion == 1 ) {
  float strand = grain( vMade * vec3( 300.0, 22.0, 300.0 ) );
  diffuseColor.rgb *= mix( 1.0, 0.72 + 0.56 * strand, 1.0 - smoothstep( 0.3, 1.6, length( fwidth( vMade * 300.0 ) ) ) );
}
`;

const ROUGH = /* glsl */ `
float roughnessFactor = vRegion == 0 ? 0.56 : vRegion == 1 ? 0.62 : vRegion == 4 ? 0.5 : vRegion == 5 ? 0.2 : vRegion == 6 ? 0.12 : vRegion == 7 ? 0.42 : vRegion == 9 ? 0.34 : 0.86 + 0.1 * fine;
`;

const METAL = /* glsl */ `float metalnessFactor = vRegion == 9 ? 0.9 : 0.0;`;

const KEY = /* glsl */ `
{
  IncidentLight key;
  key.direction = normalize( ( viewMatrix * vec4( vKey.xyz, 0.0 ) ).xyz );
  key.color = vKeyColour.rgb;
  key.visible = true;
  RE_Direct( key, geometryPosition, geometryNormal, geometryViewDir, geometryClearcoatNormal, material, reflectedLight );
  float toward = dot( geometryNormal, key.direction );
  float grazing = 1.0 - saturate( dot( geometryNormal, geometryViewDir ) );
  vec3 albedo = material.diffuseColor * RECIPROCAL_PI;
  if ( vRegion == 0 || vRegion == 7 ) {
    // Light that went in and came out again: past the terminator, and red.
    float wrapped = saturate( ( toward + 0.45 ) / 1.45 );
    reflectedLight.directDiffuse += key.color * albedo * vec3( 0.62, 0.26, 0.16 ) * max( 0.0, wrapped * wrapped - saturate( toward ) * 0.6 );
  } else if ( vRegion == 2 || vRegion == 3 ) {
    // Fibres that stand out at the rim.
    reflectedLight.directDiffuse += ( key.color * saturate( toward * 0.5 + 0.5 ) + vKeyColour.w ) * ( albedo * 0.7 + 0.012 ) * pow( grazing, 3.0 ) * 0.5;
  } else if ( vRegion == 1 ) {
    vec3 strandWay = normalize( ( viewMatrix * vec4( vUp, 0.0 ) ).xyz );
    vec3 t = normalize( strandWay - geometryNormal * dot( strandWay, geometryNormal ) );
    vec3 middle = normalize( key.direction + geometryViewDir );
    float across = dot( t, middle );
    float shine = pow( max( 0.0, 1.0 - across * across ), 24.0 ) * saturate( toward + 0.3 );
    reflectedLight.directSpecular += key.color * ( 0.018 + albedo * 0.5 ) * shine;
  }
}
`;

export function crowdMaterial(textures: CrowdTextures): MeshStandardMaterial {
  const material = new MeshStandardMaterial({ color: 0xffffff, metalness: 0, roughness: 1, side: DoubleSide }); // locks of hair and hems are seen from both sides
  material.name = "people";
  material.onBeforeCompile = (shader): void => {
    Object.assign(shader.uniforms, textures);
    shader.vertexShader = shader.vertexShader
      .replace("#include <common>", `#include <common>\n${RECORD}${BONES_GLSL}`)
      .replace("#include <beginnormal_vertex>", POSE_GLSL)
      .replace("#include <begin_vertex>", "vec3 transformed = objectAt;");
    shader.fragmentShader = shader.fragmentShader
      .replace("#include <common>", `#include <common>\n${FRAGMENT_PARS}`)
      .replace("#include <color_fragment>", COLOUR)
      .replace("#include <roughnessmap_fragment>", ROUGH)
      .replace("#include <metalnessmap_fragment>", METAL)
      .replace("#include <lights_fragment_end>", `#include <lights_fragment_end>\n${KEY}`);
  };
  material.customProgramCacheKey = (): string => "people";
  return material;
}
