/** Being together: the model and its elements. Import this where the page shows them; the model alone is `company.ts`. */
export { Company, REASONS, type CompanyOptions, type Neighbour, type Notice, type Reacted, type Reason } from "./company";
export { EMOTES, emoteOf, pathOf, type Emote } from "./emotes";
export type { Inspecting, Showing, View, Visiting } from "./looking";
export type { Captioner } from "./voice";
export type { Item } from "./outfit";
export type { Line, Translator } from "./talk";
export type { Wire } from "./wire";
import "./chat";
import "./gestures";
import "./invite";
import "./outfit-panel";
import "./people";
import "./speaking";
import "./toasts";
