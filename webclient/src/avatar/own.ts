/** Stub. */
import type { Group, WebGLRenderer } from "three";
import type { Actor, Scene } from "./actor";
import type { Pose, Rest } from "./skeleton";
export class Own {
  constructor(_group: Group, _renderer: WebGLRenderer, _told: () => void) {}
  wear(_row: number, _avatar: string): void {}
  letGo(_row: number): void {}
  pose(_actor: Actor, _scene: Scene, _rest: Rest, _pose: Pose, _other: Pose, _dt: number): boolean { return false; }
  dispose(): void {}
}
