/**
 * FAR: the crowd beyond the nine cells, each known to a sixteenth of a cell. Once a second, all of them anew.
 *
 * What it is not: who of them is drawn, or was known already (`crowd.ts`).
 */

import type { Bytes } from "./bytes";
import { malformed } from "./ids";
import type { FloorInfo } from "./messages";

const RADIUS_MOST = 8;

/** Tell where everybody beyond is, metres in the store's space. Throws ProtocolError before it tells of anybody. */
export function readFar(bytes: Bytes, floor: FloorInfo, roughly: (slot: number, x_m: number, z_m: number) => void): void {
  const centre = bytes.u16();
  const radius = bytes.u8();
  const { columns, rows, cell_cm, corner_mm } = floor;
  if (centre >= columns * rows || radius < 2 || radius > RADIUS_MOST) malformed(`FAR around ${centre}, radius ${radius}`);
  const side = 2 * radius + 1;
  const ring = side * side - 9;
  bytes.need(ring);
  const counts = bytes.at;
  bytes.at += ring;
  let total = 0;
  for (let i = 0; i < ring; i++) total += bytes.data[counts + i]!;
  if (bytes.left !== 3 * total) malformed(`FAR of ${bytes.data.length} bytes`);
  const column = centre % columns;
  const row = Math.floor(centre / columns);
  let place = 0;
  for (let dz = -radius; dz <= radius; dz++) {
    for (let dx = -radius; dx <= radius; dx++) {
      if (Math.max(Math.abs(dx), Math.abs(dz)) < 2) continue;
      const count = bytes.data[counts + place++]!;
      for (let i = 0; i < count; i++) {
        const slot = bytes.u16();
        const at = bytes.u8();
        const x = (column + dx) * cell_cm + Math.floor((((at & 15) * 2 + 1) * cell_cm) / 32);
        const z = (row + dz) * cell_cm + Math.floor((((at >> 4) * 2 + 1) * cell_cm) / 32);
        roughly(slot, x / 100 + corner_mm[0] / 1000, z / 100 + corner_mm[1] / 1000);
      }
    }
  }
}
