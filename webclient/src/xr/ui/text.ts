/**
 * Lines from text, for a canvas: breaks between words, between Chinese characters, and inside words that are too long.
 *
 * What others wrote (names, chat, product texts) passes `clean` first. What it is not: bidirectional layout, which the
 * canvas does for each line.
 */

/** Width of a text in layout units. */
export type Measure = (text: string, size: number, weight: number) => number;

const CJK = /[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f]/u;
/** May not begin a line. */
const CLOSING = /^[,.;:!?)\]}»”’…%、。,.;:!?)》」』】〕]/u;
/** May not end a line. */
const OPENING = /[([{«“‘《「『【〔(]$/u;

/** One line, no control characters, nothing that turns the writing direction of what stands beside it. */
export function clean(text: string, most = 500): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/gu, " ").replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu, "").trim().slice(0, most);
}

/** The pieces between which a line may break; a space belongs to the piece before it. */
function pieces(text: string): string[] {
  const found: string[] = [];
  let word = "";
  const push = (): void => {
    if (word) found.push(word);
    word = "";
  };
  for (const letter of text) {
    if (letter === " ") {
      word += letter;
      push();
    } else if (CJK.test(letter)) {
      if (!CLOSING.test(letter) && !OPENING.test(word)) push();
      word += letter;
    } else {
      if (word && CJK.test([...word].at(-1) ?? "") && !CLOSING.test(letter) && !OPENING.test(word)) push();
      word += letter;
    }
  }
  push();
  return found;
}

/** Lines no wider than `width`; what is beyond `most` lines ends in an ellipsis. An empty text has one empty line. */
export function wrap(text: string, width: number, size: number, weight: number, measure: Measure, most = Infinity): string[] {
  const lines: string[] = [];
  const fits = (line: string): boolean => measure(line.trimEnd(), size, weight) <= width;
  let line = "";
  const push = (): void => {
    lines.push(line.trimEnd());
    line = "";
  };
  for (let piece of pieces(text)) {
    if (fits(line + piece)) {
      line += piece;
      continue;
    }
    if (line) push();
    while (!fits(piece)) {
      const letters = [...piece];
      let n = letters.length - 1;
      while (n > 1 && !fits(letters.slice(0, n).join(""))) n--;
      if (n < 1) break;
      line = letters.slice(0, n).join("");
      push();
      piece = letters.slice(n).join("");
      if (letters.length === 1) break;
    }
    line = piece;
  }
  if (line || !lines.length) push();
  if (lines.length <= most) return lines;
  const kept = lines.slice(0, most);
  let last = [...(kept[most - 1] ?? "")];
  while (last.length && !fits(`${last.join("")}…`)) last = last.slice(0, -1);
  kept[most - 1] = `${last.join("").trimEnd()}…`;
  return kept;
}
