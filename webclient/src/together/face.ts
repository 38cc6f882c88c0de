/** A person's mark in lists: the first letter of the name on a calm colour of their own. Text only, never a picture from outside. */
import { Directive, directive, type ElementPart } from "lit/directive.js";
import { css, html, nothing, type TemplateResult } from "../shop/panel";

const CALM = ["#7a5c46", "#5c6b4a", "#4a5f73", "#8a5346", "#5f5573", "#3f6b61", "#80693a", "#6b4a5c"] as const;

class Tint extends Directive {
  override update(part: ElementPart, [member]: [number]): void {
    (part.element as HTMLElement).style.setProperty("--face", CALM[member % CALM.length] ?? CALM[0]);
  }
  render(_member: number): typeof nothing {
    return nothing;
  }
}
const tint = directive(Tint);

const segments = typeof Intl.Segmenter === "function" ? new Intl.Segmenter() : null;

function initial(name: string): string {
  const first = segments ? segments.segment(name.trim())[Symbol.iterator]().next().value?.segment : [...name.trim()][0];
  return (first ?? "·").toUpperCase();
}

export const face = (member: number, name: string, isTalking = false): TemplateResult => html`<span class="face ${isTalking ? "talks" : ""}" aria-hidden="true" ${tint(member)}>${initial(name)}</span>`;

export const faceStyle = css`
  .face { display: grid; place-items: center; width: 40px; height: 40px; border-radius: 50%; background: var(--face, #7a5c46); color: #fff; font-weight: 600; font-size: 17px; flex: none; transition: box-shadow 200ms ease-out; overflow: hidden; unicode-bidi: isolate; }
  .face.talks { box-shadow: 0 0 0 3px var(--panel-solid, #fff), 0 0 0 6px var(--good, #3f7d5c); }
`;
