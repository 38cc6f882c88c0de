"""
Who is asking: the one value that every permission is decided on.

A guest has a nickname and nothing else; an account belongs to a merchant (the tenant) or, for operators, to none. What
an API token may do is what its owner may do, cut down to the token's scopes.
"""

from enum import StrEnum
from typing import Final

from msgspec import Struct

from showroom.errors import Forbidden, SignInNeeded


class Scope(StrEnum):
    """What an account, or a token, may do."""

    SHOP = "shop"  # browse, talk, fill a cart and buy: everybody
    PRODUCTS_WRITE = "products:write"  # upload, publish and withdraw a merchant's own products
    STORES_WRITE = "stores:write"  # change a merchant's own stores
    ORDERS_READ = "orders:read"  # see the orders a merchant has to send
    ORDERS_WRITE = "orders:write"  # send, cancel, refund
    HOST = "host"  # run a stage, moderate the rooms of a merchant
    OPERATE = "operate"  # everything, for all merchants


class Role(StrEnum):
    GUEST = "guest"
    SHOPPER = "shopper"
    HOST = "host"
    MERCHANT = "merchant"
    OPERATOR = "operator"


SCOPES: Final[dict[Role, frozenset[Scope]]] = {
    Role.GUEST: frozenset({Scope.SHOP}),
    Role.SHOPPER: frozenset({Scope.SHOP}),
    Role.HOST: frozenset({Scope.SHOP, Scope.HOST}),
    Role.MERCHANT: frozenset(Scope) - {Scope.OPERATE},
    Role.OPERATOR: frozenset(Scope),
}


class Principal(Struct, frozen=True, kw_only=True):
    """
    Parameters
    ----------
    id
        Stable over sessions: ``g_…`` for guests, ``a_…`` for accounts.
    tenant
        The merchant whose drafts and orders may be seen; empty for guests, shoppers and operators.
    scopes
        Already cut down to what the token allows.
    """

    id: str
    role: Role
    name: str = ""
    tenant: str = ""
    scopes: frozenset[Scope] = SCOPES[Role.GUEST]

    def require(self, scope: Scope, *, tenant: str = "") -> None:
        """
        Nothing, if this principal may.

        Raises
        ------
        SignInNeeded
            A guest asks for what needs an account.
        Forbidden
            It may not, or not for that tenant.
        """
        if scope not in self.scopes:
            if self.role is Role.GUEST:
                raise SignInNeeded("This needs an account. Sign in, or send an API token.", scope=scope)
            raise Forbidden(f"This account or token may not do that: it lacks the scope {scope}.", scope=scope)
        if tenant and tenant != self.tenant and Scope.OPERATE not in self.scopes:
            raise Forbidden("That belongs to another merchant.", scope=scope)
