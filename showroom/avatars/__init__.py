"""
Avatars that people bring along: checked, kept by the hash of their content, shown to others as ``own/<id>``.

``check`` is about one file, ``shelf`` about who may keep how many and who takes them away.
"""
