/** The rooms that come with @iwer/sem, as planes and boxes in the shape a session hands them out. */
import { readFileSync } from "node:fs";
import { Matrix4, Quaternion, Vector3 } from "three";
import type { FoundMesh, FoundPlane } from "../../src/place/found";

const LABELS: Readonly<Record<string, string>> = {
  TABLE: "table", COUCH: "couch", FLOOR: "floor", CEILING: "ceiling", WALL_FACE: "wall", INVISIBLE_WALL_FACE: "window", DOOR_FRAME: "door", WINDOW_FRAME: "window", WALL_ART: "wall art",
  STORAGE: "shelf", BED: "bed", LAMP: "lamp", SCREEN: "screen", PLANT: "plant", GLOBAL_MESH: "global mesh",
};

export const ROOMS = ["living_room", "meeting_room", "music_room", "office_large", "office_small"] as const;

interface Entity {
  readonly semanticLabel_META: string;
  readonly locatable_META: { readonly position: { x: number; y: number; z: number }; readonly orientation: { x: number; y: number; z: number; w: number } };
  readonly bounded2D_META?: { readonly offset: { x: number; y: number }; readonly extent: { width: number; height: number } };
  readonly bounded3D_META?: { readonly offset: { x: number; y: number; z: number }; readonly extent: { width: number; height: number; depth: number } };
}

export function captured(name: string): { planes: FoundPlane[]; meshes: FoundMesh[] } {
  const { spatialEntities } = JSON.parse(readFileSync(new URL(`../../node_modules/@iwer/sem/captures/${name}.json`, import.meta.url), "utf8")) as { spatialEntities: Entity[] };
  const planes: FoundPlane[] = [];
  const meshes: FoundMesh[] = [];
  for (const one of spatialEntities) {
    const { position: p, orientation: q } = one.locatable_META;
    const matrix = new Matrix4().compose(new Vector3(p.x, p.y, p.z), new Quaternion(q.x, q.y, q.z, q.w), new Vector3(1, 1, 1)).toArray();
    const label = LABELS[one.semanticLabel_META] ?? "other";
    if (one.bounded2D_META) {
      const { offset: { x, y }, extent: { width: w, height: h } } = one.bounded2D_META;
      planes.push({ label, matrix, polygon: [[x, y], [x + w, y], [x + w, y + h], [x, y + h]] });
    } else if (one.bounded3D_META) {
      const { offset: o, extent: e } = one.bounded3D_META;
      const vertices = [0, 1, 2, 3, 4, 5, 6, 7].flatMap((i) => [o.x + (i & 1 ? e.width : 0), o.y + (i & 2 ? e.height : 0), o.z + (i & 4 ? e.depth : 0)]);
      meshes.push({ label, matrix, vertices, indices: [] });
    }
  }
  return { planes, meshes };
}
