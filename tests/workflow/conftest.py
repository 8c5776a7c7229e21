"""Fixtures of the workflow's tests."""

import pytest

from applications.models import Membership, User
from tests.cast import Cast


@pytest.fixture
def colleague(cast: Cast) -> User:
    """A second officer of the same street."""
    membership = Membership.objects.get(user=cast.street)
    person = User.objects.create_user("street2", "万芳", email="street2@example.org")
    membership.pk, membership.user = None, person
    membership.save()
    return person
