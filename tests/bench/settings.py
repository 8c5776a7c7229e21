"""The product's settings with the bare flow beside it."""

from workflow.settings import *  # noqa: F403
from workflow.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.bench.bare.apps.BareConfig"]
ROOT_URLCONF = "tests.bench.urls"
DEBUG = False
