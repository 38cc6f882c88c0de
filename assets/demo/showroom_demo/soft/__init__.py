"""The soft goods: garments, cap, sneaker and bag."""
