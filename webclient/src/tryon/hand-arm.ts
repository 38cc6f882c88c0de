/**
 * Where a forearm goes on from its wrist, seen in the picture itself: its axis and how wide it is.
 *
 * A hand's 21 points end at the wrist, and a wrist bends: the palm's own direction is a poor guess of the arm's. Row by
 * row beyond the wrist the arm's two edges are where the colours on a line across it part best into skin and what is
 * beside it. What it is not: sure. Over a sleeve or before other skin it finds nothing, and the palm's direction has to
 * do. Pixels stay in this object until the next frame.
 *
 * Source: Otsu 1979, for the best parting of a line in two.
 */
import type { Lens } from "./camera";

/** Of a pixel of the patch that is looked at, metres; its wrist lies in the middle. */
export const STEP_M = 0.0015;
export const PATCH_PX = 144;

/** Along the arm, from the wrist's point on; and how far to either side. */
const FROM_M = 0.012;
const TO_M = 0.066;
const REACH_M = 0.06;
const LEAST_ROWS = 7;
const MOST_MISSED = 5;
/** Arms are as wide as this, half of it. */
const HALF_M = [0.016, 0.045] as const;
/** What is left of a line's spread once it is parted; how much its two parts differ. */
const CLEAR = 0.6;
const DIFFERS = 0.05;
/** A wrist bends no further in the picture. */
const MOST_BENT_COS = 0.5;
/** How much brightness counts against colour: shade lies on skin too. */
const LUMA = 0.11;
const STRAIGHT = 0.04;
/** Where skin is looked at between the wrist and the knuckles, and how far aside against the palm's width. */
const SKIN_AT = [0.08, 0.2, 0.32, 0.45] as const;
const SKIN_ASIDE = [-0.2, 0, 0.2] as const;

const COUNT = Math.round(REACH_M / STEP_M);
const LEAST = Math.round((HALF_M[0] / STEP_M) * 0.4);
const ROWS = Math.ceil((TO_M - FROM_M) / (2 * STEP_M));

/** The picture about a wrist, `PATCH_PX` square. */
export class WristView {
  readonly #canvas = new OffscreenCanvas(PATCH_PX, PATCH_PX);
  readonly #context = this.#canvas.getContext("2d", { willReadFrequently: true });

  /** RGBA; what lies beyond the picture is clear. @param metre_px pixels of the picture for a metre at the wrist */
  look(picture: ImageBitmap, { width, height }: Lens, u: number, v: number, metre_px: number): Uint8ClampedArray | null {
    const half = (PATCH_PX / 2) * STEP_M * metre_px;
    if (!this.#context || !(half > 8) || u < 0 || v < 0 || u > width || v > height) return null;
    this.#context.clearRect(0, 0, PATCH_PX, PATCH_PX);
    this.#context.drawImage(picture, u - half, v - half, 2 * half, 2 * half, 0, 0, PATCH_PX, PATCH_PX);
    return this.#context.getImageData(0, 0, PATCH_PX, PATCH_PX).data;
  }
}

export class ArmFinder {
  /** In the picture, right and down: from the wrist to the elbow, one long. */
  readonly way = new Float64Array(2);
  /** How far the axis passes the wrist's point, to the side of `way` turned a quarter clockwise as one looks at it. */
  aside_m = 0;
  half_m = 0;
  readonly #skin = new Float64Array(3);
  readonly #line = new Float64Array(COUNT * 3);
  readonly #sums = new Float64Array((COUNT + 1) * 4);
  readonly #rows = { along: new Float64Array(ROWS), middle: new Float64Array(ROWS), half: new Float64Array(ROWS) };
  readonly #sorted = new Float64Array((ROWS * ROWS) / 2);
  #pixels: Uint8ClampedArray = new Uint8ClampedArray(0);

