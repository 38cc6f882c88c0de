/**
 * Reflections prefiltered at the size their picture has.
 *
 * three's generator never works below 256 pixels a face: a soft light's 64 cost it a hundred times the samples, seconds
 * where a processor draws. What it is not: another filter; only the size is ours.
 */
import { PMREMGenerator } from "three";

/** What three's generator keeps and its types leave out. */
interface Inside {
  _cubeSize: number;
  _setSize(px: number): void;
}

/** The coarsest source three's integration reads. */
const LEAST_PX = 32;

/** A generator for pictures of any size: a power of two, per face of the cube. */
export function prefilter(...given: ConstructorParameters<typeof PMREMGenerator>): PMREMGenerator {
  const filter = new PMREMGenerator(...given);
  const inside = filter as unknown as Inside;
  inside._setSize = (px) => (inside._cubeSize = Math.max(LEAST_PX, 2 ** Math.floor(Math.log2(px))));
  return filter;
}
