/**
 * What a try-on benchmark knows for sure: people, how their heads are held, and where everything on them then is.
 *
 * Written by `tests/bench/tryon/faces_heads.py` (people) and `faces.py` (cases). What it is not: a judgement.
 */
import { moved, newPose, type Pose } from "../src/tryon/pnp";

export interface Person {
  readonly id: string;
  readonly sex: "female" | "male";
  readonly hair: string;
  /** `(478, 3)` in the head's own frame: metres, +X its left, +Y up, +Z forward, origin between the eyes. */
  readonly landmarks: readonly number[];
  readonly pupils: readonly (readonly number[])[];
  readonly bridge: readonly number[];
  readonly ears: readonly (readonly number[])[];
  readonly lobes: readonly (readonly number[])[];
  readonly throat: readonly number[];
  readonly mesh: { readonly file: string; readonly vertices: number; readonly triangles: number };
}

export interface Stance {
  readonly person: string;
  readonly tone: "light" | "medium" | "dark";
  readonly yaw_deg: number;
  readonly pitch_deg: number;
  readonly roll_deg: number;
  readonly at_m: readonly [number, number, number];
  /** A flat picture of the head instead of it. */
  readonly isPoster?: boolean;
}

export interface Case {
  readonly id: string;
  readonly light: "soft" | "side" | "dim" | "back" | "warm";
  /** Of the true camera, top to bottom; the product takes 63 for granted. */
  readonly vertical_deg: number;
  /** Sensor noise: one standard deviation, of 255. */
  readonly noise: number;
  readonly heads: readonly Stance[];
}

/** What the tracker said about one look at one frame. */
export interface Look {
  /** `(478, 2)` pixels, each face. */
  readonly faces: readonly (readonly number[])[];
  readonly took_ms: number;
  /** MediaPipe's own face matrix, column by column, centimetres; null where it was not asked or saw nothing. */
  readonly stock: readonly number[] | null;
}

export const WIDTH = 1280;
export const HEIGHT = 720;

/** Camera from head. */
export function poseOf({ yaw_deg, pitch_deg, roll_deg, at_m }: Stance): Pose {
  const [a, b, c] = [newPose(), newPose(), newPose()];
  const rad = Math.PI / 180;
  moved(newPose(), Float64Array.of(0, 0, roll_deg * rad, 0, 0, 0), a);
  moved(a, Float64Array.of(pitch_deg * rad, 0, 0, 0, 0, 0), b);
  moved(b, Float64Array.of(0, yaw_deg * rad, 0, ...at_m), c);
  return c;
}

export function inCamera({ rotation: r, translation: t }: Pose, p: ArrayLike<number>, at = 0): [number, number, number] {
  const [x, y, z] = [p[at]!, p[at + 1]!, p[at + 2]!];
  return [r[0]! * x + r[1]! * y + r[2]! * z + t[0]!, r[3]! * x + r[4]! * y + r[5]! * z + t[1]!, r[6]! * x + r[7]! * y + r[8]! * z + t[2]!];
}
