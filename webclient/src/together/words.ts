/** The words of being together, in every language. */
import { table } from "../ui/words";
import type { Line } from "./talk";
import type { Notice, Reason } from "./company";
import { tallyText, w } from "./outfit-words";

export const t = table({
  en: {
    chat: "Chat", room: "Everyone here", near: "Nearby", party: "Party", private: "To {name}", room_hint: "Everyone in the room reads this", near_hint: "Those within eight metres read this", party_hint: "Your party reads this", private_hint: "Only {name} reads this",
    write: "Say something", send: "Send", chat_empty: "Quiet so far. Say hello.", party_empty: "You are in no party yet. Invite somebody, or share a link.", pending: "Sending", not_said: "Not said", wait: "Wait {n} s", again: "Try again", discard: "Discard", left: "{n} left", new_lines: "New messages", you: "You", more_of: "More about {name}",
    translate: "Translate", original: "Show original", translated: "Translated", waiting_link: "The link is lost. What you say is sent when it is back.", slow: "The host has slowed the chat: one message every {n} s.", you_muted: "A host has muted you.", you_muted_n: "A host has muted you for {n} minutes.",
    people: "People", nobody: "You have the place to yourself. Ask a friend to come.", metres: "{n} m", near_you: "beside you", talking: "talking", r_host: "Host", r_merchant: "Merchant", r_operator: "Operator", r_bot: "Bot", in_party: "in your party", is_muted: "muted by a host",
    walk_with: "Walk along", stop_walking: "Stop walking along", walking_with: "You walk along with {name}", invite_party: "Invite to the party", asked_party: "Invited", look_with: "Look along", message: "Message", quiet: "Mute for me", unquiet: "Hear again", block: "Block", unblock: "Unblock", report: "Report", volume: "Volume of {name}", close: "Close", actions: "What to do with {name}",
    hand: "Hand over {product}", show: "Show {product}", report_title: "Report {name}", report_lead: "The hosts see your report and what {name} last said to you. {name} is not told.", report_text: "What happened (optional)", report_send: "Send report", report_cancel: "Do not report",
    harassment: "Harassment", spam: "Spam", hate: "Hate", sexual: "Sexual", underage: "A child alone", impersonation: "Pretends to be somebody", cheating: "Cheating", other: "Something else",
    host_tools: "As a host", mute_10: "Mute for 10 minutes", unmute: "Let speak again", kick: "Send away", ban_60: "Ban for an hour", sure: "Sure? Press again", lock: "Let nobody in", unlock: "Open the room", slow_on: "Slow the chat", slow_off: "Normal chat",
    emotes: "Gestures", wave: "Wave", point: "Point", applaud: "Applaud", dance: "Dance", thumbs_up: "Thumbs up", heart: "Heart", laugh: "Laugh", wow: "Wow", key: "Key {n}", reacted: "{name}: {what}",
    voice: "Voice", mic_on: "Turn the microphone on", mic_off: "Turn the microphone off", mic_mute: "Mute", mic_unmute: "Unmute", mic_lead: "People near you hear you, from where you stand. Nothing is recorded.", asking: "Your browser asks for the microphone", voice_on: "You can be heard", voice_muted: "You are muted", voice_push: "Hold to talk", holding: "You are talking", push_hint: "Hold the button or the V key", push: "Push to talk", open_mic: "Open microphone", voice_refused: "The microphone was not allowed. Allow it in the browser’s settings for this page, then try again.", voice_unavailable: "This browser or this address cannot use the microphone. You can still chat.", connected_one: "Connected with 1 person", connected: "Connected with {n} people", alone_here: "Nobody within hearing",
    invite: "Invite", invite_lead: "Whoever opens this link comes in beside you.", copy_link: "Copy the link", copied: "Copied", share_link: "Share", party_code: "Party code", party_title: "Your party", no_party: "Start a party to stay together: you hear each other from further away, chat among yourselves and look at things together.", make_party: "Start a party", leave_party: "Leave the party", join_title: "Have a code?", join_code: "Party code", join: "Join", leads: "leads", remove: "Remove {name} from the party", share_title: "Come to the store with me",
    n_invited: "{name} asks you into a party", n_shown: "{name} shows you {product}", n_room: "{name} is furnishing a room and shows it to you", n_handed: "{name} hands you {product}", n_taken: "{name} took {product}", n_joined: "{name} is in your party now", n_lost: "{name} has left", n_look_over: "{name} put it down", n_muted: "A host has muted you. {text}", n_unmuted: "You may speak again", n_locked: "The room is closed to newcomers", n_unlocked: "The room is open again", n_slow: "The host has slowed the chat: one message every {n} s", n_slow_off: "The chat is back to normal", n_reported: "Thank you. The hosts look at your report about {name}.", n_blocked: "You do not hear or see messages of {name} any more", n_private: "{name}, to you: {text}",
    yes_invited: "Join", yes_shown: "Look", yes_handed: "Take it", no: "Not now", something: "something",
    looking_with: "Looking together with {name}", you_lead: "You show it, the others follow", stop_looking: "Stop", give_lead: "Hand over the lead", captions: "Captions",
    e_chat_refused: "That could not be said here.", e_too_fast: "Too many messages. Wait a moment.", e_muted: "A host has muted you.", e_link: "You are not connected to the room.", e_party: "That is not possible with this party.", e_share: "That cannot be shown right now.", e_nobody: "They are not here any more.", e_code: "No party has this code.", e_not_allowed: "Only hosts of this store may do that.", e_failed: "That did not work.", e_link_in_chat: "Links are not allowed here.", e_twice: "You have said that already.",
  },
  zh: {
    chat: "聊天", room: "所有人", near: "附近", party: "小队", private: "发给 {name}", room_hint: "房间里的人都能看到", near_hint: "八米之内的人能看到", party_hint: "你的小队能看到", private_hint: "只有 {name} 能看到",
    write: "说点什么", send: "发送", chat_empty: "还很安静。打个招呼吧。", party_empty: "你还没有小队。邀请别人,或分享链接。", pending: "发送中", not_said: "未发出", wait: "请等 {n} 秒", again: "重试", discard: "丢弃", left: "还可写 {n} 字", new_lines: "新消息", you: "你", more_of: "关于 {name}",
    translate: "翻译", original: "显示原文", translated: "已翻译", waiting_link: "连接已断。你说的话会在恢复后发出。", slow: "主持人放慢了聊天:每 {n} 秒一条。", you_muted: "主持人已将你禁言。", you_muted_n: "主持人已将你禁言 {n} 分钟。",
    people: "在场的人", nobody: "这里只有你。叫个朋友来吧。", metres: "{n} 米", near_you: "在你身旁", talking: "正在说话", r_host: "主持人", r_merchant: "商家", r_operator: "管理员", r_bot: "机器人", in_party: "在你的小队", is_muted: "已被主持人禁言",
    walk_with: "跟着走", stop_walking: "不再跟随", walking_with: "你正跟着 {name}", invite_party: "邀请进小队", asked_party: "已邀请", look_with: "一起看", message: "私信", quiet: "对我静音", unquiet: "恢复声音", block: "屏蔽", unblock: "取消屏蔽", report: "举报", volume: "{name} 的音量", close: "关闭", actions: "与 {name} 互动",
    hand: "递给他 {product}", show: "展示 {product}", report_title: "举报 {name}", report_lead: "主持人会看到你的举报和 {name} 最近对你说的话。{name} 不会知道。", report_text: "发生了什么(选填)", report_send: "提交举报", report_cancel: "不举报",
    harassment: "骚扰", spam: "刷屏广告", hate: "仇恨言论", sexual: "色情内容", underage: "独自一人的儿童", impersonation: "冒充他人", cheating: "作弊", other: "其他",
    host_tools: "主持人操作", mute_10: "禁言 10 分钟", unmute: "解除禁言", kick: "请出房间", ban_60: "封禁一小时", sure: "确定?再按一次", lock: "不让新人进入", unlock: "开放房间", slow_on: "放慢聊天", slow_off: "恢复聊天",
    emotes: "动作", wave: "挥手", point: "指向", applaud: "鼓掌", dance: "跳舞", thumbs_up: "赞", heart: "爱心", laugh: "大笑", wow: "惊叹", key: "按键 {n}", reacted: "{name}:{what}",
    voice: "语音", mic_on: "打开麦克风", mic_off: "关闭麦克风", mic_mute: "静音", mic_unmute: "取消静音", mic_lead: "附近的人会听到你,声音来自你站的地方。不会录音。", asking: "浏览器正在请求麦克风", voice_on: "别人能听到你", voice_muted: "你已静音", voice_push: "按住说话", holding: "你正在说话", push_hint: "按住按钮或 V 键", push: "按住说话", open_mic: "麦克风常开", voice_refused: "麦克风未获允许。请在浏览器的网站设置中允许后再试。", voice_unavailable: "此浏览器或此地址无法使用麦克风。你仍可打字聊天。", connected_one: "已与 1 人连通", connected: "已与 {n} 人连通", alone_here: "附近没有人",
    invite: "邀请", invite_lead: "打开此链接的人会来到你身旁。", copy_link: "复制链接", copied: "已复制", share_link: "分享", party_code: "小队代码", party_title: "你的小队", no_party: "组个小队一起逛:隔得更远也能听见彼此,单独聊天,一起看商品。", make_party: "组小队", leave_party: "离开小队", join_title: "有代码?", join_code: "小队代码", join: "加入", leads: "队长", remove: "将 {name} 移出小队", share_title: "和我一起逛这家店",
    n_invited: "{name} 邀请你加入小队", n_shown: "{name} 给你看 {product}", n_room: "{name} 正在布置房间,想给你看", n_handed: "{name} 递给你 {product}", n_taken: "{name} 接过了 {product}", n_joined: "{name} 加入了你的小队", n_lost: "{name} 离开了", n_look_over: "{name} 放下了商品", n_muted: "主持人已将你禁言。{text}", n_unmuted: "你可以发言了", n_locked: "房间不再让新人进入", n_unlocked: "房间重新开放", n_slow: "主持人放慢了聊天:每 {n} 秒一条", n_slow_off: "聊天恢复正常", n_reported: "谢谢。主持人会处理你对 {name} 的举报。", n_blocked: "你不再听到或看到 {name} 的消息", n_private: "{name} 对你说:{text}",
    yes_invited: "加入", yes_shown: "看看", yes_handed: "接过来", no: "暂时不", something: "某件商品",
    looking_with: "正与 {name} 一起看", you_lead: "由你展示,其他人跟着看", stop_looking: "停止", give_lead: "交出主导", captions: "字幕",
    e_chat_refused: "这里不能这样说。", e_too_fast: "消息太多,请稍等。", e_muted: "主持人已将你禁言。", e_link: "你没有连接到房间。", e_party: "这个小队无法这样做。", e_share: "现在无法展示。", e_nobody: "对方已不在这里。", e_code: "没有使用此代码的小队。", e_not_allowed: "只有本店主持人可以这样做。", e_failed: "没有成功。", e_link_in_chat: "这里不能发链接。", e_twice: "你已经说过了。",
  },
  es: {
    chat: "Chat", room: "Todos aquí", near: "Cerca", party: "Grupo", private: "A {name}", room_hint: "Lo leen todos en la sala", near_hint: "Lo leen quienes están a ocho metros", party_hint: "Lo lee su grupo", private_hint: "Solo lo lee {name}",
    write: "Diga algo", send: "Enviar", chat_empty: "Todo tranquilo por ahora. Salude.", party_empty: "Aún no está en un grupo. Invite a alguien o comparta un enlace.", pending: "Enviando", not_said: "No se dijo", wait: "Espere {n} s", again: "Reintentar", discard: "Descartar", left: "quedan {n}", new_lines: "Mensajes nuevos", you: "Usted", more_of: "Más sobre {name}",
    translate: "Traducir", original: "Ver el original", translated: "Traducido", waiting_link: "Se perdió la conexión. Lo que diga se enviará al volver.", slow: "El anfitrión frenó el chat: un mensaje cada {n} s.", you_muted: "Un anfitrión le ha silenciado.", you_muted_n: "Un anfitrión le ha silenciado {n} minutos.",
    people: "Personas", nobody: "Tiene la tienda para usted. Invite a alguien.", metres: "{n} m", near_you: "a su lado", talking: "hablando", r_host: "Anfitrión", r_merchant: "Comercio", r_operator: "Operador", r_bot: "Bot", in_party: "en su grupo", is_muted: "silenciado por un anfitrión",
    walk_with: "Caminar juntos", stop_walking: "Dejar de caminar juntos", walking_with: "Camina junto a {name}", invite_party: "Invitar al grupo", asked_party: "Invitado", look_with: "Mirar juntos", message: "Mensaje", quiet: "Silenciar para mí", unquiet: "Volver a oír", block: "Bloquear", unblock: "Desbloquear", report: "Denunciar", volume: "Volumen de {name}", close: "Cerrar", actions: "Qué hacer con {name}",
    hand: "Entregar {product}", show: "Mostrar {product}", report_title: "Denunciar a {name}", report_lead: "Los anfitriones ven su denuncia y lo último que {name} le dijo. {name} no lo sabrá.", report_text: "Qué pasó (opcional)", report_send: "Enviar denuncia", report_cancel: "No denunciar",
    harassment: "Acoso", spam: "Spam", hate: "Odio", sexual: "Sexual", underage: "Un menor solo", impersonation: "Se hace pasar por otro", cheating: "Trampas", other: "Otra cosa",
    host_tools: "Como anfitrión", mute_10: "Silenciar 10 minutos", unmute: "Dejar hablar", kick: "Hacer salir", ban_60: "Vetar una hora", sure: "¿Seguro? Pulse otra vez", lock: "No dejar entrar a nadie", unlock: "Abrir la sala", slow_on: "Frenar el chat", slow_off: "Chat normal",
    emotes: "Gestos", wave: "Saludar", point: "Señalar", applaud: "Aplaudir", dance: "Bailar", thumbs_up: "Pulgar arriba", heart: "Corazón", laugh: "Reír", wow: "Asombro", key: "Tecla {n}", reacted: "{name}: {what}",
    voice: "Voz", mic_on: "Encender el micrófono", mic_off: "Apagar el micrófono", mic_mute: "Silenciar", mic_unmute: "Activar", mic_lead: "Le oyen quienes están cerca, desde donde usted está. No se graba nada.", asking: "Su navegador pide el micrófono", voice_on: "Se le oye", voice_muted: "Está en silencio", voice_push: "Mantenga para hablar", holding: "Está hablando", push_hint: "Mantenga el botón o la tecla V", push: "Pulsar para hablar", open_mic: "Micrófono abierto", voice_refused: "No se permitió el micrófono. Permítalo en los ajustes del navegador para esta página e inténtelo de nuevo.", voice_unavailable: "Este navegador o esta dirección no pueden usar el micrófono. Aún puede chatear.", connected_one: "En contacto con 1 persona", connected: "En contacto con {n} personas", alone_here: "Nadie al alcance del oído",
    invite: "Invitar", invite_lead: "Quien abra este enlace entra a su lado.", copy_link: "Copiar el enlace", copied: "Copiado", share_link: "Compartir", party_code: "Código del grupo", party_title: "Su grupo", no_party: "Forme un grupo para seguir juntos: se oyen desde más lejos, chatean entre ustedes y miran cosas juntos.", make_party: "Formar un grupo", leave_party: "Dejar el grupo", join_title: "¿Tiene un código?", join_code: "Código del grupo", join: "Unirse", leads: "dirige", remove: "Quitar a {name} del grupo", share_title: "Venga conmigo a la tienda",
    n_invited: "{name} le invita a un grupo", n_shown: "{name} le muestra {product}", n_room: "{name} está amueblando una habitación y se la muestra", n_handed: "{name} le entrega {product}", n_taken: "{name} tomó {product}", n_joined: "{name} está ahora en su grupo", n_lost: "{name} se ha ido", n_look_over: "{name} lo dejó", n_muted: "Un anfitrión le ha silenciado. {text}", n_unmuted: "Ya puede hablar", n_locked: "La sala no admite a nadie más", n_unlocked: "La sala vuelve a estar abierta", n_slow: "El anfitrión frenó el chat: un mensaje cada {n} s", n_slow_off: "El chat vuelve a la normalidad", n_reported: "Gracias. Los anfitriones verán su denuncia sobre {name}.", n_blocked: "Ya no oirá ni verá mensajes de {name}", n_private: "{name}, a usted: {text}",
    yes_invited: "Unirse", yes_shown: "Mirar", yes_handed: "Tomarlo", no: "Ahora no", something: "algo",
    looking_with: "Mirando junto a {name}", you_lead: "Usted muestra, los demás siguen", stop_looking: "Parar", give_lead: "Ceder el mando", captions: "Subtítulos",
    e_chat_refused: "Eso no se puede decir aquí.", e_too_fast: "Demasiados mensajes. Espere un momento.", e_muted: "Un anfitrión le ha silenciado.", e_link: "No está conectado a la sala.", e_party: "Eso no es posible con este grupo.", e_share: "Ahora no se puede mostrar.", e_nobody: "Ya no está aquí.", e_code: "Ningún grupo tiene ese código.", e_not_allowed: "Solo los anfitriones de la tienda pueden hacerlo.", e_failed: "No funcionó.", e_link_in_chat: "Aquí no se permiten enlaces.", e_twice: "Ya lo ha dicho.",
  },
});

