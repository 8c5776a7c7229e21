"""The one signal of the process: a case may have something next on its road. The lifecycle listens."""

from django.dispatch import Signal

# Sent with ``case`` (locked), ``by`` and ``at`` inside the transaction that made it true.
road = Signal()
