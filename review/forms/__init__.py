"""Forms of the review app, by subject."""
