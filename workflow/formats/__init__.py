"""Dates as each language writes them, where Django's own formats differ from what officials write."""
