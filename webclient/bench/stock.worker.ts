/** The peer: MediaPipe's own face matrix, as the package gives it to everybody. */
import { FaceLandmarker } from "@mediapipe/tasks-vision";

Object.assign(self, {
  import: async (address: string) => {
    const found = (await import(/* @vite-ignore */ address)) as { default: unknown };
    Object.assign(self, { ModuleFactory: found.default });
  },
});

let canvas: OffscreenCanvas | null = null;
let clock = 0;
const ready = (async () => {
  const folder = new URL("/trackers/", location.href).href;
  return FaceLandmarker.createFromOptions(
    { wasmLoaderPath: `${folder}vision_wasm_module_internal.js`, wasmBinaryPath: `${folder}vision_wasm_module_internal.wasm` },
    { baseOptions: { modelAssetPath: `${folder}face_landmarker.task`, delegate: "CPU" }, runningMode: "VIDEO", canvas: new OffscreenCanvas(1, 1), numFaces: 1, outputFacialTransformationMatrixes: true },
  );
})();

addEventListener("message", async ({ data: picture }: MessageEvent<ImageBitmap>) => {
  const face = await ready;
  canvas ??= new OffscreenCanvas(picture.width, picture.height);
  canvas.getContext("2d", { willReadFrequently: true })!.drawImage(picture, 0, 0);
  picture.close();
  const found = face.detectForVideo(canvas as unknown as HTMLCanvasElement, (clock += 33));
  postMessage(found.facialTransformationMatrixes[0]?.data ?? null);
});
