/**
 * What the shopper chose about the page, kept in this browser, and put on the document for the styles to see.
 *
 * A browser that keeps nothing (private windows) still has them until the page is closed. What it is not: who one is to
 * others (`visitor.ts`), or anything the server knows.
 */
import type { Rung } from "./rung";

export interface Choices {
  rung: Rung | "auto";
  unit: "auto" | "mm" | "cm" | "in";
  /** ISO 4217, or "auto" for the region's. */
  currency: string;
  contrast: "auto" | "more";
  motion: "auto" | "less";
  /** Of the usual size of letters. */
  text: 1 | 1.15 | 1.3 | 1.5;
  captions: boolean;
  sound: boolean;
  names: boolean;
  /** Single letters as shortcuts; some ways of speaking to a computer press them by accident. */
  letters: boolean;
  mood: string;
}

const USUAL: Choices = {
  rung: "auto", unit: "auto", currency: "auto", contrast: "auto", motion: "auto", text: 1, captions: true, sound: true, names: true, letters: true, mood: "",
};
const KEPT = "showroom.preferences";

export class Preferences extends EventTarget {
  readonly #choices: Choices = { ...USUAL };

  constructor() {
    super();
    try {
      const kept = JSON.parse(localStorage.getItem(KEPT) ?? "{}") as Record<string, unknown>;
      for (const [name, usual] of Object.entries(USUAL)) {
        if (typeof kept[name] === typeof usual) Object.assign(this.#choices, { [name]: kept[name] });
      }
    } catch {
      // Nothing is kept, or something else wrote there: as usual.
    }
    this.#show();
  }

  get<K extends keyof Choices>(name: K): Choices[K] {
    return this.#choices[name];
  }

  set<K extends keyof Choices>(name: K, value: Choices[K]): void {
    if (this.#choices[name] === value) return;
    this.#choices[name] = value;
    try {
      localStorage.setItem(KEPT, JSON.stringify(this.#choices));
    } catch {
      // as above
    }
    this.#show();
    this.dispatchEvent(new Event("change"));
  }

  get isStill(): boolean {
    return this.#choices.motion === "less" || matchMedia("(prefers-reduced-motion: reduce)").matches;
  }

  #show(): void {
    const { documentElement: root } = document;
    root.dataset["contrast"] = this.#choices.contrast;
    root.dataset["motion"] = this.#choices.motion;
    root.style.setProperty("--text", String(this.#choices.text));
  }
}
