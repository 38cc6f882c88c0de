/**
 * Bodies, hair and clothes from `figures.json` and its files: loads what a look needs, joins it into one mesh, keeps it
 * while somebody wears it. And the movements that all share.
 *
 * What it is not: who wears what (`look.ts`), or how it is drawn (`material.ts`).
 */
import type { BufferGeometry, Object3D, WebGLRenderer } from "three";
import { load } from "../viewer/loader";
import { readClip, speedOf, type Clip } from "./clip";
import type { Look } from "./look";
import { Rest } from "./skeleton";
import { joined, jointsOf, readSurface, shaped, type Surface } from "./surface";

interface LevelFile {
  readonly file: string;
  readonly triangles: number;
}

export interface BodyEntry {
  readonly id: string;
  readonly label: string;
  readonly file: string;
  readonly levels: readonly LevelFile[];
  readonly height_m: number;
  readonly eyes_m: number;
  /** What a cycle of two steps covers on this body. */
  readonly stride_m?: number;
}

export interface FigureEntry {
  readonly body: string;
  readonly hair: string;
  readonly outfit: string;
  readonly levels: readonly LevelFile[];
}

export interface FiguresFile {
  readonly format: string;
  readonly clips: { readonly file: string; readonly names: readonly string[] };
  readonly bodies: readonly BodyEntry[];
  readonly hairs: readonly { readonly id: string; readonly file: string | null; readonly levels?: readonly LevelFile[] }[];
  readonly outfits: readonly { readonly id: string; readonly file: string; readonly levels?: readonly LevelFile[]; readonly tints?: readonly string[] }[];
  readonly figures: readonly FigureEntry[];
}

/** Something that may be there already; asked for again every frame, without a promise each. */
export interface Awaited<T> {
  value: T | null;
  failed: boolean;
}

export interface Body {
  readonly entry: BodyEntry;
  readonly rest: Rest;
}

/** A figure's whole height for one step of `tall`. */
export const TALL_PER_STEP = 0.0125;
const MORPH_PER_STEP = 0.25;
/** Faces at rest are friendly. */
const SMILE = 0.3;

export class UnreadableFigures extends Error {
  override readonly name = "UnreadableFigures";
}

export class Wardrobe {
  readonly index: FiguresFile;
  readonly clips: ReadonlyMap<string, Clip>;
  readonly #base: string;
  readonly #renderer: WebGLRenderer;
  readonly #ended = new AbortController();
  readonly #surfaces = new Map<string, Promise<{ surface: Surface; root: Object3D }>>();
  readonly #bodies = new Map<string, Awaited<Body>>();
  readonly #worn = new Map<string, Awaited<BufferGeometry> & { used: number }>();
  readonly #told: () => void;
  #uses = 0;

  private constructor(base: string, renderer: WebGLRenderer, index: FiguresFile, clips: ReadonlyMap<string, Clip>, told: () => void) {
    this.#base = base;
    this.#renderer = renderer;
    this.index = index;
    this.clips = clips;
    this.#told = told;
  }

  /** @param told something that was asked for has come */
  static async open(base: string, renderer: WebGLRenderer, signal: AbortSignal, told: () => void = () => undefined): Promise<Wardrobe> {
    const answer = await fetch(`${base}figures.json`, { signal });
    if (!answer.ok) throw new UnreadableFigures(`${base}figures.json: ${answer.status}`);
    const index = (await answer.json()) as FiguresFile;
    if (!index.format?.startsWith("showroom.figures/1")) throw new UnreadableFigures(`${base}figures.json is of the kind "${String(index.format)}"; this page reads showroom.figures/1.`);
    const file = await load(base + index.clips.file, renderer, signal);
    const clips = new Map<string, Clip>();
    for (const animation of file.animations) {
      const clip = readClip(animation, file.scene);
      clips.set(clip.name, clip);
    }
    const wardrobe = new Wardrobe(base, renderer, index, clips, told);
    // A walk's pace is the same for every body, in heights of its hips.
    const entry = index.bodies[0];
    const body = entry ? await wardrobe.#load(entry) : null;
    const walk = clips.get("walk");
    if (walk && body) walk.speed = entry?.stride_m ? entry.stride_m / walk.duration_s / body.rest.hips_m : speedOf(walk, body.rest);
    return wardrobe;
  }

  bodyEntry(id: string): BodyEntry | undefined {
    return this.index.bodies.find((one) => one.id === id) ?? this.index.bodies[0];
  }

