/** The people of a store: everybody else, oneself, and the choice of how to look. The chooser and its picture load when they are asked for. */
export { People, type PeopleOptions, type SelfView } from "./people";
export { Myself } from "./myself";
export { EMOTES, ANIMATIONS, type Emote } from "./motions";
export { PLAIN, read, written, type Look } from "./look";
