/**
 * The viewers that phones bring along, where the browser itself has no AR: Apple's Quick Look and Android's Scene Viewer.
 *
 * Both show one piece and give no verdict; the way back leads to the photo. Apple, "Viewing augmented reality assets in
 * Safari": the link's only child is a picture; Google, "Use Scene Viewer": models only from https.
 */
import type { Product } from "../api";

export type Native =
  | { readonly kind: "quick-look"; readonly href: string; readonly poster: string }
  | { readonly kind: "scene-viewer"; readonly href: string }
  | { readonly kind: "needs-https" }
  | { readonly kind: "none" };

export interface Device {
  readonly hasQuickLook: boolean;
  readonly isAndroid: boolean;
  readonly page: string;
}

/** Plain textures first: Scene Viewer reads no KTX2 and no meshopt. */
const PLAIN: readonly string[] = ["plain", "webp", "mobile"];

export const thisDevice = (): Device => ({
  hasQuickLook: document.createElement("a").relList.supports?.("ar") ?? false, isAndroid: /android/i.test(navigator.userAgent), page: location.href,
});

export function nativeViewer({ files, manifest, poster, name }: Pick<Product, "files" | "manifest" | "poster" | "name">, { hasQuickLook, isAndroid, page }: Device): Native {
  const usdz = files["product.usdz"];
  // `allowsContentScaling=0`: true size, no pinching.
  if (hasQuickLook && usdz) return { kind: "quick-look", href: `${new URL(usdz, page).href}#allowsContentScaling=0`, poster: poster ?? "" };
  if (!isAndroid) return { kind: "none" };
  const model = PLAIN.map((one) => files[manifest.deliveries[one]?.file ?? ""]).find(Boolean);
  if (!model) return { kind: "none" };
  const address = new URL(model, page);
  if (address.protocol !== "https:") return { kind: "needs-https" };
  const query = new URLSearchParams({ file: address.href, mode: "ar_preferred", resizable: "false", title: name });
  return { kind: "scene-viewer", href: `intent://arvr.google.com/scene-viewer/1.0?${query}#Intent;scheme=https;package=com.google.android.googlequicksearchbox;action=android.intent.action.VIEW;S.browser_fallback_url=${encodeURIComponent(page)};end;` };
}
