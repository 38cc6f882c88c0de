/** Somebody in the room, as everyone who draws, lists or hears people sees them. Changed in place, frame by frame. */

/** Place and rotation of a head or hand, in the person's own space (metres, quaternion xyzw); yaw is taken out. */
export interface Part {
  readonly position: Float32Array;
  readonly rotation: Float32Array;
}

/** How a body is held: normalised local rotations of the bones in `mask`, xyzw each at four times the bone's number. */
export interface Moving {
  readonly turns: Float32Array;
  readonly mask: number;
}

/** Who it is: what the server tells once, and again when it changes. */
export interface Card {
  readonly slot: number;
  readonly rev: number;
  readonly member: number;
  readonly name: string;
  readonly role: string;
  /** An avatar's look, as `avatar/look.ts` reads it. */
  readonly avatar: string;
  /** 0xRRGGBB each: skin, hair, top, bottom. */
  readonly tint: readonly number[];
  readonly wears: readonly (readonly [product: string, variant: string | null])[];
  readonly party: number;
  readonly muted: boolean;
}

export interface Person {
  readonly slot: number;
  readonly rev: number;
  /** Missing for the moment between somebody's coming and the answer who it is. */
  card: Card | null;
  /** Metres in the store's space; y is the floor under their feet. Smoothed for the moment that is drawn. */
  x: number;
  y: number;
  z: number;
  /** Radians; 0 looks along +Z, a quarter turn along +X. */
  yaw: number;
  /** Metres a second along x and z, for feet that do not slide. */
  vx: number;
  vz: number;
  /** 0 by speed, 1 SIT, 2 LOOK, 3 REACH, 4 DANCE, 5 APPLAUD, 6 TALK, 7 PHONE, 8 AWAY. */
  animation: number;
  emote: number;
  /** Counts up each time an emote is shown, also the same one. */
  emoteTurn: number;
  /** 0 none, 1 pointing, 2 inspecting, 3 holding, 4 trying on. */
  mode: number;
  /** The product slot they point at or look at, counted from 1 in the manifest's order; 0 none. */
  focus: number;
  /** Only from headsets; null when unknown or stale. */
  head: Part | null;
  left: Part | null;
  right: Part | null;
  /** How they move before their camera, from those who share it; null without. */
  body?: Moving | null;
  /** Known roughly only (the crowd beyond): draw it simply. */
  isFar: boolean;
  /** Heard talking at this moment. */
  isTalking: boolean;
}

/** The people around, without oneself. */
export interface Crowd {
  readonly people: ReadonlyMap<number, Person>;
}
