"""The policy lab: what a pack would have asked for, had it been in force over a stretch of stored registers.

The engine's own nights are lived through again on cases that exist in memory alone. It decides nothing, and
what it shows are figures without names.
"""
