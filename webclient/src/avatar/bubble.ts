/** What is said, in lines that fit a bubble: pure text, in any script. */

export const LINE = 28;
export const LINES = 3;
const LEAST_MS = 4000;
const MOST_MS = 8000;
const READ_MS = 55;

/** Chinese and its neighbours, and pictures, are as wide as two letters. */
const WIDE = /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
/** Nothing to see, or made to mix up what is around it: bidi controls, other controls. */
// eslint-disable-next-line no-control-regex
const HIDDEN = /[\u0000-\u001f\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;
const LETTER = /\p{L}/u;

export const widthOf = (text: string): number => [...text].reduce((sum, letter) => sum + (WIDE.test(letter) ? 2 : 1), 0);

/** One line without tricks: controls are dropped, white space is a space. */
export const tame = (text: string): string => text.replace(/\s+/g, " ").replace(HIDDEN, "").trim();

/** The way of the first letter, as `dir="auto"` has it. */
export function directionOf(text: string): "ltr" | "rtl" {
  for (const letter of text) if (LETTER.test(letter)) return RIGHT_TO_LEFT.test(letter) ? "rtl" : "ltr";
  return "ltr";
}

/** Cut to a width, with an ellipsis if anything was cut. */
export function cut(text: string, most: number): string {
  if (widthOf(text) <= most) return text;
  let kept = "";
  let width = 0;
  for (const letter of text) {
    width += WIDE.test(letter) ? 2 : 1;
    if (width > most - 1) break;
    kept += letter;
  }
  return `${kept.trimEnd()}…`;
}

/** Pieces that may stand on lines of their own, spaces at their ends. */
function pieces(text: string): string[] {
  const out: string[] = [];
  for (const word of text.split(/(?<=\s)/u)) {
    let run = "";
    for (const letter of word) {
      if (WIDE.test(letter)) {
        if (run) out.push(run);
        out.push(letter);
        run = "";
      } else if (widthOf(run) >= LINE) {
        out.push(run);
        run = letter;
      } else run += letter;
    }
    if (run) out.push(run);
  }
  return out;
}

export function wrapped(text: string, line = LINE, lines = LINES): string[] {
  const out: string[] = [];
  let now = "";
  for (const piece of pieces(tame(text))) {
    if (now && widthOf((now + piece).trimEnd()) > line) {
      out.push(now.trimEnd());
      now = "";
    }
    now += piece;
  }
  if (now.trim()) out.push(now.trimEnd());
  if (out.length <= lines) return out;
  const rest = out.slice(lines - 1).join(" ");
  return [...out.slice(0, lines - 1), cut(rest, line)];
}

/** How long somebody needs to read it. */
export const readingMs = (text: string): number => Math.max(LEAST_MS, Math.min(MOST_MS, 1800 + widthOf(text) * READ_MS));
