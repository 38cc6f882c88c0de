/**
 * Bones as textures: clips baked for each body once (half floats, without fingers), and a row for each person near whose
 * pose is made anew every frame.
 *
 * A matrix is three texels, its rows. What it is not: which row somebody is drawn with (`table.ts`).
 */
import { DataTexture, DataUtils, FloatType, HalfFloatType, NearestFilter, RGBAFormat } from "three";
import { sample, type Clip } from "./clip";
import { BODY_BONES, BONES, Pose, type Rest } from "./skeleton";

const TEXELS = BODY_BONES * 3;
/** Frames side by side, so that the texture is not taller than phones allow. */
export const ACROSS = 12;
const BAKE_HZ = 24;

/** Where a body's clips begin, and how many rows each has. */
export interface Track {
  readonly first: number;
  readonly rows: number;
}

export class ClipBones {
  readonly texture: DataTexture;
  readonly #tracks = new Map<string, Map<string, Track>>();
  readonly #clips: readonly Clip[];
  readonly #data: Uint16Array<ArrayBuffer>;
  readonly #frame = new Float32Array(TEXELS * 4);
  readonly #pose = new Pose();
  #next = 0;

  constructor(clips: readonly Clip[], bodies: number) {
    this.#clips = clips;
    const rows = clips.reduce((sum, clip) => sum + rowsOf(clip), 0) * Math.max(1, bodies);
    const height = Math.max(1, Math.ceil(rows / ACROSS));
    this.#data = new Uint16Array(TEXELS * ACROSS * height * 4);
    this.texture = new DataTexture(this.#data, TEXELS * ACROSS, height, RGBAFormat, HalfFloatType);
    this.texture.minFilter = this.texture.magFilter = NearestFilter;
    this.texture.needsUpdate = true;
  }

  /** Bake all clips on a body; again does nothing. */
  bake(body: string, rest: Rest): void {
    if (this.#tracks.has(body)) return;
    const tracks = new Map<string, Track>();
    for (const clip of this.#clips) {
      const rows = rowsOf(clip);
      tracks.set(clip.name, { first: this.#next, rows });
      for (let i = 0; i < rows; i++) {
        sample(clip, (clip.duration_s * i) / rows, this.#pose);
        this.#pose.settle(rest);
        this.#pose.write(rest, this.#frame, 0, BODY_BONES);
        const row = this.#next++;
        const o = (Math.floor(row / ACROSS) * ACROSS + (row % ACROSS)) * TEXELS * 4;
        for (let k = 0; k < this.#frame.length; k++) this.#data[o + k] = DataUtils.toHalfFloat(this.#frame[k]!);
      }
    }
    this.#tracks.set(body, tracks);
    this.texture.needsUpdate = true;
  }

  has(body: string): boolean {
    return this.#tracks.has(body);
  }

  /** The row for a clip at a part 0…1 of it. */
  row(body: string, clip: string, part: number): number {
    const tracks = this.#tracks.get(body);
    const track = tracks?.get(clip) ?? tracks?.get("idle");
    if (!track) return 0;
    return track.first + Math.min(track.rows - 1, Math.floor(part * track.rows));
  }

  dispose(): void {
    this.texture.dispose();
  }
}

const rowsOf = (clip: Clip): number => Math.max(1, Math.round(clip.duration_s * BAKE_HZ));

/** Poses made anew: a row each. */
export class LiveBones {
  readonly texture: DataTexture;
  readonly #data: Float32Array<ArrayBuffer>;

  constructor(rows: number) {
    this.#data = new Float32Array(BONES.length * 12 * rows);
    this.texture = new DataTexture(this.#data, BONES.length * 3, rows, RGBAFormat, FloatType);
    this.texture.minFilter = this.texture.magFilter = NearestFilter;
    this.texture.needsUpdate = true;
  }

  write(row: number, pose: Pose, rest: Rest): void {
    pose.write(rest, this.#data, row * BONES.length * 12);
  }

  upload(): void {
    this.texture.needsUpdate = true;
  }

  dispose(): void {
    this.texture.dispose();
  }
}
