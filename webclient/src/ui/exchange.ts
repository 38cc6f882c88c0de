/** One currency for the whole page: chosen in the settings or in the cart, heard by everyone who writes prices. */
import { chooseCurrency } from "./format";

const listeners = new Set<(currency: string) => void>();

export function exchange(listener: (currency: string) => void): void {
  listeners.add(listener);
}

let chosen = "";

export function choose(currency: string): void {
  if (currency === chosen) return; // whoever hears it may say it again
  chosen = currency;
  chooseCurrency(currency);
  if (currency) for (const listener of listeners) listener(currency);
}
