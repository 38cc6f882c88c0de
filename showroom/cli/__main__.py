"""``python -m showroom.cli``: the command without its script."""

from showroom.cli import main

main()
