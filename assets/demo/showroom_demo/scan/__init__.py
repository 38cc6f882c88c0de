"""The parts of the virtual scanner: target, rig, fusion, atlas, dirt and files."""
