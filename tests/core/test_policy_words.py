"""Every policy and every option has its words."""

from applications.core.policies import POLICIES
from applications.core.policy_words import NAMES, OPTIONS


def test_every_policy_and_option_is_named() -> None:
    assert set(NAMES) == set(POLICIES)
    assert set(OPTIONS) == {option for spec in POLICIES.values() for option in spec.options}
