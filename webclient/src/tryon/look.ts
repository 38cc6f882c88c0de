/** The mirror's look: the picture fills everything, what one touches lies on it as dark glass, where thumbs are. */
import { css } from "../shop/panel";

export const look = css`
  :host { color: #f6f2ea; --ink: #f6f2ea; --quiet: #cfc8bb; --line: rgb(255 255 255 / 0.3); --accent: #f6f2ea; --accent-ink: #22241f; --glass: rgb(24 23 20 / 0.62); --soft: #2b2925; --bad: #ffb9a3; }
  .over { display: contents; }
  .mirror { position: fixed; inset: 0; width: 100%; height: 100%; max-width: none; max-height: none; margin: 0; padding: 0; border: 0; overflow: hidden; background: #181714; color: inherit; container-type: size; }
  .mirror[open] { display: grid; }
  .mirror::backdrop { background: #181714; }
  .card { place-self: center; display: grid; justify-items: start; gap: 20px; width: min(32rem, calc(100% - 32px)); max-height: calc(100cqh - 32px); overflow-y: auto; padding: 32px; border-radius: 16px; background: rgb(255 255 255 / 0.07); backdrop-filter: blur(18px); }
  .card p { text-wrap: pretty; }
  .card > .icon { width: 32px; height: 32px; }
  .promises { display: grid; gap: 16px; }
  .promises li { display: grid; grid-template-columns: 24px 1fr; gap: 14px; color: var(--quiet); }
  .promises .icon { width: 24px; height: 24px; color: #f6f2ea; }
  .promises strong { font-weight: 600; color: #f6f2ea; }
  .waiting { display: flex; align-items: center; gap: 14px; font-variant-numeric: tabular-nums; }
  progress { appearance: none; width: 100%; height: 3px; border: 0; border-radius: 2px; overflow: hidden; background: rgb(255 255 255 / 0.16); }
  progress::-webkit-progress-bar { background: transparent; }
  progress::-webkit-progress-value { background: #f6f2ea; transition: width 200ms ease-out; }
  progress::-moz-progress-bar { background: #f6f2ea; }
  .row { display: flex; flex-wrap: wrap; gap: 12px; }
  .act { background: #f6f2ea; color: #22241f; }
  .act:hover { background: #fff; }

  .glass { position: absolute; inset: 0; overflow: hidden; }
  .glass canvas { width: 100%; height: 100%; object-fit: cover; transform: scaleX(-1); display: block; }
  .advice { position: absolute; inset-block-start: 92px; inset-inline: 0; margin-inline: auto; width: fit-content; max-width: min(40rem, calc(100% - 32px)); padding: 10px 18px; border-radius: 22px; background: rgb(24 23 20 / 0.78); text-align: center; text-wrap: balance; }

  .tools { position: absolute; inset-block-start: 20px; inset-inline: 20px; display: flex; gap: 8px; align-items: center; justify-content: flex-end; }
  .tools .gap { flex: 1; }
  .tools .plain, .tools .round, .tools select { background: var(--glass); border: 1px solid rgb(255 255 255 / 0.18); backdrop-filter: blur(12px); }
  .tools .plain[aria-pressed="true"], .tools .plain[aria-expanded="true"] { background: #f6f2ea; color: #22241f; }
  .tools select { min-height: 44px; border-radius: 999px; padding-inline: 12px; max-width: 11rem; color: inherit; }
  .tools option { color: #22241f; }

  .rail { position: absolute; inset-block-end: 0; inset-inline: 0; display: grid; gap: 10px; justify-items: center; padding: 56px 16px 16px; background: linear-gradient(transparent, rgb(24 23 20 / 0.72)); pointer-events: none; }
  .rail > * { pointer-events: auto; }
  .rail ul, .rail .colours { display: flex; gap: 8px; max-width: 100%; overflow-x: auto; padding: 4px; scrollbar-width: none; overscroll-behavior-x: contain; }
  .thing { display: grid; justify-items: center; align-content: start; gap: 6px; width: 96px; min-height: 100%; padding: 6px; border: 1px solid transparent; border-radius: 14px; background: var(--glass); font-size: 14px; line-height: 1.25; text-align: center; backdrop-filter: blur(12px); transition: border-color 200ms ease-out, background 200ms ease-out; }
  .thing img, .thing .bone { width: 82px; height: 64px; border-radius: 9px; display: block; object-fit: cover; }
  .thing[aria-pressed="true"] { border-color: #f6f2ea; background: rgb(70 66 58 / 0.82); }
  .thing[aria-busy="true"] img { opacity: 0.45; }
  .rail .plain { background: var(--glass); white-space: nowrap; backdrop-filter: blur(12px); }
  .rail .plain[aria-pressed="true"] { background: #f6f2ea; color: #22241f; border-color: #f6f2ea; }
  .rail .colour { min-width: 44px; justify-content: center; }
  .rail .colour[aria-pressed="false"] { padding: 0; }
  .rail .colour .dot { width: 22px; height: 22px; box-shadow: 0 0 0 1.5px rgb(246 242 234 / 0.55); }
  .rail .colour[aria-pressed="false"] .name { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .rail .small { color: #f0eade; text-shadow: 0 1px 6px rgb(0 0 0 / 0.7); text-align: center; text-wrap: balance; }
  .rail .fault { padding: 8px 16px; border-radius: 22px; background: rgb(24 23 20 / 0.82); }

  @container (min-width: 721px) {
    /* What is chosen of it lies aside: whoever looks stands in the middle. */
    .rail { justify-items: end; padding-inline: 20px; }
    .rail ul { justify-self: center; }
    .rail .fault { justify-self: center; }
    .rail shop-worn { justify-items: end; }
  }
  @container (min-width: 721px) { .parted .rail { inset-inline-start: calc(23rem + 16px); justify-items: start; } }

  .seam { position: absolute; inset: 0; width: 100%; height: 100%; margin: 0; appearance: none; background: none; cursor: ew-resize; touch-action: none; }
  .seam::-webkit-slider-runnable-track { height: 100%; background: none; }
  .seam::-moz-range-track { height: 100%; background: none; }
  .seam::-webkit-slider-thumb { appearance: none; width: 44px; height: 100cqh; border: 0; background: radial-gradient(circle at 50% 68%, #f6f2ea 0 15px, rgb(24 23 20 / 0.4) 15.5px 17px, transparent 17.5px), linear-gradient(90deg, transparent 20.5px, rgb(24 23 20 / 0.45) 20.5px 21px, #f6f2ea 21px 23px, rgb(24 23 20 / 0.45) 23px 23.5px, transparent 23.5px); }
  .seam::-moz-range-thumb { width: 44px; height: 100cqh; border: 0; border-radius: 0; background: radial-gradient(circle at 50% 68%, #f6f2ea 0 15px, transparent 16px), linear-gradient(90deg, transparent 21px, #f6f2ea 21px 23px, transparent 23px); }
  .seam:focus-visible { outline-offset: -6px; }
  .sides { position: absolute; inset-block-start: 84px; inset-inline: 0; display: flex; justify-content: space-between; gap: 12px; padding-inline: 20px; pointer-events: none; }
  .sides .plain { pointer-events: auto; background: var(--glass); backdrop-filter: blur(12px); max-width: 46%; }
  .sides .name { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }

  .aside { position: absolute; inset-block: 84px auto; inset-inline-start: 20px; width: min(23rem, calc(100% - 40px)); max-height: calc(100cqh - 110px); overflow-y: auto; display: grid; gap: 22px; padding: 24px; border-radius: 16px; background: rgb(24 23 20 / 0.8); backdrop-filter: blur(18px); }
  .aside h2 { font-size: 22px; }
  .aside section { display: grid; gap: 10px; justify-items: start; }
  .aside h3 { font-size: 16px; }
  .aside .field { display: flex; align-items: center; gap: 10px; }
  .aside input[type="text"] { width: 7rem; min-height: 44px; padding: 6px 14px; border: 1px solid var(--line); border-radius: 12px; background: rgb(0 0 0 / 0.25); font-variant-numeric: tabular-nums; }
  .aside input[aria-invalid="true"] { border-color: var(--bad); }
  .aside .bad { color: var(--bad); }
  .switch { display: grid; grid-template-columns: 1fr 52px; align-items: center; gap: 4px 14px; width: 100%; min-height: 44px; padding: 0; border: 0; background: none; text-align: start; }
  .switch::after { content: ""; grid-column: 2; grid-row: 1; width: 52px; height: 30px; border-radius: 15px; background: radial-gradient(circle, #f6f2ea 11px, transparent 11.5px) -11px 0 / 52px 30px no-repeat, rgb(255 255 255 / 0.2); transition: background-position 200ms ease-out, background-color 200ms ease-out; }
  .switch[aria-checked="true"]::after { background-position: 11px 0; background-color: #4e8a6b; }

  .shot { position: absolute; inset: 0; display: grid; place-items: center; background: rgb(24 23 20 / 0.72); backdrop-filter: blur(10px); }
  .shot .card { background: #24221e; justify-items: stretch; width: min(38rem, calc(100% - 32px)); gap: 16px; padding: 24px; }
  .shot img { display: block; width: 100%; max-height: 58cqh; object-fit: contain; border-radius: 12px; background: #12110f; }

  @container (max-width: 1000px) {
    .tools .plain span { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
    .tools .plain { width: 44px; padding: 0; }
  }
  @container (max-width: 720px) {
    .tools { inset-block-start: 12px; inset-inline: 12px; gap: 6px; }
    .tools select { max-width: 6rem; }
    .sides { inset-block-start: 68px; padding-inline: 12px; }
    .advice { inset-block-start: 72px; }
    .rail { padding-inline: 8px; }
    .rail ul { justify-self: stretch; }
    .rail .colours { justify-self: stretch; }
    .card { padding: 24px; }
    .parted .rail { visibility: hidden; }
    .aside { inset-inline: 12px; inset-block: auto 12px; width: auto; max-height: 62cqh; background: rgb(24 23 20 / 0.9); }
  }
  @container (max-height: 520px) {
    .thing img, .thing .bone { display: none; }
    .rail { padding-block-start: 24px; }
  }
`;
