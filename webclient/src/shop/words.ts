/** The shop's words in every language. */
import { table } from "../ui/words";
import type { OrderState, Rehearsal } from "./answers";
import type { ShopError } from "./desk";

export const t = table({
  en: {
    cart: "Your cart", items_one: "1 piece", items: "{n} pieces", empty_title: "Nothing in your cart yet", empty_text: "Pick something up and add it. It waits here for you, on this device and on others.",
    look_around: "Look around", loading: "Fetching your cart", failed_title: "The till did not answer", failed_text: "Your cart is safe with the shop.", again: "Try again",
    less: "One less {name}", more: "One more {name}", remove: "Remove", removed: "{name} is out of your cart", quantity: "Quantity", each: "{price} each", in_cart: "{n} in your cart",
    total: "Total", incl_tax: "incl. VAT", checkout: "Check out", currency: "Currency", no_currency: "These have no price in one currency. Buy them one by one.",
    held: "Held for you for {time}", held_some: "{n} held for you for {time}", hold_ends: "Your hold ends in {time}", hold_over: "The hold is over. What is left is still yours to buy.",
    hold_soon: "Two minutes left: what is in your cart is held until then.", hold_very_soon: "Thirty seconds left to hold your cart.",
    was: "was {price}", price_up: "The price has changed since you put it in.", off_sale: "Not on sale any more.", only_left: "Only {n} left.", sold_out_now: "Sold out in the meantime.", take_n: "Take {n}",
    left: "{n} left", left_one: "The last one", in_stock: "In stock", sold_out: "Sold out", unknown_stock: "Checking stock", off: "Not on sale",
    add: "Add to cart", adding: "Adding", added: "{name} is in your cart", colour: "Colour", limit: "At most {n} each", see_cart: "See your cart",
    details: "Delivery", order_summary: "Your order", back_to_cart: "Back to the cart",
    name: "Full name", email: "E-mail", street: "Street and number", postcode: "Postcode", city: "Town or city", country: "Country", note: "Note for the shop", optional: "optional", choose_country: "Choose a country",
    email_why: "Only for questions about this order.", summary_one: "One thing needs another look", summary: "{n} things need another look",
    wrong_missing: "Please fill in: {field}.", wrong_email: "Please write the e-mail like name@example.com.", wrong_postcode: "A postcode has letters, digits, spaces and hyphens.", wrong_country: "Please choose a country.", wrong_long: "{field} is too long.", wrong_strange: "{field} has characters that cannot be printed.",
    place: "Order and go to payment", placing: "Placing your order", holding: "Holding your things for you",
    pay_title: "Payment", test_title: "This is a test payment", test_text: "No money moves and no card is asked for. This shop runs a practice till, which answers as you choose.",
    pay: "Pay {sum} as a test", paying: "Paying", pay_before: "The order waits for its payment until {time}.", practise: "Practise another answer",
    a_paid: "It works", a_declined: "The bank declines", a_double: "The answer comes twice", a_twice_charged: "Charged twice", a_missing: "No answer ever comes", a_late: "The answer comes late",
    pay_there: "Pay at {name}", confirming: "Waiting for the bank", confirming_text: "It usually takes a second. You may close this: the order stands, and you find it under your orders.", still_waiting: "The bank takes its time. Nothing is lost: the order is kept, and it will not be charged twice.", ask_now: "Ask again",
    done_title: "Thank you", done_text: "Your order is paid. You can follow it under your orders.", order_no: "Order {id}", see_orders: "See your orders", go_on: "Go on looking",
    declined_title: "The payment was declined", declined_text: "Nothing was charged. Your things are back on the shelf; put them into the cart and try again.", put_back: "Put them back into my cart",
    ended_title: "This order has ended", other_merchants: "Things of other merchants stay in your cart; each merchant is an order of its own.",
    orders: "Your orders", orders_loading: "Fetching your orders", no_orders_title: "No orders yet", no_orders_text: "What you buy appears here, with every step on its way to you.", units_one: "1 piece", units: "{n} pieces",
    s_placed: "Placed", s_paying: "Waiting for payment", s_paid: "Paid", s_packed: "Packed", s_sent: "On its way", s_delivered: "Delivered", s_cancelled: "Cancelled", s_failed: "Payment declined", s_expired: "Not paid in time", s_refunding: "Money on its way back", s_refunded: "Refunded",
    cancel: "Cancel order", cancel_sure: "Cancel this order?", cancel_paid: "You get back {sum}.", cancel_yes: "Yes, cancel it", cancel_no: "Keep it", cancelled: "The order is cancelled", pay_now: "Pay now", history: "History", show: "Show order {id}", ship_to: "Goes to",
    wishes: "Wish-list", no_wishes_title: "No wishes yet", no_wishes_text: "Tap the heart on anything you like. Your list stays on this device.", wish: "Keep on the wish-list", wished: "On your wish-list", unwish: "Take off the wish-list", share_list: "Share the list", link_copied: "The link is copied", friend_title: "A friend’s wish-list", friend_keep: "Keep all", friend_close: "Put away", kept_all: "Their wishes are on your list", view: "Look at {name}",
    code_title: "Take your cart along", code_lead: "Go on in a headset or on another device: say this code there.", make_code: "Get a code", code_good: "Good for {time}, once", code_over_now: "This code is over.", code_new: "Another code", copy: "Copy", copied: "Copied", have_code: "Have a code from another device?", code_field: "Eight letters and digits", bring: "Bring the cart here", brought: "The cart from your other device is here", code_spoken: "The code is {code}",
    e_lost: "The shop did not answer. It is safe to try again: nothing is bought twice.", e_sold_out: "Sold out in the meantime. Only {n} can be had.", e_sold_out_none: "Sold out in the meantime.", e_over_limit: "The shop limits this to a few per customer.", e_cart_full: "The cart is full. Buy or remove something first.", e_cart_empty: "The cart is empty: it may have been ordered already. Look at your orders.", e_price_changed: "The price has changed. Please look at the new total.", e_not_priced: "Not sold in that currency. Choose another.", e_code_over: "That code is wrong or its time is over. Ask for a new one on the other device.", e_wrong_state: "The order has moved on, and that is not possible any more.", e_no_offer: "This is not on sale any more.", e_slow_down: "That was a lot at once. Wait a moment and try again.", e_failed: "Something went wrong in the shop. Try again in a minute.",
  },
  zh: {
    cart: "购物车", items_one: "1 件", items: "{n} 件", empty_title: "购物车还是空的", empty_text: "拿起喜欢的东西放进来。它会在这台设备和其他设备上等你。",
    look_around: "去逛逛", loading: "正在取购物车", failed_title: "收银台没有回应", failed_text: "你的购物车在商店里安然无恙。", again: "重试",
    less: "减少一件 {name}", more: "增加一件 {name}", remove: "移除", removed: "已从购物车移除 {name}", quantity: "数量", each: "每件 {price}", in_cart: "购物车中有 {n} 件",
    total: "合计", incl_tax: "含税", checkout: "去结算", currency: "货币", no_currency: "这些商品没有共同的货币,请分开购买。",
    held: "为你保留 {time}", held_some: "为你保留 {n} 件,剩 {time}", hold_ends: "保留还剩 {time}", hold_over: "保留时间已到。剩余的仍可购买。",
    hold_soon: "还有两分钟,购物车中的商品为你保留到那时。", hold_very_soon: "保留还剩三十秒。",
    was: "原价 {price}", price_up: "放入后价格有变动。", off_sale: "已停售。", only_left: "仅剩 {n} 件。", sold_out_now: "刚刚售罄。", take_n: "要 {n} 件",
    left: "剩 {n} 件", left_one: "最后一件", in_stock: "有货", sold_out: "售罄", unknown_stock: "正在查询库存", off: "未出售",
    add: "加入购物车", adding: "正在加入", added: "{name} 已加入购物车", colour: "颜色", limit: "每人最多 {n} 件", see_cart: "查看购物车",
    details: "配送", order_summary: "你的订单", back_to_cart: "返回购物车",
    name: "姓名", email: "电子邮件", street: "街道与门牌", postcode: "邮编", city: "城市", country: "国家或地区", note: "给商店的留言", optional: "选填", choose_country: "选择国家或地区",
    email_why: "仅用于与此订单有关的联系。", summary_one: "有一处需要再看看", summary: "有 {n} 处需要再看看",
    wrong_missing: "请填写:{field}。", wrong_email: "邮箱请写成 name@example.com 的形式。", wrong_postcode: "邮编只含字母、数字、空格和连字符。", wrong_country: "请选择国家或地区。", wrong_long: "{field}太长了。", wrong_strange: "{field}含有无法打印的字符。",
    place: "下单并去付款", placing: "正在下单", holding: "正在为你保留商品",
    pay_title: "付款", test_title: "这是一次测试付款", test_text: "不会动用任何钱,也不会要求银行卡。本店使用练习收银台,按你的选择作答。",
    pay: "测试支付 {sum}", paying: "正在付款", pay_before: "订单等待付款至 {time}。", practise: "练习其他结果",
    a_paid: "成功", a_declined: "银行拒绝", a_double: "答复来了两次", a_twice_charged: "被扣款两次", a_missing: "始终没有答复", a_late: "答复来迟",
    pay_there: "在 {name} 付款", confirming: "等待银行答复", confirming_text: "通常一秒钟。你可以关闭此页:订单已成立,在“我的订单”中可以找到。", still_waiting: "银行需要些时间。不会丢失任何东西:订单保留着,也不会重复扣款。", ask_now: "再查一次",
    done_title: "谢谢", done_text: "订单已付款。可在“我的订单”中查看进展。", order_no: "订单 {id}", see_orders: "查看订单", go_on: "继续逛",
    declined_title: "付款被拒绝", declined_text: "没有扣款。商品已回到货架;请重新放入购物车再试。", put_back: "放回购物车",
    ended_title: "此订单已结束", other_merchants: "其他商家的商品留在购物车中;每个商家是一张单独的订单。",
    orders: "我的订单", orders_loading: "正在取订单", no_orders_title: "还没有订单", no_orders_text: "你买的东西会出现在这里,并显示途中的每一步。", units_one: "1 件", units: "{n} 件",
    s_placed: "已下单", s_paying: "等待付款", s_paid: "已付款", s_packed: "已打包", s_sent: "运送中", s_delivered: "已送达", s_cancelled: "已取消", s_failed: "付款被拒", s_expired: "未及时付款", s_refunding: "正在退款", s_refunded: "已退款",
    cancel: "取消订单", cancel_sure: "要取消此订单吗?", cancel_paid: "将退还 {sum}。", cancel_yes: "是的,取消", cancel_no: "保留", cancelled: "订单已取消", pay_now: "现在付款", history: "经过", show: "查看订单 {id}", ship_to: "送往",
    wishes: "心愿单", no_wishes_title: "还没有心愿", no_wishes_text: "点一下喜欢的商品上的心形。心愿单只保存在这台设备上。", wish: "加入心愿单", wished: "已在心愿单", unwish: "移出心愿单", share_list: "分享心愿单", link_copied: "链接已复制", friend_title: "朋友的心愿单", friend_keep: "全部保留", friend_close: "收起", kept_all: "朋友的心愿已加入你的心愿单", view: "看看 {name}",
    code_title: "带走购物车", code_lead: "想在头显或其他设备上继续:在那里输入此代码。", make_code: "获取代码", code_good: "{time} 内有效,限用一次", code_over_now: "此代码已失效。", code_new: "换一个代码", copy: "复制", copied: "已复制", have_code: "有其他设备的代码?", code_field: "八位字母和数字", bring: "把购物车带来", brought: "另一台设备的购物车已到这里", code_spoken: "代码是 {code}",
    e_lost: "商店没有回应。可以放心重试:不会重复购买。", e_sold_out: "刚刚售罄,只能买到 {n} 件。", e_sold_out_none: "刚刚售罄。", e_over_limit: "本店限制每位顾客购买数量。", e_cart_full: "购物车已满。请先购买或移除一些。", e_cart_empty: "购物车是空的:也许已经下单。请查看订单。", e_price_changed: "价格有变动,请看新的合计。", e_not_priced: "不以该货币出售,请换一种。", e_code_over: "代码有误或已失效。请在另一台设备上获取新代码。", e_wrong_state: "订单已进入下一步,无法再这样做。", e_no_offer: "此商品已停售。", e_slow_down: "操作太频繁,请稍等再试。", e_failed: "商店出了点问题,请一分钟后再试。",
  },
  es: {
    cart: "Su carrito", items_one: "1 pieza", items: "{n} piezas", empty_title: "Aún no hay nada en su carrito", empty_text: "Tome algo y añádalo. Le espera aquí, en este dispositivo y en otros.",
    look_around: "Mirar la tienda", loading: "Trayendo su carrito", failed_title: "La caja no respondió", failed_text: "Su carrito está a salvo en la tienda.", again: "Reintentar",
    less: "Uno menos de {name}", more: "Uno más de {name}", remove: "Quitar", removed: "{name} ya no está en el carrito", quantity: "Cantidad", each: "{price} cada uno", in_cart: "{n} en su carrito",
    total: "Total", incl_tax: "IVA incl.", checkout: "Pasar por caja", currency: "Moneda", no_currency: "No tienen precio en una misma moneda. Cómprelos por separado.",
    held: "Reservado para usted {time}", held_some: "{n} reservados para usted {time}", hold_ends: "La reserva acaba en {time}", hold_over: "La reserva terminó. Lo que quede aún puede comprarlo.",
    hold_soon: "Quedan dos minutos de reserva de su carrito.", hold_very_soon: "Quedan treinta segundos de reserva.",
    was: "antes {price}", price_up: "El precio cambió desde que lo añadió.", off_sale: "Ya no está a la venta.", only_left: "Solo quedan {n}.", sold_out_now: "Se agotó entretanto.", take_n: "Tomar {n}",
    left: "Quedan {n}", left_one: "El último", in_stock: "Disponible", sold_out: "Agotado", unknown_stock: "Consultando existencias", off: "No está a la venta",
    add: "Añadir al carrito", adding: "Añadiendo", added: "{name} está en su carrito", colour: "Color", limit: "Como máximo {n} por persona", see_cart: "Ver el carrito",
    details: "Entrega", order_summary: "Su pedido", back_to_cart: "Volver al carrito",
    name: "Nombre completo", email: "Correo electrónico", street: "Calle y número", postcode: "Código postal", city: "Ciudad", country: "País", note: "Nota para la tienda", optional: "opcional", choose_country: "Elija un país",
    email_why: "Solo para preguntas sobre este pedido.", summary_one: "Hay algo que revisar", summary: "Hay {n} cosas que revisar",
    wrong_missing: "Falta: {field}.", wrong_email: "Escriba el correo como nombre@ejemplo.com.", wrong_postcode: "Un código postal tiene letras, cifras, espacios y guiones.", wrong_country: "Elija un país.", wrong_long: "{field}: demasiado largo.", wrong_strange: "{field}: hay caracteres que no se pueden imprimir.",
    place: "Pedir e ir al pago", placing: "Haciendo su pedido", holding: "Reservando sus cosas",
    pay_title: "Pago", test_title: "Este es un pago de prueba", test_text: "No se mueve dinero ni se pide tarjeta. Esta tienda usa una caja de práctica que responde como usted elija.",
    pay: "Pagar {sum} de prueba", paying: "Pagando", pay_before: "El pedido espera su pago hasta las {time}.", practise: "Practicar otra respuesta",
    a_paid: "Funciona", a_declined: "El banco lo rechaza", a_double: "La respuesta llega dos veces", a_twice_charged: "Cobrado dos veces", a_missing: "Nunca llega respuesta", a_late: "La respuesta llega tarde",
    pay_there: "Pagar en {name}", confirming: "Esperando al banco", confirming_text: "Suele tardar un segundo. Puede cerrar esto: el pedido está hecho y lo encontrará en sus pedidos.", still_waiting: "El banco se toma su tiempo. No se pierde nada: el pedido se guarda y no se cobrará dos veces.", ask_now: "Preguntar otra vez",
    done_title: "Gracias", done_text: "Su pedido está pagado. Puede seguirlo en sus pedidos.", order_no: "Pedido {id}", see_orders: "Ver sus pedidos", go_on: "Seguir mirando",
    declined_title: "El pago fue rechazado", declined_text: "No se cobró nada. Sus cosas han vuelto al estante; póngalas en el carrito e inténtelo de nuevo.", put_back: "Devolverlas a mi carrito",
    ended_title: "Este pedido ha terminado", other_merchants: "Lo de otros comercios queda en su carrito; cada comercio es un pedido aparte.",
    orders: "Sus pedidos", orders_loading: "Trayendo sus pedidos", no_orders_title: "Aún no hay pedidos", no_orders_text: "Lo que compre aparece aquí, con cada paso de su camino.", units_one: "1 pieza", units: "{n} piezas",
    s_placed: "Hecho", s_paying: "Esperando el pago", s_paid: "Pagado", s_packed: "Embalado", s_sent: "En camino", s_delivered: "Entregado", s_cancelled: "Cancelado", s_failed: "Pago rechazado", s_expired: "No pagado a tiempo", s_refunding: "Dinero de vuelta en camino", s_refunded: "Reembolsado",
    cancel: "Cancelar pedido", cancel_sure: "¿Cancelar este pedido?", cancel_paid: "Se le devuelve {sum}.", cancel_yes: "Sí, cancelarlo", cancel_no: "Conservarlo", cancelled: "El pedido está cancelado", pay_now: "Pagar ahora", history: "Historial", show: "Ver el pedido {id}", ship_to: "Va a",
    wishes: "Lista de deseos", no_wishes_title: "Aún no hay deseos", no_wishes_text: "Toque el corazón en lo que le guste. La lista se queda en este dispositivo.", wish: "Guardar en la lista de deseos", wished: "En su lista de deseos", unwish: "Quitar de la lista de deseos", share_list: "Compartir la lista", link_copied: "Enlace copiado", friend_title: "Lista de deseos de un amigo", friend_keep: "Guardar todo", friend_close: "Apartar", kept_all: "Sus deseos están en su lista", view: "Mirar {name}",
    code_title: "Lleve su carrito consigo", code_lead: "Siga en un visor u otro dispositivo: diga allí este código.", make_code: "Obtener un código", code_good: "Vale {time}, una vez", code_over_now: "Este código ya no vale.", code_new: "Otro código", copy: "Copiar", copied: "Copiado", have_code: "¿Tiene un código de otro dispositivo?", code_field: "Ocho letras y cifras", bring: "Traer el carrito aquí", brought: "El carrito de su otro dispositivo está aquí", code_spoken: "El código es {code}",
    e_lost: "La tienda no respondió. Puede reintentar sin miedo: nada se compra dos veces.", e_sold_out: "Se agotó entretanto. Solo se pueden tomar {n}.", e_sold_out_none: "Se agotó entretanto.", e_over_limit: "La tienda limita esto a unos pocos por cliente.", e_cart_full: "El carrito está lleno. Compre o quite algo antes.", e_cart_empty: "El carrito está vacío: quizá ya lo pidió. Mire sus pedidos.", e_price_changed: "El precio ha cambiado. Mire el nuevo total.", e_not_priced: "No se vende en esa moneda. Elija otra.", e_code_over: "Ese código es incorrecto o ya no vale. Pida uno nuevo en el otro dispositivo.", e_wrong_state: "El pedido ya avanzó y eso no es posible.", e_no_offer: "Ya no está a la venta.", e_slow_down: "Fue mucho de una vez. Espere un momento y reintente.", e_failed: "Algo falló en la tienda. Inténtelo en un minuto.",
  },
});

