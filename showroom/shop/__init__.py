"""
The shop: money, stock, carts, orders and payments.

Everything here but ``service`` and ``batches`` is rules: values in, values out, no clock, no chance and no I/O of its
own. ``showroom.db.shop`` keeps what the rules decide; ``service.Shop`` is what the server talks to.
"""
