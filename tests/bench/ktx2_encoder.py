"""
CPU, bytes and faithfulness of the KTX2 encoder on one's own textures; the figures of docs/decisions/ktx2-encoder.md.

    python tests/bench/ktx2_encoder.py COLOUR.png [--normal NORMAL.png] [--size 1024]
"""

import argparse
import resource
from pathlib import Path

from showroom_assets.glb import ktx2 as reading
from showroom_assets.scene import U8
from showroom_pipeline import ktx2
from showroom_pipeline.steps.textures import decode, psnr_db, resized

COLOR = [
    ktx2.Settings(quality=128),
    ktx2.Settings(quality=200),
    ktx2.Settings(codec="uastc", effort=1),
    ktx2.Settings(codec="uastc", effort=1, rdo=1.0),
]
NORMAL = [
    ktx2.Settings(role="normal", quality=255),
    ktx2.Settings(role="normal", codec="uastc", effort=1),
    ktx2.Settings(role="normal", codec="uastc", effort=0, rdo=3.0),
]


def measure(pixels: U8, settings: ktx2.Settings) -> None:
    def cpu_s() -> float:
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime

    start = cpu_s()
    (data,) = ktx2.encode([(pixels, settings)])
    spent = cpu_s() - start
    seen = reading.pixels(data)
    name = f"{settings.role} {settings.codec} quality {settings.quality} effort {settings.effort} rdo {settings.rdo}"
    print(f"{name:52s} {spent:6.2f} s {len(data):9,d} B {psnr_db(pixels, seen):6.2f} dB", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("color", type=Path)
    parser.add_argument("--normal", type=Path)
    parser.add_argument("--size", type=int, default=1024)
    options = parser.parse_args()
    for settings in COLOR:
        measure(resized(decode(options.color.read_bytes()), options.size, options.size, role="color"), settings)
    for settings in NORMAL if options.normal else []:
        measure(resized(decode(options.normal.read_bytes()), options.size, options.size, role="normal"), settings)


if __name__ == "__main__":
    main()
