"""``python -m showroom``: the command without its script."""

from showroom.cli import main

main()
