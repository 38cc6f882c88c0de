/**
 * Where the poster's camera stands (showroom_pipeline/steps/poster.py), found from the model's own vertices: the first
 * frame of the viewer lies on the poster.
 */
import { Vector3, type Box3 } from "three";

export const FOV_Y_DEG = 35;
export const YAW_DEG = 32;
const FILL = 0.7;

export interface Stand {
  readonly eye: Vector3;
  readonly target: Vector3;
  readonly distance: number;
}

/** How far above the product the camera looks from, degrees: higher for flat things. */
export function elevationDeg(box: Box3): number {
  const size = box.getSize(new Vector3());
  const flatness = 1 - size.y / (0.75 * Math.max(Math.hypot(size.x, size.z), 1e-9));
  return 13 + 20 * Math.min(Math.max(flatness, 0), 1);
}

/**
 * The nearest camera that shows every point.
 *
 * @param points xyz of the product's vertices, or of a part of them
 * @param yawDeg from the front towards the right
 */
export function fitted(points: Float32Array, box: Box3, yawDeg: number, pitchDeg: number): Stand {
  const yaw = (yawDeg * Math.PI) / 180;
  const pitch = (pitchDeg * Math.PI) / 180;
  const back = new Vector3(Math.sin(yaw) * Math.cos(pitch), Math.sin(pitch), Math.cos(yaw) * Math.cos(pitch));
  const right = new Vector3(Math.cos(yaw), 0, -Math.sin(yaw));
  const up = new Vector3().crossVectors(back, right);
  const middle = box.getCenter(new Vector3());
  const n = Math.floor(points.length / 3);
  const local = new Float32Array(n * 3);
  const point = new Vector3();
  for (let i = 0; i < n; i++) {
    point.fromArray(points, i * 3).sub(middle);
    local[i * 3] = point.dot(right);
    local[i * 3 + 1] = point.dot(up);
    local[i * 3 + 2] = point.dot(back);
  }
  const slope = FILL * Math.tan((FOV_Y_DEG * Math.PI) / 360);
  let shiftX = 0;
  let shiftY = 0;
  let distance = 1;
  for (let turn = 0; turn < 4; turn++) {
    distance = 0;
    for (let i = 0; i < n; i++) {
      const x = Math.abs((local[i * 3] ?? 0) - shiftX);
      const y = Math.abs((local[i * 3 + 1] ?? 0) - shiftY);
      distance = Math.max(distance, Math.max(x, y) / slope + (local[i * 3 + 2] ?? 0));
    }
    let [left, rightmost, low, high] = [Infinity, -Infinity, Infinity, -Infinity];
    for (let i = 0; i < n; i++) {
      const depth = distance - (local[i * 3 + 2] ?? 0);
      const x = (local[i * 3] ?? 0) / depth;
      const y = (local[i * 3 + 1] ?? 0) / depth;
      left = Math.min(left, x);
      rightmost = Math.max(rightmost, x);
      low = Math.min(low, y);
      high = Math.max(high, y);
    }
    shiftX = ((left + rightmost) / 2) * distance;
    shiftY = ((low + high) / 2) * distance;
  }
  const target = middle.addScaledVector(right, shiftX).addScaledVector(up, shiftY);
  return { eye: target.clone().addScaledVector(back, distance), target, distance };
}
