"""Stamps simple-history rows with the acting person, the verb and the clock's moment."""

from typing import Any

from django.dispatch import receiver
from simple_history.signals import pre_create_historical_record

from applications import acting


@receiver(pre_create_historical_record, dispatch_uid="stamp_history")
def stamp(sender: type, history_instance: Any, **kwargs: Any) -> None:
    """Write who, with which verb and when into a history row that is about to be saved."""
    current = acting.current()
    if current is not None:
        history_instance.history_user = current.by
        history_instance.history_change_reason = current.verb
        history_instance.history_date = current.at
