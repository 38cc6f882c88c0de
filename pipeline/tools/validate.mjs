// Runs the Khronos glTF validator. One JSON line on stdin gives the size of each GLB; their bytes follow back to back.
// One JSON array comes out: {errors, warnings, codes: {CODE: count}, first} for each.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const validator = createRequire(import.meta.url)("gltf-validator");
const input = readFileSync(0);
const line = input.indexOf(10);
const sizes = JSON.parse(input.subarray(0, line).toString());
let offset = line + 1;
const verdicts = [];
for (const size of sizes) {
  const bytes = new Uint8Array(input.subarray(offset, offset + size));
  offset += size;
  try {
    const { issues } = await validator.validateBytes(bytes, { maxIssues: 1000 });
    const codes = {};
    for (const { code } of issues.messages) codes[code] = (codes[code] ?? 0) + 1;
    const first = issues.messages.find(({ severity }) => severity === 0);
    const text = first ? `${first.code} at ${first.pointer}: ${first.message}` : "";
    verdicts.push({ errors: issues.numErrors, warnings: issues.numWarnings, codes, first: text });
  } catch (error) {
    verdicts.push({ errors: 1, warnings: 0, codes: { UNREADABLE: 1 }, first: String(error).slice(0, 300) });
  }
}
process.stdout.write(JSON.stringify(verdicts));
