/** Every word of the page, in three languages. `{name}` is filled in; a missing word falls back to English. */

const en = {
  skip: "Skip to the products",
  tagline: "The first collection",
  lead: "{n} objects for a calm home and an easy day. Turn each one in your hands, see it in its real size, and see what it was made from.",
  all: "Everything", wear: "To wear", home: "For the home", carry: "To carry",
  products: "{n} products", colours: "{n} colours", from_scan: "From a scan",
  language: "Language", back: "All products", colour: "Colour", size: "Size",
  width: "Width", height: "Height", depth: "Depth", unit: "Unit",
  dimensions: "Measure", reset: "Reset view", view_alt: "{name}, to be turned in 3D. Arrow keys turn it, plus and minus zoom, Home resets the view.",
  poster_alt: "{name}, photographed from the front right", turn_alt: "{name}, photographed from all sides. Arrow keys turn it.",
  hint: "Drag to turn", details: "Details", in_room: "Place it in your room",
  in_room_hint: "Open this page on a phone or tablet to place it in your room, in its real size.",
  scan_title: "From scan to shelf",
  scan_lead: "On one side, what a scanner saw: noise, holes and floating crumbs. On the other, what one command made of it, in the same light.",
  scan_before: "Raw scan", scan_after: "Made by Showroom", scan_slider: "How much of the raw scan to show",
  lighter: "lighter", away: "off the scanned surface, on average", triangles: "triangles", likeness: "likeness to the scan (SSIM)",
  proof: "Read the proof", proof_product: "Read this product’s proof",
  curious: "For the curious", level: "Level", file: "Download", tris: "Triangles", error: "Surface error", level_near: "Near", level_middle: "Middle", level_far: "Far",
  shown: "on screen now", memory: "{bytes} of graphics memory", download_usdz: "Quick Look file", download_glb: "Plain 3D file",
  origin: "Where it comes from", licence: "Licence", made_by: "Made by", source: "Source", quality: "Quality", recipe: "Recipe",
  passed: "passed its proof", refused: "shown although its proof found differences", unproved: "a first look, not yet proved",
  loading: "Bringing {name} to you", loaded: "{name} is ready in full detail", picked: "Colour: {name}",
  no_3d: "Your browser cannot draw 3D here. Drag the picture to turn the product.", failed: "The 3D model could not be loaded. The picture stays.",
  error_title: "The shelf cannot be reached", error_text: "The server did not answer. Your place is kept.", again: "Try again",
  missing_title: "This product is not on the shelf", empty_title: "The shelf is still empty",
  empty_text: "Publish a product to the library and it appears here.",
  footer: "Everything on this page comes from one machine: no trackers, no third parties.", units_mm: "mm", units_cm: "cm", units_in: "in",
};

export type Word = keyof typeof en;
type Words = Readonly<Record<Word, string>>;

const zh: Partial<Words> = {
  skip: "跳到商品", tagline: "首个系列",
  lead: "{n} 件为安静的家与轻松的一天而做的物品。拿在手中转动,看它的真实尺寸,也看它从何而来。",
  all: "全部", wear: "穿戴", home: "家居", carry: "随身",
  products: "{n} 件商品", colours: "{n} 种颜色", from_scan: "来自扫描",
  language: "语言", back: "全部商品", colour: "颜色", size: "尺寸", width: "宽", height: "高", depth: "深", unit: "单位",
  dimensions: "测量", reset: "重置视角", view_alt: "{name},可三维转动。方向键转动,加减键缩放,Home 键重置。",
  poster_alt: "{name},右前方照片", turn_alt: "{name},四周照片。方向键转动。", hint: "拖动以转动", details: "细节", in_room: "放进你的房间",
  in_room_hint: "在手机或平板上打开此页,即可按真实尺寸放进房间。",
  scan_title: "从扫描到货架", scan_lead: "一侧是扫描仪所见:噪点、破洞和漂浮的碎屑。另一侧是一条命令的结果,同样的光。",
  scan_before: "原始扫描", scan_after: "Showroom 制作", scan_slider: "显示多少原始扫描",
  lighter: "更轻", away: "与扫描表面的平均偏差", triangles: "个三角形", likeness: "与扫描的相似度 (SSIM)", proof: "阅读证明", proof_product: "阅读此商品的证明",
  curious: "给好奇的人", level: "级别", file: "下载", tris: "三角形", error: "表面误差", level_near: "近", level_middle: "中", level_far: "远",
  shown: "正在显示", memory: "显存 {bytes}", download_usdz: "Quick Look 文件", download_glb: "普通 3D 文件",
  origin: "来历", licence: "许可", made_by: "制作工具", source: "来源", quality: "质量", recipe: "配方",
  passed: "已通过证明", refused: "证明发现差异,仍予展示", unproved: "初看,尚未证明",
  loading: "正在取来 {name}", loaded: "{name} 已完整加载", picked: "颜色:{name}",
  no_3d: "此浏览器无法绘制 3D。拖动图片以转动商品。", failed: "3D 模型无法加载,图片保留。",
  error_title: "无法连接货架", error_text: "服务器没有回应。", again: "重试", missing_title: "此商品不在货架上", empty_title: "货架还是空的", empty_text: "发布商品后会出现在这里。",
  footer: "此页一切来自同一台机器:无跟踪,无第三方。", units_mm: "毫米", units_cm: "厘米", units_in: "英寸",
};

