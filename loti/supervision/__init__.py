"""What `manage.py up` and `manage.py test` start, watch and stop."""
