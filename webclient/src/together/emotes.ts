/** What one can do without words: the numbers of the wire's emotes, which everybody who draws people shares. */

export interface Emote {
  /** Of STATE; 1 to 8, and the key that does it. */
  readonly id: number;
  readonly word: "wave" | "point" | "applaud" | "dance" | "thumbs_up" | "heart" | "laugh" | "wow";
  /** The reaction that goes with it for those who see no bodies; empty: none. */
  readonly reaction: string;
  /** A drawing on a 24 px grid. */
  readonly path: string;
}

export const EMOTES: readonly Emote[] = [
  { id: 1, word: "wave", reaction: "wave", path: "M8 12.5V7a1.3 1.3 0 0 1 2.6 0v4M10.6 11V5.4a1.3 1.3 0 0 1 2.6 0V11M13.2 11V6.4a1.3 1.3 0 0 1 2.6 0V14M8 12.5l-1.5-1.6a1.4 1.4 0 0 0-2.1 1.9L8.3 18a5 5 0 0 0 7.5-4M18.5 5.5c1 .8 1.6 1.9 1.7 3.2M20.2 3.4c1.4 1.1 2.2 2.6 2.4 4.4" },
  { id: 2, word: "point", reaction: "", path: "M9 13V5.3a1.4 1.4 0 0 1 2.8 0V11l5 1.2a2 2 0 0 1 1.5 2.2L17.6 20H9.5L6 14.6a1.4 1.4 0 0 1 2.3-1.6z" },
  { id: 3, word: "applaud", reaction: "clap", path: "M10.5 19.5L6 15a1.3 1.3 0 0 1 1.8-1.8l-2-2A1.3 1.3 0 0 1 7.6 9.4L7 8.8A1.3 1.3 0 0 1 8.8 7l5.4 5.4-.6-2.6a1.3 1.3 0 0 1 2.5-.6l1.2 5a4.6 4.6 0 0 1-1.2 4.3 4 4 0 0 1-5.6 1zM13 3.2v2M17 4.2l-1.2 1.6M19.8 7.4L18 8.2" },
  { id: 4, word: "dance", reaction: "", path: "M13 4.2a1.6 1.6 0 1 0 0 .1zM6 8l4 1.5L14 8l4-2.5M10.5 9.5L11 14l-3.5 6M11 14l4 2.5 1 4" },
  { id: 5, word: "thumbs_up", reaction: "thumbs_up", path: "M7 11v8.5H4V11zM7 11l4-7a2.2 2.2 0 0 1 2.2 2.4L12.8 10H18a2 2 0 0 1 2 2.4l-1.2 5.6a2 2 0 0 1-2 1.5H7" },
  { id: 6, word: "heart", reaction: "heart", path: "M12 20s-7-4.4-9-9a4.8 4.8 0 0 1 9-3.4A4.8 4.8 0 0 1 21 11c-2 4.6-9 9-9 9z" },
  { id: 7, word: "laugh", reaction: "laugh", path: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM7.5 13a4.5 4.5 0 0 0 9 0zM8 9.5c.6-.8 1.6-.8 2.2 0M13.8 9.5c.6-.8 1.6-.8 2.2 0" },
  { id: 8, word: "wow", reaction: "wow", path: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM12 13.2a2 2.4 0 1 0 0 4.8 2 2.4 0 0 0 0-4.8zM9 9.2v.6M15 9.2v.6" },
];

export const emoteOf = (id: number): Emote | undefined => EMOTES.find((one) => one.id === id);

/** The other reactions that the server knows, for what others' pages may send. */
const OTHER_PATHS: Readonly<Record<string, string>> = {
  fire: "M12 21a6 6 0 0 1-6-6c0-4 4-5.5 4-11 3 1.5 4.5 4 4.5 6.5.8-.5 1.2-1.2 1.3-2C17.5 10.400 18 12.500 18 15a6 6 0 0 1-6 6z",
  thumbs_down: "M7 13V4.500H4V13zM7 13l4 7a2.200 2.200 0 0 0 2.200-2.400L12.800 14H18a2 2 0 0 0 2-2.400l-1.200-5.600a2 2 0 0 0-2-1.500H7",
  question: "M9 9a3 3 0 1 1 4.500 2.600c-1 .6-1.500 1.200-1.500 2.400M12 17.500v.2", sad: "M12 3.500a8.500 8.500 0 1 0 0 17 8.500 8.500 0 0 0 0-17zM8.500 16a4 4 0 0 1 7 0M9 9.500v.5M15 9.500v.5",
  celebrate: "M5 20l4-11 6 6zM14 6c0-1.500 1-2.500 2.500-2.500M16.500 9.500c1-1 2.500-1 3.500 0M12 4v1.500M19.500 13H21", sparkle: "M12 4l1.800 6.200L20 12l-6.200 1.800L12 20l-1.800-6.200L4 12l6.200-1.800z",
};

/** The drawing of a reaction by its wire name; empty for one that this page does not know. */
export const pathOf = (reaction: string): string => EMOTES.find((one) => one.reaction === reaction)?.path ?? (Object.hasOwn(OTHER_PATHS, reaction) ? (OTHER_PATHS[reaction] ?? "") : "");
