"""Addresses of the office pages."""

from django.urls import path

from applications.views.office.accesses import Accesses
from applications.views.office.accounts import AccountsSample, MyStandIn, People, PeopleLinks, Person
from applications.views.office.batches import Batches, BatchPage, Prepare
from applications.views.office.calendar import Calendar
from applications.views.office.register import Communities, CommunitiesSample, Standards
from applications.views.office.roles import Roles
from applications.views.office.turnout import Turnout

urlpatterns = [
    path("people/", People.as_view(), name="people"),
    path("people/links/", PeopleLinks.as_view(), name="people_links"),
    path("people/sample/", AccountsSample.as_view(), name="people_sample"),
    path("people/<int:pk>/", Person.as_view(), name="person"),
    path("accesses/", Accesses.as_view(), name="accesses"),
    path("roles/", Roles.as_view(), name="roles"),
    path("stand-in/", MyStandIn.as_view(), name="stand_in"),
    path("communities/", Communities.as_view(), name="communities"),
    path("communities/sample/", CommunitiesSample.as_view(), name="communities_sample"),
    path("turnout/", Turnout.as_view(), name="turnout"),
    path("calendar/", Calendar.as_view(), name="calendar"),
    path("standards/", Standards.as_view(), name="standards"),
    path("batches/", Batches.as_view(), name="batches"),
    path("batches/new/", Prepare.as_view(), name="batch_new"),
    path("batches/<int:pk>/", BatchPage.as_view(), name="batch"),
    path("batches/<int:pk>/edit/", Prepare.as_view(), name="batch_edit"),
]
