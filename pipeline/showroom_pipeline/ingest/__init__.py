"""
Reading: from files of many kinds to one ``Scan``.
"""

from .limits import Limits
from .reading import read
from .scan import Frame, RgbdCapture, Scan, Source

__all__ = ["Frame", "Limits", "RgbdCapture", "Scan", "Source", "read"]
