/**
 * One piece as it is drawn: its model at its own size, its shadow on what it stands on, and while it is in hand its
 * outline, its measures and the ways to what stands next.
 *
 * Until the model has come, and if it never comes, a plain box of the true size stands there.
 */
import { Box3, BoxGeometry, EdgesGeometry, Group, LineBasicMaterial, LineSegments, Mesh, MeshStandardMaterial, Vector3, type Object3D } from "three";
import { Dimensions } from "../world/yardstick";
import type { Verdict } from "./fit";
import { dropped } from "./dropped";
import { GapLines, Outline } from "./outline";
import type { Piece } from "./piece";

/** Further than this a number says nothing about fitting. */
const GAP_MOST_M = 2.5;

export class Figure {
  readonly group = new Group();
  /** Its box: stands in for the model, and is what a ray meets. */
  readonly stand: Mesh;
  readonly #outline: Outline;
  readonly #size: readonly [number, number, number];
  #model: Object3D | null = null;
  #shadow: Object3D | null = null;
  #dimensions: Dimensions | null = null;
  #gaps: GapLines | null = null;
  #said = "";
  wearing: string | null = null;

  constructor(piece: Piece) {
    const [w, h, d] = (this.#size = piece.ware.size_m);
    this.group.name = `piece:${piece.id}`;
    const box = new BoxGeometry(w, h, d).translate(0, h / 2, 0);
    this.stand = new Mesh(box, new MeshStandardMaterial({ color: 0xd9cfbf, roughness: 0.9, transparent: true, opacity: 0.45 }));
    this.stand.add(new LineSegments(new EdgesGeometry(box), new LineBasicMaterial({ color: 0xf6f1e7, toneMapped: false })));
    this.#outline = new Outline(w, d);
    this.#outline.group.visible = false;
    this.group.add(this.stand, this.#outline.group);
  }

  get hasModel(): boolean {
    return this.#model !== null;
  }

  /** @param shadow on y = 0, in the model's space */
  show(model: Object3D, shadow: Object3D): void {
    this.#model?.removeFromParent();
    this.#shadow?.removeFromParent();
    this.#model = model;
    this.#shadow = shadow;
    this.stand.visible = false;
    this.group.add(model, shadow);
  }

  /** The model's own box: what is drawn, to be compared with what is promised. */
  measured(): Vector3 {
    return new Box3().setFromObject(this.#model ?? this.stand).getSize(new Vector3());
  }

  put({ x_m, y_m, z_m, yaw_rad }: Piece): void {
    this.group.position.set(x_m, y_m, z_m);
    this.group.rotation.y = yaw_rad;
  }

  mark(isSelected: boolean, verdict: Verdict | null, isMeasured: boolean, format: (metres: number) => string): void {
    this.#outline.group.visible = isSelected;
    this.#outline.tint(verdict?.kind ?? "unsure");
    const isShown = isSelected && isMeasured;
    const gaps = isShown ? (verdict?.gaps ?? null) : null;
    const said = isShown ? JSON.stringify([format(1), gaps && Object.values(gaps).map((gap: number | null) => (gap === null ? null : Math.round(gap * 200)))]) : "";
    if (said === this.#said) return;
    this.#said = said;
    this.#dimensions?.dispose();
    this.#gaps?.dispose();
    this.#dimensions = this.#gaps = null;
    if (!isShown) return;
    const [w, h, d] = this.#size;
    this.#dimensions = new Dimensions(new Box3(new Vector3(-w / 2, 0, -d / 2), new Vector3(w / 2, h, d / 2)), format);
    this.group.add(this.#dimensions.group);
    if (!gaps) return;
    this.#gaps = new GapLines(gaps, w, d, format, GAP_MOST_M);
    this.group.add(this.#gaps.group);
  }

  /** What belongs to the product and not to this piece of it stays. */
  dispose(): void {
    this.#model?.removeFromParent();
    this.#shadow?.removeFromParent();
    this.#dimensions?.dispose();
    this.#gaps?.dispose();
    this.#outline.dispose();
    dropped(this.stand);
    this.group.removeFromParent();
  }
}
