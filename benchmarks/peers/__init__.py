"""The peers: what a careful developer would otherwise write, kept for good so that ratios stay comparable."""
