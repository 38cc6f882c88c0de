/** What shines and what is written: the bright faces of lamps, and letters on a wall. */
import {
  CanvasTexture, CircleGeometry, Color, DynamicDrawUsage, InstancedMesh, LinearMipmapLinearFilter, Matrix4, Mesh, MeshBasicMaterial, PlaneGeometry, Quaternion, SRGBColorSpace, Vector3, type Scene,
} from "three";
import { fromKelvin, type Weights } from "./moods";
import type { Lamp, Sign } from "./plan";
import type { Part } from "./world";

/** The glowing mouths of spots, in one draw. */
export class Glow implements Part {
  readonly #mesh: InstancedMesh<CircleGeometry, MeshBasicMaterial>;
  readonly #scene: Scene;

  constructor(scene: Scene, lamps: readonly Lamp[]) {
    const spots = lamps.filter((lamp) => lamp.kind === "spot");
    this.#scene = scene;
    this.#mesh = new InstancedMesh(new CircleGeometry(0.031, 20), new MeshBasicMaterial(), Math.max(1, spots.length));
    this.#mesh.instanceMatrix.setUsage(DynamicDrawUsage);
    this.#mesh.count = spots.length;
    const front = new Vector3(0, 0, 1);
    for (const [i, lamp] of spots.entries()) {
      const at = new Vector3(...lamp.position);
      const aim = new Vector3(...lamp.target).sub(at).normalize();
      this.#mesh.setMatrixAt(i, new Matrix4().compose(at.addScaledVector(aim, -0.004), new Quaternion().setFromUnitVectors(front, aim), new Vector3(1, 1, 1)));
    }
    scene.add(this.#mesh);
  }

  lit(weights: Weights): void {
    const [r, g, b] = fromKelvin(2850, 4200);
    const level = 2.2 * Math.min(1, Math.max(...weights.lamps));
    this.#mesh.material.color.setRGB(r * level, g * level, b * level);
  }

  dispose(): void {
    this.#scene.remove(this.#mesh);
    this.#mesh.geometry.dispose();
    this.#mesh.material.dispose();
    this.#mesh.dispose();
  }
}

const PIXELS = 96;

/** Letters of metal, flat on a wall, with the shadow they throw on it. */
export class Letters implements Part {
  readonly #mesh: Mesh<PlaneGeometry, MeshBasicMaterial>;
  readonly #scene: Scene;

  constructor(scene: Scene, sign: Sign) {
    this.#scene = scene;
    const canvas = document.createElement("canvas");
    const pen = canvas.getContext("2d");
    const font = `400 ${PIXELS}px "Source Sans 3", system-ui, sans-serif`;
    let width = PIXELS * sign.text.length;
    if (pen) {
      pen.font = font;
      pen.letterSpacing = `${PIXELS * 0.08}px`;
      width = pen.measureText(sign.text).width;
      canvas.width = Math.ceil(width + PIXELS);
      canvas.height = PIXELS * 2;
      pen.font = font;
      pen.letterSpacing = `${PIXELS * 0.08}px`;
      pen.textBaseline = "alphabetic";
      pen.shadowColor = "rgba(40, 26, 16, 0.55)";
      pen.shadowBlur = PIXELS * 0.07;
      pen.shadowOffsetY = PIXELS * 0.05;
      const brass = pen.createLinearGradient(0, PIXELS * 0.6, 0, PIXELS * 1.4);
      brass.addColorStop(0, "#d9b98a");
      brass.addColorStop(0.5, "#a8814f");
      brass.addColorStop(1, "#7d5d36");
      pen.fillStyle = brass;
      pen.fillText(sign.text, PIXELS / 2, PIXELS * 1.35);
    }
    const map = new CanvasTexture(canvas);
    map.colorSpace = SRGBColorSpace;
    map.minFilter = LinearMipmapLinearFilter;
    map.anisotropy = 4;
    // A capital is 0.66 of the letters' size.
    const scale = sign.height_m / (PIXELS * 0.66);
    this.#mesh = new Mesh(new PlaneGeometry(canvas.width * scale, canvas.height * scale), new MeshBasicMaterial({ map, transparent: true, depthWrite: false, toneMapped: false }));
    this.#mesh.position.set(...sign.position);
    this.#mesh.rotation.y = (sign.yaw_deg * Math.PI) / 180;
    scene.add(this.#mesh);
  }

  lit(weights: Weights): void {
    const level = Math.min(1, 0.42 + 0.3 * Math.max(...weights.sky) + 0.12 * Math.max(...weights.lamps));
    this.#mesh.material.color.copy(new Color(level, level, level));
  }

  dispose(): void {
    this.#scene.remove(this.#mesh);
    this.#mesh.geometry.dispose();
    this.#mesh.material.map?.dispose();
    this.#mesh.material.dispose();
  }
}
