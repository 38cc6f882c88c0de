/** A place and a turn that other places are told from: an anchor, or the space of a session. Turns about +y only: floors are level. */
import { wrapped } from "../angle";
import { placed } from "./align";
import type { Layout, Placed } from "./layout";

export interface Origin {
  readonly x_m: number;
  readonly y_m: number;
  readonly z_m: number;
  readonly yaw_rad: number;
}

export const HERE: Origin = { x_m: 0, y_m: 0, z_m: 0, yaw_rad: 0 };

/** From a column-major matrix of a pose. */
export function originOf(m: ArrayLike<number>): Origin {
  return { x_m: m[12]!, y_m: m[13]!, z_m: m[14]!, yaw_rad: Math.atan2(m[8]!, m[10]!) };
}

export function inverse({ x_m, y_m, z_m, yaw_rad }: Origin): Origin {
  const [x, z] = placed([-x_m, -z_m], { yaw_rad: -yaw_rad, x_m: 0, z_m: 0 });
  return { x_m: x, y_m: -y_m, z_m: z, yaw_rad: -yaw_rad };
}

/** What was told from `origin` as seen from where `origin` itself is told from. */
export function outOf(layout: Layout, origin: Origin): Layout {
  return {
    pieces: layout.pieces.map((one): Placed => {
      const [x_m, z_m] = placed([one.x_m, one.z_m], origin);
      return { ...one, x_m, z_m, y_m: one.y_m + origin.y_m, yaw_rad: wrapped(one.yaw_rad + origin.yaw_rad) };
    }),
    floor: layout.floor?.map((p) => placed(p, origin)) ?? null,
  };
}

export const into = (layout: Layout, origin: Origin): Layout => outOf(layout, inverse(origin));
