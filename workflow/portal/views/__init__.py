"""The pages of the public portal: no login, no session, published rows only."""
