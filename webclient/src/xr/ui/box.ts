/**
 * What a panel shows, as a tree of boxes, and where each box comes to lie.
 *
 * The unit is a twentieth of a degree of the eye at the panel's distance: 24 are the 1.2° that text needs at least, 50
 * the 2.5° of a target for a ray from an unsteady hand. Rows mirror themselves for languages that run to the left. What
 * it is not: drawing (`paint.ts`) or the panel in the room (`panel.ts`).
 */
import { wrap, type Measure } from "./text";

export const TARGET = 52;
export const SMALL = 27;
export const BODY = 31;
export const LEAD = 38;
export const TITLE = 52;
const LEADING = 1.26;

export type Ink = "ink" | "quiet" | "accent" | "on-accent" | "danger";
export type Fill = "none" | "panel" | "stone" | "accent" | "line";
export type Look = "primary" | "plain" | "quiet" | "row" | "tab";

interface Sized {
  /** Share of the width (in a row) or height (in a column of fixed height) that is left. */
  readonly grow?: number;
  readonly width?: number;
  readonly height?: number;
}

export interface TextBox extends Sized {
  readonly kind: "text";
  readonly text: string;
  readonly size: number;
  readonly weight: 400 | 600;
  readonly ink: Ink;
  readonly lines: number;
  readonly align: "start" | "center" | "end";
}

export interface StackBox extends Sized {
  readonly kind: "row" | "column";
  readonly children: readonly Box[];
  readonly gap: number;
  readonly pad: number;
  readonly align: "start" | "center" | "end" | "stretch";
  readonly justify: "start" | "center" | "between";
  readonly fill: Fill;
  readonly radius: number;
}

export interface PressBox extends Sized {
  readonly kind: "press";
  readonly id: string;
  /** What it does, in words: for the readout that a screen reader hears. */
  readonly label: string;
  readonly child: Box;
  readonly look: Look;
  readonly isOn: boolean;
  readonly isOff: boolean;
  act(): void;
}

export interface ImageBox extends Sized {
  readonly kind: "image";
  readonly source: CanvasImageSource | null;
  readonly width: number;
  readonly height: number;
  readonly radius: number;
}

export interface IconBox extends Sized {
  readonly kind: "icon";
  readonly path: string;
  readonly size: number;
  readonly ink: Ink;
}

export interface SwatchBox extends Sized {
  readonly kind: "swatch";
  readonly colour: string;
  readonly isOn: boolean;
}

export interface ScrollBox extends Sized {
  readonly kind: "scroll";
  readonly id: string;
  readonly child: Box;
}

/** A drawing of one's own, with places to press on it. */
export interface DrawBox extends Sized {
  readonly kind: "draw";
  readonly width: number;
  readonly height: number;
  paint(pen: CanvasRenderingContext2D, width: number, height: number): void;
  readonly targets: readonly { readonly id: string; readonly label: string; readonly x: number; readonly y: number; readonly size: number; act(): void }[];
}

export interface GapBox extends Sized {
  readonly kind: "gap" | "rule";
}

export type Box = TextBox | StackBox | PressBox | ImageBox | IconBox | SwatchBox | ScrollBox | DrawBox | GapBox;

export const text = (words: string, how: Partial<Omit<TextBox, "kind" | "text">> = {}): TextBox => ({
  kind: "text", text: words, size: BODY, weight: 400, ink: "ink", lines: Infinity, align: "start", ...how,
});
const stack = (kind: "row" | "column", children: readonly (Box | null | false)[], how: Partial<Omit<StackBox, "kind" | "children">>): StackBox => ({
  kind, children: children.filter((child): child is Box => Boolean(child)), gap: 12, pad: 0, align: kind === "row" ? "center" : "stretch", justify: "start", fill: "none", radius: 0, ...how,
});
export const row = (children: readonly (Box | null | false)[], how: Partial<Omit<StackBox, "kind" | "children">> = {}): StackBox => stack("row", children, how);
export const column = (children: readonly (Box | null | false)[], how: Partial<Omit<StackBox, "kind" | "children">> = {}): StackBox => stack("column", children, how);
export const press = (id: string, child: Box | string, act: () => void, how: Partial<Omit<PressBox, "kind" | "id" | "child" | "act">> = {}): PressBox => {
  const look = how.look ?? "plain";
  const ink: Ink = look === "primary" ? "on-accent" : look === "quiet" ? "accent" : "ink";
  return {
    kind: "press", id, act, look, isOn: false, isOff: false, label: typeof child === "string" ? child : id,
    child: typeof child === "string" ? text(child, { weight: 600, ink: how.isOn ? "on-accent" : ink, align: "center", lines: 2 }) : child, ...how,
  };
};
export const image = (source: CanvasImageSource | null, width: number, height = width, radius = 14): ImageBox => ({ kind: "image", source, width, height, radius });
export const icon = (path: string, ink: Ink = "ink", size = 34): IconBox => ({ kind: "icon", path, ink, size });
export const scroll = (id: string, child: Box, how: Sized = {}): ScrollBox => ({ kind: "scroll", id, child, ...how });
export const gap = (size = 0): GapBox => (size ? { kind: "gap", width: size, height: size } : { kind: "gap", grow: 1 });
export const rule = (): GapBox => ({ kind: "rule", height: 2 });

