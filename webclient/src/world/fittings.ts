/** What shines and what is written: the bright faces of lamps, and letters on a wall. */
import {
  CanvasTexture, CircleGeometry, InstancedMesh, LinearMipmapLinearFilter, Matrix4, Mesh, MeshBasicMaterial, PlaneGeometry, Quaternion, SphereGeometry, SRGBColorSpace, Vector3, type BufferGeometry, type Scene,
} from "three";
import { fromKelvin, type Weights } from "./moods";
import type { Lamp, Sign, Vec3 } from "./plan";
import type { Part } from "./part";

const MOUTH_M = 0.031;
const FRONT = new Vector3(0, 0, 1);

/** The glowing faces of spots, panels and pendants: one draw a kind. */
export class Glow implements Part {
  readonly #meshes: readonly InstancedMesh<BufferGeometry, MeshBasicMaterial>[];
  readonly #scene: Scene;

  constructor(scene: Scene, lamps: readonly Lamp[]) {
    this.#scene = scene;
    const kinds: readonly [Lamp["kind"], () => BufferGeometry, (lamp: Lamp) => Vec3][] = [
      ["spot", () => new CircleGeometry(MOUTH_M, 20), () => [1, 1, 1]],
      ["panel", () => new PlaneGeometry(1, 1), ({ size_m: [w, h] }) => [w, h, 1]],
      ["pendant", () => new SphereGeometry(0.5, 32, 20), ({ size_m: [w, h] }) => [Math.max(w, 0.16), Math.max(w, 0.16), Math.max(h, 0.12)]],
    ];
    this.#meshes = kinds.flatMap(([kind, shape, size]) => {
      const some = lamps.filter((lamp) => lamp.kind === kind);
      if (!some.length) return [];
      const mesh = new InstancedMesh(shape(), new MeshBasicMaterial(), some.length);
      for (const [i, lamp] of some.entries()) {
        const at = new Vector3(...lamp.position);
        const aim = new Vector3(...lamp.target).sub(at).normalize();
        mesh.setMatrixAt(i, new Matrix4().compose(at.addScaledVector(aim, -0.004), new Quaternion().setFromUnitVectors(FRONT, aim), new Vector3(...size(lamp))));
      }
      return [mesh];
    });
    scene.add(...this.#meshes);
  }

  lit(weights: Weights): void {
    const [r, g, b] = fromKelvin(2850, 4200);
    const level = 2.2 * Math.min(1, Math.max(...weights.lamps));
    for (const mesh of this.#meshes) mesh.material.color.setRGB(r * level, g * level, b * level);
  }

  dispose(): void {
    for (const mesh of this.#meshes) {
      this.#scene.remove(mesh);
      mesh.geometry.dispose();
      mesh.material.dispose();
      mesh.dispose();
    }
  }
}

const PIXELS = 96;

const FACE = `400 ${PIXELS}px "Source Sans 3", system-ui, sans-serif`;
const SPACED = `${PIXELS * 0.08}px`;

/** Letters of metal, flat on a wall, with the shadow they throw on it. */
export class Letters implements Part {
  readonly #mesh: Mesh<PlaneGeometry, MeshBasicMaterial>;
  readonly #scene: Scene;
  readonly #sign: Sign;
  #isEnded = false;

  constructor(scene: Scene, sign: Sign, redraw: () => void) {
    this.#scene = scene;
    this.#sign = sign;
    this.#mesh = new Mesh(new PlaneGeometry(1, 1), new MeshBasicMaterial({ transparent: true, depthWrite: false, toneMapped: false }));
    this.#mesh.position.set(...sign.position);
    this.#mesh.rotation.y = (sign.yaw_deg * Math.PI) / 180;
    scene.add(this.#mesh);
    this.#write();
    void document.fonts.load(FACE).then(() => {
      if (this.#isEnded) return;
      this.#write();
      redraw();
    });
  }

  #write(): void {
    const canvas = document.createElement("canvas");
    const pen = canvas.getContext("2d");
    if (!pen) return;
    const set = (): void => {
      pen.font = FACE;
      pen.letterSpacing = SPACED;
    };
    set();
    canvas.width = Math.ceil(pen.measureText(this.#sign.text).width + PIXELS);
    canvas.height = PIXELS * 2;
    set(); // a canvas forgets when it is resized
    pen.shadowColor = "rgba(40, 26, 16, 0.55)";
    pen.shadowBlur = PIXELS * 0.07;
    pen.shadowOffsetY = PIXELS * 0.05;
    const brass = pen.createLinearGradient(0, PIXELS * 0.6, 0, PIXELS * 1.4);
    for (const [at, colour] of [[0, "#a98252"], [0.5, "#7d5c34"], [1, "#573d20"]] as const) brass.addColorStop(at, colour);
    pen.fillStyle = brass;
    pen.fillText(this.#sign.text, PIXELS / 2, PIXELS * 1.35);
    const map = new CanvasTexture(canvas);
    map.colorSpace = SRGBColorSpace;
    map.minFilter = LinearMipmapLinearFilter;
    map.anisotropy = 4;
    this.#mesh.material.map?.dispose();
    this.#mesh.material.map = map;
    this.#mesh.material.needsUpdate = true;
    // A capital is 0.66 of the letters' size.
    const scale = this.#sign.height_m / (PIXELS * 0.66);
    this.#mesh.scale.set(canvas.width * scale, canvas.height * scale, 1);
  }

  lit(weights: Weights): void {
    const level = Math.min(1, 0.42 + 0.3 * Math.max(...weights.sky) + 0.12 * Math.max(...weights.lamps));
    this.#mesh.material.color.setRGB(level, level, level);
  }

  dispose(): void {
    this.#isEnded = true;
    this.#scene.remove(this.#mesh);
    this.#mesh.geometry.dispose();
    this.#mesh.material.map?.dispose();
    this.#mesh.material.dispose();
  }
}
