"""Figures as data: geometry for server-side SVG, always together with the table that says the same."""
