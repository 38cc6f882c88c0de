/**
 * The pieces of an arrangement as a part of a three scene, kept in step with it. Used by AR and by the photo alike.
 *
 * What it is not: a session or a camera (`ar.ts`, `photo.ts`).
 */
import { Group, Raycaster, type Ray, type WebGLRenderer } from "three";
import { Figure } from "./figure";
import { RoomModels } from "./models";
import type { Arrangement } from "./arrangement";

/** Boxes no further behind each other than this are touched at once. */
const IN_LINE_M = 1.2;

export interface StageOptions {
  readonly renderer: WebGLRenderer;
  readonly arrangement: Arrangement;
  /** A length as the shopper reads it. */
  format(metres: number): string;
  /** Something looks different. */
  changed(): void;
  /** A product's model could not be shown; its box stays. */
  failed(product: string, error: unknown): void;
}

export class Stage {
  readonly group = new Group();
  readonly models: RoomModels;
  readonly #options: StageOptions;
  readonly #figures = new Map<number, Figure>();
  readonly #ended = new AbortController();
  readonly #rays = new Raycaster();
  #isMeasured = true;
  #waiting = 0;

  constructor(options: StageOptions) {
    this.#options = options;
    this.models = new RoomModels(options.renderer, this.#ended.signal);
    options.arrangement.addEventListener("change", () => this.#sync(), { signal: this.#ended.signal });
    this.#sync();
  }

  /** Models that have not come yet. */
  get waiting(): number {
    return this.#waiting;
  }

  figure(id: number): Figure | undefined {
    return this.#figures.get(id);
  }

  get isMeasured(): boolean {
    return this.#isMeasured;
  }

  /** Show measures beside the piece in hand. */
  set isMeasured(on: boolean) {
    this.#isMeasured = on;
    this.#sync();
  }

  /** By its box. Of several in a line the smallest is meant: a lamp on a table, a chair under it. */
  pick(ray: Ray): { readonly id: number; readonly away_m: number } | null {
    this.group.updateWorldMatrix(true, true);
    this.#rays.ray.copy(ray);
    let best: { id: number; away_m: number; size: number } | null = null;
    for (const piece of this.#options.arrangement.pieces) {
      const stand = this.#figures.get(piece.id)?.stand;
      const hit = stand && this.#rays.intersectObject(stand, false)[0];
      if (!hit) continue;
      const [w, h, d] = piece.ware.size_m;
      const one = { id: piece.id, away_m: hit.distance, size: w * h * d };
      if (!best || one.away_m < best.away_m - IN_LINE_M || (one.size < best.size && one.away_m < best.away_m + IN_LINE_M)) best = one;
    }
    return best;
  }

  #sync(): void {
    const { arrangement, format } = this.#options;
    const there = new Set(arrangement.pieces.map(({ id }) => id));
    for (const [id, figure] of this.#figures) {
      if (there.has(id)) continue;
      figure.dispose();
      this.#figures.delete(id);
    }
    for (const piece of arrangement.pieces) {
      let figure = this.#figures.get(piece.id);
      if (!figure) {
        figure = new Figure(piece);
        this.#figures.set(piece.id, figure);
        this.group.add(figure.group);
        void this.#dress(figure, piece.ware.product, piece.variant);
      } else if (figure.wearing !== piece.variant) void this.#dress(figure, piece.ware.product, piece.variant);
      figure.put(piece);
      figure.mark(arrangement.selected?.id === piece.id, arrangement.verdict(piece.id), this.#isMeasured, format);
    }
    this.#options.changed();
  }

  async #dress(figure: Figure, product: string, variant: string | null): Promise<void> {
    figure.wearing = variant;
    this.#waiting++;
    try {
      const { model, shadow } = await this.models.dressed(product, variant);
      if (this.#ended.signal.aborted || figure.wearing !== variant) return;
      figure.show(model, shadow);
    } catch (error) {
      if (!this.#ended.signal.aborted) this.#options.failed(product, error);
    } finally {
      this.#waiting--;
      this.#options.changed();
    }
  }

  dispose(): void {
    this.#ended.abort();
    for (const figure of this.#figures.values()) figure.dispose();
    this.#figures.clear();
    this.group.removeFromParent();
    void this.models.dispose();
  }
}
