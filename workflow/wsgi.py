"""The HTTP side of the server; importing it sets Django up."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "workflow.settings")

application = get_wsgi_application()