  body(id: string): Awaited<Body> {
    const entry = this.bodyEntry(id);
    if (!entry) return NEVER as Awaited<Body>;
    let kept = this.#bodies.get(entry.id);
    if (!kept) {
      const made: Awaited<Body> = (kept = { value: null, failed: false });
      this.#bodies.set(entry.id, made);
      this.#load(entry).then((body) => {
        made.value = body;
        this.#told();
      }, (error: unknown) => this.#fail(made, error));
    }
    return kept;
  }

  async #load(entry: BodyEntry): Promise<Body> {
    const level = entry.levels[entry.levels.length - 1] ?? entry;
    const { root } = await this.#surface(level.file);
    return { entry, rest: Rest.of(jointsOf(root), entry.height_m, entry.eyes_m) };
  }

  /** The mesh of a look, its clothes on; null in `value` until its files are here. Kept while it is asked for. */
  worn(look: Look, level: number): Awaited<BufferGeometry> {
    const key = wornKey(look, level);
    let kept = this.#worn.get(key);
    if (!kept) {
      const made = { value: null as BufferGeometry | null, failed: false, used: 0 };
      kept = made;
      this.#worn.set(key, made);
      this.#join(look, level).then((geometry) => {
        if (this.#ended.signal.aborted) return geometry.dispose();
        made.value = geometry;
        this.#told();
      }, (error: unknown) => this.#fail(made, error));
    }
    kept.used = ++this.#uses;
    return kept;
  }

  /** One of the crowd's figures. */
  figure(figure: FigureEntry, level: number): Awaited<BufferGeometry> {
    const file = figure.levels[level]?.file ?? "";
    let kept = this.#worn.get(file);
    if (!kept) {
      const made = { value: null as BufferGeometry | null, failed: false, used: Infinity };
      kept = made;
      this.#worn.set(file, made);
      this.#surface(file).then(({ surface }) => {
        made.value = joined([shaped(surface, { smile: SMILE })]);
        this.#told();
      }, (error: unknown) => this.#fail(made, error));
    }
    return kept;
  }

  /** Of the crowd's figures, the one most like a look: its body first, then what it wears, then its hair. */
  nearest(look: Look): number {
    let best = 0;
    let most = -1;
    for (let i = 0; i < this.index.figures.length; i++) {
      const one = this.index.figures[i]!;
      const score = (one.body === look.body ? 4 : 0) + (one.outfit === look.outfit ? 2 : 0) + (one.hair === look.hair ? 1 : 0);
      if (score > most) [best, most] = [i, score];
    }
    return best;
  }

  /** Give back what was not asked for lately, all but the last so many. Returns what was let go. */
  letGo(keep: number): readonly BufferGeometry[] {
    const idle = [...this.#worn].filter(([, one]) => one.value && one.used !== Infinity).sort((a, b) => b[1].used - a[1].used).slice(keep);
    return idle.map(([key, one]) => {
      this.#worn.delete(key);
      one.value!.dispose();
      return one.value!;
    });
  }

  async #join(look: Look, level: number): Promise<BufferGeometry> {
    const body = this.bodyEntry(look.body);
    if (!body) throw new UnreadableFigures("there are no bodies");
    const hair = this.index.hairs.find((one) => one.id === look.hair) ?? this.index.hairs[0];
    const outfit = this.index.outfits.find((one) => one.id === look.outfit) ?? this.index.outfits[0];
    const files = partFiles(body, hair, outfit, level);
    const parts = await Promise.all(files.map((file) => this.#surface(file)));
    const { wide, strong, old } = look.shape;
    const strengths = { wide: wide * MORPH_PER_STEP, strong: strong * MORPH_PER_STEP, old: old * MORPH_PER_STEP, smile: SMILE };
    return joined(parts.map(({ surface }) => shaped(surface, strengths)));
  }

  #surface(file: string): Promise<{ surface: Surface; root: Object3D }> {
    let asked = this.#surfaces.get(file);
    if (!asked) {
      asked = load(this.#base + file, this.#renderer, this.#ended.signal).then(({ scene }) => {
        const surface = readSurface(scene);
        if (!surface.region.length) throw new UnreadableFigures(`${file} has no skinned mesh`);
        return { surface, root: scene };
      });
      asked.catch(() => this.#surfaces.delete(file));
      this.#surfaces.set(file, asked);
    }
    return asked;
  }

  #fail(what: Awaited<unknown>, error: unknown): void {
    what.failed = true;
    if (!this.#ended.signal.aborted) console.warn(error);
  }

  dispose(): void {
    this.#ended.abort();
    for (const one of this.#worn.values()) one.value?.dispose();
    this.#worn.clear();
    this.#surfaces.clear();
  }
}

const NEVER: Awaited<never> = { value: null, failed: true };

const wornKey = ({ body, hair, outfit, shape: s, isSeated }: Look, level: number): string => `${body}/${hair}/${outfit}/${s.wide},${s.strong},${s.old}${isSeated ? "c" : ""}@${level}`;

type Part = { readonly file: string | null; readonly levels?: readonly LevelFile[] } | undefined;

function partFiles(body: BodyEntry, hair: Part, outfit: Part, level: number): string[] {
  const at = (part: Part): string | null => {
    const levels = part?.levels;
    return levels?.length ? levels[Math.min(level, levels.length - 1)]!.file : part?.file ?? null;
  };
  return [at(body), at(hair), at(outfit)].filter((file): file is string => Boolean(file)).map((file) => file.replace("{body}", body.id));
}
