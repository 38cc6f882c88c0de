/**
 * One shopper furnishing one room: what the camera session, the photo and the page's controls share. It knows which
 * product comes next, remembers the room, makes links and fills the cart.
 *
 * What it is not: drawing. "change" comes when anything reads differently; "said" (detail: words) when something is to
 * be told.
 */
import type { Unit } from "../ui/format";
import { align, type Aligned } from "./align";
import { Arrangement } from "./arrangement";
import { forget, recall, remember, type Memory, type Shelf } from "./keep";
import { linkOf, type Layout } from "./layout";
import { HERE, into, outOf, type Origin } from "./origin";
import { middle } from "./polygon";
import { passageWords, speech, verdictWords, type Speech } from "./sentences";
import { variantBySku, variantOf, Wares, type Offered } from "./wares";
import { t } from "./words";

export interface Next extends Offered {
  readonly variant: string | null;
  readonly sku: string | null;
}

export interface Buying {
  add(sku: string, quantity: number): Promise<void>;
}

export interface HomeOptions {
  readonly unit: Unit;
  readonly shelf: Shelf;
  readonly trade: () => Buying | null;
}

export class Home extends EventTarget {
  readonly arrangement = new Arrangement();
  readonly wares = new Wares();
  readonly #options: HomeOptions;
  readonly #ended = new AbortController();
  #next: Next | null = null;
  #memory: Memory | null;
  #anchor: string | null = null;
  #origin: Origin = HERE;
  /** Pieces are remembered only once they stand in this room, and not while last time's are still being put there. */
  #isKeeping = false;
  doubt: Aligned | null = null;
  keepsNothing = false;

