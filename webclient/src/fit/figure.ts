/**
 * The figure of the fit map: a body, a head, a hand or a foot in line and tint, its regions coloured, hatched and named.
 *
 * Drawn from contours, so that it stays sharp and small. What it is not: what a region's state is (`map.ts`).
 */
import { nothing, svg, type SVGTemplateResult } from "lit";
import { COLOURS, type Region, type Spot } from "./map";

export type Figure = "body" | "head" | "hand" | "foot";

const FIGURE_OF: Readonly<Record<Region, Figure>> = {
  height: "body", neck: "body", shoulders: "body", chest: "body", waist: "body", hips: "body", arms: "body", back: "body", legs: "body",
  head: "head", temples: "head", eyes: "head", nose: "head", wrist: "hand", finger: "hand", foot: "foot", toes: "foot",
};

/** What is drawn for these regions: a body if it is more than a head, a hand or a foot. */
export function figureFor(regions: Iterable<Region>): Figure {
  const kinds = new Set([...regions].map((region) => FIGURE_OF[region]));
  return kinds.has("body") || kinds.size !== 1 ? "body" : [...kinds][0]!;
}

type P = readonly [x: number, y: number];

/** Half of a body from the neck down and back up to the crotch, x from the middle. */
const BODY: readonly P[] = [
  [9.5, 60], [10, 71], [15, 79], [29, 84], [42, 88], [50, 98], [53.5, 118], [56, 146], [60, 174], [63, 202], [65, 220], [68.5, 238], [67, 256], [61, 262], [57.5, 246],
  [56.5, 222], [52, 196], [48, 172], [44.5, 146], [40.5, 122], [38.5, 142], [34.5, 166], [33.5, 180], [37, 202], [41, 226], [42, 254], [39, 292], [34, 326], [34.5, 350],
  [29, 386], [26.5, 404], [31, 417], [24, 422], [14, 420], [14.5, 400], [14.5, 376], [12.5, 350], [13.5, 326], [10, 288], [5, 254], [0, 240],
];
const FACE: readonly P[] = [[0, 14], [30, 18], [53, 40], [61, 76], [60, 104], [56, 132], [46, 162], [28, 186], [0, 196]];
const SOLE: readonly P[] = [[0, 20], [20, 24], [36, 44], [42, 78], [36, 116], [28, 152], [28, 190], [24, 222], [0, 236]];

/** A smooth closed path through half a contour and its mirror image (Catmull–Rom as cubics). */
function mirrored(half: readonly P[], middle: number, lean = 0): string {
  const right = half.map(([x, y]): P => [middle + x, y]);
  const left = half.map(([x, y]): P => [middle - x * (1 - lean), y]).reverse();
  const ring = [...right, ...left].filter(([x, y], i, all) => {
    const [px, py] = all[(i + all.length - 1) % all.length]!;
    return Math.hypot(px - x, py - y) > 0.01;
  });
  const at = (i: number): P => ring[(i + ring.length) % ring.length]!;
  const f = (v: number): string => v.toFixed(1);
  let path = `M${f(ring[0]![0])} ${f(ring[0]![1])}`;
  for (let i = 0; i < ring.length; i++) {
    const [a, b, c, d] = [at(i - 1), at(i), at(i + 1), at(i + 2)];
    path += `C${f(b[0] + (c[0] - a[0]) / 6)} ${f(b[1] + (c[1] - a[1]) / 6)} ${f(c[0] - (d[0] - b[0]) / 6)} ${f(c[1] - (d[1] - b[1]) / 6)} ${f(c[0])} ${f(c[1])}`;
  }
  return `${path}Z`;
}

const BODY_PATH = mirrored(BODY, 84);
const FACE_PATH = mirrored(FACE, 84);
const SOLE_PATH = mirrored(SOLE, 84, 0.22);

