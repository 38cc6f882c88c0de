/**
 * What a device found of a room, as plain numbers: planes, each in its own x and z, and meshes. WebXR Plane Detection,
 * WebXR Mesh Detection. What it is not: a room (`room-from.ts`), or a session (`finding.ts`).
 */
import type { Point } from "./polygon";

export interface FoundPlane {
  readonly label: string;
  /** Column-major, room from plane. */
  readonly matrix: ArrayLike<number>;
  readonly polygon: readonly Point[];
}

export interface FoundMesh {
  readonly label: string;
  readonly matrix: ArrayLike<number>;
  readonly vertices: ArrayLike<number>;
  readonly indices: ArrayLike<number>;
}

export interface Found {
  readonly planes: readonly FoundPlane[];
  readonly meshes: readonly FoundMesh[];
}

/** A point of a plane or a mesh, in the room. */
export function put(m: ArrayLike<number>, x: number, y: number, z: number): readonly [number, number, number] {
  return [m[0]! * x + m[4]! * y + m[8]! * z + m[12]!, m[1]! * x + m[5]! * y + m[9]! * z + m[13]!, m[2]! * x + m[6]! * y + m[10]! * z + m[14]!];
}
