"""Packs of evidence: the pages they make themselves, the one file, its manifest, its redacted twin."""
