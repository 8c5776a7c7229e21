"""The one signal of the process: a case may have something next on its road. The lifecycle listens."""

from django.dispatch import Signal

# Sent with ``case`` (locked), ``by`` and ``at`` inside the transaction that made it true.
road = Signal()

# The due date of a matter's deadline has moved (``deadline``): whoever repeats it in a list keeps it up to date.
due_moved = Signal()
