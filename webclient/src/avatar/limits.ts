/** What a body that is brought along may take; the server holds published ones to the same. */
export const MOST_BYTES = 8e6;
export const MOST_TRIANGLES = 30_000;
export const MOST_PIXELS = 2048;
