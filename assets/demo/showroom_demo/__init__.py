"""Builds the demo catalogue from code, and a virtual scanner that turns each product into a noisy raw scan."""
