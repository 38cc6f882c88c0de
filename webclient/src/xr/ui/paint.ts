/**
 * Draws a laid-out tree on a canvas: frosted white, one typeface in two weights, one accent, a ring round what has the
 * focus. Nothing here knows the room.
 */
import type { Fill, Ink, Laid, Offsets, PressBox } from "./box";

export const FACE = '"Source Sans 3", system-ui, "PingFang SC", "Noto Sans SC", "Microsoft YaHei", sans-serif';
const CORNER = 30;

export interface Palette {
  readonly ink: Readonly<Record<Ink, string>>;
  readonly fill: Readonly<Record<Fill, string>>;
  readonly glassTop: string;
  readonly glassBottom: string;
}

export const CALM: Palette = {
  ink: { ink: "#1d1f1a", quiet: "#54564e", accent: "#1f4d3a", "on-accent": "#ffffff", danger: "#8a2f1c" },
  fill: { none: "transparent", panel: "rgb(255 255 255 / 0.72)", stone: "#e6e1d7", accent: "#1f4d3a", line: "#d6d0c4" },
  glassTop: "rgb(253 251 247 / 0.95)", glassBottom: "rgb(244 240 232 / 0.93)",
};
export const STARK: Palette = {
  ink: { ink: "#000000", quiet: "#22241f", accent: "#0b3323", "on-accent": "#ffffff", danger: "#6a1a0a" },
  fill: { none: "transparent", panel: "#ffffff", stone: "#d8d2c6", accent: "#0b3323", line: "#77776f" },
  glassTop: "#ffffff", glassBottom: "#ffffff",
};

export interface Showing {
  readonly hover: string;
  readonly pressed: string;
  readonly focus: string;
  readonly isRightToLeft: boolean;
  readonly palette: Palette;
}

export const font = (size: number, weight: number): string => `${weight} ${size}px ${FACE}`;

/** A rounded sheet of frosted glass with a fine bright rim. */
export function glass(pen: CanvasRenderingContext2D, x: number, y: number, width: number, height: number, palette: Palette, shadow: number): void {
  pen.save();
  pen.shadowColor = "rgb(40 32 20 / 0.34)";
  pen.shadowBlur = shadow * 1.6;
  pen.shadowOffsetY = shadow * 0.4;
  const sheet = pen.createLinearGradient(0, y, 0, y + height);
  sheet.addColorStop(0, palette.glassTop);
  sheet.addColorStop(1, palette.glassBottom);
  pen.fillStyle = sheet;
  pen.beginPath();
  pen.roundRect(x, y, width, height, CORNER);
  pen.fill();
  pen.restore();
  pen.strokeStyle = "rgb(255 255 255 / 0.9)";
  pen.lineWidth = 2;
  pen.beginPath();
  pen.roundRect(x + 1, y + 1, width - 2, height - 2, CORNER - 1);
  pen.stroke();
}

export function paint(pen: CanvasRenderingContext2D, laid: Laid, offsets: Offsets, showing: Showing): void {
  pen.direction = showing.isRightToLeft ? "rtl" : "ltr";
  pen.textBaseline = "alphabetic";
  draw(pen, laid, 0, 0, offsets, showing, null);
}

function draw(pen: CanvasRenderingContext2D, laid: Laid, left: number, top: number, offsets: Offsets, showing: Showing, within: PressBox | null): void {
  const [x, y] = [left + laid.x, top + laid.y];
  const { box, width, height } = laid;
  const { palette } = showing;
  switch (box.kind) {
    case "text":
      drawText(pen, laid, x, y, showing, within);
      return;
    case "icon":
      drawIcon(pen, box.path, x, y, box.size, tone(box.ink, within, palette));
      return;
    case "image":
      drawImage(pen, box.source, x, y, box.width, box.height, box.radius, palette);
      return;
    case "swatch":
      drawSwatch(pen, box.colour, box.isOn, x, y, palette);
      return;
    case "rule":
      pen.fillStyle = palette.fill.line;
      pen.fillRect(x, y, width, 2);
      return;
    case "gap":
      return;
    case "draw":
      pen.save();
      pen.translate(x, y);
      box.paint(pen, width, height);
      pen.restore();
      for (const spot of box.targets) {
        if (spot.id !== showing.hover && spot.id !== showing.focus) continue;
        ring(pen, x + spot.x - spot.size / 2, y + spot.y - spot.size / 2, spot.size, spot.size, spot.size / 2, palette);
      }
      return;
    case "press":
      drawPress(pen, box, x, y, width, height, showing);
      for (const child of laid.children) draw(pen, child, x, y, offsets, showing, box);
      if (showing.focus === box.id) ring(pen, x - 5, y - 5, width + 10, height + 10, radiusOf(box, height) + 5, palette);
      return;
    case "scroll": {
      pen.save();
      pen.beginPath();
      pen.rect(x - 8, y, width + 16, height);
      pen.clip();
      const at = offsets.get(box.id) ?? 0;
      for (const child of laid.children) draw(pen, child, x, y - at, offsets, showing, within);
      pen.restore();
      const full = laid.children[0]?.height ?? 0;
      if (full > height + 1) drawBar(pen, showing.isRightToLeft ? x - 8 : x + width + 2, y, height, full, at, palette);
      return;
    }
    default:
      if (box.fill !== "none") {
        pen.fillStyle = palette.fill[box.fill];
        pen.beginPath();
        pen.roundRect(x, y, width, height, box.radius);
        pen.fill();
      }
      for (const child of laid.children) draw(pen, child, x, y, offsets, showing, within);
  }
}

