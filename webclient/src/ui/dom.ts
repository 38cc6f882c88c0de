/** Building elements. Text is only ever set as text: nothing a merchant writes can become markup. */

import type { Topic } from "../a11y/announcer";

type Child = Node | string | null | undefined | false;
type Props = Readonly<Record<string, string | number | boolean | EventListener | null | undefined>>;

/**
 * An element. A property that is a function listens to that event; `true` sets an attribute, `false`, null and
 * undefined leave it out.
 */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, String(value));
  }
  for (const child of children) if (child) made.append(child);
  return made;
}

const SVG = "http://www.w3.org/2000/svg";

/** A drawing of one path on a 24 px grid, hidden from readers: its button says what it means. */
export function icon(path: string): SVGSVGElement {
  const made = document.createElementNS(SVG, "svg");
  made.setAttribute("viewBox", "0 0 24 24");
  made.setAttribute("aria-hidden", "true");
  made.classList.add("icon");
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", path);
  made.append(line);
  return made;
}

/** Only colours as the manifest has them get into a style. */
export function paint(element: HTMLElement, colour: string | undefined): void {
  if (colour && /^#[0-9a-f]{6}$/i.test(colour)) element.style.setProperty("--swatch", colour);
}

type Say = (text: string, topic?: Topic) => void;
let speaker: Say | null = null;

/** Who says things to those who listen instead of looking (`a11y/announcer.ts`), once it is there. */
export function speakThrough(say: Say): void {
  speaker = say;
}

/** Say something, and show it for a moment to those who look. */
export function say(text: string, topic: Topic = "page"): void {
  announce(text, topic);
  document.dispatchEvent(new CustomEvent("notice", { detail: text }));
}

/** Say something to whoever listens instead of looking. */
export function announce(text: string, topic: Topic = "page"): void {
  if (speaker) return speaker(text, topic);
  const status = document.getElementById("status");
  if (status) status.textContent = text;
}
