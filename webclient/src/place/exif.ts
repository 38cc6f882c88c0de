/**
 * The lens that a JPEG names: FocalLengthIn35mmFilm (Exif 3.0, tag 0xA405), as pixels of this picture. Nothing else of
 * the file's own story is read: not when, not where.
 */
const FILM_DIAGONAL_MM = 43.27;

export function focalOf(file: ArrayBuffer, width_px: number, height_px: number): number | null {
  const view = new DataView(file);
  try {
    if (view.getUint16(0) !== 0xffd8) return null;
    for (let at = 2; at + 10 < view.byteLength; ) {
      const marker = view.getUint16(at);
      if ((marker & 0xff00) !== 0xff00 || marker === 0xffda) return null;
      const size = view.getUint16(at + 2);
      if (marker === 0xffe1 && view.getUint32(at + 4) === 0x45786966) {
        const mm = tag(view, at + 10);
        return mm ? (mm / FILM_DIAGONAL_MM) * Math.hypot(width_px, height_px) : null;
      }
      at += 2 + size;
    }
  } catch {
    // A file that ends early names no lens.
  }
  return null;
}

function tag(view: DataView, start: number): number | null {
  const isLittle = view.getUint16(start) === 0x4949;
  const find = (folder: number, wanted: number): number | null => {
    const n = view.getUint16(start + folder, isLittle);
    for (let i = 0; i < Math.min(n, 500); i++) {
      const entry = start + folder + 2 + i * 12;
      if (view.getUint16(entry, isLittle) !== wanted) continue;
      const isShort = view.getUint16(entry + 2, isLittle) === 3;
      return isShort ? view.getUint16(entry + 8, isLittle) : view.getUint32(entry + 8, isLittle);
    }
    return null;
  };
  const exif = find(view.getUint32(start + 4, isLittle), 0x8769);
  const mm = exif === null ? null : find(exif, 0xa405);
  return mm && mm > 5 && mm < 500 ? mm : null;
}
