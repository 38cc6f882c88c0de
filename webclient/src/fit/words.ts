/** What the advice on sizes says, in three languages. Names of measures fit after "your", "你的" and "su". */
import { table } from "../ui/words";
import type { MeasureKey } from "./measures";

const en = {
  title: "Your size", lead: "Tell one measure, and see which size is yours.", system: "Sizes by {system}",
  inside: "Your {measure}, {value}, lies in the {part} of {size}{other}.",
  other_loose: "; {size} would be {off} loose", other_tight: "; {size} would be {off} tight",
  inside_one: "Your {measure}, {value}, is what this is made for ({range}).",
  wished_close: "Your {measure}, {value}, is between two sizes. {size} is the one that sits close.",
  wished_loose: "Your {measure}, {value}, is between two sizes. {size} is the one that sits loose.",
  between: "Your {measure}, {value}, is between {size} and {other}. {size} sits close, {other} sits loose: how do you like it?",
  ask: "Measure your {measure}, and I can tell.",
  sharper: "Your {measure}, {value}, is not known well enough to tell {size} from its neighbours. Measure it with a tape, and I can tell.",
  sharper_one: "Your {measure}, {value}, is not known well enough. Measure it, and I can tell.",
  smaller: "Your {measure}, {value}, is less than the smallest size is made for: {size} begins at {low}.",
  larger: "Your {measure}, {value}, is more than the largest size is made for: {size} ends at {high}.",
  edge: "Your {measure}, {value}, is at the very edge of {size} ({range}). It may do; try it on before you decide.",
  too_small: "This would be too large for you: your {measure} is {value}, and it is made for {range}.",
  too_large: "This would be too small for you: your {measure} is {value}, and it is made for {range}.",
  unlike: "Your measures together are not what this is made for.",
  not_sold: "{size} is not on the shelf at the moment.",
  lower: "lower part", middle: "middle", upper: "upper part",
  wish: "How do you like it?", close: "Close", regular: "Regular", loose_wish: "Loose",
  tight: "tight", good: "good", loose: "loose", tight_by: "{off} tight", loose_by: "{off} loose",
  measures: "Your measures", more: "More measures", seen: "seen by the mirror", ring: "Or the inside of a ring that fits you",
  impossible: "From {low} to {high}, please.", unit: "Unit", cm: "cm", in: "in", mm: "mm",
  each: "How each size sits on you", map: "{size} on you: {list}", of_size: "Show {size}",
  private: "Your measures stay in this page and are gone when you close it.", keep: "Keep them on this device", keep_sure: "Keep them here, on this device alone? They are never sent.",
  keep_yes: "Yes, keep them", keep_no: "No", kept: "Kept on this device, and never sent.", erase: "Erase my measures", erased: "Your measures are erased",
  head_side: "Head", says: "Your size: {size}. {reason}",
} as const;

type Own = keyof typeof en;

const zh: Readonly<Record<Own, string>> = {
  title: "你的尺码", lead: "告诉我们一个尺寸,就知道哪个尺码适合你。", system: "尺码标准:{system}",
  inside: "你的{measure} {value},正在 {size} 码的{part}{other}。", other_loose: ";{size} 码会松 {off}", other_tight: ";{size} 码会紧 {off}",
  inside_one: "你的{measure} {value},正适合这件({range})。",
  wished_close: "你的{measure} {value},介于两个尺码之间。{size} 码更贴身。", wished_loose: "你的{measure} {value},介于两个尺码之间。{size} 码更宽松。",
  between: "你的{measure} {value},介于 {size} 与 {other} 之间。{size} 贴身,{other} 宽松:你喜欢哪种?",
  ask: "量一下你的{measure},我就能告诉你。", sharper: "你的{measure} {value},还不够准确,无法区分 {size} 码与相邻尺码。用软尺量一下,我就能告诉你。",
  sharper_one: "你的{measure} {value},还不够准确。量一下,我就能告诉你。",
  smaller: "你的{measure} {value},小于最小尺码:{size} 码从 {low} 起。", larger: "你的{measure} {value},大于最大尺码:{size} 码到 {high} 止。",
  edge: "你的{measure} {value},正在 {size} 码的边缘({range})。也许合适,请先试穿。",
  too_small: "这件对你太大:你的{measure}是 {value},它适合 {range}。", too_large: "这件对你太小:你的{measure}是 {value},它适合 {range}。",
  unlike: "你的几项尺寸合在一起,与这件不符。", not_sold: "{size} 码目前没有上架。",
  lower: "下段", middle: "中段", upper: "上段", wish: "你喜欢怎样的合身度?", close: "贴身", regular: "常规", loose_wish: "宽松",
  tight: "紧", good: "合适", loose: "松", tight_by: "紧 {off}", loose_by: "松 {off}",
  measures: "你的尺寸", more: "更多尺寸", seen: "镜子所见", ring: "或一枚合适戒指的内径",
  impossible: "请填 {low} 到 {high}。", unit: "单位", cm: "厘米", in: "英寸", mm: "毫米",
  each: "每个尺码在你身上", map: "{size} 码在你身上:{list}", of_size: "看 {size} 码",
  private: "你的尺寸只在此页中,关闭即消失。", keep: "保存在此设备", keep_sure: "只保存在这台设备上?绝不发送。", keep_yes: "是,保存", keep_no: "不",
  kept: "已保存在此设备,绝不发送。", erase: "清除我的尺寸", erased: "尺寸已清除", head_side: "头部", says: "你的尺码:{size}。{reason}",
};

