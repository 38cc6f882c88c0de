/** The words of the mirror. */
import { table } from "../ui/words";

export const t = table({
  en: {
    title: "The mirror", consent: "See it on you", consent_lead: "For this, Showroom looks through your camera.",
    consent_1: "The pictures stay on this device. Nothing of them is sent anywhere, and nothing is kept.", consent_2: "You can turn the camera off at any moment; closing the mirror does it too.",
    yes: "Turn the camera on", no: "Not now", opening: "Getting the mirror ready… {n} %", off: "Turn the camera off", close: "Close the mirror",
    freeze: "Hold still", go_on: "Go on", picture: "Take a picture", camera: "Camera", colour: "Colour", worn: "Wear", take_off: "Take off",
    nobody: "Come into the picture: your face for glasses and hats, the back of your hand for a watch or a ring.", dark: "It is too dark to see you. Turn on a light or face a window.",
    none: "No camera was found. Plug one in, or open this page on your phone.", refused: "The camera was not allowed. Allow it in the address bar of your browser, then try again.",
    busy: "Another program has the camera. Close it there, then try again.", insecure: "Browsers give the camera only to secure pages. Open the store by https.", lost: "The camera went away. Connect it again, then try again.",
    hash: "A tracking file on the server is not the one it should be, so it was not run. Please tell the shop.", network: "The mirror could not be loaded. Check your connection, then try again.",
    model: "This browser cannot run the mirror. The product can still be turned in your hands.", frame: "The camera's picture could not be read. Try again.",
    again: "Try again", pupils: "Your pupils are {mm} mm apart, give or take {spread} mm.", pupils_why: "Measured by the width of your irises, which is nearly the same for all of us.",
    view: "You in the mirror, wearing {names}", nothing: "nothing yet", saved: "The picture is on your device", real: "Shown in its real size",
  },
  zh: {
    title: "镜子", consent: "戴在您身上看看", consent_lead: "为此,Showroom 需要通过您的摄像头观看。",
    consent_1: "画面只留在此设备上,不会发送到任何地方,也不会保存。", consent_2: "您可随时关闭摄像头;关闭镜子时也会关闭。",
    yes: "打开摄像头", no: "暂不", opening: "正在准备镜子… {n} %", off: "关闭摄像头", close: "关闭镜子",
    freeze: "定格", go_on: "继续", picture: "拍照", camera: "摄像头", colour: "颜色", worn: "戴上", take_off: "取下",
    nobody: "请进入画面:试眼镜和帽子请露出脸,试手表或戒指请露出手背。", dark: "太暗了,看不清您。请开灯或面向窗户。",
    none: "未找到摄像头。请连接一个,或在手机上打开此页。", refused: "未允许使用摄像头。请在浏览器地址栏中允许,然后重试。",
    busy: "摄像头正被其他程序使用。请在那里关闭,然后重试。", insecure: "浏览器只向安全页面提供摄像头。请通过 https 打开店铺。", lost: "摄像头已断开。请重新连接后再试。",
    hash: "服务器上的跟踪文件不符,因此未运行。请告知店家。", network: "无法加载镜子。请检查网络后重试。",
    model: "此浏览器无法运行镜子。您仍可拿在手中转动商品。", frame: "无法读取摄像头画面。请重试。",
    again: "重试", pupils: "您的瞳距为 {mm} 毫米,误差约 {spread} 毫米。", pupils_why: "按虹膜宽度测得,人人几乎相同。",
    view: "镜中的您,佩戴{names}", nothing: "尚未佩戴", saved: "照片已保存到您的设备", real: "按真实尺寸显示",
  },
  es: {
    title: "El espejo", consent: "Véalo en usted", consent_lead: "Para ello, Showroom mira por su cámara.",
    consent_1: "Las imágenes se quedan en este dispositivo. Nada se envía ni se guarda.", consent_2: "Puede apagar la cámara en cualquier momento; cerrar el espejo también la apaga.",
    yes: "Encender la cámara", no: "Ahora no", opening: "Preparando el espejo… {n} %", off: "Apagar la cámara", close: "Cerrar el espejo",
    freeze: "Congelar", go_on: "Seguir", picture: "Hacer una foto", camera: "Cámara", colour: "Color", worn: "Ponerse", take_off: "Quitar",
    nobody: "Entre en la imagen: la cara para gafas y gorras, el dorso de la mano para un reloj o un anillo.", dark: "Está demasiado oscuro. Encienda una luz o mire hacia una ventana.",
    none: "No se encontró ninguna cámara. Conecte una o abra esta página en su teléfono.", refused: "No se permitió la cámara. Permítala en la barra de direcciones y vuelva a intentarlo.",
    busy: "Otro programa usa la cámara. Ciérrelo y vuelva a intentarlo.", insecure: "Los navegadores solo dan la cámara a páginas seguras. Abra la tienda por https.", lost: "La cámara se desconectó. Conéctela y vuelva a intentarlo.",
    hash: "Un archivo de seguimiento del servidor no es el que debe ser y no se ejecutó. Avise a la tienda.", network: "No se pudo cargar el espejo. Compruebe la conexión y vuelva a intentarlo.",
    model: "Este navegador no puede con el espejo. Aún puede girar el producto en sus manos.", frame: "No se pudo leer la imagen de la cámara. Vuelva a intentarlo.",
    again: "Reintentar", pupils: "Sus pupilas están a {mm} mm, con un margen de {spread} mm.", pupils_why: "Medido por el ancho del iris, casi igual en todas las personas.",
    view: "Usted en el espejo, con {names}", nothing: "nada todavía", saved: "La foto está en su dispositivo", real: "En su tamaño real",
  },
});
