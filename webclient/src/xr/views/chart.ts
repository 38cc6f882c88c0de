/** The map on the panel: rooms, furniture, products to go to, people, and oneself. North is the store's own -z. */
import type { FloorPlan } from "../../world/map";
import { column, SMALL, text, type Box, type DrawBox } from "../ui/box";
import { t } from "../words";

export interface ChartModel {
  readonly plan: FloorPlan;
  readonly me: { readonly x: number; readonly z: number; readonly yaw: number };
  readonly people: readonly { readonly x: number; readonly z: number }[];
  readonly slots: readonly { readonly id: string; readonly name: string; readonly x: number; readonly z: number }[];
}

const SPOT = 54;

export function chart(model: ChartModel, width: number, height: number, go: (slot: string) => void): Box {
  const { bounds: [x0, z0, w, d] } = model.plan;
  const scale = Math.min((width - SPOT) / w, (height - SPOT) / d);
  const left = (width - w * scale) / 2;
  const top = (height - d * scale) / 2;
  const at = (x: number, z: number): readonly [number, number] => [left + (x - x0) * scale, top + (z - z0) * scale];
  const draw: DrawBox = {
    kind: "draw", width, height,
    paint: (pen) => paintPlan(pen, model, at, scale),
    targets: apart(model.slots.map(({ id, name, x, z }) => {
      const [px, py] = at(x, z);
      return { id: `to:${id}`, label: t("take_me", { name }), x: px, y: py, size: SPOT, act: () => go(id) };
    })),
  };
  return column([draw, text(t("map_hint"), { size: SMALL, ink: "quiet", lines: 1 })], { gap: 8, align: "center" });
}

/** Of spots that would lie on each other, the first: each keeps a target of its full size. */
function apart<S extends { readonly x: number; readonly y: number; readonly size: number }>(spots: readonly S[]): S[] {
  const kept: S[] = [];
  for (const spot of spots) if (kept.every((one) => Math.max(Math.abs(one.x - spot.x), Math.abs(one.y - spot.y)) >= spot.size)) kept.push(spot);
  return kept;
}

function paintPlan(pen: CanvasRenderingContext2D, { plan, me, people, slots }: ChartModel, at: (x: number, z: number) => readonly [number, number], scale: number): void {
  pen.fillStyle = "rgb(255 255 255 / 0.85)";
  for (const { floor } of plan.rooms) {
    pen.beginPath();
    for (const [x, z] of floor) pen.lineTo(...at(x, z));
    pen.closePath();
    pen.fill();
  }
  for (const { kind, x, z, w, d, yaw_deg, isRound } of plan.furniture) {
    pen.save();
    pen.translate(...at(x, z));
    pen.rotate((-yaw_deg * Math.PI) / 180);
    pen.fillStyle = kind === "rug" ? "rgb(200 190 170 / 0.35)" : "#ddd5c6";
    pen.beginPath();
    if (isRound) pen.arc(0, 0, (w / 2) * scale, 0, Math.PI * 2);
    else pen.roundRect((-w / 2) * scale, (-d / 2) * scale, w * scale, d * scale, 4);
    pen.fill();
    pen.restore();
  }
  const lines = (all: readonly (readonly [number, number, number, number])[], colour: string, wide: number): void => {
    pen.strokeStyle = colour;
    pen.lineWidth = wide;
    pen.lineCap = "round";
    pen.beginPath();
    for (const [ax, az, bx, bz] of all) {
      pen.moveTo(...at(ax, az));
      pen.lineTo(...at(bx, bz));
    }
    pen.stroke();
  };
  lines(plan.walls, "#7d776a", 4);
  lines(plan.windows, "#b9cbd3", 4);
  for (const { x, z } of slots) dot(pen, at(x, z), 8, "#1f4d3a");
  for (const { x, z } of people) dot(pen, at(x, z), 6, "#b0662f");
  const [mx, mz] = at(me.x, me.z);
  pen.save();
  pen.translate(mx, mz);
  pen.rotate(Math.PI - me.yaw);
  pen.fillStyle = "#1d1f1a";
  pen.strokeStyle = "#ffffff";
  pen.lineWidth = 3;
  pen.beginPath();
  pen.moveTo(0, -18);
  pen.lineTo(11, 12);
  pen.quadraticCurveTo(0, 5, -11, 12);
  pen.closePath();
  pen.stroke();
  pen.fill();
  pen.restore();
}

function dot(pen: CanvasRenderingContext2D, [x, y]: readonly [number, number], radius: number, colour: string): void {
  pen.beginPath();
  pen.arc(x, y, radius, 0, Math.PI * 2);
  pen.fillStyle = colour;
  pen.fill();
  pen.strokeStyle = "rgb(255 255 255 / 0.9)";
  pen.lineWidth = 2;
  pen.stroke();
}
