// Encodes RGBA pictures to KTX2. One JSON line on stdin lists the jobs; their raw pixels follow back to back. Each
// result comes out as a 32-bit little-endian length and its bytes, in the jobs' order. A failed job has length 0.
//
// The wasm module is asked directly rather than through ktx2-encoder's own function, which does not say how mip levels
// are filtered: in linear light for colours, renormalised for normals.
import { readFileSync, writeSync } from "node:fs";
import BASIS from "./node_modules/ktx2-encoder/dist/basis/basis_encoder.js";

const RAW = 0;
const TEXTURE_2D = 0;

function encode(module, job, pixels) {
  const encoder = new module.BasisEncoder();
  try {
    encoder.setTexType(TEXTURE_2D);
    encoder.setCreateKTX2File(true);
    encoder.setDebug(false);
    encoder.setUASTC(job.codec === "uastc");
    if (job.role === "normal") encoder.setNormalMapPreset();
    encoder.setPerceptual(job.role === "color");
    encoder.setKTX2AndBasisSRGBTransferFunc(job.role === "color");
    encoder.setMipGen(job.mipmaps);
    encoder.setMipSRGB(job.role === "color");
    encoder.setMipRenormalize(job.role === "normal");
    encoder.setMipWrapping(job.wrap);
    if (job.codec === "uastc") {
      encoder.setKTX2UASTCSupercompression(true);
      encoder.setPackUASTCFlags(job.effort);
      encoder.setRDOUASTC(job.rdo > 0);
      if (job.rdo > 0) encoder.setRDOUASTCQualityScalar(job.rdo);
    } else {
      encoder.setQualityLevel(job.quality);
      encoder.setETC1SCompressionLevel(job.effort);
    }
    if (encoder.setSliceSourceImage(0, pixels, job.width, job.height, RAW) === false) return new Uint8Array(0);
    const out = new Uint8Array(Math.ceil((job.width * job.height * 16) / 3) + 65536);
    return out.subarray(0, encoder.encode(out));
  } finally {
    encoder.delete();
  }
}

function write(bytes) {
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(1, bytes, at);
    } catch (error) {
      if (error.code !== "EAGAIN") throw error;
    }
  }
}

const input = readFileSync(0);
const line = input.indexOf(10);
const jobs = JSON.parse(input.subarray(0, line).toString());
const module = await BASIS({ print: () => {} }); // its progress lines would end up among the results
module.initializeBasis();
let offset = line + 1;
for (const job of jobs) {
  const size = job.width * job.height * 4;
  const result = encode(module, job, new Uint8Array(input.subarray(offset, offset + size)));
  offset += size;
  const head = Buffer.alloc(4);
  head.writeUInt32LE(result.length);
  write(head);
  write(result);
}
