/** Half floats (IEEE 754 binary16), as lightmaps hold them: what is below zero becomes 0, what is too large the largest. */
const FLOAT = new Float32Array(1);
const BITS = new Uint32Array(FLOAT.buffer);

/** A half float's bits. */
export function half(value: number): number {
  FLOAT[0] = Math.min(65504, Math.max(0, value));
  const bits = BITS[0]!;
  const exponent = ((bits >>> 23) & 255) - 112;
  if (exponent <= 0) return exponent < -10 ? 0 : (((bits & 0x7fffff) | 0x800000) >> (14 - exponent)) & 0x3ff;
  return (exponent << 10) | ((bits & 0x7fffff) >> 13);
}

/** A half float's value. */
export function unhalf(bits: number): number {
  const exponent = (bits >> 10) & 31;
  const part = bits & 0x3ff;
  return exponent ? 2 ** (exponent - 15) * (1 + part / 1024) : (2 ** -14 * part) / 1024;
}
