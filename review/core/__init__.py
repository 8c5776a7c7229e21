"""Arithmetic of the review app: no Django, no clock."""
