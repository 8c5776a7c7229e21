"""Forms of the rectification app."""
