"""Argon2 as in production, with costs that let a test sign in a hundred people."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class CheapArgon2(Argon2PasswordHasher):
    """The same algorithm and format at the lowest cost."""

    time_cost = 1
    memory_cost = 8
    parallelism = 1
