"""
The headers of every answer: what the browser may do with it, and who may ask.

The page loads nothing from anywhere else. ``wasm-unsafe-eval`` and blob workers are for the decoders of textures
(KTX2) and meshes (meshopt); ``unsafe-eval`` is not needed and not given. Styles set by script (a swatch's colour) go
through the CSSOM, which the policy does not restrict. The texture worker is started from an address, so that it has a
policy of its own: its glue code does need ``unsafe-eval``.
"""

from collections.abc import Iterable
from typing import Final


def page_policy(connect_to: Iterable[str] = ()) -> str:
    """
    What a page may do.

    Parameters
    ----------
    connect_to
        Further addresses that it may talk to: other processes' rooms (``wss://*.shop.example``).
    """
    return "; ".join(
        (
            "default-src 'self'",
            "script-src 'self' 'wasm-unsafe-eval' blob:",
            "worker-src 'self' blob:",
            "img-src 'self' blob: data:",
            " ".join(("connect-src 'self' blob: data:", *connect_to)),
            "style-src 'self'",
            "font-src 'self'",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    )


PAGE_POLICY: Final = page_policy()

WORKER_POLICY: Final = "default-src 'none'; script-src 'self' 'unsafe-eval' 'wasm-unsafe-eval'; connect-src 'none'"
"""For the texture worker alone, whose glue code is made by ``new Function``: it sees no page and asks for nothing."""

REPORT_POLICY: Final = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox allow-scripts"
)
"""For what the pipeline wrote: one file with everything in it, which may reach neither the store nor the network."""

DATA_POLICY: Final = "default-src 'none'; frame-ancestors 'none'; sandbox"

SECURITY: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Try-on wants the camera, voice the microphone, a headset its pose: each asks the visitor first.
    "Permissions-Policy": (
        "camera=(self), microphone=(self), xr-spatial-tracking=(self), geolocation=(), payment=(), usb=()"
    ),
}

ONLY_TLS: Final = "max-age=31536000"
"""Sent over TLS alone: once seen over https, a browser asks for nothing else."""

FOREVER: Final = "public, max-age=31536000, immutable"
ASK_AGAIN: Final = "no-cache"
