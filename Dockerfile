# One image for all roles; the command chooses: web (the default), worker, beat, or a manage.py command. See compose.yaml.

FROM node:22-bookworm-slim AS assets
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --no-audit --no-fund
COPY static/src static/src
RUN npm run build

FROM python:3.11-slim-bookworm AS packages
WORKDIR /app
COPY requirements.txt ./
RUN python -m venv /opt/venv \
 && /opt/venv/bin/pip install --no-cache-dir --require-hashes --no-deps -r requirements.txt

FROM python:3.11-slim-bookworm
# Pango and its company are WeasyPrint's; tini collects what ends under it and passes signals on.
RUN apt-get update \
 && apt-get install -y --no-install-recommends \
      fontconfig libharfbuzz-subset0 libpango-1.0-0 libpangoft2-1.0-0 tini \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --uid 10001 --home-dir /var/lib/loti --no-create-home --shell /usr/sbin/nologin loti \
 && install -d -m 0700 -o loti -g loti /var/lib/loti
WORKDIR /app
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    LOTI_ENV=production \
    LOTI_NO_BOOTSTRAP=1 \
    LOTI_VAR_DIR=/var/lib/loti \
    STATIC_ROOT=/app/staticfiles
COPY --from=packages /opt/venv /opt/venv
COPY manage.py ./
COPY loti loti
COPY boroughs boroughs
COPY procurement procurement
COPY templates templates
COPY static static
COPY --from=assets /app/static/build static/build
# Only this step runs with development settings: it needs no secret and reads no database.
RUN LOTI_ENV=development HASHED_STATIC=1 python manage.py collectstatic --no-input \
 && python -m compileall -q loti boroughs procurement
USER 10001
VOLUME /var/lib/loti
EXPOSE 8000
ENTRYPOINT ["tini", "--"]
CMD ["gunicorn", "loti.wsgi", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--workers", "2", "--threads", "8", \
     "--graceful-timeout", "20", "--no-control-socket", \
     "--access-logfile", "-", "--logger-class", "loti.access_log.AccessLog"]
