"""Reads of the applications app, named as questions."""
