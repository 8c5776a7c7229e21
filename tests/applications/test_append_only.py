"""Every table of record refuses to be changed, in whichever way somebody tries."""

import pytest
from django.apps import apps
from django.core.exceptions import FieldDoesNotExist

from applications.models.append_only import AppendOnly, AppendOnlyError

RECORDS = [model for model in apps.get_models() if issubclass(model, AppendOnly)]


def test_the_tables_of_record_are_append_only() -> None:
    names = {model.__name__ for model in RECORDS}
    assert {"Rating", "RatingLine", "Decision", "Vote", "Settlement"} <= names


@pytest.mark.parametrize("model", RECORDS, ids=lambda model: model.__name__)
def test_no_way_leads_past_the_rule(model: type[AppendOnly]) -> None:
    stored = model()
    stored._state.adding = False
    for act in (
        stored.save,
        stored.delete,
        model.objects.all().delete,
        lambda: model.objects.update(pk=1),
        lambda: model.objects.filter(pk=1).update(pk=2),
        lambda: model.objects.bulk_update([], ["pk"]),
        lambda: model.objects.bulk_create([], update_conflicts=True),
    ):
        with pytest.raises(AppendOnlyError):
            act()


@pytest.mark.parametrize("model", RECORDS, ids=lambda model: model.__name__)
def test_rows_of_record_have_no_history_because_they_have_no_past(model: type[AppendOnly]) -> None:
    with pytest.raises((AttributeError, FieldDoesNotExist)):
        model._meta.simple_history_manager_attribute  # noqa: B018
