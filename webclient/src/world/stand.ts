/** A product on its slot: what it shows now, and what it ought to show. */
import { Group, MeshStandardMaterial, type Mesh, type Object3D, type Texture } from "three";
import type { Row } from "../api";
import { materialsOf } from "../viewer/meshes";
import type { Slot } from "./plan";
import type { Poster } from "./poster";

/** How much brighter a product is that one points at. */
const LIFT = 0.38;

export interface Level {
  readonly address: string;
  /** Decoded; a guess from its share of triangles until it has been here. */
  bytes: number;
  /** Draw calls; a guess until it has been here: the first level is merged. */
  draws: number;
}

export class Stand {
  readonly slot: Slot;
  readonly row: Row;
  /** Of the slot in the manifest's order over all rooms, from 1. */
  readonly number: number;
  readonly group = new Group();
  readonly size_m: number;
  /** Coarse to fine. */
  levels: readonly Level[] | null = null;
  shown = 0;
  wanted = 0;
  isBusy = false;
  /** The level that could not be had, or 0; and how long until it is tried again. */
  failed = 0;
  again_s = Infinity;
  poster: Poster | null = null;
  model: Object3D | null = null;
  address = "";
  fade = 0;
  /** 1 when it is pointed at: its light lifts. */
  lift = 0;

  constructor(slot: Slot, row: Row, number: number) {
    this.slot = slot;
    this.row = row;
    this.number = number;
    this.size_m = Math.max(...row.dimensions_m);
    this.group.position.set(...slot.position);
    this.group.rotation.y = (slot.yaw_deg * Math.PI) / 180;
    this.group.name = row.id;
  }

  /** Take this model in place of the one before, which is returned. */
  show(model: Object3D | null, address: string, level: number): { model: Object3D; address: string } | null {
    const before = this.model ? { model: this.model, address: this.address } : null;
    if (before) this.group.remove(before.model);
    if (model) this.group.add(model);
    [this.model, this.address, this.shown, this.fade] = [model, address, level, 1];
    return before;
  }

  /** Light it like a photograph, a little brighter or darker with the room. */
  dress(light: Texture, intensity: number): void {
    const lifted = intensity * (1 + LIFT * this.lift);
    if (this.poster) this.poster.lift = this.lift * LIFT;
    this.model?.traverse((object) => {
      const mesh = object as Mesh;
      if (!mesh.isMesh) return;
      for (const material of materialsOf(mesh)) {
        if (!(material instanceof MeshStandardMaterial)) continue;
        material.envMap = light;
        material.envMapRotation.y = this.group.rotation.y;
        material.envMapIntensity = lifted;
      }
    });
  }
}
