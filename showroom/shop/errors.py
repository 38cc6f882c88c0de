"""What may go wrong in the shop, each with a code of its own; the HTTP status comes from the class above it."""

from showroom.errors import BadRequest, Conflict, Forbidden, Gone, NotFound
from showroom_assets.errors import ShowroomError


class NoSuchOffer(NotFound):
    """Nothing is sold under that SKU, or not any more."""

    code = "shop.no_offer"


class NoSuchOrder(NotFound):
    """No such order, or another's."""

    code = "shop.no_order"


class NoSuchClaim(NotFound):
    """No such claim, or another's."""

    code = "shop.no_claim"


class SoldOut(Conflict):
    """Fewer are left than wanted; ``fields["available"]`` says how many."""

    code = "shop.sold_out"


class OverLimit(Conflict):
    """More than one customer may have."""

    code = "shop.over_limit"


class CartFull(Conflict):
    """As many different things as a cart, or as many claims as a customer, may hold."""

    code = "shop.cart_full"


class CartEmpty(Conflict):
    """Nothing to buy."""

    code = "shop.cart_empty"


class PriceChanged(Conflict):
    """The total differs from the one that the customer saw."""

    code = "shop.price_changed"


class NotPriced(Conflict):
    """Not sold in that currency."""

    code = "shop.not_priced"


class WrongState(Conflict):
    """The order's state does not allow that step."""

    code = "shop.wrong_state"


class StockInUse(Conflict):
    """Fewer than are held in carts and orders right now."""

    code = "shop.stock_in_use"


class KeyReused(Conflict):
    """The same Idempotency-Key with another request."""

    code = "shop.key_reused"


class KeyNeeded(BadRequest):
    """A write without a usable Idempotency-Key."""

    code = "shop.key_needed"


class BadMoney(BadRequest):
    """Not an amount of money, or not of a known currency."""

    code = "shop.money"


class NotInProduct(BadRequest):
    """The product's manifest does not list that SKU."""

    code = "shop.not_in_product"


class CodeOver(Gone):
    """A cart code that was used, has expired or never was."""

    code = "shop.code_over"


class WeakSecret(ShowroomError):
    """The webhooks' secret could be guessed."""

    code = "shop.weak_secret"


class BadSignature(Forbidden):
    """A webhook that the payment provider did not sign, or not lately."""

    code = "shop.signature"


class NoSuchProduct(NotFound):
    """An offer of a product that is not published."""

    code = "shop.no_product"
