/** The people of a store: everybody else, oneself, and the choice of how to look. */
export { People, type PeopleOptions } from "./people";
export { EMOTES, ANIMATIONS, type Emote } from "./motions";
export { PLAIN, read, written, type Look } from "./look";
