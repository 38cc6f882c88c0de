/** What the choice of a size says, in three languages. */
import { table } from "../ui/words";
import type { SizeKind, SizeNow } from "./sizes";

export const t = table({
  en: {
    size: "Size", size_is: "Size {size}", choose: "Choose your size", please: "Please choose a size first.", yours: "Your size: {size}", picked: "Size {size}",
    out: "sold out", off: "not on sale", unmade: "not made in {colour}", unmade_plain: "not made", few: "{n} left", one: "the last one",
    is_out: "Sold out in {colour}: {sizes}.", is_out_plain: "Sold out: {sizes}.", is_off: "Not on sale: {sizes}.", is_unmade: "Not made in {colour}: {sizes}.", is_unmade_plain: "Not made: {sizes}.",
    yours_out: "Your size, {size}, is sold out in {colour}.", yours_out_plain: "Your size, {size}, is sold out.", take: "Choose {size}", taken: "{size} is chosen",
    add: "Add {size} to cart", and: ", ",
  },
  zh: {
    size: "尺码", size_is: "{size} 码", choose: "选择尺码", please: "请先选择尺码。", yours: "你的尺码:{size}", picked: "{size} 码",
    out: "售罄", off: "未出售", unmade: "{colour}没有此码", unmade_plain: "没有此码", few: "剩 {n} 件", one: "最后一件",
    is_out: "{colour}售罄:{sizes}。", is_out_plain: "售罄:{sizes}。", is_off: "未出售:{sizes}。", is_unmade: "{colour}没有:{sizes}。", is_unmade_plain: "没有:{sizes}。",
    yours_out: "你的尺码 {size} 在{colour}中已售罄。", yours_out_plain: "你的尺码 {size} 已售罄。", take: "选 {size} 码", taken: "已选 {size} 码",
    add: "将 {size} 码加入购物车", and: "、",
  },
  es: {
    size: "Talla", size_is: "Talla {size}", choose: "Elija su talla", please: "Elija primero una talla.", yours: "Su talla: {size}", picked: "Talla {size}",
    out: "agotada", off: "no está a la venta", unmade: "no se hace en {colour}", unmade_plain: "no se hace", few: "quedan {n}", one: "la última",
    is_out: "Agotado en {colour}: {sizes}.", is_out_plain: "Agotado: {sizes}.", is_off: "No está a la venta: {sizes}.", is_unmade: "No se hace en {colour}: {sizes}.", is_unmade_plain: "No se hace: {sizes}.",
    yours_out: "Su talla, la {size}, está agotada en {colour}.", yours_out_plain: "Su talla, la {size}, está agotada.", take: "Elegir la {size}", taken: "La {size} está elegida",
    add: "Añadir la {size} al carrito", and: ", ",
  },
});

/** Everything that cannot be had in a colour, in a sentence each; the colour is empty where there is but one. */
export function lost(all: readonly SizeNow[], colour: string): string {
  // Not by Intl.ListFormat: in Chinese it puts labels together without anything between them, and S and L are no SL.
  const of = (kind: SizeKind): string => all.filter((one) => one.kind === kind).map(({ label }) => label).join(t("and"));
  const [out, off, unmade] = [of("out"), of("off"), of("unmade")];
  return [
    out && (colour ? t("is_out", { sizes: out, colour }) : t("is_out_plain", { sizes: out })),
    off && t("is_off", { sizes: off }),
    unmade && (colour ? t("is_unmade", { sizes: unmade, colour }) : t("is_unmade_plain", { sizes: unmade })),
  ].filter(Boolean).join(" ");
}
