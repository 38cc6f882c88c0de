/** How tall somebody says they are: read as people write it, and refused where nobody is. */

export const HEIGHT_CM = { least: 100, most: 230 } as const;

export type Height = { readonly m: number } | { readonly fault: "number" | "range" } | null;

/** "172", "172 cm", "1.72", "1,72 m", "172.5"; null if nothing was written. */
export function heightOf(text: string): Height {
  const trimmed = text.trim().replace(/\s*(cm|m|厘米|米|公分)\.?$/iu, "").replace(",", ".");
  if (!text.trim()) return null;
  if (!/^\d{1,3}(\.\d{1,2})?$/.test(trimmed)) return { fault: "number" };
  const given = Number(trimmed);
  // Nobody is three centimetres tall: small numbers are metres.
  const cm = given < 3 ? given * 100 : given;
  if (cm < HEIGHT_CM.least || cm > HEIGHT_CM.most) return { fault: "range" };
  return { m: Math.round(cm * 10) / 1000 };
}
