"""Tests here work in worlds of their own."""

from tests.worlds import db as db
from tests.worlds import no_world_left as no_world_left
from tests.worlds import own_world as own_world
