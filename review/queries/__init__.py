"""Reads of the review app, named as questions."""
