/** What the page and the tracking worker say to each other. Bitmaps and arrays are handed over, not copied. */

export type Kind = "face" | "hand" | "pose" | "segment";

/** Where each model lies below the trackers' folder, and what it must be: another file is not run. */
export const MODELS: Readonly<Record<Kind, { readonly file: string; readonly sha256: string }>> = {
  face: { file: "face_landmarker.task", sha256: "64184e229b263107bc2b804c6625db1341ff2bb731874b0bcc2fe6544e0bc9ff" },
  hand: { file: "hand_landmarker.task", sha256: "fbc2a30080c3c557093b5ddfc334698132eb341044ccee322ccf8bcf3607cde1" },
  pose: { file: "pose_landmarker_full.task", sha256: "4eaa5eb7a98365221087693fcc286334cf0858e2eb6e15b506aa4a7ecdcec4ad" },
  segment: { file: "selfie_segmenter.tflite", sha256: "191ac9529ae506ee0beefa6b2c945a172dab9d07d1e802a290a4e4038226658b" },
};

export interface Hand {
  /** `(21, 3)` as shares of the picture. */
  readonly points: Float32Array;
  /** The person's own, not the picture's. */
  readonly isLeft: boolean;
}

/** A body as the pose model gives it: landmarks lie on the skin or under it, in no space of ours yet. */
export interface BodySeen {
  /** `(33, 3)` as shares of the picture; the third in the first's unit, about the hips. */
  readonly points: Float32Array;
  /** `(33, 3)` metres about the hips' middle as the model believes: x right, y down, z away. */
  readonly world: Float32Array;
  /** `(33)` 0 to 1. */
  readonly visible: Float32Array;
}

/** Where people are in a frame, row by row, 0 to 255; coarse. */
export interface Mask {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

/** One frame, and what was seen in that very frame. */
export interface Seen {
  readonly picture: ImageBitmap;
  /** As it was given: when the frame was taken. */
  readonly time_ms: number;
  /** `(478, 3)` each. */
  readonly faces: readonly Float32Array[];
  readonly hands: readonly Hand[];
  /** Null in a frame in which nobody looked for bodies. */
  readonly bodies: readonly BodySeen[] | null;
  readonly mask: Mask | null;
  /** What each tracker took, milliseconds. */
  readonly took_ms: Readonly<Partial<Record<Kind, number>>>;
}

export type Order =
  | { readonly is: "load"; readonly kinds: readonly Kind[]; readonly folder: string; readonly people: number }
  | { readonly is: "look"; readonly picture: ImageBitmap; readonly time_ms: number; readonly kinds: readonly Kind[] };

export type Answer =
  | { readonly is: "loading"; readonly kind: Kind; readonly part: number }
  | { readonly is: "loaded"; readonly kind: Kind; readonly model: ArrayBuffer | null }
  | { readonly is: "failed"; readonly kind: Kind | null; readonly why: "hash" | "network" | "model" | "frame" }
  | { readonly is: "seen"; readonly seen: Seen };
