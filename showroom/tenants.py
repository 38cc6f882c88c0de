"""
Merchants' names and what they own: how a thing is called inside its merchant's realm, and by everybody else.

``chair`` of the house's own merchant is ``chair`` to all; ``chair`` of ``nordlicht`` is ``nordlicht.chair``. So two
merchants may use the same name, and none learns from a clash what another has not published.
"""

from typing import Final

DEFAULT_TENANT: Final = "default"
RESERVED: Final = frozenset(("scans",))
"""Namespaces of the library that are no merchant's."""


def public_id(tenant: str, name: str) -> str:
    """How everybody calls a merchant's product or store."""
    return name if tenant == DEFAULT_TENANT else f"{tenant}.{name}"


def split_id(public: str) -> tuple[str, str]:
    """Merchant and name of a public id."""
    tenant, dot, name = public.partition(".")
    return (tenant, name) if dot else (DEFAULT_TENANT, public)
