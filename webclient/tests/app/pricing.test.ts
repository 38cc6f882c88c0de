// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";
import type { Row } from "../../src/api";
import { Preferences } from "../../src/app/preferences";
import { Pricing } from "../../src/app/pricing";
import { Showroom } from "../../src/app/showroom";
import { visitor } from "../../src/app/visitor";
import type { Stand } from "../../src/world/stand";

const row = (id: string, euros: number): Row => ({ id, name: id, price_minor: { EUR: euros * 100 } }) as unknown as Row;

describe("the cards beside products", () => {
  it("say what the page says, and are written anew only when that has changed", async () => {
    Object.assign(document, { fonts: { load: () => Promise.resolve([]) } });
    const showroom = new Showroom(new Preferences(), visitor());
    showroom.rows = [row("vase", 78), row("lamp", 240)];
    const stands = [{ row: row("vase", 78) }] as unknown as Stand[];
    const written: string[] = [];
    const pricing = new Pricing(showroom, { stands }, { write: (all, words) => void written.push(all.map((one) => Object.values(words(one.row)).join(" ")).join()) });
    showroom.changed("trade");
    expect(written).toEqual([]); // the letters are not there yet
    await pricing.open();
    showroom.changed("trade");
    expect(written).toEqual(["vase €78"]);
    showroom.rows = [row("vase", 81), row("lamp", 240)];
    showroom.changed("rows");
    expect(written).toEqual(["vase €78", "vase €81"]);
    pricing.dispose();
    showroom.rows = [row("vase", 99)];
    showroom.changed("rows");
    expect(written).toHaveLength(2);
  });
});
