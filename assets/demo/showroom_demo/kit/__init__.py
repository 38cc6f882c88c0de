"""The modelling kit of the demo catalogue: shapes in millimetres, textures from seeded noise, glTF materials, products."""
