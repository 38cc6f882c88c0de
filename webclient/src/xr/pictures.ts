/** Posters for the panels, each loaded once, from our own address only. */

export class Pictures {
  readonly #known = new Map<string, HTMLImageElement>();
  readonly #told: () => void;

  constructor(told: () => void) {
    this.#told = told;
  }

  /** The picture, if it has come; `told` is called once it has. */
  of(address: string | null): CanvasImageSource | null {
    if (!address) return null;
    let picture = this.#known.get(address);
    if (!picture) {
      picture = new Image();
      picture.decoding = "async";
      picture.addEventListener("load", this.#told, { once: true });
      picture.src = address;
      this.#known.set(address, picture);
    }
    return picture.complete && picture.naturalWidth > 0 ? picture : null;
  }

  dispose(): void {
    for (const picture of this.#known.values()) picture.src = "";
    this.#known.clear();
  }
}
