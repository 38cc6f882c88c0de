/**
 * Where a product is looked at: its poster at once, the 3D viewer over it as soon as it is there, the turntable where
 * there is no 3D. It owns all of them and gives everything back in `dispose`.
 */
import type { Product } from "../api";
import { download } from "../viewer/download";
import type { Source, Viewer } from "../viewer/viewer";
import { backdropCanvas } from "./backdrop";
import { announce, h, icon } from "./dom";
import type { Unit } from "./format";
import { Ruler } from "./overlay";
import { turntable } from "./turntable";
import { t, type Word } from "./words";

const SMALL_PX = 900;
const LEVEL_WORDS: readonly Word[] = ["level_near", "level_middle", "level_far"];
/** Below this a coarse level first is not worth its request. */
const AT_ONCE_BYTES = 350_000;

export interface StageEvents {
  /** Which level is on the screen; its index in the delivery. */
  level(index: number): void;
}

export class Stage {
  readonly element: HTMLElement;
  readonly #ruler: Ruler;
  readonly #measure: HTMLButtonElement;
  readonly #ended = new AbortController();
  readonly #product: Product;
  readonly #events: StageEvents;
  readonly #view = h("div", { class: "view" });
  #viewer: Viewer | undefined;
  #colour: string | null = null;

  constructor(product: Product, events: StageEvents) {
    this.#product = product;
    this.#events = events;
    this.#ruler = new Ruler(product.manifest.bounds_m);
    this.#measure = h("button", { type: "button", class: "pill", "aria-pressed": "false", click: () => this.#toggleRuler() },
      icon("M4 15.5 15.5 4 20 8.5 8.5 20zM8 11.5l2 2M11 8.5l2 2M14 5.5l2 2"), t("dimensions"));
    const reset = h("button", { type: "button", class: "pill round", "aria-label": t("reset"), title: t("reset"), click: () => this.#viewer?.reset() },
      icon("M5 12a7 7 0 1 0 2.2-5.1M5 4v4h4"));
    this.element = h("div", { class: "stage", "data-state": "poster" }, backdropCanvas(),
      product.poster && h("img", { class: "poster", src: product.poster, alt: t("poster_alt", { name: product.name }), width: 1024, height: 1024, decoding: "async", fetchpriority: "high" }),
      this.#view,
      h("p", { class: "hint", "aria-hidden": "true" }, t("hint")),
      h("div", { class: "progress", "aria-hidden": "true" }),
      h("div", { class: "tools" }, this.#measure, reset));
    this.#view.append(this.#ruler.element);
    this.unit = "cm";
  }

  set unit(unit: Unit) {
    this.#ruler.unit = unit;
  }

  /** Load the viewer and the model; ends in the turntable, or in the poster, if that cannot be. */
  async open(is3d = true): Promise<void> {
    const { name } = this.#product;
    announce(t("loading", { name }));
    this.element.dataset["busy"] = "";
    try {
      if (!is3d || !("WebGL2RenderingContext" in window)) return await this.#fallBack();
      const { sources, indices } = this.#sources();
      const { Viewer } = await import("../viewer/viewer");
      if (this.#ended.signal.aborted) return;
      let shown = 0;
      this.#viewer = new Viewer(this.#view, {
        shown: (_, isLast) => {
          this.element.dataset["state"] = "model";
          this.#events.level(indices[shown++] ?? 0);
          if (isLast) announce(t("loaded", { name }));
          requestAnimationFrame(() => performance.mark(isLast ? "showroom:full" : "showroom:model"));
        },
        moved: (project) => this.#ruler.follow(project),
        lost: () => void this.#fallBack(),
      });
      this.#viewer.canvas.setAttribute("role", "img");
      this.#viewer.canvas.setAttribute("aria-label", t("view_alt", { name }));
      this.#viewer.canvas.addEventListener("pointerdown", () => this.element.setAttribute("data-touched", ""), { once: true });
      this.#viewer.canvas.addEventListener("keydown", () => this.element.setAttribute("data-touched", ""), { once: true });
      await this.#viewer.wear(this.#colour);
      await this.#viewer.show(sources);
      this.element.dataset["ready"] = "";
    } catch (error) {
      if (!this.#ended.signal.aborted) await this.#fallBack(error);
    } finally {
      delete this.element.dataset["busy"];
    }
  }

  async wear(name: string): Promise<void> {
    this.#colour = name;
    await this.#viewer?.wear(name);
  }

  dispose(): void {
    this.#ended.abort();
    this.#viewer?.dispose();
    this.#viewer = undefined;
  }

  /** The delivery for this screen, and its levels from coarse to fine; the first of them is on its way. */
  #sources(): { sources: Source[]; indices: number[] } {
    const { manifest, files } = this.#product;
    const delivery = chooseDelivery(Object.keys(manifest.deliveries), innerWidth);
    const found = delivery ? manifest.deliveries[delivery] : undefined;
    if (!found) throw new Error("nothing to show");
    const levels = found.levels?.length ? found.levels : [{ file: found.file, size_bytes: 0 }];
    const wanted = levels
      .map((level, index) => ({ address: files[level.file] ?? "", level: t(LEVEL_WORDS[index] ?? "level_far"), index, bytes: level.size_bytes ?? 0 }))
      .filter(({ address }) => address);
    const near = wanted[0];
    const first = near && near.bytes > AT_ONCE_BYTES ? wanted.slice(1).at(-1) : undefined;
    const chosen = [first, near].filter((one) => one !== undefined);
    const sources = chosen.map(({ address, level }, turn) => ({ address, level, data: turn ? undefined : download(address, this.#ended.signal) }));
    sources[0]?.data?.catch(() => undefined); // whoever waits for it hears of it
    return { sources, indices: chosen.map(({ index }) => index) };
  }

  async #fallBack(error?: unknown): Promise<void> {
    if (error) console.warn(error);
    this.#viewer?.dispose();
    this.#viewer = undefined;
    this.#measure.hidden = true;
    this.element.dataset["state"] = "poster";
    const { files, name } = this.#product;
    const [sheet, grid] = [files["turntable.webp"], files["turntable.json"]];
    let said: Word = "failed";
    if (sheet && grid) {
      try {
        this.#view.replaceChildren(await turntable(sheet, grid, name, this.#ended.signal));
        this.element.dataset["state"] = "turntable";
        said = "no_3d";
      } catch {
        // The poster is still there.
      }
    }
    this.element.append(h("p", { class: "note" }, t(said)));
    announce(t(said));
  }

  #toggleRuler(): void {
    const on = this.#measure.getAttribute("aria-pressed") !== "true";
    this.#measure.setAttribute("aria-pressed", String(on));
    this.#ruler.visible = on;
    this.#viewer?.redraw();
  }
}

/** Phones get the phone's files. */
export function chooseDelivery(names: readonly string[], widthPx: number): string | undefined {
  const order = widthPx < SMALL_PX ? ["mobile", "headset", "desktop", "webp", "plain"] : ["desktop", "headset", "mobile", "webp", "plain"];
  return order.find((name) => names.includes(name));
}
