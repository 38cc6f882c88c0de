/**
 * A furnished room as a line of text: for a link to a friend, and for this device's own memory.
 *
 *     dune-sofa~SOFA-DUNE-BON~1200~0~-350~900!terra-vase~VAS-TERRA-INK~…!!0~0~4000~0~4000~3000~0~3000
 *
 * Pieces: product, SKU, x, y, z in millimetres, turn in tenths of a degree. After `!!` the room's corners, x and z in
 * millimetres, so that a friend sees how it stands in the room and not the room. Everything is bounded: it comes from an
 * address that anybody can write. What it is not: a scan; no picture and no name of a place is in it.
 */
import type { Point, Polygon } from "./polygon";

export interface Placed {
  readonly product: string;
  readonly sku: string;
  readonly x_m: number;
  readonly y_m: number;
  readonly z_m: number;
  readonly yaw_rad: number;
}

export interface Layout {
  readonly pieces: readonly Placed[];
  readonly floor: Polygon | null;
}

const MOST_PIECES = 12;
const MOST_CORNERS = 32;
const MOST_MM = 50_000;
const PRODUCT = /^[a-z0-9][a-z0-9.-]{0,120}$/;
const SKU = /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}$/;

const mm = (metres: number): string => String(Math.round(metres * 1000));

export function written({ pieces, floor }: Layout): string {
  const all = pieces.slice(0, MOST_PIECES).map((one) => [one.product, one.sku, mm(one.x_m), mm(one.y_m), mm(one.z_m), String(Math.round((one.yaw_rad * 1800) / Math.PI))].join("~"));
  const corners = floor && floor.length <= MOST_CORNERS ? floor.flatMap(([x, z]) => [mm(x), mm(z)]).join("~") : "";
  return all.join("!") + (corners ? `!!${corners}` : "");
}

/** What can be read of it; pieces that make no sense are left out. */
export function read(text: string): Layout {
  const [all = "", corners = ""] = text.slice(0, 4000).split("!!");
  const pieces = all.split("!").slice(0, MOST_PIECES).flatMap((one): Placed[] => {
    const [product = "", sku = "", ...rest] = one.split("~");
    const numbers = rest.map(whole);
    const [x, y, z, turn] = numbers;
    if (!PRODUCT.test(product) || (sku !== "" && !SKU.test(sku)) || numbers.length !== 4 || x == null || y == null || z == null || turn == null) return [];
    return [{ product, sku, x_m: x / 1000, y_m: y / 1000, z_m: z / 1000, yaw_rad: (turn * Math.PI) / 1800 }];
  });
  const numbers = corners ? corners.split("~").map(whole) : [];
  const isRoom = numbers.length >= 6 && numbers.length <= 2 * MOST_CORNERS && numbers.length % 2 === 0 && numbers.every((n) => n !== null);
  return { pieces, floor: isRoom ? Array.from({ length: numbers.length / 2 }, (_, i): Point => [(numbers[2 * i] ?? 0) / 1000, (numbers[2 * i + 1] ?? 0) / 1000]) : null };
}

function whole(text: string): number | null {
  if (!/^-?\d{1,6}$/.test(text)) return null;
  const n = Number(text);
  return Math.abs(n) <= MOST_MM ? n : null;
}

/** The address that shows a layout; products and metres are all that is in it. */
export function linkOf(layout: Layout, page: string): string {
  const url = new URL(page);
  url.hash = `#/place?layout=${encodeURIComponent(written(layout))}`;
  return url.href;
}

/** The layout in a page's hash; null if it names none. */
export function layoutIn(hash: string): Layout | null {
  const [path, query = ""] = hash.replace(/^#\/?/, "").split("?");
  if (path !== "place") return null;
  const text = new URLSearchParams(query).get("layout");
  return text === null ? null : read(text);
}