const es: Readonly<Record<Own, string>> = {
  title: "Su talla", lead: "Díganos una medida y verá cuál es su talla.", system: "Tallas según {system}",
  inside: "Su {measure}, {value}, está en la {part} de la {size}{other}.", other_loose: "; la {size} le quedaría {off} holgada", other_tight: "; la {size} le quedaría {off} estrecha",
  inside_one: "Su {measure}, {value}, es para lo que está hecho ({range}).",
  wished_close: "Su {measure}, {value}, está entre dos tallas. La {size} es la que queda ceñida.", wished_loose: "Su {measure}, {value}, está entre dos tallas. La {size} es la que queda holgada.",
  between: "Su {measure}, {value}, está entre la {size} y la {other}. La {size} queda ceñida, la {other} holgada: ¿cómo le gusta?",
  ask: "Mida su {measure} y se lo podré decir.", sharper: "Su {measure}, {value}, no se conoce lo bastante para distinguir la {size} de sus vecinas. Mídalo con una cinta y se lo podré decir.",
  sharper_one: "Su {measure}, {value}, no se conoce lo bastante. Mídalo y se lo podré decir.",
  smaller: "Su {measure}, {value}, es menos que la talla más pequeña: la {size} empieza en {low}.", larger: "Su {measure}, {value}, es más que la talla más grande: la {size} termina en {high}.",
  edge: "Su {measure}, {value}, está en el borde de la {size} ({range}). Puede servir; pruébelo antes de decidir.",
  too_small: "Le quedaría grande: su {measure} es {value} y está hecho para {range}.", too_large: "Le quedaría pequeño: su {measure} es {value} y está hecho para {range}.",
  unlike: "Sus medidas juntas no son para lo que está hecho.", not_sold: "La {size} no está en el estante por ahora.",
  lower: "parte baja", middle: "mitad", upper: "parte alta", wish: "¿Cómo le gusta?", close: "Ceñido", regular: "Normal", loose_wish: "Holgado",
  tight: "estrecho", good: "bien", loose: "holgado", tight_by: "{off} estrecho", loose_by: "{off} holgado",
  measures: "Sus medidas", more: "Más medidas", seen: "visto por el espejo", ring: "O el interior de un anillo que le quede bien",
  impossible: "De {low} a {high}, por favor.", unit: "Unidad", cm: "cm", in: "pulg.", mm: "mm",
  each: "Cómo le queda cada talla", map: "{size} en usted: {list}", of_size: "Ver {size}",
  private: "Sus medidas se quedan en esta página y desaparecen al cerrarla.", keep: "Guardarlas en este dispositivo", keep_sure: "¿Guardarlas aquí, solo en este dispositivo? Nunca se envían.",
  keep_yes: "Sí, guardarlas", keep_no: "No", kept: "Guardadas en este dispositivo; nunca se envían.", erase: "Borrar mis medidas", erased: "Sus medidas se han borrado", head_side: "Cabeza", says: "Su talla: {size}. {reason}",
};

export const t = table<Own>({ en, zh, es });

