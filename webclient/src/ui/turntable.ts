/** The product from all sides without 3D: a sheet of pictures, stepped by finger, mouse or keys. */
import { h } from "./dom";
import { t } from "./words";

interface Grid {
  readonly frames: number;
  readonly columns: number;
  readonly rows: number;
}

const PX_A_FRAME = 18;

export async function turntable(sheet: string, grid: string, name: string, signal: AbortSignal): Promise<HTMLElement> {
  const answer = await fetch(grid, { signal });
  if (!answer.ok) throw new Error(`${grid}: ${answer.status}`);
  const { frames, columns, rows } = (await answer.json()) as Grid;
  const element = h("div", {
    class: "turntable", tabindex: 0, role: "slider", "aria-label": t("turn_alt", { name }), "aria-valuemin": 0, "aria-valuemax": frames - 1,
  });
  let frame = 0;
  const show = (next: number): void => {
    frame = ((Math.round(next) % frames) + frames) % frames;
    const [column, row] = [frame % columns, Math.floor(frame / columns)];
    element.style.backgroundPosition = `${columns > 1 ? (column / (columns - 1)) * 100 : 0}% ${rows > 1 ? (row / (rows - 1)) * 100 : 0}%`;
    element.setAttribute("aria-valuenow", String(frame));
  };
  element.style.backgroundImage = `url("${encodeURI(sheet)}")`;
  element.style.backgroundSize = `${columns * 100}% ${rows * 100}%`;
  let [from, start] = [0, 0];
  element.addEventListener("pointerdown", (event) => {
    element.setPointerCapture(event.pointerId);
    [from, start] = [event.clientX, frame];
  });
  element.addEventListener("pointermove", (event) => {
    if (element.hasPointerCapture(event.pointerId)) show(start + (event.clientX - from) / PX_A_FRAME);
  });
  element.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, Home: -frame }[event.key];
    if (step === undefined) return;
    show(frame + step);
    event.preventDefault();
  });
  show(0);
  return element;
}
