/**
 * Films in which nobody should be dressed, or everybody keeps what is theirs: an empty room, a poster, backs, two people
 * who cross. `window.film(shots)` for `tests/bench/tryon/bodies.py`, which counts.
 *
 * The product's own tracker and bodies look at each frame, two people at most, as before a mirror.
 */
import { Vector3 } from "three";
import { Bodies, type Body } from "../src/tryon/body";
import { joint } from "../src/tryon/body-bones";
import { Tracker } from "./bodies";
import { LENS, truth, type BodyStage, type Stance } from "./bodies_stage";

interface Shot {
  readonly people: readonly Stance[];
  /** A printed picture in place of them, so far aside, metres. */
  readonly poster?: { readonly of: Stance; readonly x_m: number };
}

interface Told {
  /** Which of the bodies that came one after the other. */
  readonly who: number;
  /** Of the chest, pixels. */
  readonly at: readonly number[];
  /** Where the chest looks, in the camera's space; towards it is +1 in the last. */
  readonly ahead: readonly number[];
  readonly confidence: number;
}

const STEP_MS = 100;
/** As the booth does. */
const MASK_EVERY = 8;
const CHEST = joint("upperChest");

const told = (body: Body, who: number): Told => {
  const { turns, screen, confidence } = body;
  const [x, y, z, w] = [turns[CHEST * 4]!, turns[CHEST * 4 + 1]!, turns[CHEST * 4 + 2]!, turns[CHEST * 4 + 3]!];
  const ahead = new Vector3(2 * (x * z + w * y), 2 * (y * z - w * x), 1 - 2 * (x * x + y * y));
  return { who, at: [screen[CHEST * 2]!, screen[CHEST * 2 + 1]!], ahead: ahead.toArray(), confidence };
};

/** @returns what was worn and what is true, frame by frame */
export function filmed(stage: BodyStage): (shots: readonly Shot[]) => Promise<unknown> {
  let tracker: Tracker | null = null;
  let clock = 0;
  return async (shots) => {
    // Another film: what the model remembers of the last must not help.
    tracker ??= new Tracker(2);
    await tracker.bring("pose");
    await tracker.bring("segment");
    clock += 5000;
    await stage.showAll([]);
    for (let i = 0; i < 3; i++) (await tracker.see(await createImageBitmap(stage.canvas), ["pose"], (clock += 500))).picture.close();
    const bodies = new Bodies();
    bodies.hasMasks = true;
    const known: Body[] = [];
    const frames = [];
    for (const { people, poster } of shots) {
      const figures = poster ? [] : await stage.showAll(people);
      if (poster) await stage.poster(poster.of, poster.x_m);
      const seen = await tracker.see(await createImageBitmap(stage.canvas), frames.length % MASK_EVERY && !bodies.isUnsure ? ["pose"] : ["pose", "segment"], (clock += STEP_MS));
      seen.picture.close();
      const worn = bodies.look(seen.bodies ?? [], LENS, clock).map((body) => {
        if (!known.includes(body)) known.push(body);
        return told(body, known.indexOf(body));
      });
      if (seen.mask) bodies.outline(seen.mask, LENS);
      frames.push({ worn, true: figures.map((figure) => told(truth(figure), -1)) });
    }
    return frames;
  };
}