/** A measure's name, as it stands in the middle of a sentence. */
export const nameOf = table<MeasureKey>({
  en: {
    height: "height", chest: "chest", waist: "waist", hip: "hips", neck: "neck", shoulder_width: "shoulder width", arm_length: "arm length", back_length: "back length", inseam: "inside leg",
    foot_length: "foot length", foot_width: "foot width", wrist_girth: "wrist", finger_girth: "finger", head_girth: "head circumference", head_width: "face width", pupillary_distance: "pupillary distance", nose_width: "nose width",
  },
  zh: {
    height: "身高", chest: "胸围", waist: "腰围", hip: "臀围", neck: "颈围", shoulder_width: "肩宽", arm_length: "臂长", back_length: "背长", inseam: "腿内长",
    foot_length: "脚长", foot_width: "脚宽", wrist_girth: "腕围", finger_girth: "指围", head_girth: "头围", head_width: "脸宽", pupillary_distance: "瞳距", nose_width: "鼻梁宽",
  },
  es: {
    height: "altura", chest: "pecho", waist: "cintura", hip: "cadera", neck: "cuello", shoulder_width: "ancho de hombros", arm_length: "largo de brazo", back_length: "largo de espalda", inseam: "entrepierna",
    foot_length: "largo del pie", foot_width: "ancho del pie", wrist_girth: "muñeca", finger_girth: "dedo", head_girth: "contorno de cabeza", head_width: "ancho de cara", pupillary_distance: "distancia pupilar", nose_width: "ancho de nariz",
  },
});

/** How to measure it, in one sentence. */
export const howTo = table<MeasureKey>({
  en: {
    height: "Barefoot, back to a wall.", chest: "All round, level, at the fullest part, arms hanging.", waist: "All round, where you bend sideways.", hip: "All round, at the fullest part.", neck: "All round, at its base, one finger under the tape.",
    shoulder_width: "From one shoulder's bone to the other, across the back.", arm_length: "From the shoulder's bone over the bent elbow to the wrist.", back_length: "From the nape to the waist.", inseam: "Along the inside of the leg, to the floor.",
    foot_length: "Stand on paper, heel to a wall, and mark your longest toe.", foot_width: "At its widest, standing.", wrist_girth: "All round, just above the wrist's bone.", finger_girth: "A strip of paper round the finger, where the ring will sit.",
    head_girth: "All round, above brows and ears.", head_width: "From temple to temple, where glasses touch: two books beside your head, and a ruler between them.", pupillary_distance: "It is on your prescription, as PD.", nose_width: "Where the bridge of your glasses rests.",
  },
  zh: {
    height: "赤脚,背靠墙。", chest: "双臂自然下垂,水平绕最丰满处一周。", waist: "绕侧弯时的折线一周。", hip: "绕最丰满处一周。", neck: "绕颈根一周,软尺下留一指。",
    shoulder_width: "从一侧肩峰到另一侧,沿背部量。", arm_length: "从肩峰经弯曲的肘到手腕。", back_length: "从颈后到腰。", inseam: "沿腿内侧到地面。",
    foot_length: "站在纸上,脚跟靠墙,标出最长的脚趾。", foot_width: "站立时最宽处。", wrist_girth: "绕腕骨上方一周。", finger_girth: "用纸条绕戴戒指处一周。",
    head_girth: "绕眉与耳上方一周。", head_width: "太阳穴之间,眼镜接触处:头两侧各放一本书,量书间距离。", pupillary_distance: "验光单上的 PD。", nose_width: "鼻托所在处。",
  },
  es: {
    height: "Sin zapatos, de espaldas a la pared.", chest: "Alrededor, a nivel, en la parte más ancha, con los brazos caídos.", waist: "Alrededor, donde se dobla de lado.", hip: "Alrededor, en la parte más ancha.", neck: "Alrededor de la base, con un dedo bajo la cinta.",
    shoulder_width: "De un hueso del hombro al otro, por la espalda.", arm_length: "Del hueso del hombro, por el codo doblado, a la muñeca.", back_length: "De la nuca a la cintura.", inseam: "Por el interior de la pierna, hasta el suelo.",
    foot_length: "De pie sobre papel, talón a la pared, marque el dedo más largo.", foot_width: "En lo más ancho, de pie.", wrist_girth: "Alrededor, justo sobre el hueso de la muñeca.", finger_girth: "Una tira de papel alrededor del dedo, donde irá el anillo.",
    head_girth: "Alrededor, sobre cejas y orejas.", head_width: "De sien a sien, donde tocan las gafas: un libro a cada lado de la cabeza y una regla entre ellos.", pupillary_distance: "Está en su receta, como DP.", nose_width: "Donde se apoya el puente de las gafas.",
  },
});
