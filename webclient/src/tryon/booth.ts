/**
 * The fitting booth: consent, camera, trackers (`tracker.ts`) and mirror, from one frame to the next.
 *
 * One frame is under way at a time, and the one that was tracked is the one that is shown; nothing of it leaves this
 * page. What it is not: the words and buttons around it (`element.ts`).
 */
import type { Bearer } from "./bearer";
import { Bodies, type Body } from "./body";
import { lensOf } from "./camera";
import type { Head } from "./face";
import { Hands } from "./hands";
import { Mirror, type Item } from "./mirror";
import { Heads } from "./heads";
import { Camera, NoCamera, type CameraTrouble } from "./source";
import { canonicalFace } from "./task";
import { Tracker } from "./tracker";
import type { Kind, Seen } from "./tracking";
import { PART_OF } from "./wear";

export type BoothState = "closed" | "opening" | "live" | "frozen" | "trouble";
export type Trouble = CameraTrouble | "hash" | "network" | "model" | "frame";

/** Widths of the frame that is tracked, and how long a frame may take before the next smaller one is used. */
const WIDTHS = [1280, 960, 640] as const;
const SLOW_MS = 90;
const DARK = 0.012;
/** How wide a body is does not change from frame to frame. */
const OUTLINE_EVERY = 8;
/** From here on a body is looked for in every second frame only, and moves on by itself in between. */
const SLOW_BODY_MS = 110;

export class Booth extends EventTarget {
  state: BoothState = "closed";
  trouble: Trouble | null = null;
  /** 0 to 1 while the trackers come. */
  part = 0;
  /** What is missing for a good look; null if nothing. */
  advice: "nobody" | "dark" | null = null;
  /** Of the last frame, milliseconds. */
  took_ms = { track: 0, draw: 0 };
  readonly canvas = document.createElement("canvas");
  readonly #folder: string;
  readonly #items = new Map<string, Item>();
  #tracker: Tracker | null = null;
  #camera: Camera | null = null;
  #mirror: Mirror | null = null;
  #heads: Heads | null = null;
  /** By a card, of the shopper's head: it is as large before every camera. */
  #measured: { readonly scale: number; readonly spread: number } | null = null;
  readonly #hands = new Hands();
  readonly #bodies = new Bodies();
  #isBodySlow = false;
  #frame = 0;
  #width = 0;
  #turn = 0;
  #lost = 0;
  #slow = 0;
  /** The turn whose frames are being looked at: never two loops at once. */
  #looking = 0;

  /** @param folder where the trackers lie, below our own address */
  constructor(folder = "/trackers/") {
    super();
    this.#folder = folder;
  }

