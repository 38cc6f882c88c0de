// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";
import { Preferences } from "../../src/app/preferences";
import { Showroom } from "../../src/app/showroom";
import { Sounding, type Player } from "../../src/app/sounding";
import { visitor } from "../../src/app/visitor";

class Heard implements Player {
  isOn = true;
  readonly sounds: string[] = [];
  open(): void {
    // always open
  }
  play(sound: string): void {
    if (this.isOn) this.sounds.push(sound);
  }
}

function made(): { showroom: Showroom; heard: Heard; clock: { now: number; isWorn: boolean } } {
  localStorage.clear();
  const showroom = new Showroom(new Preferences(), visitor());
  const heard = new Heard();
  const clock = { now: 0, isWorn: false };
  new Sounding(showroom, () => clock.isWorn, heard, () => clock.now);
  return { showroom, heard, clock };
}

const look = (showroom: Showroom, id: string | null): void => {
  showroom.view = id ? { name: "product", id } : { name: "store" };
  showroom.changed("view");
};

describe("the page's sounds", () => {
  it("tell that a product was taken up and put back, once each", () => {
    const { showroom, heard } = made();
    look(showroom, "terra-vase");
    showroom.changed("view");
    look(showroom, null);
    look(showroom, null);
    expect(heard.sounds).toEqual(["take", "drop"]);
  });
  it("are one for several who come in together", () => {
    const { showroom, heard, clock } = made();
    for (const now of [0, 100, 3000, 9000]) {
      clock.now = now;
      showroom.changed("arrived");
    }
    expect(heard.sounds).toEqual(["friend", "friend"]);
  });
  it("fall silent by the setting and in a headset, and come back", () => {
    const { showroom, heard, clock } = made();
    showroom.preferences.set("sound", false);
    showroom.changed("added");
    showroom.preferences.set("sound", true);
    clock.isWorn = true;
    showroom.changed("added");
    expect(heard.sounds).toEqual([]);
    clock.isWorn = false;
    showroom.changed("added");
    expect(heard.sounds).toEqual(["chime"]);
  });
});
