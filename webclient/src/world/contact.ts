/**
 * Contact shadows of all products in one draw: a soft dark rounded box under each, darkest where it touches.
 *
 * The viewer's own (`viewer/shadow.ts`) draws a product's true outline and costs four targets each; here there are
 * dozens, seen from eye height.
 */
import { DynamicDrawUsage, InstancedBufferAttribute, InstancedMesh, Matrix4, PlaneGeometry, ShaderMaterial } from "three";
import type { Part } from "./part";

const VERTEX = /* glsl */ `
attribute vec3 shape;
varying vec2 at; varying vec3 box;
void main() {
  box = shape;
  at = position.xz * 2.0 * ( shape.xy * 0.5 + vec2( shape.z ) );
  gl_Position = projectionMatrix * modelViewMatrix * instanceMatrix * vec4( at.x, 0.0, at.y, 1.0 );
}`;

const FRAGMENT = /* glsl */ `
varying vec2 at; varying vec3 box;
void main() {
  // The distance to a rounded box, in units of its reach.
  vec2 hold = box.xy * 0.5 * 0.82;
  float round_ = min( hold.x, hold.y ) * 0.45;
  vec2 q = abs( at ) - hold + round_;
  float d = length( max( q, 0.0 ) ) + min( max( q.x, q.y ), 0.0 ) - round_;
  float wide = 1.0 - smoothstep( -0.4, 1.0, d / box.z );
  float tight = 1.0 - smoothstep( -0.15, 0.22, d / box.z );
  // What is wide stands on legs: it shades more than it touches.
  float legs = smoothstep( 0.22, 0.45, min( box.x, box.y ) );
  float alpha = mix( 0.34, 0.3, legs ) * wide * wide + mix( 0.4, 0.0, legs ) * tight;
  gl_FragColor = vec4( vec3( 0.09, 0.065, 0.05 ), alpha );
}`;

export class ContactShadows implements Part {
  readonly mesh: InstancedMesh;
  readonly #shape: InstancedBufferAttribute;
  readonly #matrix = new Matrix4();

  constructor(most: number) {
    const plane = new PlaneGeometry(1, 1).rotateX(-Math.PI / 2);
    const material = new ShaderMaterial({ vertexShader: VERTEX, fragmentShader: FRAGMENT, transparent: true, depthWrite: false, polygonOffset: true, polygonOffsetFactor: -2, polygonOffsetUnits: -2 });
    this.mesh = new InstancedMesh(plane, material, most);
    this.mesh.instanceMatrix.setUsage(DynamicDrawUsage);
    this.#shape = new InstancedBufferAttribute(new Float32Array(most * 3), 3);
    plane.setAttribute("shape", this.#shape);
    this.mesh.frustumCulled = false;
    this.mesh.renderOrder = 1;
    this.mesh.count = 0;
  }

  /** Lay a shadow under something `w` × `d` metres wide; `index` below what the constructor was told. */
  lay(index: number, x: number, y: number, z: number, yaw_rad: number, w: number, d: number): void {
    this.#matrix.makeRotationY(yaw_rad).setPosition(x, y + 0.0015, z);
    this.mesh.setMatrixAt(index, this.#matrix);
    this.#shape.setXYZ(index, w, d, Math.min(0.3, 0.03 + 0.35 * Math.min(w, d)));
    this.mesh.count = Math.max(this.mesh.count, index + 1);
    this.mesh.instanceMatrix.needsUpdate = true;
    this.#shape.needsUpdate = true;
  }

  dispose(): void {
    this.mesh.geometry.dispose();
    (this.mesh.material as ShaderMaterial).dispose();
    this.mesh.dispose();
  }
}
