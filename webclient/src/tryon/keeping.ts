/** A picture of oneself: on this page until it is shared, saved or thrown away. Nothing here sends anything by itself. */

const NAME = "showroom.jpg";
/** A browser needs the address until it has begun to save. */
const SAVED_MS = 10_000;

export class Snapshot {
  readonly file: File;
  readonly address: string;

  constructor(picture: Blob) {
    this.file = new File([picture], NAME, { type: picture.type });
    this.address = URL.createObjectURL(picture);
  }

  /** Whether the device has a way of its own to hand a picture on. */
  get canShare(): boolean {
    return typeof navigator.share === "function" && (navigator.canShare?.({ files: [this.file] }) ?? false);
  }

  /** @returns false if the shopper changed their mind */
  async share(): Promise<boolean> {
    try {
      await navigator.share({ files: [this.file] });
      return true;
    } catch (error) {
      if ((error as DOMException).name === "AbortError") return false;
      throw error;
    }
  }

  save(): void {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(this.file);
    link.download = NAME;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), SAVED_MS);
  }

  dispose(): void {
    URL.revokeObjectURL(this.address);
  }
}