/** A box in its place, as its parent sees it. */
export interface Laid {
  readonly box: Box;
  x: number;
  y: number;
  width: number;
  height: number;
  readonly lines: readonly string[];
  readonly children: readonly Laid[];
}

/** Something that can be pressed, in the panel's units. */
export interface Target {
  readonly id: string;
  readonly label: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly isOff: boolean;
  /** The scroll it lies in. */
  readonly scroll: string;
  act(): void;
}

export interface Ruler {
  readonly measure: Measure;
  readonly isRightToLeft: boolean;
}

const placed = (box: Box, width: number, height: number, children: readonly Laid[] = [], lines: readonly string[] = []): Laid => ({ box, x: 0, y: 0, width, height, lines, children });

/** Lay a box out in a width; in a height too where one is given. */
export function lay(box: Box, width: number, ruler: Ruler, height?: number): Laid {
  const own = Math.min(width, box.width ?? width);
  switch (box.kind) {
    case "text": {
      const lines = wrap(box.text, own, box.size, box.weight, ruler.measure, box.lines);
      const widest = lines.reduce((most, line) => Math.max(most, ruler.measure(line, box.size, box.weight)), 0);
      return placed(box, Math.min(own, Math.ceil(widest)), Math.ceil(lines.length * box.size * LEADING), [], lines);
    }
    case "icon":
      return placed(box, box.size, box.size);
    case "image":
    case "draw":
      return placed(box, box.width, box.height);
    case "swatch":
      return placed(box, 36, 36);
    case "gap":
    case "rule":
      return placed(box, box.kind === "rule" ? own : (box.width ?? 0), height ?? box.height ?? 0);
    case "press": {
      const padding = box.look === "row" ? 12 : box.look === "tab" ? 14 : 22;
      const inner = lay(box.child, own - 2 * padding, ruler);
      // A row and a tab are as wide as there is room, a button as wide as its words.
      const wide = box.look === "row" || box.look === "tab" || box.grow || box.width ? own : Math.min(own, inner.width + 2 * padding);
      const tall = Math.max(TARGET, inner.height + 16, box.height ?? 0);
      const room = wide - 2 * padding;
      const stretched = room > inner.width ? stretch(inner, box.child, room, ruler) : inner;
      stretched.x = padding + (box.look === "row" || box.look === "tab" ? 0 : (room - stretched.width) / 2);
      stretched.y = (tall - stretched.height) / 2;
      return placed(box, Math.max(TARGET, wide), tall, [stretched]);
    }
    case "scroll": {
      const inner = lay(box.child, own, ruler);
      if (inner.width < own) inner.width = own;
      return placed(box, own, height ?? Math.min(inner.height, box.height ?? inner.height), [inner]);
    }
    case "row":
      return layRow(box, own, ruler);
    case "column":
      return layColumn(box, own, ruler, height ?? box.height);
  }
}

function stretch(laid: Laid, box: Box, width: number, ruler: Ruler): Laid {
  if (box.kind === "row" || box.kind === "column") return lay(box, width, ruler);
  if (box.kind === "text") laid.width = width;
  return laid;
}

function layRow(box: StackBox, width: number, ruler: Ruler): Laid {
  const inner = width - 2 * box.pad;
  const gaps = Math.max(0, box.children.length - 1) * box.gap;
  const children: Laid[] = new Array<Laid>(box.children.length);
  let left = inner - gaps;
  let shares = 0;
  for (const [i, child] of box.children.entries()) {
    if (child.grow) shares += child.grow;
    else {
      const laid = lay(child, Math.max(0, left), ruler);
      children[i] = laid;
      left -= laid.width;
    }
  }
  for (const [i, child] of box.children.entries()) {
    if (!child.grow) continue;
    const share = Math.max(0, (left * child.grow) / shares);
    const laid = lay(child, share, ruler);
    laid.width = share;
    children[i] = laid;
  }
  const used = children.reduce((sum, child) => sum + child.width, 0) + gaps;
  const spare = shares ? 0 : Math.max(0, inner - used);
  const between = box.justify === "between" && children.length > 1 ? spare / (children.length - 1) : 0;
  const tall = children.reduce((most, child) => Math.max(most, child.height), 0);
  let x = box.pad + (box.justify === "center" ? spare / 2 : 0);
  for (const child of children) {
    child.x = x;
    child.y = box.pad + (box.align === "end" ? tall - child.height : box.align === "center" ? (tall - child.height) / 2 : 0);
    if (box.align === "stretch") child.height = tall;
    x += child.width + box.gap + between;
  }
  const wide = shares || box.justify !== "start" || box.width || box.fill !== "none" ? width : used + 2 * box.pad;
  if (ruler.isRightToLeft) for (const child of children) child.x = wide - child.x - child.width;
  return placed(box, wide, tall + 2 * box.pad, children);
}

