"""
Cutting out things that light passes through.

A renderer draws glass by what stands behind it, so on a clear background a lens comes out black. Two pictures, before
black and before grey, tell what the product itself shows (``E``) and what share of the ground it lets through (``T``):
a pixel is ``E + T · ground``. That gives a colour and an alpha for any ground, exact on the one it is made for.

What it is not: refraction of the real backdrop; the ground is taken to be even.

Source: Smith & Blinn, "Blue screen matting" (1996), section 4.3; Khronos PBR Neutral tone mapper.
"""

import numpy as np

from showroom_assets.scene import F32, U8

GREY = 0.5
"""Scene-linear radiance of the second background."""

_LUMA = np.array([0.2126, 0.7152, 0.0722], dtype=np.float32)
_TOE, _OFFSET = 0.08, 0.04


def cut_out(on_black: U8, on_grey: U8, *, ground: float) -> U8:
    """
    Colour and alpha from two pictures.

    Parameters
    ----------
    on_black, on_grey
        ``(h, w, 3 or more) uint8`` sRGB, of the same camera before a black and a ``GREY`` background.
    ground
        The sRGB grey, between 0 and 1, on which the result shows exactly what the renderer would: ``colour · alpha +
        ground · (1 - alpha)``.

    Returns
    -------
    numpy.ndarray
        ``(h, w, 4) uint8`` sRGB with straight alpha.
    """
    own, behind = _scene(on_black), _scene(on_grey)
    through = np.clip((behind - own) / GREY, 0.0, 1.0)
    seen = _srgb(_shown(own + through * (_linear(np.float32(ground)) + _OFFSET)))
    # a highlight on clear glass adds light: alpha must be high enough for a colour within 0..1 to show it
    least = np.maximum((seen - ground) / (1.0 - ground), 1.0 - seen / ground).max(axis=-1)
    alpha = np.clip(np.maximum(1.0 - through @ _LUMA, least), 0.0, 1.0)
    alpha = np.where(alpha < 2.0 / 255.0, 0.0, alpha)
    with np.errstate(divide="ignore", invalid="ignore"):
        colour = (seen - ground * (1.0 - alpha[..., None])) / alpha[..., None]
    colour = np.where(alpha[..., None] > 0.0, np.clip(colour, 0.0, 1.0), 0.0)
    out: U8 = (np.dstack([colour, alpha]) * 255.0 + 0.5).astype(np.uint8)
    return out


def _scene(picture: U8) -> F32:
    """Undo the sRGB curve and the toe of the neutral tone curve; the shoulder stays: highlights let nothing through."""
    linear = _linear(picture[..., :3].astype(np.float32) / 255.0)
    least = linear.min(axis=-1, keepdims=True)
    toe = np.where(least < _OFFSET, np.sqrt(least / 6.25), least + _OFFSET) - least
    scene: F32 = linear + toe
    return scene


def _shown(scene: F32) -> F32:
    """The toe of the neutral tone curve."""
    least = scene.min(axis=-1, keepdims=True)
    shown: F32 = np.clip(scene - np.where(least < _TOE, least - 6.25 * least * least, _OFFSET), 0.0, 1.0)
    return shown


def _linear(srgb: F32 | np.float32) -> F32:
    return np.asarray(np.where(srgb > 0.04045, ((srgb + 0.055) / 1.055) ** 2.4, srgb / 12.92), dtype=np.float32)


def _srgb(linear: F32) -> F32:
    bright = 1.055 * np.maximum(linear, 1e-6) ** (1.0 / 2.4) - 0.055
    return np.asarray(np.where(linear > 0.0031308, bright, linear * 12.92), dtype=np.float32)
