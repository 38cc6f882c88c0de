/** A room as its light is baked from: its triangles in the lightmap, its windows, its lamps and the sun. */
import type { Vec3 } from "./plan";

export interface BakePortal {
  readonly o: Vec3;
  readonly x: Vec3;
  readonly y: Vec3;
  readonly n: Vec3;
  readonly width_m: number;
  readonly height_m: number;
}

export interface BakeLamp {
  readonly kind: "spot" | "strip" | "panel";
  readonly o: Vec3;
  /** Where it shines, of unit length. */
  readonly n: Vec3;
  /** A strip's or a panel's long way, of unit length. */
  readonly along: Vec3;
  readonly size_m: readonly [number, number];
  readonly lumen: number;
  readonly beam_deg: number;
  /** Linear, its luminance 1. */
  readonly colour: Vec3;
}

export interface BakeInput {
  readonly width: number;
  readonly height: number;
  readonly position: Float32Array<ArrayBuffer>;
  readonly normal: Float32Array<ArrayBuffer>;
  /** Where each vertex lies in the lightmap, texels. */
  readonly texel: Float32Array<ArrayBuffer>;
  readonly index: Uint32Array<ArrayBuffer>;
  /** Linear RGB a triangle. */
  readonly albedo: Float32Array<ArrayBuffer>;
  /** How many of the first triangles throw shadows; slender things come last and do not. */
  readonly solid: number;
  /** x, y, w, h a chart, texels. */
  readonly rects: Int32Array<ArrayBuffer>;
  readonly portals: readonly BakePortal[];
  readonly lamps: readonly BakeLamp[];
  /** Towards the sun. */
  readonly sun: Vec3;
  /** 1: as shipped; less is noisier and quicker. */
  readonly quality: number;
}
