/**
 * What a store is made of, as types: the plan the builder works from.
 *
 * Metres, +Y up, right-handed, a thing's front along its own +Z; yaw in degrees about +Y. Colours are sRGB hex.
 * What it is not: the wire's shape (see `manifest.ts`, which reads one into this and refuses what is out of bounds).
 */
export type Vec2 = readonly [number, number];
export type Vec3 = readonly [number, number, number];

/** Procedural surfaces (`surfaces.ts`); at most four in a store, or it looks like a showroom of materials. */
export type SurfaceKind = "limewash" | "plaster" | "oak" | "terrazzo" | "brass" | "steel" | "textile" | "stone";

export interface MaterialPlan {
  readonly surface: SurfaceKind;
  readonly colour: string;
}

export type OpeningKind = "window" | "door" | "arch" | "niche";

/** A hole in a wall; `at_m` is its middle, measured along the wall from its first corner. */
export interface Opening {
  readonly kind: OpeningKind;
  readonly at_m: number;
  readonly width_m: number;
  readonly sill_m: number;
  readonly height_m: number;
  /** A round head, as in an arch. */
  readonly isRound: boolean;
  /** How far a niche goes in. */
  readonly depth_m: number;
  /** Another room lies behind it, not the street. */
  readonly isInner?: boolean;
}

export interface Wall {
  readonly material: string;
  readonly thickness_m: number;
  readonly openings: readonly Opening[];
}

export interface Placed {
  readonly id: string;
  readonly position: Vec3;
  readonly yaw_deg: number;
}

export interface Shelf extends Placed {
  readonly width_m: number;
  readonly height_m: number;
  readonly depth_m: number;
  /** Heights of the boards' tops above the shelf's foot. */
  readonly boards_m: readonly number[];
  readonly material: string;
}

export interface Plinth extends Placed {
  readonly shape: "box" | "round";
  readonly size_m: Vec3;
  readonly material: string;
}

export type SeatKind = "bench" | "sofa" | "pouf";

export interface Seat extends Placed {
  readonly kind: SeatKind;
  readonly size_m: Vec3;
  readonly material: string;
}

export interface Mirror extends Placed {
  readonly width_m: number;
  readonly height_m: number;
  readonly isRound: boolean;
}

export interface Stage extends Placed {
  readonly radius_m: number;
  readonly height_m: number;
  readonly material: string;
}

export interface Rug extends Placed {
  readonly size_m: Vec2;
  readonly material: string;
}

export interface Sign extends Placed {
  readonly text: string;
  readonly height_m: number;
}

export type LampKind = "spot" | "cove" | "panel" | "pendant";

/** A lamp; a spot's `target` is what it shines at, a cove's and a panel's `size_m` is its glowing face. */
export interface Lamp {
  readonly id: string;
  readonly kind: LampKind;
  readonly position: Vec3;
  readonly target: Vec3;
  readonly size_m: Vec2;
  readonly kelvin: number;
  readonly lumen: number;
  readonly beam_deg: number;
}

export interface Slot extends Placed {
  readonly product: string | null;
  /** The largest thing that may stand here. */
  readonly room_m: Vec3;
  readonly isHero: boolean;
  readonly variant?: string | null;
  /** On a wall or from the ceiling: no shadow under it. */
  readonly isHung?: boolean;
}

export interface Room {
  readonly id: string;
  readonly floor: readonly Vec2[];
  readonly height_m: number;
  readonly walls: readonly Wall[];
  readonly floor_material: string;
  readonly ceiling_material: string;
  /** A raft hung below the ceiling, with light above its edge; 0 for none. */
  readonly raft_inset_m: number;
  readonly shelves: readonly Shelf[];
  readonly plinths: readonly Plinth[];
  readonly seats: readonly Seat[];
  readonly mirrors: readonly Mirror[];
  readonly stages: readonly Stage[];
  readonly rugs: readonly Rug[];
  readonly signs: readonly Sign[];
  readonly lamps: readonly Lamp[];
  readonly slots: readonly Slot[];
}

/** The light of an hour: how bright and how warm each layer of the bake is. */
export interface Mood {
  readonly sky_kelvin: number;
  /** Luminance of the sky, cd/m². */
  readonly sky_nits: number;
  readonly sun_kelvin: number;
  /** Illuminance of the sun on a face turned to it, lux. */
  readonly sun_lux: number;
  readonly sun_azimuth_deg: number;
  readonly sun_elevation_deg: number;
  /** 1: lamps as the plan says. */
  readonly lamps: number;
  /** What the eye takes for white: below the sky's, above the lamps', so that the one looks cool and the other warm. */
  readonly white_kelvin: number;
  /** Where white walls come to lie, 0…1 in linear light. */
  readonly white: number;
}

export interface StorePlan {
  readonly id: string;
  readonly name: string;
  readonly materials: Readonly<Record<string, MaterialPlan>>;
  readonly rooms: readonly Room[];
  readonly spawn: readonly Placed[];
  readonly moods: Readonly<Record<string, Mood>>;
  /** The one at the start. */
  readonly mood: string;
}
