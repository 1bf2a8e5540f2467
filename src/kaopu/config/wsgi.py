"""WSGI 入口，由 granian 载入。"""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kaopu.config.settings")
application = get_wsgi_application()