const es: Partial<Words> = {
  skip: "Ir a los productos", tagline: "La primera colección",
  lead: "{n} objetos para una casa en calma y un día fácil. Gire cada uno en sus manos, véalo en su tamaño real y descubra de qué se hizo.",
  all: "Todo", wear: "Para vestir", home: "Para la casa", carry: "Para llevar",
  products: "{n} productos", colours: "{n} colores", from_scan: "De un escaneo",
  language: "Idioma", back: "Todos los productos", colour: "Color", size: "Tamaño", width: "Ancho", height: "Alto", depth: "Fondo", unit: "Unidad",
  dimensions: "Medir", reset: "Vista inicial", view_alt: "{name}, para girar en 3D. Las flechas lo giran, más y menos acercan, Inicio restablece la vista.",
  poster_alt: "{name}, fotografiado desde delante a la derecha", turn_alt: "{name}, fotografiado por todos lados. Las flechas lo giran.",
  hint: "Arrastre para girar", details: "Detalles", in_room: "Colocarlo en su habitación",
  in_room_hint: "Abra esta página en un teléfono o tableta para colocarlo en su habitación, a tamaño real.",
  scan_title: "Del escaneo al estante", scan_lead: "A un lado, lo que vio el escáner: ruido, huecos y restos flotantes. Al otro, lo que hizo una sola orden, con la misma luz.",
  scan_before: "Escaneo", scan_after: "Hecho por Showroom", scan_slider: "Cuánto mostrar del escaneo",
  lighter: "más ligero", away: "de la superficie escaneada, de media", triangles: "triángulos", likeness: "parecido con el escaneo (SSIM)", proof: "Leer la prueba", proof_product: "Leer la prueba del producto",
  curious: "Para curiosos", level: "Nivel", file: "Descarga", tris: "Triángulos", error: "Error de superficie", level_near: "Cerca", level_middle: "Medio", level_far: "Lejos",
  shown: "en pantalla", memory: "{bytes} de memoria gráfica", download_usdz: "Archivo Quick Look", download_glb: "Archivo 3D simple",
  origin: "De dónde viene", licence: "Licencia", made_by: "Hecho con", source: "Fuente", quality: "Calidad", recipe: "Receta",
  passed: "superó su prueba", refused: "se muestra aunque su prueba halló diferencias", unproved: "primer vistazo, sin prueba",
  loading: "Trayendo {name}", loaded: "{name} está listo con todo detalle", picked: "Color: {name}",
  no_3d: "Su navegador no puede dibujar 3D aquí. Arrastre la imagen para girar el producto.", failed: "No se pudo cargar el modelo 3D. La imagen permanece.",
  error_title: "No se llega al estante", error_text: "El servidor no respondió.", again: "Reintentar", missing_title: "Este producto no está en el estante",
  empty_title: "El estante aún está vacío", empty_text: "Publique un producto y aparecerá aquí.",
  footer: "Todo en esta página viene de una sola máquina: sin rastreadores ni terceros.", units_in: "pulg.",
};

export const LANGUAGES = { en: "English", zh: "中文", es: "Español" } as const;
export type Language = keyof typeof LANGUAGES;
const TABLES: Readonly<Record<Language, Partial<Words>>> = { en, zh, es };
const KEPT = "showroom.language";

export const isLanguage = (text: string | null): text is Language => text !== null && text in LANGUAGES;

/** The language that was chosen, else the first of the browser's that we speak. */
export function chosenLanguage(wanted: readonly string[] = navigator.languages): Language {
  let kept: string | null = null;
  try {
    kept = localStorage.getItem(KEPT);
  } catch {
    // A browser that keeps nothing still shows the page.
  }
  if (isLanguage(kept)) return kept;
  return wanted.map((tag) => tag.slice(0, 2).toLowerCase()).find(isLanguage) ?? "en";
}

let language: Language = "en";

/** From now on another language is spoken: "language" on the document tells everyone who shows words. */
export function speak(chosen: Language, keep = false): void {
  language = chosen;
  document.documentElement.lang = chosen;
  document.documentElement.dir = new Intl.Locale(chosen).maximize().script === "Arab" ? "rtl" : "ltr";
  if (keep) {
    try {
      localStorage.setItem(KEPT, chosen);
    } catch {
      // as above
    }
  }
  document.dispatchEvent(new Event("language"));
}

export const spoken = (): Language => language;

type Gaps = Readonly<Record<string, string | number>>;

const filled = (text: string, gaps: Gaps): string => text.replace(/\{(\w+)\}/g, (whole, name: string) => String(gaps[name] ?? whole));

/** A word in the spoken language, with its gaps filled in. */
export function t(word: Word, gaps: Gaps = {}): string {
  return filled(TABLES[language][word] ?? en[word], gaps);
}

/**
 * A part's own words, which live beside its code: every word in every language, or it does not compile.
 *
 *     const t = table({ en: { pay: "Pay {sum}" }, zh: { pay: "支付 {sum}" }, es: { pay: "Pagar {sum}" } });
 *     t("pay", { sum: "€ 12" });
 */
export function table<const W extends string>(words: Readonly<Record<Language, Readonly<Record<W, string>>>>): (word: NoInfer<W>, gaps?: Gaps) => string {
  return (word, gaps = {}) => filled(words[language][word] || words.en[word], gaps);
}