/** Bands of the body: top, bottom, from and to the middle, both sides. */
const BANDS: Partial<Record<Region, { readonly y: P; readonly x: P }>> = {
  neck: { y: [60, 76], x: [0, 14] }, shoulders: { y: [82, 104], x: [0, 52] }, chest: { y: [112, 142], x: [0, 41] }, waist: { y: [166, 188], x: [0, 38] }, hips: { y: [208, 234], x: [0, 44] },
  arms: { y: [106, 222], x: [42, 70] }, legs: { y: [244, 408], x: [0, 44] },
};
/** Where a region's name stands. */
const LABELS: Readonly<Record<Region, P>> = {
  height: [128, 30], neck: [98, 68], shoulders: [126, 94], chest: [118, 127], waist: [114, 177], hips: [122, 221], arms: [142, 196], back: [92, 152], legs: [114, 320],
  head: [136, 42], temples: [150, 82], eyes: [118, 98], nose: [92, 122], wrist: [118, 214], finger: [112, 84], foot: [124, 226], toes: [128, 78],
};
const RIGHT = 172;
/** Names stand at least so far apart. */
const LINE = 34;

const fill = (how: Spot["how"]): string => (how === "good" ? COLOURS.good : `url(#${how})`);

/** Two lines to the right of the figure, joined to their region by a hair. */
function labels(spots: readonly (readonly [Region, Spot])[], words: (spot: Spot) => readonly [string, string], height: number): SVGTemplateResult[] {
  const rows = spots.map(([region, spot]) => ({ spot, at: LABELS[region], y: LABELS[region][1] })).sort((a, b) => a.y - b.y);
  for (let i = 1; i < rows.length; i++) rows[i]!.y = Math.max(rows[i]!.y, rows[i - 1]!.y + LINE);
  const over = (rows.at(-1)?.y ?? 0) - (height - 18);
  if (over > 0) for (const row of rows) row.y -= over;
  return rows.map(({ spot, at, y }) => {
    const [name, state] = words(spot);
    return svg`<path class="hair" d="M${at[0]} ${at[1]}L${RIGHT - 26} ${y - 2}H${RIGHT - 6}"></path><circle cx=${at[0]} cy=${at[1]} r="2.2" class="knot"></circle>
      <text class="label" x=${RIGHT} y=${y - 3}>${name}</text><text class="label state" x=${RIGHT} y=${y + 12}>${state}</text>`;
  });
}

/** Patterns: hatching for tight, dots for loose, so that nobody needs the colour. */
const PATTERNS = svg`<defs>
  <pattern id="tight" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="5" height="5" fill=${COLOURS.tight}></rect><path d="M0 0V5" stroke="#fff" stroke-opacity="0.55" stroke-width="1.6"></path></pattern>
  <pattern id="loose" width="6" height="6" patternUnits="userSpaceOnUse"><rect width="6" height="6" fill=${COLOURS.loose}></rect><circle cx="3" cy="3" r="1.2" fill="#fff" fill-opacity="0.75"></circle></pattern>
  <clipPath id="body"><path d=${BODY_PATH}></path></clipPath><clipPath id="face"><path d=${FACE_PATH}></path></clipPath><clipPath id="sole"><path d=${SOLE_PATH}></path></clipPath>
</defs>`;

/** @param words the name of a spot's measure, and how it sits */
export function figure(kind: Figure, map: ReadonlyMap<Region, Spot>, words: (spot: Spot) => readonly [string, string]): SVGTemplateResult {
  const spots = [...map].filter(([region]) => kind === "body" || FIGURE_OF[region] === kind);
  const draw = { body, head, hand, foot }[kind];
  // Without legs in question the figure ends below the hips.
  const height = kind === "body" ? (map.has("legs") || map.has("height") ? 432 : 262) : 256;
  return svg`<svg class="figure" viewBox="0 0 300 ${height}" aria-hidden="true">${PATTERNS}${draw(new Map(spots))}${labels(spots.filter(([region]) => FIGURE_OF[region] === kind), words, height)}</svg>`;
}

