/** Makes rooms off the main thread: a scan of a whole room takes most of a second to be sorted into columns. */
import type { Found } from "./found";
import { roomFrom } from "./room-from";

addEventListener("message", ({ data: { planes, meshes } }: MessageEvent<Found>) => postMessage(roomFrom(planes, meshes)));
