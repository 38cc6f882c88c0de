"""The store server and the `showroom` command."""
