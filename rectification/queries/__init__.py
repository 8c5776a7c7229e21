"""Reads of the rectification app, named as questions."""
