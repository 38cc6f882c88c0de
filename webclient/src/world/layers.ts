/** What of the scene not every picture of it shows: layers that not every camera sees, and what comes and goes. */

/** In `userData` of a child of the scene: it moves about, and is in no picture that is kept for reflections. */
export const PASSES = "passes";

/** One's own body: seen by mirrors, not by one's own eyes. */
export const SELF_LAYER = 3;
