/** A product in the room: which, how large, where it stands and how it is turned. Its size is the product's own, always. */
import type { Row } from "../api";
import { footprint, type Polygon } from "./polygon";

export type Surface = "floor" | "table" | "wall" | "ceiling";

/** What is known of a product without its model. */
export interface Ware {
  readonly product: string;
  readonly name: string;
  readonly category: string;
  /** Width, height, depth, metres. */
  readonly size_m: readonly [number, number, number];
  readonly surface: Surface;
  /** Free space that the merchant wants around it. */
  readonly clearance_m: number;
}

export interface Piece {
  readonly id: number;
  readonly ware: Ware;
  readonly variant: string | null;
  readonly sku: string | null;
  /** The middle of its lower side. */
  readonly x_m: number;
  readonly y_m: number;
  readonly z_m: number;
  /** About +y; its front looks along +z at 0. */
  readonly yaw_rad: number;
}

const SURFACES: Readonly<Record<string, Surface>> = {
  sofa: "floor", chair: "floor", table: "floor", lamp: "floor", stool: "floor", bench: "floor", bed: "floor", shelf: "floor", rug: "floor",
  vase: "table", bottle: "table", picture: "wall", mirror: "wall",
};

/** What can be put into a room. `ui/buy.ts` asks before any of this is loaded, and has a list of its own. */
export const isPlaceable = (category: string): boolean => category in SURFACES;

/** The product's own word on where it stands, else what things of its kind do. */
export function wareOf(row: Pick<Row, "id" | "name" | "category" | "dimensions_m">, placement?: { readonly surface?: string; readonly clearance_m?: number } | null): Ware {
  const named = placement?.surface;
  const surface: Surface = named === "floor" || named === "table" || named === "wall" || named === "ceiling" ? named : (SURFACES[row.category] ?? "floor");
  return { product: row.id, name: row.name, category: row.category, size_m: row.dimensions_m, surface, clearance_m: placement?.clearance_m ?? 0 };
}

/** What stands on tables stands on floors too. */
export const standsOn = (ware: Ware, surface: "floor" | "table" | "wall"): boolean => ware.surface === surface || (ware.surface === "table" && surface === "floor");

export const baseOf = ({ ware: { size_m }, x_m, z_m, yaw_rad }: Piece): Polygon => footprint(x_m, z_m, yaw_rad, size_m[0], size_m[2]);
