"""A whole installation in a folder, and back: database, files, anchors, keys, each vouched for by its SHA-256."""