  /** After the shopper's yes. Safe to call again after trouble. */
  async open(device = ""): Promise<void> {
    this.#stop();
    const turn = ++this.#turn;
    this.#to("opening");
    try {
      const camera = await Camera.open(device, () => this.#fail("lost"));
      if (turn !== this.#turn) return camera.close();
      this.#camera = camera;
      this.#mirror = new Mirror(this.canvas);
      for (const item of [...this.#items.values()]) this.put(item);
      this.#tracker = new Tracker(this.#folder, (part) => this.#loading(part), (why) => this.#fail(why));
      for (const kind of this.#kinds()) await this.#bring(kind);
      if (turn !== this.#turn) return;
      this.#to("live");
      void this.#look(turn);
    } catch (error) {
      if (turn === this.#turn) this.#fail(error instanceof NoCamera ? error.why : "model");
      else if (!(error instanceof NoCamera)) console.warn(error);
    }
  }

  /** The camera's lamp goes out; nothing of what was seen or measured is kept. */
  close(): void {
    this.#measured = null;
    this.#stop();
  }

  /** The lamp goes out; what was measured of a head stays for the next camera. */
  #stop(): void {
    this.#turn++;
    this.#camera?.close();
    this.#camera = null;
    this.#tracker?.dispose();
    this.#tracker = null;
    this.#heads?.forget();
    this.#hands.forget();
    this.#bodies.forget();
    this.#isBodySlow = false;
    this.#mirror?.dispose();
    this.#mirror = this.#heads = null;
    this.canvas.width = this.canvas.height = 1;
    this.advice = this.trouble = null;
    this.#to("closed");
  }

  get device(): string {
    return this.#camera?.device ?? "";
  }

  /** For models: they are loaded for this mirror's own renderer. */
  get mirror(): Mirror | null {
    return this.#mirror;
  }

  get heads(): Heads["heads"] {
    return this.#heads?.heads ?? [];
  }

  /** A head's scale by a better measure than the iris, one standard deviation a share of it; kept until the booth is closed. */
  measured(head: Head, scale: number, spread: number): void {
    this.#measured = { scale, spread };
    this.#heads?.measured(head, scale, spread);
  }

  /** In the order in which they came. */
  get bodies(): readonly Body[] {
    return this.#bodies.bodies;
  }

  /** The shopper's own height, metres, if they told it: bodies stand as far away as it says. */
  get height_m(): number | null {
    return this.#bodies.height_m;
  }
  set height_m(height_m: number | null) {
    this.#bodies.height_m = height_m;
  }

  /** @returns what is wrong with it, if it cannot be worn; "refused" says it too, and the mirror goes on without it */
  put(item: Item): "rig" | null {
    if (this.#mirror && !this.#mirror.put(item)) {
      this.#items.delete(item.id);
      this.dispatchEvent(new CustomEvent("refused", { detail: { id: item.id, why: "rig" } }));
      return "rig";
    }
    this.#items.set(item.id, item);
    for (const kind of this.#kinds()) void this.#bring(kind).catch(() => undefined);
    return null;
  }

  remove(id: string): void {
    this.#items.delete(id);
    this.#mirror?.remove(id);
  }

  freeze(isFrozen: boolean): void {
    if (this.state === "live" && isFrozen) this.#to("frozen");
    else if (this.state === "frozen" && !isFrozen) {
      this.#to("live");
      void this.#look(this.#turn);
    }
  }

  /** A held picture, with what is worn now. */
  again(): void {
    if (this.state === "frozen") this.#mirror?.again();
  }

  /** What the mirror shows, as it shows it: mirrored. */
  async picture(): Promise<Blob | null> {
    const { width, height } = this.canvas;
    const flat = new OffscreenCanvas(width, height);
    const context = flat.getContext("2d");
    if (!context || width < 2) return null;
    context.translate(width, 0);
    context.scale(-1, 1);
    context.drawImage(this.canvas, 0, 0);
    return flat.convertToBlob({ type: "image/jpeg", quality: 0.92 });
  }

  /** The trackers that what is worn needs; a face, as long as nothing is. */
  #kinds(): readonly Kind[] {
    const kinds = new Set<Kind>();
    for (const { worn } of this.#items.values()) {
      kinds.add(PART_OF[worn] === "head" || PART_OF[worn] === "neck" ? "face" : PART_OF[worn] === "body" ? "pose" : "hand");
      // Cloth lies over what is already worn: how wide that is, the mask knows.
      if (worn === "garment") kinds.add("segment");
    }
    return kinds.size ? [...kinds] : ["face"];
  }

  #hasNecklace(): boolean {
    for (const { worn } of this.#items.values()) if (PART_OF[worn] === "neck") return true;
    return false;
  }

  /** Those that look at the next frame. */
  #due(): readonly Kind[] {
    const frame = this.#frame++;
    const isPoseDue = !this.#isBodySlow || frame % 2 === 0;
    return this.#kinds().filter((kind) => (kind === "pose" ? isPoseDue : kind !== "segment" || (isPoseDue && (frame % OUTLINE_EVERY === 0 || this.#bodies.isUnsure))));
  }

  #loading(part: number): void {
    this.part = part;
    this.#changed();
  }

  /** A tracker, and with the face's the shape that heads are measured against. */
  async #bring(kind: Kind): Promise<void> {
    const tracker = this.#tracker;
    const model = await tracker?.bring(kind);
    if (kind !== "face" || !model || tracker !== this.#tracker || !this.#mirror) return;
    const face = canonicalFace(model);
    this.#mirror.face = face;
    this.#heads = new Heads(face);
    if (this.#measured) this.#heads.remember(this.#measured.scale, this.#measured.spread);
  }

  async #look(turn: number): Promise<void> {
    if (this.#looking === turn) return;
    this.#looking = turn;
    try {
      await this.#frames(turn);
    } finally {
      if (this.#looking === turn) this.#looking = 0;
    }
  }

  async #frames(turn: number): Promise<void> {
    while (turn === this.#turn && this.state === "live") {
      const picture = await this.#camera?.frame(WIDTHS[this.#width] ?? 640).catch(() => null);
      if (turn !== this.#turn || !picture) {
        picture?.close();
        if (turn !== this.#turn || !this.#camera) return;
        await new Promise((resolve) => setTimeout(resolve, 100));
        continue;
      }
      const seen = (await this.#tracker?.look(picture, this.#due())) ?? null;
      if (turn !== this.#turn) return seen?.picture.close();
      if (!seen) continue;
      // Held in the meantime: what the shopper stopped at stays.
      if ((this.state as BoothState) === "frozen") seen.picture.close();
      else this.#show(seen);
    }
  }

  #show(seen: Seen): void {
    const began = performance.now();
    const lens = lensOf(seen.picture.width, seen.picture.height);
    this.#heads?.look(seen.faces, lens, seen.time_ms);
    const heads = this.#heads?.bearers.filter(({ part }) => part === "head" || this.#hasNecklace()) ?? [];
    this.#bodies.hasMasks = this.#tracker?.has("segment") ?? false;
    const bodies = seen.bodies ? this.#bodies.look(seen.bodies, lens, seen.time_ms) : this.#bodies.coast(lens, seen.time_ms);
    if (seen.mask && seen.bodies) this.#bodies.outline(seen.mask, lens);
    const found: readonly Bearer[] = [...heads, ...this.#hands.look(seen.hands, lens, seen.time_ms, seen.picture), ...bodies];
    this.#mirror?.draw(seen.picture, lens, found, seen.time_ms);
    seen.picture.close();
    this.took_ms = { track: Object.values(seen.took_ms).reduce((sum, one) => sum + one, 0), draw: performance.now() - began };
    if ((seen.took_ms.pose ?? 0) > SLOW_BODY_MS && this.#kinds().some((kind) => kind === "face" || kind === "hand")) this.#isBodySlow = true;
    // A tier lower after some slow frames in a row; never up again while this mirror is open, so that it does not flutter.
    this.#slow = this.took_ms.track > SLOW_MS ? this.#slow + 1 : 0;
    if (this.#slow > 12 && this.#width < WIDTHS.length - 1) {
      this.#width++;
      this.#slow = 0;
    }
    this.#lost = found.length ? 0 : this.#lost + 1;
    const advice = (this.#mirror?.brightness ?? 1) < DARK ? "dark" : this.#lost > 15 ? "nobody" : null;
    if (advice !== this.advice) {
      this.advice = advice;
      this.#changed();
    }
    this.dispatchEvent(new Event("frame"));
  }

  #fail(why: Trouble): void {
    this.#stop();
    this.trouble = why;
    this.#to("trouble");
  }

  #to(state: BoothState): void {
    this.state = state;
    this.#changed();
  }

  #changed(): void {
    this.dispatchEvent(new Event("change"));
  }
}
