/**
 * The floor's cells, as frames speak of them: the nine around one are bits of a mask, row by row, one's own in the middle.
 *
 * What it is not: who is in a cell (`crowd.ts`), or the wider ring of the crowd beyond (`beyond.ts`).
 */

import type { FloorInfo } from "./messages";

export const NINE = 0x1ff;
/** Who leaves this near to the border of what is seen in full went on beyond it. */
const BORDER_CM = 60;

/** The bits of those of the nine cells that are on the floor. */
export function onFloor({ columns, rows }: FloorInfo, centre: number): number {
  const column = centre % columns;
  const row = Math.floor(centre / columns);
  let mask = 0;
  for (let bit = 0; bit < 9; bit++) {
    const x = column + (bit % 3) - 1;
    const z = row + Math.floor(bit / 3) - 1;
    if (x >= 0 && x < columns && z >= 0 && z < rows) mask |= 1 << bit;
  }
  return mask;
}

/** The cell that a bit stands for. */
export const cellOf = ({ columns }: FloorInfo, centre: number, bit: number): number => centre + (Math.floor(bit / 3) - 1) * columns + (bit % 3) - 1;

/** The bit that stands for a cell; -1: it is none of the nine. */
export function bitOf({ columns }: FloorInfo, centre: number, cell: number): number {
  const dx = (cell % columns) - (centre % columns);
  const dz = Math.floor(cell / columns) - Math.floor(centre / columns);
  return Math.abs(dx) > 1 || Math.abs(dz) > 1 ? -1 : (dz + 1) * 3 + dx + 1;
}

/** Whether a place, centimetres from the floor's corner, is at the edge of the nine cells. */
export function isAtBorder({ columns, cell_cm }: FloorInfo, centre: number, x_cm: number, z_cm: number): boolean {
  const x = x_cm - ((centre % columns) - 1) * cell_cm;
  const z = z_cm - (Math.floor(centre / columns) - 1) * cell_cm;
  const wide = 3 * cell_cm - BORDER_CM;
  return x < BORDER_CM || z < BORDER_CM || x > wide || z > wide;
}
