"""The demo store: what ``showroom demo`` builds before it opens the page."""
