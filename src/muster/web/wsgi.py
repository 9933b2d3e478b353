"""The application for servers like gunicorn: ``gunicorn muster.web.wsgi``, with the variables of ``folder.py``."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "muster.web.settings")
application = get_wsgi_application()
