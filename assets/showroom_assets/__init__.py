"""Keeps products: the scene they are made of, their manifest, their files, and the library that publishes them."""
