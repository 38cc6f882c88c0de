/**
 * The shopper's own measures: in memory while the page is open, on the device only after a second yes, gone in one tap.
 *
 * Nothing here is ever sent. Fires "change". What it is not: what the mirror sees (that comes and goes with the frame).
 */
import { isMeasureKey, MEASURES, typed, type Measure, type MeasureKey, type Measures } from "./measures";

const KEPT = "showroom.measures";

export class Own extends EventTarget {
  #all: Partial<Record<MeasureKey, Measure>> = {};
  #isKept = false;
  readonly #storage: () => Storage | null;

  constructor(storage: () => Storage | null = () => globalThis.localStorage ?? null) {
    super();
    this.#storage = storage;
    this.#read();
  }

  get all(): Measures {
    return this.#all;
  }
  get isKept(): boolean {
    return this.#isKept;
  }
  get isEmpty(): boolean {
    return MEASURES.every((key) => !this.#all[key]);
  }

  set(key: MeasureKey, measure: Measure | null): void {
    const rest = { ...this.#all };
    delete rest[key];
    this.#all = measure ? { ...rest, [key]: measure } : rest;
    if (this.#isKept) this.#write();
    this.dispatchEvent(new Event("change"));
  }

  /** From now on they are on this device too. */
  keep(): void {
    this.#isKept = this.#write();
    this.dispatchEvent(new Event("change"));
  }

  /** From the page and from the device. */
  erase(): void {
    this.#all = {};
    this.#isKept = false;
    try {
      this.#storage()?.removeItem(KEPT);
    } catch {
      // A browser that keeps nothing has nothing to erase.
    }
    this.dispatchEvent(new Event("change"));
  }

  #write(): boolean {
    try {
      this.#storage()?.setItem(KEPT, JSON.stringify(this.#all));
      return this.#storage() !== null;
    } catch {
      return false;
    }
  }

  /** What lies on the device may be anything: only what could be a person's measure is taken. */
  #read(): void {
    try {
      const text = this.#storage()?.getItem(KEPT);
      if (!text) return;
      for (const [key, value] of Object.entries(JSON.parse(text) as Record<string, Partial<Measure> | null>)) {
        const measure = isMeasureKey(key) ? typed(key, Number(value?.mm)) : null;
        const spread_mm = Number(value?.spread_mm);
        if (measure && isMeasureKey(key) && spread_mm > 0 && spread_mm < 500) this.#all[key] = { mm: measure.mm, spread_mm };
      }
      this.#isKept = true;
    } catch {
      // Damaged, or not allowed: as if nothing had been kept.
    }
  }
}

/** One shopper, one page: what they tell of themselves for one product holds for the next. */
export const own = new Own();
