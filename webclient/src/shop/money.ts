/**
 * Money for people: whole minor units in, the shopper's way of writing out.
 *
 * How many decimals a currency has is ISO 4217's business, as on the server (`showroom/shop/money.py`); what `Intl`
 * takes for it follows CLDR, which drops the decimals of some (AFN, LBP) and would show a hundredth of the price.
 */
import { spoken } from "../ui/words";

const UNUSUAL: Readonly<Record<number, string>> = {
  0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
  3: "BHD IQD JOD KWD LYD OMR TND",
  4: "CLF UYW",
};
const DIGITS = new Map(Object.entries(UNUSUAL).flatMap(([digits, codes]) => codes.split(" ").map((code) => [code, Number(digits)] as const)));

export type Prices = Readonly<Record<string, number>>;

export const exponent = (currency: string): number => DIGITS.get(currency) ?? 2;

/** The spoken language as the shopper's region writes it: `en` in Ireland is `en-IE`. */
export function locale(language: string = spoken(), wanted: readonly string[] = globalThis.navigator?.languages ?? []): string {
  return wanted.find((tag) => tag.toLowerCase().split("-")[0] === language) ?? language;
}

/** A sum; without decimals when it is round, as a magazine sets it. */
export function money(minor: number, currency: string, language: string = locale()): string {
  const digits = exponent(currency);
  const shown = minor % 10 ** digits === 0 ? 0 : digits;
  return new Intl.NumberFormat(language, { style: "currency", currency, minimumFractionDigits: shown, maximumFractionDigits: shown }).format(minor / 10 ** digits);
}

const OF_REGION: Readonly<Record<string, string>> = {
  US: "USD", GB: "GBP", CN: "CNY", JP: "JPY", CH: "CHF", CA: "CAD", AU: "AUD", MX: "MXN", IN: "INR", KR: "KRW", SE: "SEK", NO: "NOK", DK: "DKK", PL: "PLN", BR: "BRL",
};

/** The currency to show of those there are: the one that was chosen, the region's, euros, else the first. */
export function currencyOf(prices: Prices, chosen = "", wanted: readonly string[] = globalThis.navigator?.languages ?? []): string {
  const codes = Object.keys(prices);
  let region = "";
  try {
    region = new Intl.Locale(wanted[0] ?? "en-IE").maximize().region ?? "";
  } catch {
    // a browser with a language tag of its own
  }
  return [chosen, OF_REGION[region] ?? "EUR", "EUR"].find((code) => codes.includes(code)) ?? codes[0] ?? "";
}

const INCHES = new Set(["US", "LR", "MM"]);

/** Inches where people measure in inches. */
export function unitOf(wanted: readonly string[] = globalThis.navigator?.languages ?? []): "cm" | "in" {
  try {
    return INCHES.has(new Intl.Locale(wanted[0] ?? "en-IE").maximize().region ?? "") ? "in" : "cm";
  } catch {
    return "cm";
  }
}

/** Minutes and seconds that are left: `9:05`. */
export function left(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
