/** What this device can do, in a few milliseconds: a small drawing, the browser's own hints, and whether a headset is near. */
import type { Measured } from "./rung";

const SOFTWARE = /swiftshader|llvmpipe|softpipe|software|basic render|mesa offscreen/i;
const SIDE_PX = 512;
const PICTURES = 4;
/** A processor that draws would take seconds for the test: it stops here. */
const ENOUGH_MS = 120;

export async function measure(): Promise<Measured> {
  const hints = navigator as Navigator & { deviceMemory?: number; connection?: { saveData?: boolean } };
  const savesData = hints.connection?.saveData === true || matchMedia("(prefers-reduced-data: reduce)").matches;
  return { ...drawing(), memory_gb: hints.deviceMemory ?? null, savesData, hasHeadset: await hasHeadset() };
}

async function hasHeadset(): Promise<boolean> {
  const xr = (navigator as Navigator & { xr?: { isSessionSupported(mode: string): Promise<boolean> } }).xr;
  if (!xr) return false;
  try {
    return await xr.isSessionSupported("immersive-vr");
  } catch {
    return false; // not allowed here is the same as not there
  }
}

type Drawing = Pick<Measured, "hasWebGl2" | "isSoftware" | "probe_ms">;

/** A canvas of its own, drawn a few times with a shader about as dear as the store's, waited for, and given back. */
function drawing(): Drawing {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIDE_PX;
  const gl = canvas.getContext("webgl2", { antialias: false, powerPreference: "high-performance" });
  if (!gl) return { hasWebGl2: false, isSoftware: false, probe_ms: null };
  try {
    const isSoftware = SOFTWARE.test(nameOf(gl));
    return { hasWebGl2: true, isSoftware, probe_ms: isSoftware ? null : timed(gl) };
  } finally {
    gl.getExtension("WEBGL_lose_context")?.loseContext();
  }
}

function nameOf(gl: WebGL2RenderingContext): string {
  const told = gl.getExtension("WEBGL_debug_renderer_info");
  return String(gl.getParameter(told ? told.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
}

const VERTEX = `#version 300 es
void main() { vec2 p = vec2(gl_VertexID & 1, gl_VertexID >> 1) * 4.0 - 1.0; gl_Position = vec4(p, 0.0, 1.0); }`;

const FRAGMENT = `#version 300 es
precision highp float;
out vec4 colour;
uniform float turn;
void main() {
  vec3 v = vec3(gl_FragCoord.xy * 0.01, turn);
  for (int i = 0; i < 24; i++) v = sin(v.yzx * 1.7 + v) * inversesqrt(dot(v, v) + 0.5);
  colour = vec4(v * 0.5 + 0.5, 1.0);
}`;

/** The best of a few pictures, milliseconds; the first one only warms up. */
function timed(gl: WebGL2RenderingContext): number {
  const program = gl.createProgram();
  for (const [kind, text] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]] as const) {
    const shader = gl.createShader(kind);
    if (!shader) return Infinity;
    gl.shaderSource(shader, text);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) return Infinity;
  gl.useProgram(program);
  const turn = gl.getUniformLocation(program, "turn");
  const seen = new Uint8Array(4);
  let best = Infinity;
  const began = performance.now();
  for (let i = 0; i <= PICTURES && performance.now() - began < ENOUGH_MS; i++) {
    const from = performance.now();
    gl.uniform1f(turn, i);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
    gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, seen); // waits until it is drawn
    if (i > 0) best = Math.min(best, performance.now() - from);
  }
  return best === Infinity ? performance.now() - began : best;
}
