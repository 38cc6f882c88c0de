"""The modelling kit of the demo catalogue: shapes in millimetres, tiling textures, glTF materials, products."""
