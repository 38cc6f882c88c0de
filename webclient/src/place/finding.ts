/**
 * Reads the room off a session's frames: planes and meshes as the device has them so far, made into a room by a worker
 * when they changed by more than a trifle. WebXR Plane Detection (2024 draft), WebXR Mesh Detection.
 */
import type { Found, FoundMesh, FoundPlane } from "./found";
import type { Point } from "./polygon";
import type { Room } from "./room";
import { revived } from "./room-from";

/** Frames between two looks: planes grow slowly. */
const EVERY = 20;
/** A corner that moved less says nothing new. */
const TRIFLE_M = 0.01;

type Labelled<T> = T & { readonly semanticLabel?: string };
interface Mesh {
  readonly meshSpace: XRSpace;
  readonly vertices: Float32Array;
  readonly indices: Uint32Array;
}

export class Finding {
  readonly #worker = new Worker(new URL("./room.worker.ts", import.meta.url), { type: "module" });
  #frames = 0;
  #signature = "";
  #meshes = "";
  /** One room is being made; what is found in the meantime waits for it. */
  #isMaking = false;
  #made: Room | null = null;

  constructor() {
    this.#worker.addEventListener("message", ({ data }: MessageEvent<Room | null>) => {
      this.#isMaking = false;
      this.#made = data && revived(data);
    });
    // Without it the floor is where a hit test says; the next change is tried again.
    this.#worker.addEventListener("error", ({ message }) => {
      this.#isMaking = false;
      console.warn(message);
    });
  }

  /** @returns a new room if one has been made since, else null */
  look(frame: XRFrame, space: XRReferenceSpace): Room | null {
    if (!this.#isMaking && this.#frames++ % EVERY === 0) {
      const found = this.#found(frame, space);
      this.#isMaking = found !== null;
      if (found) this.#worker.postMessage(found);
    }
    const made = this.#made;
    this.#made = null;
    return made;
  }

  dispose(): void {
    this.#worker.terminate();
  }

  /** What the device has found so far; null if that is nothing new. */
  #found(frame: XRFrame, space: XRReferenceSpace): Found | null {
    const { detectedPlanes } = frame;
    const detectedMeshes = (frame as unknown as { detectedMeshes?: ReadonlySet<Labelled<Mesh>> }).detectedMeshes;
    if (!detectedPlanes?.size) return null;
    const planes: FoundPlane[] = [];
    let signature = "";
    for (const plane of detectedPlanes as ReadonlySet<Labelled<XRPlane>>) {
      const pose = frame.getPose(plane.planeSpace, space);
      if (!pose) continue;
      const { matrix } = pose.transform;
      const polygon = plane.polygon.map(({ x, z }): Point => [x, z]);
      planes.push({ label: plane.semanticLabel ?? "", matrix, polygon });
      for (const at of [12, 13, 14]) signature += `${Math.round(matrix[at]! / TRIFLE_M)},`;
      for (const [x, z] of polygon) signature += `${Math.round(x / TRIFLE_M)},${Math.round(z / TRIFLE_M)};`;
    }
    let meshes = "";
    const solid: FoundMesh[] = [];
    for (const mesh of detectedMeshes ?? []) {
      const pose = frame.getPose(mesh.meshSpace, space);
      if (!pose) continue;
      const { matrix } = pose.transform;
      solid.push({ label: mesh.semanticLabel ?? "other", matrix, vertices: mesh.vertices, indices: mesh.indices });
      meshes += `${mesh.vertices.length}:${[12, 13, 14].map((at) => Math.round(matrix[at]! / TRIFLE_M))};`;
    }
    if (signature === this.#signature && meshes === this.#meshes) return null;
    this.#signature = signature;
    this.#meshes = meshes;
    return { planes, meshes: solid };
  }
}
