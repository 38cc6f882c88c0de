"""Stores: what one is made of, whether it holds together, what changed, and where its versions are kept."""
