/** Buying: the model and its elements. Import this where the page shows them; the model alone is `shop.ts`. */
export { Shop, type ShopOptions, type LiveLine } from "./shop";
export { Checkout, faults, type Step } from "./checkout";
export { ShopError } from "./desk";
export { money, exponent, currencyOf, unitOf, left } from "./money";
export { beSomebody } from "./account";
export type { Wanted } from "./panel";
export type * from "./answers";
import "./add";
import "./cart";
import "./code";
import "./orders";
import "./price";
import "./till";
import "./wishlist";