function body(map: ReadonlyMap<Region, Spot>): SVGTemplateResult {
  return svg`<path class="skin" d=${BODY_PATH}></path>
    <g clip-path="url(#body)">${[...map].map(([region, { how }]) => {
      const band = BANDS[region];
      if (!band) return nothing;
      const [[top, bottom], [from, to]] = [band.y, band.x];
      const box = (x: number): SVGTemplateResult => svg`<rect x=${x} y=${top} width=${to - from} height=${bottom - top} rx="4" fill=${fill(how)}></rect>`;
      return from ? svg`${box(84 + from)}${box(84 - to)}` : svg`<rect x=${84 - to} y=${top} width=${2 * to} height=${bottom - top} rx="4" fill=${fill(how)}></rect>`;
    })}</g>
    ${map.has("back") ? svg`<path class="measure" stroke=${COLOURS[map.get("back")!.how]} d="M84 80V178M80 80h8M80 178h8"></path>` : nothing}
    ${map.has("height") ? svg`<path class="measure" stroke=${COLOURS[map.get("height")!.how]} d="M8 10V420M4 10h8M4 420h8"></path>` : nothing}
    <path class="line" d=${BODY_PATH}></path><ellipse class="line skin" cx="84" cy="36" rx="19" ry="26"></ellipse>`;
}

function head(map: ReadonlyMap<Region, Spot>): SVGTemplateResult {
  const at = (region: Region): string => (map.has(region) ? fill(map.get(region)!.how) : "none");
  const line = (region: Region): string => (map.has(region) ? COLOURS[map.get(region)!.how] : "transparent");
  return svg`<path class="skin line" d="M60 168v50q-8 8-44 20q-12 6-16 22M108 168v50q8 8 44 20q12 6 16 22"></path><path class="skin" d=${FACE_PATH}></path>
    <g clip-path="url(#face)"><rect x="16" y="30" width="136" height="24" fill=${at("head")}></rect>
      <rect x="16" y="74" width="14" height="22" rx="4" fill=${at("temples")}></rect><rect x="138" y="74" width="14" height="22" rx="4" fill=${at("temples")}></rect>
      <path d="M77 92q7-8 14 0l5 34q-12 10-24 0z" fill=${at("nose")}></path></g>
    <path class="hair-line" d="M48 80q12-8 24 0M96 80q12-8 24 0"></path><path class="line" d="M62 152q22 14 44 0"></path>
    <path class="line" d="M48 92q12-9 24 0q-12 8-24 0zM96 92q12-9 24 0q-12 8-24 0z"></path>
    <path class="line" d="M80 100l-6 28q10 7 20 0"></path>
    <circle cx="60" cy="91.5" r="4" fill=${map.has("eyes") ? line("eyes") : "currentColor"} fill-opacity=${map.has("eyes") ? 1 : 0.25}></circle><circle cx="108" cy="91.5" r="4" fill=${map.has("eyes") ? line("eyes") : "currentColor"} fill-opacity=${map.has("eyes") ? 1 : 0.25}></circle>
    <path class="measure" stroke=${line("eyes")} d="M60 66v-6h48v6"></path>
    <path class="line" d=${FACE_PATH}></path><path class="line" d="M23 84q-10-2-8 14q2 16 11 20M145 84q10-2 8 14q-2 16-11 20"></path>`;
}

function hand(map: ReadonlyMap<Region, Spot>): SVGTemplateResult {
  const at = (region: Region): string => (map.has(region) ? fill(map.get(region)!.how) : "none");
  return svg`<g class="bones"><path d="M58 122L50 68M74 116L71 44M91 116L96 48M106 124L120 74"></path><path d="M52 158L28 122"></path></g>
    <path class="skin plain" d="M48 122q18-12 66 2q6 30-4 62l2 70H56l0-70q-12-30-8-64z"></path>
    <g><path d="M86.5 82l20 3-2.2 12-19.2-2.6z" fill=${at("finger")}></path><rect x="55.5" y="204" width="56.5" height="22" rx="4" fill=${at("wrist")}></rect></g>`;
}

function foot(map: ReadonlyMap<Region, Spot>): SVGTemplateResult {
  const line = (region: Region): string => (map.has(region) ? COLOURS[map.get(region)!.how] : "transparent");
  const how = map.get("foot")?.how;
  return svg`<path class="skin" d=${SOLE_PATH}></path><g clip-path="url(#sole)"><rect x="20" y="10" width="130" height="34" fill=${how ? fill(how) : "none"} rx="4"></rect>
    <rect x="30" y="66" width="110" height="26" rx="4" fill=${map.has("toes") ? fill(map.get("toes")!.how) : "none"}></rect></g>
    <path class="measure" stroke=${line("foot")} d="M140 20V236M135 20h10M135 236h10"></path><path class="line" d=${SOLE_PATH}></path>`;
}
