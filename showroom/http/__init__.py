"""Everything that speaks HTTP; the only place that imports aiohttp."""
