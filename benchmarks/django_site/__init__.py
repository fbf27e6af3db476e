"""The same move as a Django project would make it: ORM, django-fsm-2, forms, views."""
