/** The map: walls and furniture from above, where one stands, friends, products. A product on it is a button to walk there. */
import type { Showroom } from "../app/showroom";
import { t } from "../app/words";
import type { FloorPlan } from "../world/map";
import { h } from "./dom";
import type { PanelContent } from "./panel";

const SVG = "http://www.w3.org/2000/svg";
const EVERY_MS = 200;
const RIM_M = 0.5;

function s<K extends keyof SVGElementTagNameMap>(tag: K, props: Readonly<Record<string, string | number>> = {}): SVGElementTagNameMap[K] {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(props)) made.setAttribute(name, String(value));
  return made;
}

/** @param go a product was chosen */
export function mapPanel(showroom: Showroom, plan: FloorPlan, go: (id: string) => void, goPoint: (x: number, z: number) => void): PanelContent {
  const [left, top, width, depth] = plan.bounds;
  const svg = s("svg", { viewBox: `${left - RIM_M} ${top - RIM_M} ${width + 2 * RIM_M} ${depth + 2 * RIM_M}`, class: "floor", role: "group" });
  svg.setAttribute("aria-label", t("map_label", { name: showroom.plan?.name ?? "" }));
  for (const room of plan.rooms) svg.append(s("polygon", { points: room.floor.map((point) => point.join(",")).join(" "), class: "room" }));
  for (const { kind, x, z, w, d, yaw_deg, isRound } of plan.furniture) {
    svg.append(s("rect", { x: x - w / 2, y: z - d / 2, width: w, height: d, rx: isRound ? w / 2 : 0.06, class: `thing ${kind}`, transform: `rotate(${-yaw_deg} ${x} ${z})` }));
  }
  for (const [kind, lines] of Object.entries({ wall: plan.walls, window: plan.windows, door: plan.doors })) {
    for (const [x1, y1, x2, y2] of lines) svg.append(s("line", { x1, y1, x2, y2, class: kind }));
  }
  for (const slot of plan.slots) {
    const row = showroom.row(slot.product);
    if (!row) continue;
    const dot = s("g", { class: slot.isHero ? "product hero" : "product", tabindex: 0, role: "button", "data-id": row.id });
    dot.setAttribute("aria-label", `${t("take_me")}: ${row.name}`);
    const title = s("title");
    title.textContent = row.name;
    dot.append(title, s("circle", { cx: slot.x, cy: slot.z, r: 0.42, class: "reach" }), s("circle", { cx: slot.x, cy: slot.z, r: slot.isHero ? 0.24 : 0.17, class: "dot" }));
    dot.addEventListener("click", (event) => {
      event.stopPropagation();
      go(row.id);
    });
    dot.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      go(row.id);
    });
    dot.addEventListener("focus", () => showroom.look(row.id));
    dot.addEventListener("pointerenter", () => showroom.look(row.id));
    svg.append(dot);
  }
  svg.addEventListener("click", (event) => {
    const matrix = svg.getScreenCTM();
    if (!matrix) return;
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse());
    goPoint(at.x, at.y);
  });
  const crowd = s("g", { class: "crowd" });
  const me = s("g", { class: "me" });
  me.append(s("path", { d: "M0 -0.2 L1.1 -0.75 A1.3 1.3 0 0 1 1.1 0.75 L0 0.2z", class: "view" }), s("circle", { r: 0.26 }));
  svg.append(crowd, me);
  const named = h("p", { class: "quiet", role: "status" });
  const follow = (): void => {
    const stand = showroom.place?.stand;
    me.toggleAttribute("hidden", !stand);
    // Yaw 0 looks along +Z, which is down on the map; the drawing looks along +X.
    if (stand) me.setAttribute("transform", `translate(${stand.x.toFixed(2)} ${stand.z.toFixed(2)}) rotate(${(90 - (stand.yaw * 180) / Math.PI).toFixed(1)})`);
    const people = showroom.meeting?.people ?? [];
    while (crowd.childElementCount > people.length) crowd.lastElementChild?.remove();
    while (crowd.childElementCount < people.length) crowd.append(s("circle", { r: 0.2 }));
    people.forEach((person, i) => {
      const dot = crowd.children[i];
      dot?.setAttribute("cx", person.x.toFixed(2));
      dot?.setAttribute("cy", person.z.toFixed(2));
      dot?.setAttribute("class", person.card?.party ? "friend" : "");
    });
  };
  const mark = (): void => {
    for (const dot of svg.querySelectorAll("[data-id]")) dot.classList.toggle("is-gazed", dot.getAttribute("data-id") === showroom.gaze);
    named.textContent = showroom.row(showroom.gaze)?.name ?? "";
  };
  follow();
  mark();
  const timer = setInterval(follow, EVERY_MS);
  const end = showroom.on("gaze", mark);
  return { element: h("div", { class: "map" }, svg, named), dispose: () => {
    clearInterval(timer);
    end();
  } };
}
