"""How fast the product is, as ratios to named peers run in turn with it: `python -m benchmarks`."""
