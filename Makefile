# Short names for the commands of the README; each works without make.
.PHONY: up demo test check

up:
	python3 manage.py up

demo:
	python3 manage.py up --once

test:
	python3 manage.py test

check:
	python3 -m loti.bootstrap --dev
	.ci/check
