/** <together-voice>: the microphone, open or while held, and with how many one is connected. */
import { base, css, html, icon, ICONS, nothing, Panel, type TemplateResult } from "../shop/panel";
import type { Company } from "./company";
import { isTyping } from "./typing";
import { t } from "./words";

const PUSH_KEY = "KeyV";

export class TogetherVoice extends Panel {
  static override properties = { company: { attribute: false } };
  declare company: Company | undefined;

  static override styles = [base, css`
    :host { display: grid; gap: 14px; }
    .top { display: flex; align-items: center; gap: 16px; }
    .mic { display: grid; place-items: center; width: 64px; height: 64px; flex: none; border-radius: 50%; border: 0; padding: 0; background: color-mix(in srgb, var(--ink, #22241f) 8%, transparent); transition: background 200ms ease-out, box-shadow 150ms ease-out; touch-action: none; user-select: none; -webkit-user-select: none; }
    .mic .icon { width: 28px; height: 28px; }
    .mic.open { background: var(--accent, #1f4d3a); color: var(--accent-ink, #fff); }
    .mic.talks { box-shadow: 0 0 0 4px var(--panel-solid, #fff), 0 0 0 8px var(--good, #3f7d5c); }
    .mic.shut { color: var(--bad, #7e2a17); }
    .top p { min-width: 0; }
    .top strong { display: block; font-weight: 600; }
    .modes { display: flex; flex-wrap: wrap; gap: 8px; }
  `];

  protected models(): readonly (EventTarget | undefined)[] {
    return [this.company?.voice];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener("keydown", this.down);
    document.addEventListener("keyup", this.up);
    window.addEventListener("blur", this.letGo);
  }

  override disconnectedCallback(): void {
    document.removeEventListener("keydown", this.down);
    document.removeEventListener("keyup", this.up);
    window.removeEventListener("blur", this.letGo);
    this.letGo();
    super.disconnectedCallback();
  }

  override render(): TemplateResult | typeof nothing {
    const voice = this.company?.voice;
    if (!voice) return nothing;
    const { state } = voice;
    const isOn = state === "on";
    const isPush = isOn && voice.mode === "push";
    const word = state === "asking" ? t("asking") : !isOn ? t("mic_on") : isPush ? (voice.isPressed ? t("holding") : t("voice_push")) : voice.isMuted ? t("voice_muted") : t("voice_on");
    const label = !isOn ? t("mic_on") : isPush ? t("voice_push") : voice.isMuted ? t("mic_unmute") : t("mic_mute");
    const reach = voice.heardBy === 0 ? t("alone_here") : voice.heardBy === 1 ? t("connected_one") : t("connected", { n: voice.heardBy });
    return html`
      <div class="top">
        <button class="mic ${voice.isSpeaking ? "open" : isOn ? "shut" : ""} ${voice.isTalking ? "talks" : ""}" aria-label=${label} aria-pressed=${isOn && !voice.isMuted} ?disabled=${state === "unavailable"}
          @click=${this.tap} @pointerdown=${this.press} @pointerup=${this.letGo} @pointercancel=${this.letGo} @contextmenu=${(event: Event) => event.preventDefault()}>${icon(voice.isSpeaking || !isOn ? ICONS.mic : ICONS.mic_off)}</button>
        <p><strong>${state === "unavailable" ? t("voice") : word}</strong><span class="quiet small">${isOn ? (isPush ? t("push_hint") : reach) : state === "unavailable" ? t("voice_unavailable") : t("mic_lead")}</span></p>
      </div>
      ${state === "refused" ? html`<p class="note bad" role="alert">${icon(ICONS.warn)}${t("voice_refused")}</p>` : nothing}
      ${voice.refusal === "mute" || voice.refusal.endsWith("muted") ? html`<p class="note bad" role="alert">${icon(ICONS.mic_off)}${t("you_muted")}</p>` : nothing}
      ${isOn ? html`<div class="modes" role="group" aria-label=${t("voice")}>
        <button class="plain" aria-pressed=${!isPush} @click=${() => voice.setMode("open")}>${t("open_mic")}</button><button class="plain" aria-pressed=${isPush} @click=${() => voice.setMode("push")}>${t("push")}</button>
        <button class="plain" @click=${() => voice.close()}>${icon(ICONS.mic_off)}${t("mic_off")}</button></div>` : nothing}`;
  }

  private readonly tap = (): void => {
    const voice = this.company?.voice;
    if (!voice) return;
    voice.wake();
    if (voice.state === "off" || voice.state === "refused") {
      void voice.start().then(() => this.announce(voice.state === "on" ? t("voice_on") : t("voice_refused")));
    } else if (voice.state === "on" && voice.mode === "open") {
      voice.mute(!voice.isMuted);
      this.announce(voice.isMuted ? t("voice_muted") : t("voice_on"));
    }
  };

  private readonly press = (event: PointerEvent): void => {
    const voice = this.company?.voice;
    if (voice?.state !== "on" || voice.mode !== "push") return;
    (event.target as HTMLElement).setPointerCapture(event.pointerId);
    voice.press(true);
  };

  private readonly letGo = (): void => this.company?.voice.press(false);

  private readonly down = (event: KeyboardEvent): void => {
    const holdsButton = event.composedPath()[0] === this.renderRoot.querySelector(".mic") && (event.code === "Space" || event.code === "Enter");
    if (this.company?.voice.mode !== "push" || (event.code !== PUSH_KEY && !holdsButton) || event.ctrlKey || event.metaKey || isTyping(event)) return;
    if (!event.repeat) this.company.voice.press(true);
    if (holdsButton) event.preventDefault();
  };

  private readonly up = (event: KeyboardEvent): void => {
    if (event.code === PUSH_KEY || event.code === "Space" || event.code === "Enter") this.letGo();
  };
}

customElements.define("together-voice", TogetherVoice);
