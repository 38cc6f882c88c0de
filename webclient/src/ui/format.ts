/** Prices, lengths and sizes for people, as their language writes them. */

export type Unit = "mm" | "cm" | "in";

/** How much of a metre a unit is, and its decimals. */
const UNITS: Readonly<Record<Unit, { perMetre: number; digits: number }>> = {
  mm: { perMetre: 1000, digits: 0 },
  cm: { perMetre: 100, digits: 1 },
  in: { perMetre: 1 / 0.0254, digits: 1 },
};

const REGIONS: Readonly<Record<string, string>> = { US: "USD", GB: "GBP" };

export type Prices = Readonly<Record<string, number>>;

/** The prices in currencies that every product has: one page never mixes two. */
export function comparable(all: readonly (Prices | null)[], own: Prices | null): Prices | null {
  const priced = all.filter((prices) => prices !== null);
  const shared = Object.entries(own ?? {}).filter(([currency]) => priced.every((prices) => currency in prices));
  return shared.length ? Object.fromEntries(shared) : own;
}

let chosenCurrency = "";

/** The currency that the shopper has chosen in the settings; empty: their region's. */
export function chooseCurrency(currency: string): void {
  chosenCurrency = currency;
}

const INCHES: ReadonlySet<string> = new Set(["US", "LR", "MM"]);

/** The unit that was chosen, else the region's: inches in a few countries, centimetres elsewhere. */
export function unitFor(chosen: "auto" | Unit, locale: string): Unit {
  if (chosen !== "auto") return chosen;
  // A language without a region says nothing about inches: "en" alone is spoken everywhere.
  return INCHES.has(new Intl.Locale(locale).region ?? "") ? "in" : "cm";
}

/** The currency to show: the chosen one, else the region's if there is a price in it, else euros, else the first. */
export function currencyFor(prices: Readonly<Record<string, number>>, locale: string): string | undefined {
  if (chosenCurrency && chosenCurrency in prices) return chosenCurrency;
  const region = new Intl.Locale(locale).maximize().region ?? "";
  const wanted = REGIONS[region] ?? "EUR";
  if (wanted in prices) return wanted;
  return "EUR" in prices ? "EUR" : Object.keys(prices)[0];
}

/** A price from minor units; without decimals when it is round, as a magazine sets it. */
export function price(prices: Readonly<Record<string, number>> | null, language: string, locale: string): string {
  const currency = prices ? currencyFor(prices, locale) : undefined;
  if (!prices || !currency) return "";
  const plain = new Intl.NumberFormat(language, { style: "currency", currency });
  const digits = plain.resolvedOptions().maximumFractionDigits ?? 2;
  const minor = prices[currency] ?? 0;
  const isRound = minor % 10 ** digits === 0;
  const format = isRound
    ? new Intl.NumberFormat(language, { style: "currency", currency, minimumFractionDigits: 0, maximumFractionDigits: 0 })
    : plain;
  return format.format(minor / 10 ** digits);
}

export function length(metres: number, unit: Unit, language: string): string {
  const { perMetre, digits } = UNITS[unit];
  return new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(metres * perMetre);
}

export function bytes(count: number, language: string): string {
  const [value, unit] = count < 999_500 ? [count / 1000, "kB"] : [count / 1e6, "MB"];
  const digits = value < 10 ? 1 : 0;
  return `${new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(value)} ${unit}`;
}

export const count = (value: number, language: string): string => new Intl.NumberFormat(language).format(value);

/** A small length in mm with two significant digits. */
export const millimetres = (value: number, language: string): string =>
  value < 0.005
    ? "< 0.01 mm"
    : `${new Intl.NumberFormat(language, { maximumSignificantDigits: 2 }).format(value)} mm`;