const isInverse = (box: PressBox | null): boolean => box !== null && !box.isOff && (box.look === "primary" || (box.isOn && box.look !== "row"));

function tone(ink: Ink, within: PressBox | null, palette: Palette): string {
  if (isInverse(within)) return palette.ink["on-accent"];
  if (within?.isOff) return palette.ink.quiet;
  return palette.ink[ink === "on-accent" ? "ink" : ink];
}

const radiusOf = (box: PressBox, height: number): number => (box.look === "row" || box.look === "tab" ? 18 : Math.min(height / 2, 30));

function drawPress(pen: CanvasRenderingContext2D, box: PressBox, x: number, y: number, width: number, height: number, showing: Showing): void {
  const { palette } = showing;
  const isHot = !box.isOff && (showing.hover === box.id || showing.pressed === box.id);
  const isDown = !box.isOff && showing.pressed === box.id;
  const inset = isDown ? 2 : 0;
  pen.beginPath();
  pen.roundRect(x + inset, y + inset, width - 2 * inset, height - 2 * inset, radiusOf(box, height));
  if (box.isOff) pen.fillStyle = box.look === "quiet" || box.look === "row" || box.look === "tab" ? "transparent" : "rgb(120 112 98 / 0.16)";
  else if (isInverse(box)) pen.fillStyle = isHot ? "#2b654d" : palette.fill.accent;
  else if (box.look === "plain") pen.fillStyle = isHot ? "#ffffff" : "rgb(120 108 88 / 0.13)";
  else if (box.look === "row" && box.isOn) pen.fillStyle = "rgb(31 77 58 / 0.1)";
  else pen.fillStyle = isHot ? "rgb(255 255 255 / 0.95)" : "transparent";
  pen.fill();
  if (isHot && !isInverse(box)) {
    pen.strokeStyle = palette.ink.accent;
    pen.lineWidth = 2.5;
    pen.stroke();
  }
}

function drawText(pen: CanvasRenderingContext2D, { box, lines, width }: Laid, x: number, y: number, showing: Showing, within: PressBox | null): void {
  if (box.kind !== "text") return;
  pen.font = font(box.size, box.weight);
  pen.fillStyle = tone(box.ink, within, showing.palette);
  pen.textAlign = box.align;
  const isLeft = (box.align === "start") !== showing.isRightToLeft;
  const at = box.align === "center" ? x + width / 2 : isLeft ? x : x + width;
  for (const [i, line] of lines.entries()) pen.fillText(line, at, y + box.size * (0.98 + i * 1.26));
}

function drawIcon(pen: CanvasRenderingContext2D, path: string, x: number, y: number, size: number, colour: string): void {
  pen.save();
  pen.translate(x, y);
  pen.scale(size / 24, size / 24);
  pen.strokeStyle = colour;
  pen.lineWidth = 1.7;
  pen.lineCap = pen.lineJoin = "round";
  pen.stroke(new Path2D(path));
  pen.restore();
}

function drawImage(pen: CanvasRenderingContext2D, source: CanvasImageSource | null, x: number, y: number, width: number, height: number, radius: number, palette: Palette): void {
  pen.save();
  pen.beginPath();
  pen.roundRect(x, y, width, height, radius);
  pen.fillStyle = palette.fill.stone;
  pen.fill();
  pen.clip();
  if (source) pen.drawImage(source, x, y, width, height);
  pen.restore();
}

function drawSwatch(pen: CanvasRenderingContext2D, colour: string, isOn: boolean, x: number, y: number, palette: Palette): void {
  pen.beginPath();
  pen.arc(x + 18, y + 18, 17, 0, Math.PI * 2);
  pen.fillStyle = colour;
  pen.fill();
  pen.strokeStyle = "rgb(0 0 0 / 0.2)";
  pen.lineWidth = 1.5;
  pen.stroke();
  if (!isOn) return;
  pen.beginPath();
  pen.arc(x + 18, y + 18, 23, 0, Math.PI * 2);
  pen.strokeStyle = palette.ink.accent;
  pen.lineWidth = 3;
  pen.stroke();
}

function drawBar(pen: CanvasRenderingContext2D, x: number, y: number, height: number, full: number, at: number, palette: Palette): void {
  const size = Math.max(40, (height * height) / full);
  pen.fillStyle = palette.ink.quiet;
  pen.globalAlpha = 0.45;
  pen.beginPath();
  pen.roundRect(x, y + ((height - size) * at) / Math.max(1, full - height), 5, size, 3);
  pen.fill();
  pen.globalAlpha = 1;
}

function ring(pen: CanvasRenderingContext2D, x: number, y: number, width: number, height: number, radius: number, palette: Palette): void {
  pen.strokeStyle = palette.ink.accent;
  pen.lineWidth = 4;
  pen.beginPath();
  pen.roundRect(x, y, width, height, radius);
  pen.stroke();
}

