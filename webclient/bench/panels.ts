/**
 * A bench to look at panels one by one, against the real server: `/bench/panels.html?show=cart,add&language=zh`.
 * Not part of the store.
 */
import { Shop } from "../src/shop";
import { isLanguage, speak } from "../src/ui/words";

const query = new URLSearchParams(location.search);
const language = query.get("language");
speak(isLanguage(language) ? language : "en");

const bench = document.getElementById("bench") as HTMLElement;
const shop = new Shop();
shop.wishes.take(location.href);
const said: string[] = [];
document.addEventListener("announce", (event) => {
  said.push((event as CustomEvent<string>).detail);
  (document.getElementById("status") as HTMLElement).textContent = said.at(-1) ?? "";
});
document.addEventListener("wanted", (event) => {
  const { detail } = event as CustomEvent<{ panel?: string }>;
  if (detail.panel && query.has("walk")) show([detail.panel]);
});

const made: Record<string, () => HTMLElement> = {
  add: () => Object.assign(document.createElement("shop-add"), { shop, product: query.get("product") ?? "mere-tote", sku: query.get("sku") ?? "" }),
  cart: () => Object.assign(document.createElement("shop-cart"), { shop }),
  checkout: () => Object.assign(document.createElement("shop-checkout"), { shop }),
  orders: () => Object.assign(document.createElement("shop-orders"), { shop }),
  wishes: () => Object.assign(document.createElement("shop-wishes"), { shop }),
  code: () => Object.assign(document.createElement("shop-code"), { shop }),
};

function show(names: readonly string[]): void {
  bench.replaceChildren(...names.map((name) => {
    const section = document.createElement("section");
    const element = made[name]?.();
    if (element) section.append(element);
    return section;
  }));
}

if (query.has("together")) await (await import("./together")).prepare(made, shop, query);
show((query.get("show") ?? "add,cart").split(","));
Object.assign(window, { __bench: { shop, said, show, made } });
