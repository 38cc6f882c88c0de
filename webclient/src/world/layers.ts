/** Layers of the scene that not every camera sees. */

/** One's own body: seen by mirrors, not by one's own eyes. */
export const SELF_LAYER = 3;
