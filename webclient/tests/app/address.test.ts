import { describe, expect, it } from "vitest";
import { askedOf, hashOf, viewOf, type View } from "../../src/app/address";

describe("the address", () => {
  it("leads back to the view that it was made of, whatever the product is called", () => {
    const views: View[] = [{ name: "store" }, { name: "list" }, ...["terra-vase", "nordlicht.vase", "list", "a b/c?d#e%", "<img src=x>"].map((id): View => ({ name: "product", id }))];
    for (const view of views) expect(viewOf(hashOf(view))).toEqual(view);
  });
  it("opens the mirror for a product, whose name may itself end like the way to it", () => {
    expect(viewOf("#/p/field-cap/try")).toEqual({ name: "product", id: "field-cap", isTried: true });
    expect(viewOf(hashOf({ name: "product", id: "odd/try" }))).toEqual({ name: "product", id: "odd/try" });
    expect(viewOf("#/p/a%20b%2Fc/try")).toEqual({ name: "product", id: "a b/c", isTried: true });
  });
  it("still leads older links to their product", () => {
    expect(viewOf("#/terra-vase")).toEqual({ name: "product", id: "terra-vase" });
  });
  it("knows places on the page, and where one stands, for what they are: no views", () => {
    for (const hash of ["#main", "#list-start", "#at=1,2,3"]) expect(viewOf(hash)).toBeNull();
  });
  it("survives broken escapes", () => {
    expect(viewOf("#/p/%E0%A4%A")).toMatchObject({ name: "product" });
  });
  it("asks for a store, a room and a friend only by names that could be theirs", () => {
    expect(askedOf("?store=boutique&room=hall&with=AB12cd&rung=list")).toEqual({ store: "boutique", room: "hall", friend: "AB12cd", party: null, rung: "list", isMeasured: false });
    expect(askedOf("?store=<script>&room=../x&rung=hologram")).toEqual({ store: null, room: null, friend: null, party: null, rung: null, isMeasured: false });
  });
});