function layColumn(box: StackBox, width: number, ruler: Ruler, height?: number): Laid {
  const inner = width - 2 * box.pad;
  const gaps = Math.max(0, box.children.length - 1) * box.gap;
  const children = box.children.map((child) => (child.grow && height !== undefined && child.kind !== "text" && child.kind !== "press" ? null : lay(child, inner, ruler)));
  if (height !== undefined) {
    const shares = box.children.reduce((sum, child, i) => sum + (children[i] ? 0 : (child.grow ?? 0)), 0);
    const left = height - 2 * box.pad - gaps - children.reduce((sum, child) => sum + (child?.height ?? 0), 0);
    for (const [i, child] of box.children.entries()) if (!children[i]) children[i] = lay(child, inner, ruler, Math.max(0, (left * (child.grow ?? 1)) / shares));
  }
  const all = children.filter((child) => child !== null);
  const widest = all.reduce((most, child) => Math.max(most, child.width), 0);
  const wide = box.align === "stretch" || box.width || box.grow ? width : widest + 2 * box.pad;
  let y = box.pad;
  for (const child of all) {
    child.y = y;
    const spare = wide - 2 * box.pad - child.width;
    if (box.align === "stretch") {
      if (child.box.kind !== "image" && child.box.kind !== "icon" && child.box.kind !== "swatch" && child.box.kind !== "draw" && !(child.box.kind === "press" && !child.box.grow)) child.width += Math.max(0, spare);
      child.x = box.pad + (ruler.isRightToLeft ? wide - 2 * box.pad - child.width : 0);
    } else {
      const at = box.align === "center" ? spare / 2 : box.align === "end" ? spare : 0;
      child.x = box.pad + (ruler.isRightToLeft ? spare - at : at);
    }
    y += child.height + box.gap;
  }
  return placed(box, wide, height ?? (all.length ? y - box.gap : box.pad) + box.pad, all);
}

/** How far each scroll is down, kept by the panel and held to what there is. */
export type Offsets = Map<string, number>;

/** All that can be pressed, in the order it is read, as it is scrolled now; what is scrolled out of sight is left out. */
export function targets(laid: Laid, offsets: Offsets): Target[] {
  const found: Target[] = [];
  const walk = (node: Laid, x: number, y: number, top: number, bottom: number, within: string): void => {
    const [left, over] = [x + node.x, y + node.y];
    const { box } = node;
    if (box.kind === "press") {
      const [from, to] = [Math.max(top, over), Math.min(bottom, over + node.height)];
      if (to - from > 8) found.push({ id: box.id, label: box.label, x: left, y: from, width: node.width, height: to - from, isOff: box.isOff, scroll: within, act: box.act });
      return;
    }
    if (box.kind === "draw") {
      for (const spot of box.targets) {
        found.push({ id: spot.id, label: spot.label, x: left + spot.x - spot.size / 2, y: over + spot.y - spot.size / 2, width: spot.size, height: spot.size, isOff: false, scroll: within, act: spot.act });
      }
      return;
    }
    if (box.kind === "scroll") {
      const at = offsets.get(box.id) ?? 0;
      for (const child of node.children) walk(child, left, over - at, Math.max(top, over), Math.min(bottom, over + node.height), box.id);
      return;
    }
    for (const child of node.children) walk(child, left, over, top, bottom, within);
  };
  walk(laid, 0, 0, -Infinity, Infinity, "");
  return found;
}

/** The scrolls of a tree: where they lie and how far they can go down. */
export function scrolls(laid: Laid): { id: string; x: number; y: number; width: number; height: number; most: number }[] {
  const found: { id: string; x: number; y: number; width: number; height: number; most: number }[] = [];
  const walk = (node: Laid, x: number, y: number): void => {
    const [left, over] = [x + node.x, y + node.y];
    if (node.box.kind === "scroll") {
      found.push({ id: node.box.id, x: left, y: over, width: node.width, height: node.height, most: Math.max(0, (node.children[0]?.height ?? 0) - node.height) });
    }
    for (const child of node.children) walk(child, left, over);
  };
  walk(laid, 0, 0);
  return found;
}

/** What lies at a point: the last drawn wins. */
export function hit(all: readonly Target[], x: number, y: number): Target | null {
  for (let i = all.length - 1; i >= 0; i--) {
    const one = all[i]!;
    if (x >= one.x && x < one.x + one.width && y >= one.y && y < one.y + one.height) return one;
  }
  return null;
}
