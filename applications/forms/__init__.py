"""Forms of the applications app: they carry what was typed; reading and judging it is the actions' work."""
