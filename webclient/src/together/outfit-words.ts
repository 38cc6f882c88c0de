/** The words of what is worn among people, and of votes on it. */
import { table } from "../ui/words";
import type { Vote } from "./votes";

export const w = table({
  en: {
    you_wear: "You wear", wears: "wears {names}", take_off: "Take off {product}", wear_too: "Wear {product} too", wear_off: "Take off {product} again", mirror: "See {product} on you, in the mirror", put_on: "Wear it here", now_on: "Your figure wears {product}", now_off: "{product} is off",
    ask: "Does it suit me?", ask_party: "Ask your party", ask_near: "Ask those near you", end: "End the vote", asks: "{name} asks: does {product} suit them?", yes: "Yes", no: "No", unsure: "Not sure", answered: "You said: {answer}",
    tally_you: "Does {product} suit you? {yes} yes, {no} no, {unsure} not sure, of {asked}", tally_them: "Does {product} suit {name}? {yes} yes, {no} no, {unsure} not sure, of {asked}", over_you: "The vote on {product} is over: {yes} yes, {no} no, {unsure} not sure", over_them: "{name}’s vote on {product} is over: {yes} yes, {no} no, {unsure} not sure",
    e_unknown: "That is not on the shelves any more.", e_vote: "That vote is not possible now.", e_body: "Too many people share how they move. Try again later.", votes: "Votes",
  },
  zh: {
    you_wear: "你戴着", wears: "穿戴着 {names}", take_off: "取下 {product}", wear_too: "我也要戴 {product}", wear_off: "再取下 {product}", mirror: "在镜子里试 {product}", put_on: "在这里戴上", now_on: "你的形象戴上了 {product}", now_off: "{product} 已取下",
    ask: "适合我吗?", ask_party: "问问小队", ask_near: "问问身边的人", end: "结束投票", asks: "{name} 问:{product} 适合吗?", yes: "适合", no: "不适合", unsure: "说不准", answered: "你说:{answer}",
    tally_you: "{product} 适合你吗?{asked} 人中 {yes} 人说适合,{no} 人说不适合,{unsure} 人说不准", tally_them: "{product} 适合 {name} 吗?{asked} 人中 {yes} 人说适合,{no} 人说不适合,{unsure} 人说不准", over_you: "{product} 的投票结束:{yes} 适合,{no} 不适合,{unsure} 说不准", over_them: "{name} 的 {product} 投票结束:{yes} 适合,{no} 不适合,{unsure} 说不准",
    e_unknown: "货架上已没有这件商品。", e_vote: "现在无法投票。", e_body: "分享动作的人太多了,请稍后再试。", votes: "投票",
  },
  es: {
    you_wear: "Lleva puesto", wears: "lleva {names}", take_off: "Quitarse {product}", wear_too: "Ponerme también {product}", wear_off: "Quitarme {product}", mirror: "Verme con {product} en el espejo", put_on: "Llevarlo aquí", now_on: "Su figura lleva {product}", now_off: "{product} ya no está puesto",
    ask: "¿Me queda bien?", ask_party: "Preguntar al grupo", ask_near: "Preguntar a quienes están cerca", end: "Terminar la votación", asks: "{name} pregunta: ¿le queda bien {product}?", yes: "Sí", no: "No", unsure: "No sé", answered: "Usted dijo: {answer}",
    tally_you: "¿Le queda bien {product}? {yes} sí, {no} no, {unsure} no saben, de {asked}", tally_them: "¿Le queda bien {product} a {name}? {yes} sí, {no} no, {unsure} no saben, de {asked}", over_you: "Terminó la votación sobre {product}: {yes} sí, {no} no, {unsure} no saben", over_them: "Terminó la votación de {name} sobre {product}: {yes} sí, {no} no, {unsure} no saben",
    e_unknown: "Eso ya no está en los estantes.", e_vote: "Esa votación no es posible ahora.", e_body: "Demasiadas personas comparten sus movimientos. Inténtelo más tarde.", votes: "Votaciones",
  },
});

/** How a vote stands, as a sentence; whose own it is says `isOwn`. */
export function tallyText(vote: Vote, isOwn: boolean, name: string, product: string): string {
  const { yes, no, unsure, asked } = vote;
  const numbers = { yes, no, unsure, asked, product, name };
  if (vote.over) return w(isOwn ? "over_you" : "over_them", numbers);
  return w(isOwn ? "tally_you" : "tally_them", numbers);
}