/** A sentence for what the shop refused. */
export function complaint(error: ShopError): string {
  const left = Number(error.fields["available"] ?? 0);
  if (error.isLost) return t("e_lost");
  if (error.status === 429) return t("e_slow_down");
  switch (error.code) {
    case "shop.sold_out": return left > 0 ? t("e_sold_out", { n: left }) : t("e_sold_out_none");
    case "shop.over_limit": return t("e_over_limit");
    case "shop.cart_full": return t("e_cart_full");
    case "shop.cart_empty": return t("e_cart_empty");
    case "shop.price_changed": return t("e_price_changed");
    case "shop.not_priced": return t("e_not_priced");
    case "shop.code_over": return t("e_code_over");
    case "shop.wrong_state": return t("e_wrong_state");
    case "shop.no_offer": return t("e_no_offer");
    default: return t("e_failed");
  }
}

const STATES = {
  placed: "s_placed", paying: "s_paying", paid: "s_paid", packed: "s_packed", sent: "s_sent", delivered: "s_delivered", cancelled: "s_cancelled",
  failed: "s_failed", expired: "s_expired", refunding: "s_refunding", refunded: "s_refunded",
} as const;
export const stateWord = (state: OrderState): string => t(STATES[state]);

const REHEARSALS = { paid: "a_paid", declined: "a_declined", double: "a_double", twice_charged: "a_twice_charged", missing: "a_missing", late: "a_late" } as const;
export const rehearsalWord = (answer: Rehearsal): string => t(REHEARSALS[answer]);
