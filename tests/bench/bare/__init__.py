"""A bare viewflow app with the same graph as the application flow, only to be measured against."""
