"""Name and contact of who objected stand encrypted in the table, are read by those who handle it, and outlive a new key."""

from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import FieldError
from django.core.management import CommandError, call_command
from django.db import connection

from review.models import Objection
from tests.cast import Cast
from tests.review import publishing

pytestmark = pytest.mark.django_db
CONTACT = "13900001234"


@pytest.fixture
def objection(cast: Cast) -> Objection:
    """A resident's objection."""
    case = publishing.at_publication(cast)
    return publishing.object_to(publishing.on_notice(cast, case), cast.at)


def stored() -> tuple[str, str]:
    """Return what whoever reads the table sees."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, contact FROM review_objection")
        name, contact = cursor.fetchone()
    return name, contact


def test_the_table_holds_neither_name_nor_contact(objection: Objection) -> None:
    row = Objection.objects.get()
    assert row.contact == CONTACT and row.name
    for text in stored():
        assert CONTACT not in text and row.name not in text
    for lookup in ({"contact": CONTACT}, {"contact__contains": "139"}, {"name__in": [row.name]}):
        with pytest.raises(FieldError):
            Objection.objects.filter(**lookup).exists()
    assert Objection.objects.filter(code=row.code).exists()


def test_a_new_key_reads_the_old_rows_and_seals_them_anew(
    objection: Objection, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    before, old = stored(), settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another key of this installation", [old]
    assert Objection.objects.get().contact == CONTACT
    call_command("reseal")
    assert "2" in capsys.readouterr().out
    settings.SECRET_KEY_FALLBACKS = []
    assert stored() != before and Objection.objects.get().contact == CONTACT
    settings.SECRET_KEY = "a key that was never used"
    assert "密钥缺失" in Objection.objects.get().contact
    with pytest.raises(CommandError, match="SECRET_KEY_FALLBACKS"):
        call_command("reseal")


def test_the_migration_seals_what_stood_in_plain_text_and_back(objection: Objection) -> None:
    migration = import_module("review.migrations.0007_sealed_objectors")
    editor = SimpleNamespace(connection=connection)
    migration.open_all(None, editor)
    assert stored()[1] == CONTACT
    for _twice in range(2):
        migration.seal_all(None, editor)
        assert CONTACT not in stored()[1] and Objection.objects.get().contact == CONTACT
