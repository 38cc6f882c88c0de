/** The shopper's camera: opened only after a yes, closed at once on a no. Frames stay in this page and its worker. */

export type CameraTrouble = "none" | "refused" | "busy" | "insecure" | "lost";

export class NoCamera extends Error {
  readonly why: CameraTrouble;
  constructor(why: CameraTrouble, cause?: unknown) {
    super(why, { cause });
    this.why = why;
  }
}

const WHY: Readonly<Record<string, CameraTrouble>> = {
  NotAllowedError: "refused", SecurityError: "refused", NotFoundError: "none", OverconstrainedError: "none", NotReadableError: "busy", AbortError: "busy",
};

export class Camera {
  readonly #video: HTMLVideoElement;
  readonly #stream: MediaStream;
  readonly #lost: () => void;
  #isEnded = false;

  private constructor(video: HTMLVideoElement, stream: MediaStream, lost: () => void) {
    this.#video = video;
    this.#stream = stream;
    this.#lost = lost;
    for (const track of stream.getVideoTracks()) track.addEventListener("ended", () => this.#end());
  }

  /**
   * @param device which of several; empty for the one that looks at the shopper
   * @param lost called once if it goes away by itself
   * @throws NoCamera
   */
  static async open(device: string, lost: () => void): Promise<Camera> {
    if (!isSecureContext || !("mediaDevices" in navigator)) throw new NoCamera("insecure");
    let stream: MediaStream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({
        audio: false,
        video: { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 }, ...(device ? { deviceId: { exact: device } } : { facingMode: "user" }) },
      });
    } catch (error) {
      throw new NoCamera(WHY[(error as DOMException).name] ?? "none", error);
    }
    const video = document.createElement("video");
    video.muted = true;
    video.playsInline = true;
    video.srcObject = stream;
    try {
      await video.play();
    } catch (error) {
      for (const track of stream.getTracks()) track.stop();
      throw new NoCamera("busy", error);
    }
    return new Camera(video, stream, lost);
  }

  /** The cameras there are, once one was allowed. */
  static async all(): Promise<readonly { readonly id: string; readonly label: string }[]> {
    const devices = await navigator.mediaDevices.enumerateDevices();
    return devices.filter(({ kind }) => kind === "videoinput").map(({ deviceId, label }) => ({ id: deviceId, label }));
  }

  get device(): string {
    return this.#stream.getVideoTracks()[0]?.getSettings().deviceId ?? "";
  }

  /** The next frame, at most `most_px` wide; null once the camera is gone. */
  async frame(most_px: number): Promise<ImageBitmap | null> {
    await this.#next();
    const { videoWidth: width, videoHeight: height } = this.#video;
    if (this.#isEnded || !width || !height) return null;
    const resizeWidth = Math.min(width, most_px);
    return createImageBitmap(this.#video, resizeWidth < width ? { resizeWidth, resizeHeight: Math.round((height * resizeWidth) / width), resizeQuality: "medium" } : {});
  }

  /** A frame that was not shown yet; a camera that stands still is not waited for longer than a second. */
  #next(): Promise<void> {
    return new Promise((resolve) => {
      const late = setTimeout(resolve, 1000);
      this.#video.requestVideoFrameCallback(() => {
        clearTimeout(late);
        resolve();
      });
    });
  }

  close(): void {
    this.#isEnded = true;
    for (const track of this.#stream.getTracks()) track.stop();
    this.#video.srcObject = null;
  }

  #end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#lost();
  }
}