  /**
   * @param pixels as `WristView` gives them
   * @param knuckles of the fingers, `(4, 2)` pixels of the patch from the wrist
   * @param x along which the arm would lie in the picture if the wrist were straight, one long
   */
  find(pixels: Uint8ClampedArray, knuckles: Float64Array, x: number, y: number): boolean {
    this.#pixels = pixels;
    if (!this.#palm(knuckles)) return false;
    let [wx, wy] = [x, y];
    let isFound = false;
    for (let round = 0; round < 3; round++) {
      const count = this.#across(wx, wy);
      if (count < LEAST_ROWS) return isFound;
      const slope = this.#slope(count);
      const { along, middle, half } = this.#rows;
      for (let i = 0; i < count; i++) this.#sorted[i] = middle[i]! - slope * along[i]!;
      const aside = this.#median(count);
      this.#sorted.set(half.subarray(0, count));
      const straight = 1 / Math.hypot(1, slope);
      const half_m = this.#median(count) * straight;
      const [nx, ny] = [(wx - slope * wy) * straight, (wy + slope * wx) * straight];
      if (nx * x + ny * y < MOST_BENT_COS || half_m < HALF_M[0] || half_m > HALF_M[1]) return false;
      [wx, wy] = [nx, ny];
      this.way[0] = wx;
      this.way[1] = wy;
      this.aside_m = aside * straight;
      this.half_m = half_m;
      isFound = true;
      if (Math.abs(slope) < STRAIGHT) break;
    }
    return isFound;
  }

  /** This hand's own colour; false if too little of it is in the picture. */
  #palm(knuckles: Float64Array): boolean {
    let [kx, ky] = [0, 0];
    for (let i = 0; i < 8; i += 2) {
      kx += knuckles[i]! / 4;
      ky += knuckles[i + 1]! / 4;
    }
    const [sx, sy] = [knuckles[6]! - knuckles[0]!, knuckles[7]! - knuckles[1]!];
    let count = 0;
    for (const t of SKIN_AT) {
      for (const k of SKIN_ASIDE) {
        const wide = k * (0.4 + 0.6 * t);
        if (this.#colour(t * kx + wide * sx, t * ky + wide * sy, this.#line, count * 3)) count++;
      }
    }
    if (count < 6) return false;
    for (let k = 0; k < 3; k++) {
      for (let i = 0; i < count; i++) this.#sorted[i] = this.#line[i * 3 + k]!;
      this.#skin[k] = this.#median(count);
    }
    return true;
  }

  /** Two shares of colour and brightness at a pixel from the wrist; false beyond the picture. */
  #colour(x: number, y: number, into: Float64Array, at: number): boolean {
    const [u, v] = [Math.floor(PATCH_PX / 2 + x), Math.floor(PATCH_PX / 2 + y)];
    if (u < 0 || v < 0 || u >= PATCH_PX || v >= PATCH_PX) return false;
    const i = (v * PATCH_PX + u) * 4;
    if (this.#pixels[i + 3]! < 255) return false;
    const [r, g, b] = [this.#pixels[i]! + 4, this.#pixels[i + 1]! + 4, this.#pixels[i + 2]! + 4];
    const total = r + g + b;
    into[at] = r / total;
    into[at + 1] = g / total;
    into[at + 2] = LUMA * Math.log(total);
    return true;
  }

  /** Lines across the arm: how far along each lies, its middle and half its width, metres. @returns how many say something */
  #across(wx: number, wy: number): number {
    const { along, middle, half } = this.#rows;
    let [count, missed, at] = [0, 0, 0];
    for (let row = 0; row < ROWS; row++) {
      const far = FROM_M + row * 2 * STEP_M;
      const low = this.#edge(far, at, wx, wy, -1);
      const high = this.#edge(far, at, wx, wy, 1);
      const wide = low > 0 && high > 0 ? (low + high) * STEP_M : 0;
      if (wide < 2 * HALF_M[0] || wide > 2 * HALF_M[1]) {
        if (++missed > MOST_MISSED) break;
        continue;
      }
      along[count] = far;
      middle[count] = at + ((high - low) * STEP_M) / 2;
      half[count] = wide / 2;
      at += 0.5 * (middle[count]! - at);
      count++;
    }
    return count;
  }

  /** How many pixels to this side are the arm's; 0 if no place parts the line clearly. */
  #edge(far: number, middle: number, wx: number, wy: number, sign: 1 | -1): number {
    const [line, sums] = [this.#line, this.#sums];
    let count = 0;
    for (; count < COUNT; count++) {
      const aside = middle / STEP_M + sign * count;
      if (!this.#colour((far / STEP_M) * wx - aside * wy, (far / STEP_M) * wy + aside * wx, line, count * 3)) break;
      const [a, b, c] = [line[count * 3]!, line[count * 3 + 1]!, line[count * 3 + 2]!];
      const to = (count + 1) * 4;
      sums[to] = sums[to - 4]! + a;
      sums[to + 1] = sums[to - 3]! + b;
      sums[to + 2] = sums[to - 2]! + c;
      sums[to + 3] = sums[to - 1]! + a * a + b * b + c * c;
    }
    if (count < LEAST + 6) return 0;
    const [end, whole] = [count * 4, sums[count * 4 + 3]!];
    let [best, least] = [0, Infinity];
    for (let n = LEAST; n <= count - 4; n++) {
      let explained = 0;
      for (let k = 0; k < 3; k++) explained += sums[n * 4 + k]! ** 2 / n + (sums[end + k]! - sums[n * 4 + k]!) ** 2 / (count - n);
      if (whole - explained < least) [best, least] = [n, whole - explained];
    }
    let [spread, differs, skin, beside, shade, apart] = [whole, 0, 0, 0, 0, 0];
    for (let k = 0; k < 3; k++) {
      const inside = sums[best * 4 + k]! / best;
      const outside = (sums[end + k]! - sums[best * 4 + k]!) / (count - best);
      const own = sums[16 + k]! / 4;
      spread -= sums[end + k]! ** 2 / count;
      differs += (inside - outside) ** 2;
      skin += (own - this.#skin[k]!) ** 2;
      beside += (outside - this.#skin[k]!) ** 2;
      shade += (inside - own) ** 2;
      apart += (outside - own) ** 2;
    }
    if (least > CLEAR * spread || differs < DIFFERS * DIFFERS) return 0;
    // The middle is this hand's skin, rather than what is beside it; and the edge parts shade from what is beside it.
    return skin > beside || shade > apart ? 0 : best;
  }

  /** The median of all pairs' slopes, so that a few rows may be wrong. */
  #slope(count: number): number {
    const { along, middle } = this.#rows;
    let pairs = 0;
    for (let i = 0; i < count; i++) for (let j = i + 3; j < count; j++) this.#sorted[pairs++] = (middle[j]! - middle[i]!) / (along[j]! - along[i]!);
    return this.#median(pairs);
  }

  #median(count: number): number {
    const sorted = this.#sorted.subarray(0, count).sort();
    return (sorted[(count - 1) >> 1]! + sorted[count >> 1]!) / 2;
  }
}
