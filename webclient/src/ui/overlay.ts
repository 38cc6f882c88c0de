/** The measuring overlay: three lines along the product's box with lengths, drawn over the viewer as SVG. */
import { length, type Unit } from "./format";
import { spoken, t } from "./words";

type Point = readonly [number, number, number];
type Project = (x: number, y: number, z: number) => readonly [number, number];

const SVG = "http://www.w3.org/2000/svg";
const GAP = 0.06;

export class Ruler {
  readonly element = document.createElementNS(SVG, "svg");
  readonly #lines: readonly { from: Point; to: Point; line: SVGLineElement; text: SVGTextElement; side: number }[];
  readonly #size: Point;
  #project: Project | undefined;

  constructor(bounds: { readonly min: Point; readonly max: Point }) {
    const { min, max } = bounds;
    this.#size = [max[0] - min[0], max[1] - min[1], max[2] - min[2]];
    const out = GAP * Math.max(...this.#size);
    const [left, right, front, back] = [min[0] - out, max[0] + out, max[2] + out, min[2]];
    const rows: readonly (readonly [Point, Point])[] = [
      [[min[0], min[1], front], [max[0], min[1], front]],
      [[left, min[1], max[2]], [left, max[1], max[2]]],
      [[right, min[1], back], [right, min[1], max[2]]],
    ];
    this.element.classList.add("ruler");
    this.element.setAttribute("aria-hidden", "true"); // the same lengths stand in the text beside it
    this.#lines = rows.map(([from, to], side) => {
      const line = document.createElementNS(SVG, "line");
      const text = document.createElementNS(SVG, "text");
      this.element.append(line, text);
      return { from, to, line, text, side };
    });
    this.element.toggleAttribute("hidden", true);
  }

  set visible(on: boolean) {
    this.element.toggleAttribute("hidden", !on);
    this.#place();
  }

  set unit(unit: Unit) {
    const words = { mm: "units_mm", cm: "units_cm", in: "units_in" } as const;
    for (const row of this.#lines) {
      row.text.textContent = `${length(this.#size[row.side] ?? 0, unit, spoken())} ${t(words[unit])}`;
    }
  }

  follow(project: Project): void {
    this.#project = project;
    this.#place();
  }

  #place(): void {
    const box = this.element.parentElement;
    if (!this.#project || !box || this.element.hasAttribute("hidden")) return;
    const { clientWidth: width, clientHeight: height } = box;
    for (const { from, to, line, text } of this.#lines) {
      const [x1, y1] = this.#project(...from).map((v, i) => v * (i ? height : width)) as [number, number];
      const [x2, y2] = this.#project(...to).map((v, i) => v * (i ? height : width)) as [number, number];
      line.setAttribute("x1", x1.toFixed(1));
      line.setAttribute("y1", y1.toFixed(1));
      line.setAttribute("x2", x2.toFixed(1));
      line.setAttribute("y2", y2.toFixed(1));
      text.setAttribute("x", Math.min(width - 40, Math.max(40, (x1 + x2) / 2)).toFixed(1));
      text.setAttribute("y", Math.min(height - 10, Math.max(18, (y1 + y2) / 2)).toFixed(1));
    }
  }
}
