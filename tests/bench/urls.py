"""The product's addresses with the bare flow's beside them."""

from django.urls import path
from viewflow.workflow.flow import FlowViewset

from tests.bench.bare.flows import BareFlow
from workflow.urls import handler403, handler404, handler500, urlpatterns

urlpatterns = [*urlpatterns, path("bare/", FlowViewset(BareFlow).urls)]

__all__ = ["handler403", "handler404", "handler500", "urlpatterns"]