/** A sentence for what the server refused, by its code; the server's own words are English. */
export function complaint(code: string, text: string): string {
  if (code.startsWith("link.")) return t("e_link");
  if (code === "chat.too_fast" || code === "too_fast" || code.endsWith(".too_fast")) return t("e_too_fast");
  if (code.endsWith("muted")) return t("e_muted");
  if (code.startsWith("chat.")) return /^Links/.test(text) ? t("e_link_in_chat") : /already/.test(text) ? t("e_twice") : t("e_chat_refused");
  if (code.startsWith("party.")) return t("e_party");
  if (code.startsWith("share.")) return t("e_share");
  if (code === "wear.unknown") return w("e_unknown");
  if (code.startsWith("vote.")) return w("e_vote");
  if (code === "body.full") return w("e_body");
  if (code.startsWith("moderation.")) return t("e_not_allowed");
  if (/code/.test(text) && /part/.test(text)) return t("e_code");
  if (code.includes("nobody") || code.includes("missing")) return t("e_nobody");
  return t("e_failed");
}

export const whyNot = (line: Line): string => complaint(line.code, line.why);

/** A notice as a sentence; `nameOf` names products. */
export function noticeText(notice: Notice, nameOf: (product: string) => string): string {
  const { name, text, n } = notice;
  const product = text ? nameOf(text) || t("something") : t("something");
  switch (notice.kind) {
    case "invited": return t("n_invited", { name });
    case "shown": return t("n_shown", { name, product });
    case "room": return t("n_room", { name });
    case "handed": return t("n_handed", { name, product });
    case "taken": return t("n_taken", { name, product });
    case "joined": return t("n_joined", { name });
    case "lost": return t("n_lost", { name });
    case "look_over": return t("n_look_over", { name });
    case "muted": return n ? t("you_muted_n", { n }) : t("n_muted", { text }).trim();
    case "unmuted": return t("n_unmuted");
    case "locked": return t("n_locked");
    case "unlocked": return t("n_unlocked");
    case "slow": return n ? t("n_slow", { n }) : t("n_slow_off");
    case "reported": return t("n_reported", { name });
    case "blocked": return t("n_blocked", { name });
    case "private": return t("n_private", { name, text });
    case "suits": return w("asks", { name, product });
    case "tally": return notice.vote ? tallyText(notice.vote, notice.isOwn === true, name, product) : "";
    case "refused": return complaint(name, text);
    default: return text;
  }
}

export const yesWord = (notice: Notice): string => (notice.kind === "handed" ? t("yes_handed") : notice.kind === "shown" || notice.kind === "room" ? t("yes_shown") : t("yes_invited"));
export const reasonWord = (reason: Reason): string => t(reason);

export function roleWord(role: string): string {
  return role === "host" ? t("r_host") : role === "merchant" ? t("r_merchant") : role === "operator" ? t("r_operator") : role === "bot" ? t("r_bot") : "";
}
