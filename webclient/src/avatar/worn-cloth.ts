/**
 * A garment on a figure: the product's own skinned model, its bones where the figure's are, so that it bends as the
 * figure bends. What the figure wears of its own there steps back under it (`material.ts`).
 *
 * A garment's rig has VRM's names and rests as it was draped; a bone that it has and the figure lacks follows its parent.
 * What it is not: cloth that hangs and swings, or a fit: lengths go with the figure, girth with its height.
 */
import { Bone, type Group, Matrix4, Quaternion, Skeleton, type SkinnedMesh, Vector3 } from "three";
import { bone, type Pose, type Rest } from "./skeleton";

/** The body that garments are draped on. */
const DRAPED_M = 1.73;
/** Over one's own clothes it is this much wider than over skin. */
const OVER = 1.06;

export const CLOTH: ReadonlySet<string> = new Set(["t-shirt", "shirt", "jacket", "coat", "dress", "sweater", "hoodie"]);

/** With sleeves to the hands: nothing is seen of what is under it. */
export const LONG: ReadonlySet<string> = new Set(["jacket", "coat", "sweater", "hoodie"]);

/** Whether a model has a rig that can be put on a figure. */
export function isRigged(model: Group): boolean {
  let bones = 0;
  model.traverse((node) => {
    if ((node as SkinnedMesh).isSkinnedMesh) bones = Math.max(bones, (node as SkinnedMesh).skeleton.bones.filter(({ name }) => bone(name) >= 0).length);
  });
  return bones >= 4;
}

/** One garment on one figure. Shares shapes and materials with the model it was made of. */
export class Cloth {
  readonly root: Group;
  readonly #bones: { readonly bone: Bone; readonly index: number }[] = [];
  readonly #skeletons: Skeleton[] = [];

  constructor(model: Group) {
    this.root = model.clone(false) as Group;
    this.root.matrixAutoUpdate = false;
    const made = new Map<string, Bone>();
    model.traverse((node) => {
      const source = node as SkinnedMesh;
      if (!source.isSkinnedMesh) return;
      const bones = source.skeleton.bones.map(({ name }) => {
        let own = made.get(name);
        if (!own) {
          made.set(name, (own = new Bone()));
          own.name = name;
          own.matrixAutoUpdate = false;
          this.#bones.push({ bone: own, index: bone(name) });
        }
        return own;
      });
      const skeleton = new Skeleton(bones, source.skeleton.boneInverses);
      this.#skeletons.push(skeleton);
      const mesh = source.clone(false);
      mesh.bindMode = "detached";
      mesh.matrixAutoUpdate = false;
      mesh.matrix.identity();
      // Bones say where it is, in the room: the mesh itself stands nowhere.
      mesh.bind(skeleton, new Matrix4());
      mesh.frustumCulled = false;
      this.root.add(mesh);
    });
  }

  /** Bones go where the figure's are; `body` is the figure in the room, its size included. */
  place(body: Matrix4, rest: Rest, pose: Pose): void {
    size.setScalar((rest.height_m / DRAPED_M) * OVER);
    for (let i = 0; i < this.#bones.length; i++) {
      const { bone: own, index } = this.#bones[i]!;
      if (index < 0) continue;
      at.fromArray(pose.position, index * 3);
      turn.fromArray(pose.rotation, index * 4);
      own.matrixWorld.compose(at, turn, size).premultiply(body);
    }
  }

  dispose(): void {
    this.root.removeFromParent();
    for (const skeleton of this.#skeletons) skeleton.dispose();
  }
}

const at = new Vector3();
const turn = new Quaternion();
const size = new Vector3();
