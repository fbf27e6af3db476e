"""What gunicorn serves."""

import os

from benchmarks.django_site.configuration import URL_VARIABLE, configure

configure(os.environ[URL_VARIABLE])

from django.core.wsgi import get_wsgi_application  # noqa: E402 - once it is configured

application = get_wsgi_application()
