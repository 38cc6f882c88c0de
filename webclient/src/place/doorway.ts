/**
 * Whether a box can be carried through a doorway: straight through, turned about any of its axes first, and tilted.
 *
 * A box that is carried along one of its edges shows the other two, a rectangle; it passes if that rectangle, turned by
 * some angle, fits into the doorway (Carver 1957; Wetzel 2000, "Rectangles in rectangles"). Other ways of carrying never
 * show less of a box. What it does not know: what lies before and behind the doorway, and that legs can be taken off: a
 * product passes more often than its box.
 */

/** Fingers and a wrapping, on each side. Removal firms ask for as much. */
const HANDS_M = 0.02;

export interface Doorway {
  readonly width_m: number;
  readonly height_m: number;
}

export interface Passage {
  readonly passes: boolean;
  /** As it stands; on a side or on end; at an angle. */
  readonly how: "upright" | "laid" | "tilted";
  /** From level. */
  readonly tilt_rad: number;
  /** What is left on each side, hands not counted; below zero: what is missing. */
  readonly spare_m: number;
  /** How far it reaches along the way through: so long a straight run it wants. */
  readonly run_m: number;
}

const STEPS = 900;

/** The largest margin, on all four sides, with which a rectangle fits into a doorway at the best angle. */
export function margin(p: number, q: number, { width_m, height_m }: Doorway): { readonly spare_m: number; readonly tilt_rad: number } {
  const at = (tilt: number): number => {
    const [c, s] = [Math.cos(tilt), Math.sin(tilt)];
    return Math.min(width_m - p * c - q * s, height_m - p * s - q * c) / 2;
  };
  let best = { spare_m: at(0), tilt_rad: 0 };
  // Between level and upright the margin rises and falls once or twice: look everywhere, then closely.
  for (let i = 1; i <= STEPS; i++) {
    const tilt_rad = (i / STEPS) * (Math.PI / 2);
    const spare_m = at(tilt_rad);
    if (spare_m > best.spare_m + 1e-12) best = { spare_m, tilt_rad };
  }
  const near = best.tilt_rad;
  for (let i = -50; i <= 50; i++) {
    const tilt_rad = Math.min(Math.PI / 2, Math.max(0, near + ((i / 50) * Math.PI) / 2 / STEPS));
    const spare_m = at(tilt_rad);
    if (spare_m > best.spare_m + 1e-12) best = { spare_m, tilt_rad };
  }
  return best;
}

/** @param size_m width, height and depth of the piece */
export function passage([width, height, depth]: readonly [number, number, number], doorway: Doorway, hands_m = HANDS_M): Passage {
  const spare = (p: number, q: number): number => Math.min(doorway.width_m - p, doorway.height_m - q) / 2;
  const upright = width <= depth ? { p: width, run: depth } : { p: depth, run: width };
  const found: Passage[] = [{ passes: false, how: "upright", tilt_rad: 0, spare_m: spare(upright.p, height), run_m: upright.run }];
  const sides = [[width, depth, height], [depth, width, height], [width, height, depth], [height, width, depth], [depth, height, width], [height, depth, width]] as const;
  for (const [p, q, run_m] of sides) found.push({ passes: false, how: "laid", tilt_rad: 0, spare_m: spare(p, q), run_m });
  for (const [p, q, run_m] of sides) {
    const { spare_m, tilt_rad } = margin(p, q, doorway);
    if (tilt_rad > 0.01 && tilt_rad < Math.PI / 2 - 0.01) found.push({ passes: false, how: "tilted", tilt_rad, spare_m, run_m });
  }
  // The easiest way that works; if none does, the one that lacks least.
  const works = found.find(({ spare_m }) => spare_m >= hands_m);
  const best = works ?? found.reduce((one, other) => (other.spare_m > one.spare_m + 1e-9 ? other : one));
  return { ...best, passes: works !== undefined };
}
