/**
 * Furniture in the shopper's own room. Loaded when somebody wants it: nothing of it is in the page before.
 *
 * `openPlace` lays <place-room> over the page, as a dialog, and takes it away again.
 */
import { unitFor, type Unit } from "../ui/format";
import { Home, type Buying } from "./home";
import type { Layout } from "./layout";
import { PlaceRoom } from "./element";
import { PlaceVisit } from "./visit";
import "./place.css";

export { layoutIn, linkOf, read, type Layout } from "./layout";

export interface PlaceOptions {
  /** The product whose panel was left; null: only a layout is shown. */
  readonly product: string | null;
  readonly variant?: string | null;
  readonly layout?: Layout | null;
  readonly unit?: "auto" | Unit;
  /** The shop's cart, asked for at the moment of buying. */
  trade(): Buying | null;
  closed?(): void;
  readonly mount?: HTMLElement;
}

export interface PlaceHandle {
  readonly element: PlaceRoom;
  close(): void;
}

/** For browsers that keep nothing, or not for us. */
const nowhere: Pick<Storage, "getItem" | "setItem" | "removeItem"> = {
  getItem: () => null,
  setItem: () => {
    throw new Error("nothing is kept here");
  },
  removeItem: () => undefined,
};

function storage(): Pick<Storage, "getItem" | "setItem" | "removeItem"> {
  try {
    return localStorage;
  } catch {
    return nowhere;
  }
}

export async function openPlace({ product, variant = null, layout = null, unit = "auto", trade, closed, mount = document.body }: PlaceOptions): Promise<PlaceHandle> {
  const home = new Home({ unit: unitFor(unit, navigator.language), shelf: storage(), trade });
  const element = new PlaceRoom();
  element.home = home;
  element.product = product ?? "";
  element.variant = variant;
  element.shown = layout?.pieces.length ? layout : null;
  return { element, close: overPage(element, home, mount, closed) };
}

export interface VisitOptions extends Omit<PlaceOptions, "product" | "variant" | "layout"> {
  readonly layout: Layout;
  /** Whose room it is, if they are here: it is seen as it is furnished. */
  readonly whose?: string;
}

export interface VisitHandle {
  readonly element: PlaceVisit;
  close(): void;
}

/** A friend's room; what stands in it can be put into one's own. */
export function visitPlace({ layout, whose = "", unit = "auto", trade, closed, mount = document.body }: VisitOptions): VisitHandle {
  const home = new Home({ unit: unitFor(unit, navigator.language), shelf: storage(), trade });
  const element = new PlaceVisit();
  element.home = home;
  element.whose = whose;
  element.layout = layout;
  const close = overPage(element, home, mount, closed);
  element.addEventListener("mine", () => {
    const mine = element.layout;
    close();
    void openPlace({ product: null, layout: mine, unit, trade, mount });
  });
  return { element, close };
}

/** Lays an element over the page as a dialog, until it fires "closed". @returns what takes it away */
function overPage(element: HTMLElement, home: Home, mount: HTMLElement, closed?: () => void): () => void {
  const dialog = document.createElement("dialog");
  dialog.className = "place-dialog";
  const before = document.activeElement as HTMLElement | null;
  const close = (): void => {
    if (!dialog.isConnected) return;
    dialog.remove();
    home.dispose();
    before?.focus?.({ preventScroll: true });
    closed?.();
  };
  // Behind a dialog nothing is heard: it has an announcer of its own.
  const status = document.createElement("div");
  status.className = "unseen";
  status.setAttribute("role", "status");
  element.addEventListener("announce", (event) => {
    event.stopPropagation();
    status.textContent = (event as CustomEvent<string>).detail;
  });
  element.addEventListener("closed", close);
  dialog.addEventListener("cancel", (event) => event.preventDefault()); // Escape goes one step back first
  dialog.append(element, status);
  mount.append(dialog);
  dialog.showModal();
  return close;
}
