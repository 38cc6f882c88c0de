/** A part of a body that bears something: where it is in a frame, and how large against the mean. */
import type { Pose } from "./pnp";

export type BodyPart = "head" | "neck" | "wrist" | "finger" | "body";

export interface Bearer {
  readonly part: BodyPart;
  /** Camera from part, metres. */
  readonly pose: Pose;
  readonly scale: number;
  /** In this frame. */
  readonly isFound: boolean;
  /** 0 to 1: how sure it still is; what it bears is shown as much. Missing: 1. */
  readonly confidence?: number;
  /** Of a head: how far the bridge of its nose lies in front of the mean's, metres. Missing: 0. */
  readonly bridge_m?: number;
}