  constructor(options: HomeOptions) {
    super();
    this.#options = options;
    this.#memory = recall(options.shelf);
    this.arrangement.doorway = this.#memory?.doorway ?? null;
    this.arrangement.addEventListener("change", () => {
      if (this.#isKeeping) this.keep();
      this.changed();
    }, { signal: this.#ended.signal });
  }

  get speech(): Speech {
    return speech(this.#options.unit);
  }

  get memory(): Memory | null {
    return this.#memory;
  }

  /** What will be put down next; null: nothing, pieces are moved about. */
  get next(): Next | null {
    return this.#next;
  }

  async take(product: string, variant: string | null): Promise<void> {
    const offered = await this.wares.of(product, this.#ended.signal);
    const chosen = variantOf(offered.row, variant);
    this.#next = { ...offered, variant: chosen?.name ?? null, sku: chosen?.sku ?? null };
    this.changed();
  }

  leaveIt(): void {
    this.#next = null;
    this.changed();
  }

  /** Put down what comes next. */
  put(x_m: number, y_m: number, z_m: number, yaw_rad: number): void {
    const next = this.#next;
    if (!next) return;
    const piece = this.arrangement.add(next.ware, { x_m, y_m, z_m, yaw_rad }, next.variant, next.sku);
    if (!piece) return this.say(t("full"));
    this.#next = null;
    this.#isKeeping = true;
    this.arrangement.settle(piece.id);
    this.tell("placed", piece.id);
  }

  tell(what: "placed" | "moved" | "turned", id: number): void {
    const piece = this.arrangement.piece(id);
    if (!piece) return;
    const deg = Math.round((((piece.yaw_rad * 180) / Math.PI) + 360) % 360);
    this.say(t(what, { name: piece.ware.name, deg, verdict: this.verdictOf(id) }));
  }

  verdictOf(id: number): string {
    const [piece, verdict] = [this.arrangement.piece(id), this.arrangement.verdict(id)];
    return piece && verdict ? verdictWords(verdict, piece, this.speech) : "";
  }

  doorOf(id: number): string {
    const piece = this.arrangement.piece(id);
    return piece ? passageWords(this.arrangement.passage(piece), this.arrangement.doorway, this.speech) : "";
  }

  remove(id: number): void {
    const name = this.arrangement.piece(id)?.ware.name ?? "";
    this.#isKeeping = true;
    this.arrangement.remove(id);
    this.say(t("removed", { name }));
  }

  // ── memory

  get layout(): Layout {
    return {
      pieces: this.arrangement.pieces.map(({ ware, sku, x_m, y_m, z_m, yaw_rad }) => ({ product: ware.product, sku: sku ?? "", x_m, y_m, z_m, yaw_rad })),
      floor: this.arrangement.room?.isWhole ? this.arrangement.room.floor : null,
    };
  }

  /** From now on the room is told from an anchor of the device's. */
  anchored(anchor: string | null, origin: Origin): void {
    this.#anchor = anchor;
    this.#origin = origin;
    if (this.#isKeeping) this.keep();
  }

  keep(): void {
    const { room, pieces, doorway, isDoorwayTyped } = this.arrangement;
    const shift = into({ pieces: [], floor: room?.things.map(({ base }) => middle(base)) ?? [] }, this.#origin);
    const memory = { layout: into(this.layout, this.#origin), things: shift.floor ?? [], anchor: this.#anchor, doorway: isDoorwayTyped ? doorway : null };
    if (!pieces.length && !memory.doorway) return void forget(this.#options.shelf);
    this.#memory = memory;
    this.keepsNothing = !remember(memory, this.#options.shelf);
  }

  /** @returns the anchor that the device may forget too */
  forget(): string | null {
    const anchor = forget(this.#options.shelf);
    this.#memory = null;
    this.#isKeeping = false;
    this.arrangement.clear();
    this.say(t("forgotten"));
    return anchor;
  }

  /**
   * Put last time's pieces where they stood: by the anchor if the device found it again, else by the outline of the room.
   *
   * @returns whether they stand
   */
  async restore(origin: Origin | null): Promise<boolean> {
    const memory = this.#memory;
    if (!memory?.layout.pieces.length || this.arrangement.pieces.length) return false;
    let way: Origin | null = origin;
    this.doubt = null;
    const { room } = this.arrangement;
    if (!way && room?.isWhole && memory.layout.floor) {
      const found = align(memory.layout.floor, room.floor, memory.things, room.things.map(({ base }) => middle(base)));
      if (!found) return false;
      way = { x_m: found.x_m, z_m: found.z_m, yaw_rad: found.yaw_rad, y_m: room.floor_m };
      if (!found.isSure) this.doubt = found;
    }
    if (!way) return false;
    await this.lay(outOf(memory.layout, way));
    return true;
  }

  /** It was the other way round: turn everything by half about the room's middle. */
  turnAll(): void {
    const { room, pieces } = this.arrangement;
    if (!room) return;
    const [x, z] = middle(room.floor);
    for (const one of pieces) this.arrangement.move(one.id, { x_m: 2 * x - one.x_m, z_m: 2 * z - one.z_m, yaw_rad: one.yaw_rad + Math.PI });
    this.doubt = null;
    this.changed();
  }

  async lay({ pieces }: Layout): Promise<void> {
    this.#isKeeping = false;
    for (const one of pieces) {
      try {
        const { ware, row } = await this.wares.of(one.product, this.#ended.signal);
        const variant = variantBySku(row, one.sku);
        this.arrangement.add(ware, one, variant?.name ?? null, variant?.sku ?? null);
      } catch (error) {
        if (this.#ended.signal.aborted) return;
        console.warn(error); // a product that is sold no more is not in the room either
      }
    }
    this.#isKeeping = true;
    this.changed();
  }

  // ── others

  link(): string {
    return linkOf(this.layout, location.href);
  }

  async share(): Promise<void> {
    const url = this.link();
    try {
      if (navigator.share && matchMedia("(pointer: coarse)").matches) return await navigator.share({ title: t("title"), url });
      await navigator.clipboard.writeText(url);
      this.say(t("shared"));
    } catch {
      // Turned down by the shopper or the browser.
    }
  }

  /** Pieces of one's own room into the cart. */
  buy(ids: readonly number[]): Promise<void> {
    return this.sell(ids.map((id) => this.arrangement.piece(id)?.sku ?? null));
  }

  /** Into the shop's own cart, as from the product's panel. */
  async sell(skus: readonly (string | null)[]): Promise<void> {
    const trade = this.#options.trade();
    for (const sku of skus) {
      if (!sku || !trade) continue;
      try {
        await trade.add(sku, 1);
        this.say(t("in_cart", { name: this.wares.sold(sku)?.name ?? sku }));
      } catch (error) {
        this.say(error instanceof Error ? error.message : String(error));
      }
    }
  }

  say(words: string): void {
    this.dispatchEvent(new CustomEvent("said", { detail: words }));
  }

  changed(): void {
    this.dispatchEvent(new Event("change"));
  }

  dispose(): void {
    this.#ended.abort();
  }
}
