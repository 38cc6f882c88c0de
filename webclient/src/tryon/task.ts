/**
 * The canonical face out of a MediaPipe face model (`face_landmarker.task`): a stored zip with a small protobuf in it.
 *
 * The model brings the mesh that its landmarks stand for, so there is no copy of it here to go stale. Read: the face
 * geometry metadata, field 1 (mesh: 1 vertex type, 2 primitive, 3 vertices, 4 triangles), floats x y z u v in
 * centimetres. What it is not: a general reader of either format.
 */

const ENTRY = "geometry_pipeline_metadata_landmarks.binarypb";
const DIRECTORY = 0x02014b50;
const END = 0x06054b50;
const END_BYTES = 22;
const FLOATS_A_VERTEX = 5;

export class BadModel extends Error {
  override name = "BadModel";
}

export interface CanonicalFace {
  /** `(n, 3)` metres: +X the subject's left, +Y up, +Z out of the face. */
  readonly points: Float64Array;
  /** `(m, 3)`, counter-clockwise from outside. */
  readonly triangles: Uint16Array;
}

/** @throws BadModel if the file is not what it says */
export function canonicalFace(task: ArrayBuffer): CanonicalFace {
  try {
    const mesh = field(entry(task, ENTRY), 1);
    const vertices = floats(mesh, 3);
    const points = new Float64Array((vertices.length / FLOATS_A_VERTEX) * 3);
    for (let i = 0; i < points.length / 3; i++) for (let k = 0; k < 3; k++) points[i * 3 + k] = vertices[i * FLOATS_A_VERTEX + k]! / 100;
    const triangles = Uint16Array.from(varints(mesh, 4));
    if (points.length !== 468 * 3 || triangles.length % 3 || triangles.some((one) => one >= 468)) throw new BadModel("the face model's mesh is not the one its landmarks stand for");
    return { points, triangles };
  } catch (error) {
    if (error instanceof BadModel) throw error;
    throw new BadModel("the face model cannot be read", { cause: error });
  }
}

/** By the directory at the end: the headers before the entries need not know their sizes. */
function entry(zip: ArrayBuffer, name: string): DataView {
  const view = new DataView(zip);
  let end = view.byteLength - END_BYTES;
  while (end >= 0 && view.getUint32(end, true) !== END) end--;
  if (end < 0) throw new BadModel("the face model is not a bundle");
  let at = view.getUint32(end + 16, true);
  for (let left = view.getUint16(end + 10, true); left > 0 && view.getUint32(at, true) === DIRECTORY; left--) {
    const [method, size, header] = [view.getUint16(at + 10, true), view.getUint32(at + 24, true), view.getUint32(at + 42, true)];
    const [nameLength, extraLength, noteLength] = [view.getUint16(at + 28, true), view.getUint16(at + 30, true), view.getUint16(at + 32, true)];
    if (new TextDecoder().decode(new Uint8Array(zip, at + 46, nameLength)) === name) {
      if (method !== 0) throw new BadModel("the face model is compressed");
      return new DataView(zip, header + 30 + view.getUint16(header + 26, true) + view.getUint16(header + 28, true), size);
    }
    at += 46 + nameLength + extraLength + noteLength;
  }
  throw new BadModel(`the face model has no ${name}`);
}

/** Each field of a protobuf message: its number, and the bytes or the number it holds. */
function* fields(view: DataView): Generator<{ id: number; bytes: DataView | null; value: number }> {
  const at = { at: 0 };
  while (at.at < view.byteLength) {
    const key = varint(view, at);
    const kind = key & 7;
    if (kind === 2) {
      const length = varint(view, at);
      yield { id: key >>> 3, bytes: new DataView(view.buffer, view.byteOffset + at.at, length), value: 0 };
      at.at += length;
    } else if (kind === 0) {
      yield { id: key >>> 3, bytes: null, value: varint(view, at) };
    } else if (kind === 5) {
      yield { id: key >>> 3, bytes: new DataView(view.buffer, view.byteOffset + at.at, 4), value: 0 };
      at.at += 4;
    } else {
      throw new BadModel("the face model's metadata cannot be read");
    }
  }
}

function field(view: DataView, id: number): DataView {
  for (const found of fields(view)) if (found.id === id && found.bytes) return found.bytes;
  throw new BadModel(`the face model's metadata has no field ${id}`);
}

/** A repeated float, packed or not. */
function floats(view: DataView, id: number): number[] {
  const all: number[] = [];
  for (const found of fields(view)) {
    if (found.id !== id || !found.bytes) continue;
    for (let at = 0; at + 4 <= found.bytes.byteLength; at += 4) all.push(found.bytes.getFloat32(at, true));
  }
  return all;
}

function varints(view: DataView, id: number): number[] {
  const all: number[] = [];
  for (const found of fields(view)) {
    if (found.id !== id) continue;
    if (!found.bytes) all.push(found.value);
    else for (const at = { at: 0 }; at.at < found.bytes.byteLength; ) all.push(varint(found.bytes, at));
  }
  return all;
}

function varint(view: DataView, at: { at: number }): number {
  let [value, factor] = [0, 1];
  for (;;) {
    const byte = view.getUint8(at.at++);
    value += (byte & 0x7f) * factor;
    if (byte < 0x80) return value;
    factor *= 128;
    if (factor > 2 ** 49) throw new BadModel("the face model's metadata cannot be read");
  }
}
