/**
 * The One Euro filter: calm at rest, prompt in motion. For numbers, and for rotations.
 *
 * Source: Casiez, Roussel & Vogel 2012.
 */

export interface Calm {
  /** The cut-off at rest, hertz: lower is calmer. */
  readonly rest_hz: number;
  /** How fast the cut-off rises with speed: higher lags less. In hertz for a unit a second. */
  readonly beta: number;
  /** Of the speed itself, hertz. */
  readonly speed_hz: number;
}

const share = (cut_hz: number, dt: number): number => {
  const r = 2 * Math.PI * cut_hz * dt;
  return r / (r + 1);
};

/** Several numbers that move as one: one speed, one cut-off, so that a point does not bend its way. */
export class EuroVector {
  readonly #calm: Calm;
  readonly #speed: Float64Array;
  readonly value: Float64Array;
  #isFresh = true;

  constructor(length: number, calm: Calm) {
    this.#calm = calm;
    this.value = new Float64Array(length);
    this.#speed = new Float64Array(length);
  }

  /** Forget: the next value is taken as it is. */
  reset(): void {
    this.#isFresh = true;
  }

  /** @param dt seconds since the last @returns `value`, changed in place */
  next(seen: ArrayLike<number>, dt: number): Float64Array {
    const { value } = this;
    if (this.#isFresh || dt <= 0) {
      for (let i = 0; i < value.length; i++) value[i] = seen[i]!;
      if (this.#isFresh) this.#speed.fill(0);
      this.#isFresh = false;
      return value;
    }
    const bySpeed = share(this.#calm.speed_hz, dt);
    let square = 0;
    for (let i = 0; i < value.length; i++) {
      this.#speed[i]! += bySpeed * ((seen[i]! - value[i]!) / dt - this.#speed[i]!);
      square += this.#speed[i]! ** 2;
    }
    const a = share(this.#calm.rest_hz + this.#calm.beta * Math.sqrt(square), dt);
    for (let i = 0; i < value.length; i++) value[i]! += a * (seen[i]! - value[i]!);
    return value;
  }
}

/** A rotation (row-major 3 x 3): its turn from the last is what is calmed, so no axis is special. */
export class EuroRotation {
  readonly #calm: Calm;
  readonly #speed = new Float64Array(3);
  readonly value = Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);
  #isFresh = true;

  /** @param calm `beta` in hertz for a radian a second */
  constructor(calm: Calm) {
    this.#calm = calm;
  }

  reset(): void {
    this.#isFresh = true;
  }

  next(seen: Float64Array, dt: number): Float64Array {
    if (this.#isFresh || dt <= 0) {
      this.value.set(seen);
      this.#speed.fill(0);
      this.#isFresh = false;
      return this.value;
    }
    turnBetween(this.value, seen, WAY);
    const bySpeed = share(this.#calm.speed_hz, dt);
    let square = 0;
    for (let i = 0; i < 3; i++) {
      this.#speed[i]! += bySpeed * (WAY[i]! / dt - this.#speed[i]!);
      square += this.#speed[i]! ** 2;
    }
    const a = share(this.#calm.rest_hz + this.#calm.beta * Math.sqrt(square), dt);
    for (let i = 0; i < 3; i++) WAY[i]! *= a;
    turn(this.value, WAY);
    return this.value;
  }
}

const WAY = new Float64Array(3);
const NEXT = new Float64Array(9);

/** The turn (axis times radians, in the outer space) that takes rotation `a` to `b`. */
export function turnBetween(a: Float64Array, b: Float64Array, into: Float64Array): void {
  const d = (row: number, col: number): number => b[row * 3]! * a[col * 3]! + b[row * 3 + 1]! * a[col * 3 + 1]! + b[row * 3 + 2]! * a[col * 3 + 2]!;
  const cos = Math.min(1, Math.max(-1, (d(0, 0) + d(1, 1) + d(2, 2) - 1) / 2));
  const angle = Math.acos(cos);
  const [x, y, z] = [d(2, 1) - d(1, 2), d(0, 2) - d(2, 0), d(1, 0) - d(0, 1)];
  const sine = Math.hypot(x, y, z);
  const k = sine < 1e-12 ? 0.5 : angle / sine;
  into[0] = k * x;
  into[1] = k * y;
  into[2] = k * z;
}

/** Turn a rotation by axis times radians, in place. */
export function turn(rotation: Float64Array, way: Float64Array): void {
  const angle = Math.hypot(way[0]!, way[1]!, way[2]!);
  if (angle < 1e-15) return;
  const [x, y, z] = [way[0]! / angle, way[1]! / angle, way[2]! / angle];
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  for (let col = 0; col < 3; col++) {
    const [p, q, r] = [rotation[col]!, rotation[3 + col]!, rotation[6 + col]!];
    const along = (x * p + y * q + z * r) * (1 - c);
    NEXT[col] = p * c + (y * r - z * q) * s + x * along;
    NEXT[3 + col] = q * c + (z * p - x * r) * s + y * along;
    NEXT[6 + col] = r * c + (x * q - y * p) * s + z * along;
  }
  rotation.set(NEXT);
}
