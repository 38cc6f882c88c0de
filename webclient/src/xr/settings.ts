/** How one moves and sits in a headset; kept on the device. */

export interface HeadsetSettings {
  locomotion: "teleport" | "glide";
  turn: "snap" | "smooth";
  snap_deg: 30 | 45;
  vignette: boolean;
  isSeated: boolean;
  /** How much higher one's eyes are than where one sits, metres. */
  lift_m: number;
  captions: boolean;
  sounds: boolean;
}

export const DEFAULTS: Readonly<HeadsetSettings> = { locomotion: "teleport", turn: "snap", snap_deg: 30, vignette: true, isSeated: false, lift_m: 0.45, captions: true, sounds: true };
const KEPT = "showroom.headset";

/** What was chosen last; whatever is strange in it becomes the default. */
export function recall(kept: Pick<Storage, "getItem"> | null = storage()): HeadsetSettings {
  const made: HeadsetSettings = { ...DEFAULTS };
  let found: Partial<Record<keyof HeadsetSettings, unknown>>;
  try {
    found = (JSON.parse(kept?.getItem(KEPT) ?? "{}") as typeof found | null) ?? {};
  } catch {
    return made;
  }
  if (found.locomotion === "glide") made.locomotion = "glide";
  if (found.turn === "smooth") made.turn = "smooth";
  if (found.snap_deg === 45) made.snap_deg = 45;
  for (const name of ["vignette", "isSeated", "captions", "sounds"] as const) if (typeof found[name] === "boolean") made[name] = found[name];
  if (typeof found.lift_m === "number" && found.lift_m >= 0 && found.lift_m <= 1) made.lift_m = found.lift_m;
  return made;
}

export function keep(settings: HeadsetSettings, kept: Pick<Storage, "setItem"> | null = storage()): void {
  try {
    kept?.setItem(KEPT, JSON.stringify(settings));
  } catch {
    // A browser that keeps nothing still lets one in.
  }
}

function storage(): Storage | null {
  try {
    return globalThis.localStorage ?? null;
  } catch {
    return null;
  }
}
