/** The look of <place-room>: the room fills the window, the controls are a sheet of frosted glass where a thumb is. */
import { css } from "lit";

export const styles = css`
  :host { position: fixed; inset: 0; z-index: 40; background: #181714; color: #f6f2ea; container-type: size; --ink: #f6f2ea; --quiet: #cfc8bb; --line: rgb(255 255 255 / 0.3); --bad: #ffb9a0; --accent: #f6f2ea; --accent-ink: #22241f; --soft: #38352f; }
  :host([data-through]) { background: transparent; }
  section { position: absolute; inset: 0; }
  .card { position: absolute; inset: 0; margin: auto; height: fit-content; max-height: calc(100% - 32px); overflow: auto; display: grid; gap: 14px; width: min(28rem, calc(100% - 32px)); padding: 32px; border-radius: 16px; background: rgb(255 255 255 / 0.07); backdrop-filter: blur(18px); }
  .card p { text-wrap: pretty; }
  .leave { position: absolute; inset-block-start: 16px; inset-inline-end: 16px; }
  .poster { width: 120px; height: 120px; border-radius: 12px; object-fit: cover; }
  .card .note, .rail .note { background: rgb(255 255 255 / 0.09); }
  .note.bad { color: var(--bad); }
  .file { position: relative; cursor: pointer; }
  .file input { position: absolute; inset: 0; width: 100%; height: 100%; opacity: 0; cursor: pointer; }
  .file:focus-within { outline: 3px solid #f6f2ea; outline-offset: 2px; }
  .act:hover { background: #fff; }
  a.act img { border-radius: 8px; }
  .stage { position: absolute; inset: 0; inset-inline-end: 360px; display: grid; place-items: center; }
  .frame { position: relative; border-radius: 4px; }
  .frame canvas { position: absolute; inset: 0; width: 100%; height: 100%; display: block; }
  .visit { background: linear-gradient(#efe8db, #d3c6b1); }
  .visit .drawn { width: 100%; height: 100%; display: block; }
  .visit .drawn:focus-visible { outline-color: #1f4d3a; }
  .visit .ware { grid-template-columns: 64px 1fr auto; }
  .lines { pointer-events: none; }
  .drawn { touch-action: none; cursor: grab; }
  .drawn:active { cursor: grabbing; }
  .drawn:focus-visible { outline: 3px solid #f6f2ea; outline-offset: -3px; }
  .mark { position: absolute; width: 44px; height: 44px; margin: -22px 0 0 -22px; padding: 0; border: 0; border-radius: 50%; background: radial-gradient(circle, #1f4d3a 0 11px, #fbf8f2 11.5px 13px, transparent 13.5px); color: #fff; font-size: 13px; font-weight: 600; touch-action: none; cursor: move; }
  .mark:focus-visible { outline: 3px solid #fbf8f2; outline-offset: -6px; }
  .top { position: absolute; inset-block-start: 16px; inset-inline-end: 16px; display: flex; gap: 8px; z-index: 2; }
  .top .round, .top .plain { background: rgb(24 23 20 / 0.66); backdrop-filter: blur(12px); }
  .rail { position: absolute; inset-block: 76px 16px; inset-inline-end: 16px; width: 328px; overflow: auto; display: grid; align-content: start; gap: 14px; padding: 20px; border-radius: 16px; background: rgb(24 23 20 / 0.72); backdrop-filter: blur(18px); }
  .rail h2 { font-size: 22px; }
  .row { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; }
  .head { display: flex; gap: 8px; align-items: center; }
  .tools .round { border: 1px solid var(--line); }
  .tools .act { flex: 1; min-height: 44px; padding: 6px 14px; font-size: 16px; white-space: nowrap; }
  .says { display: grid; grid-template-columns: auto 1fr; gap: 10px; font-weight: 600; text-wrap: pretty; }
  .verdict { display: inline-block; width: 14px; height: 14px; margin-block-start: 0.3em; border-radius: 50%; background: #e9e4da; flex: none; }
  .pieces .verdict { margin-block-start: 0; width: 10px; height: 10px; }
  .verdict[data-kind="fits"] { background: #7fd6a4; }
  .verdict[data-kind="snug"] { background: #f2c46d; border-radius: 4px; }
  .verdict[data-kind="no"] { background: #ef8a6b; border-radius: 0; transform: rotate(45deg) scale(0.85); }
  .pieces { display: flex; flex-wrap: wrap; gap: 6px; }
  .pieces .plain { min-height: 40px; padding: 4px 12px; font-size: 15px; }
  .plain[aria-pressed="true"] { background: #f6f2ea; border-color: #f6f2ea; color: #22241f; }
  fieldset { display: flex; gap: 2px; margin-inline: -8px; }
  .colour { width: 40px; height: 40px; padding: 0; border: 0; border-radius: 50%; background: none; display: grid; place-items: center; }
  .colour .dot { width: 24px; height: 24px; }
  .colour[aria-pressed="true"] .dot { outline: 2px solid #f6f2ea; outline-offset: 3px; }
  .shelf { display: grid; gap: 4px; }
  .ware { display: grid; grid-template-columns: 64px 1fr; gap: 12px; align-items: center; width: 100%; padding: 6px; border: 0; border-radius: 12px; background: none; text-align: start; }
  .ware:hover { background: rgb(255 255 255 / 0.08); }
  .ware img { width: 64px; height: 64px; border-radius: 10px; object-fit: cover; }
  .ware b, .ware .small { display: block; }
  .pair { display: grid; grid-template-columns: 1fr 1fr; gap: 10px; }
  .field { display: grid; gap: 4px; font-size: 15px; }
  .field input, .field select { width: 100%; min-height: 44px; padding: 8px 12px; border: 1px solid var(--line); border-radius: 12px; background: rgb(255 255 255 / 0.08); color: #f6f2ea; font-size: 16px; }
  .field option { color: #22241f; background: #f6f2ea; }
  details summary { min-height: 44px; display: flex; align-items: center; cursor: pointer; text-decoration: underline; text-underline-offset: 4px; text-decoration-thickness: 1px; }
  section.ar { pointer-events: none; }
  section.ar .rail, section.ar .top { pointer-events: auto; }
  @container (max-width: 760px) {
    .stage { inset-inline-end: 0; inset-block: 64px 42%; }
    .rail, section.ar .rail { inset-block: auto 0; inset-inline: 0; width: auto; max-height: 42%; border-radius: 16px 16px 0 0; padding: 16px 16px 24px; gap: 10px; }
    .card { padding: 24px; }
  }
`;
