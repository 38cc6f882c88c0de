/** Who is here and what they do, as a list that follows the crowd once a second and never moves under the keyboard. */
import { doing } from "../app/meeting";
import type { Showroom } from "../app/showroom";
import { t } from "../app/words";
import type { Person } from "../net/person";
import { h } from "./dom";

const MOST = 60;
const EVERY_MS = 1000;

export class PeopleList {
  readonly element = h("ul", { class: "people", role: "list" });
  readonly #showroom: Showroom;
  readonly #rows = new Map<number, { element: HTMLElement; does: HTMLElement }>();
  readonly #empty = h("li", { class: "quiet" });
  readonly #ends: (() => void)[];
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(showroom: Showroom) {
    this.#showroom = showroom;
    this.#ends = [showroom.on(["people", "meeting"], () => this.draw())];
    this.#timer = setInterval(() => {
      if (this.element.offsetParent) this.draw();
    }, EVERY_MS);
    this.draw();
  }

  draw(): void {
    const { meeting, rows } = this.#showroom;
    const people = (meeting?.link === "open" ? meeting.people : []).filter((person) => person.card).slice(0, MOST);
    const seen = new Set<number>();
    for (const person of people) {
      const { card } = person;
      if (!card) continue;
      seen.add(card.member);
      let row = this.#rows.get(card.member);
      if (!row) {
        row = this.#row(person);
        this.#rows.set(card.member, row);
        this.element.append(row.element);
      }
      const does = doing(person, (slot) => rows.find(({ id }) => id === this.#showroom.productAt(slot))?.name ?? null);
      if (row.does.textContent !== does) row.does.textContent = does;
    }
    for (const [member, row] of this.#rows) {
      if (seen.has(member)) continue;
      row.element.remove();
      this.#rows.delete(member);
    }
    this.#empty.textContent = meeting?.link === "open" ? t("nobody") : t("alone");
    if (this.#rows.size) this.#empty.remove();
    else this.element.append(this.#empty);
  }

  #row(person: Person): { element: HTMLElement; does: HTMLElement } {
    const name = person.card?.name ?? "";
    const member = person.card?.member;
    const does = h("span", { class: "does" });
    const element = h("li", { class: "person" },
      h("span", { class: "who" }, h("bdi", {}, name)), does,
      h("button", { type: "button", class: "take", click: () => {
        const now = this.#showroom.meeting?.people.find(({ card }) => card?.member === member);
        if (now) this.#showroom.meeting?.goTo(now);
      } }, t("go_to", { name })));
    return { element, does };
  }

  dispose(): void {
    clearInterval(this.#timer);
    for (const end of this.#ends) end();
  }
}
