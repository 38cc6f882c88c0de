"""``report.html`` and ``report.json``: the proof as a page a merchant can trust and as figures a program can read."""

from .page import Page, write_report

__all__ = ["Page", "write_report"]
