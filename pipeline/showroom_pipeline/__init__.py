"""Turns a raw scan into a store-ready product: pure steps over meshes and images. Opens no socket, knows no store."""
