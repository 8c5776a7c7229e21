"""Pages of the offices: accounts, communities, standards and batches."""
