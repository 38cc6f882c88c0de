/** Words of the figure chooser and of bodies that are brought along. */
import { table } from "../ui/words";

export const t = table({
  en: {
    title: "How you look", portrait: "Your figure. Arrow keys turn it.", figure: "Figure", hair: "Hair", outfit: "Clothes", skin: "Skin", hair_colour: "Hair colour", top: "Top", bottom: "Bottom",
    shape: "Shape", tall: "Height", wide: "Width", strong: "Build", old: "Age", shorter: "shorter", taller: "taller", slimmer: "slimmer", wider: "wider", softer: "softer", stronger: "stronger", younger: "younger", older: "older", middle: "in between",
    chair: "I use a wheelchair", surprise: "Surprise me", loading: "Dressing…", failed: "The figures cannot be loaded. Your choice is kept.",
    own: "Bring your own", own_hint: "A VRM, or a GLB with a humanoid skeleton: up to {mb} MB and {n} triangles. It stays on this device unless you share it.", choose_file: "Choose a file", reading: "Reading {name}…",
    own_on: "You try on {name}. The others see your plain figure until you let them see it.", take_off: "Take it off", publish: "Let others see it", publishing: "Sending it to the store…", published: "The others will see you in {name}.", unpublished: "It could not be shown to others: {text}",
    bob: "Bob", curls: "Curls", long: "Long", crop: "Short", bun: "Bun", none: "None", linen: "Linen", knit: "Knitwear", dress: "Dress", denim: "Denim", suit: "Suit", active: "Sportswear",
    skin_0: "Porcelain", skin_1: "Rose beige", skin_2: "Honey", skin_3: "Amber", skin_4: "Bronze", skin_5: "Chestnut", skin_6: "Umber", skin_7: "Ebony",
    black: "Black", espresso: "Espresso", chestnut: "Chestnut", hazel: "Hazel", copper: "Copper", sand: "Sand", wheat: "Wheat", grey: "Grey", silver: "Silver", bone: "Bone", oat: "Oat", clay: "Clay", cocoa: "Cocoa", olive: "Olive", moss: "Moss", ink: "Ink", night: "Night blue", rust: "Rust", plum: "Plum",
    too_heavy: "This file is {mb} MB; up to {most} MB fit. Smaller pictures help most.", no_glb: "This is not a GLB or VRM file that can be read.", from_elsewhere: "This file wants to load parts from elsewhere. Save it as one file.",
    too_fine: "This avatar has {n} triangles; up to {most} fit. Reduce it, or export its lighter version.", too_sharp: "A picture in this file is {n} pixels wide; up to {most} fit.", no_bones: "This file has no skeleton, so it cannot walk.", no_humanoid: "This skeleton lacks a bone that walking needs: {bone}.",
  },
  zh: {
    title: "你的样子", portrait: "你的形象。方向键可转动。", figure: "形象", hair: "发型", outfit: "服装", skin: "肤色", hair_colour: "发色", top: "上装", bottom: "下装",
    shape: "体形", tall: "身高", wide: "胖瘦", strong: "体格", old: "年龄", shorter: "较矮", taller: "较高", slimmer: "较瘦", wider: "较胖", softer: "柔和", stronger: "强壮", younger: "较年轻", older: "较年长", middle: "适中",
    chair: "我使用轮椅", surprise: "随机", loading: "正在换装……", failed: "无法加载形象。你的选择已保留。",
    own: "使用自己的形象", own_hint: "VRM 文件,或带人形骨骼的 GLB:不超过 {mb} MB、{n} 个三角形。除非你分享,否则只留在本设备。", choose_file: "选择文件", reading: "正在读取 {name}……",
    own_on: "你正在试穿 {name}。在你分享之前,其他人看到的是普通形象。", take_off: "取下", publish: "让别人也看到", publishing: "正在发送到店铺……", published: "其他人会看到你的形象 {name}。", unpublished: "无法展示给他人:{text}",
    bob: "波波头", curls: "卷发", long: "长发", crop: "短发", bun: "发髻", none: "无", linen: "亚麻", knit: "针织", dress: "连衣裙", denim: "牛仔", suit: "西装", active: "运动装",
    skin_0: "瓷白", skin_1: "玫瑰米", skin_2: "蜜色", skin_3: "琥珀", skin_4: "古铜", skin_5: "栗色", skin_6: "深棕", skin_7: "乌木",
    black: "黑色", espresso: "浓咖啡", chestnut: "栗棕", hazel: "榛色", copper: "铜色", sand: "沙色", wheat: "麦色", grey: "灰色", silver: "银色", bone: "骨白", oat: "燕麦", clay: "陶土", cocoa: "可可", olive: "橄榄", moss: "苔绿", ink: "墨色", night: "夜蓝", rust: "铁锈", plum: "梅子",
    too_heavy: "此文件 {mb} MB;最大 {most} MB。缩小贴图最有效。", no_glb: "这不是可读取的 GLB 或 VRM 文件。", from_elsewhere: "此文件要从别处加载内容。请保存为单个文件。",
    too_fine: "此形象有 {n} 个三角形;最多 {most} 个。请简化或导出轻量版本。", too_sharp: "文件中有 {n} 像素的图片;最多 {most}。", no_bones: "此文件没有骨骼,无法行走。", no_humanoid: "此骨骼缺少行走所需的骨头:{bone}。",
  },
  es: {
    title: "Su aspecto", portrait: "Su figura. Las flechas la giran.", figure: "Figura", hair: "Pelo", outfit: "Ropa", skin: "Piel", hair_colour: "Color del pelo", top: "Arriba", bottom: "Abajo",
    shape: "Forma", tall: "Altura", wide: "Anchura", strong: "Complexión", old: "Edad", shorter: "más baja", taller: "más alta", slimmer: "más delgada", wider: "más ancha", softer: "más suave", stronger: "más fuerte", younger: "más joven", older: "mayor", middle: "intermedio",
    chair: "Uso silla de ruedas", surprise: "Sorpréndame", loading: "Vistiendo…", failed: "No se pueden cargar las figuras. Su elección se conserva.",
    own: "Traiga la suya", own_hint: "Un VRM, o un GLB con esqueleto humanoide: hasta {mb} MB y {n} triángulos. Se queda en este dispositivo si no lo comparte.", choose_file: "Elegir un archivo", reading: "Leyendo {name}…",
    own_on: "Se prueba {name}. Los demás ven su figura sencilla hasta que la comparta.", take_off: "Quitársela", publish: "Que la vean los demás", publishing: "Enviándola a la tienda…", published: "Los demás le verán con {name}.", unpublished: "No pudo mostrarse a los demás: {text}",
    bob: "Melena", curls: "Rizos", long: "Largo", crop: "Corto", bun: "Moño", none: "Sin pelo", linen: "Lino", knit: "Punto", dress: "Vestido", denim: "Vaquero", suit: "Traje", active: "Deporte",
    skin_0: "Porcelana", skin_1: "Beige rosado", skin_2: "Miel", skin_3: "Ámbar", skin_4: "Bronce", skin_5: "Castaña", skin_6: "Tierra", skin_7: "Ébano",
    black: "Negro", espresso: "Café", chestnut: "Castaño", hazel: "Avellana", copper: "Cobre", sand: "Arena", wheat: "Trigo", grey: "Gris", silver: "Plata", bone: "Hueso", oat: "Avena", clay: "Arcilla", cocoa: "Cacao", olive: "Oliva", moss: "Musgo", ink: "Tinta", night: "Azul noche", rust: "Óxido", plum: "Ciruela",
    too_heavy: "El archivo ocupa {mb} MB; caben {most} MB. Reducir las imágenes es lo que más ayuda.", no_glb: "No es un archivo GLB o VRM que se pueda leer.", from_elsewhere: "El archivo quiere cargar partes de otro sitio. Guárdelo como un solo archivo.",
    too_fine: "Este avatar tiene {n} triángulos; caben {most}. Redúzcalo o exporte su versión ligera.", too_sharp: "Una imagen del archivo mide {n} píxeles; caben {most}.", no_bones: "El archivo no tiene esqueleto: no puede andar.", no_humanoid: "A este esqueleto le falta un hueso para andar: {bone}.",
  },
});
