"""Settings: one module, read from the environment, with development defaults that work as they are.

Every variable is listed in docs/operations.md; a test holds the two together.
"""

import hashlib
import tempfile
from pathlib import Path
from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from boroughs.background import ROUTES, SCHEDULE
from loti import env, tries

BASE_DIR = Path(__file__).resolve().parent.parent

ENVIRONMENT = env.choice("LOTI_ENV", "development", ("development", "test", "production"))
PRODUCTION = ENVIRONMENT == "production"
DEBUG = env.flag("DEBUG", default=False) and not PRODUCTION

# Everything the running product writes: database, broker, reports, logs. One folder, so that one backup has it all.
VAR_DIR = env.path("LOTI_VAR_DIR", BASE_DIR / "var")

SITE_URL = env.url("SITE_URL", "http://127.0.0.1:8000", ("http", "https")).rstrip("/")

if PRODUCTION:
    SECRET_KEY = env.text("SECRET_KEY")
    if len(SECRET_KEY) < 50:
        raise ImproperlyConfigured("SECRET_KEY must be set to at least 50 random characters in production")
else:
    # Development only: the same on every start, so that sessions survive a restart.
    SECRET_KEY = env.text("SECRET_KEY", "development-only-" + hashlib.sha256(str(BASE_DIR).encode()).hexdigest())
SECRET_KEY_FALLBACKS = env.items("SECRET_KEY_FALLBACKS")

ALLOWED_HOSTS = env.items("ALLOWED_HOSTS", () if PRODUCTION else ("127.0.0.1", "localhost", "[::1]", "testserver"))
if not ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS must name the hosts of the site in production")
CSRF_TRUSTED_ORIGINS = [SITE_URL]

INSTALLED_APPS = [
    "loti",
    "boroughs",
    "procurement",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    # After our apps: our templates/django/forms win over Django's own only in this order.
    "django.forms",
    "allauth",
    "allauth.account",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "loti.middleware.UploadLimitMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    # Every page asks for a sign-in unless its view is marked with login_not_required.
    "loti.unsent.SignInMiddleware",
    "loti.middleware.PrivatePagesMiddleware",
    "loti.middleware.MergedDemandsMiddleware",
    "loti.middleware.RefusalMiddleware",
]

ROOT_URLCONF = "loti.urls"
WSGI_APPLICATION = "loti.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "loti.context.site",
            ],
            "builtins": ["boroughs.templatetags.ui"],
        },
    }
]
FORM_RENDERER = "boroughs.forms.rendering.Renderer"

# --- database -----------------------------------------------------------------------------------------------------

DATABASE_URL = env.url("DATABASE_URL", f"sqlite:///{VAR_DIR / 'loti.sqlite3'}", ("sqlite", "postgresql", "postgres"))
_database: dict[str, Any] = dict(dj_database_url.parse(DATABASE_URL, conn_max_age=60, conn_health_checks=True))
if "sqlite3" in _database["ENGINE"]:
    # Deferred transactions fail at once with "database is locked" when they upgrade to a write; immediate ones queue.
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA cache_size=-20000;"
        "PRAGMA mmap_size=134217728;",
    }
    _database["CONN_MAX_AGE"] = 0
else:
    _database["OPTIONS"] = {
        **_database.get("OPTIONS", {}),
        "connect_timeout": 5,
        # jit=off: one long search can otherwise spend a minute in compilation that no timeout interrupts.
        "options": "-c jit=off -c lock_timeout=3000 -c statement_timeout="
        + str(env.integer("DATABASE_STATEMENT_TIMEOUT_MS", 30000, low=1000, high=600000)),
    }
DATABASES = {"default": _database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- broker -------------------------------------------------------------------------------------------------------


def _embedded_broker_socket() -> Path:
    """The embedded broker's socket; in the temporary folder where the path would pass the system's ~100 characters."""
    socket = VAR_DIR / "valkey" / "valkey.sock"
    if len(str(socket)) <= 100:
        return socket
    digest = hashlib.sha256(str(VAR_DIR).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"loti-{digest}" / "valkey.sock"


EMBEDDED_BROKER_SOCKET = _embedded_broker_socket()
REDIS_URL = env.url("REDIS_URL", "", ("redis", "rediss", "redis+socket"))
EMBEDDED_BROKER = not REDIS_URL

CELERY_BROKER_URL = REDIS_URL or f"redis+socket://{EMBEDDED_BROKER_SOCKET}?virtual_host=0"
# The database holds every result that matters; a result backend adds a place to lose them.
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
# Early acknowledgement: the lease in the database gives at-least-once, whatever the broker forgets (docs/adr/0005).
CELERY_TASK_ACKS_LATE = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SOFT_TIME_LIMIT = 540
CELERY_TASK_TIME_LIMIT = 600
CELERY_WORKER_MAX_TASKS_PER_CHILD = 200
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 5
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = ROUTES
CELERY_BEAT_SCHEDULE = SCHEDULE
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")
CELERY_TIMEZONE = "Europe/London"
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    # 0: a web request that rings a dead broker loses milliseconds, not six seconds.
    "max_retries": 0,
    "socket_connect_timeout": 2,
    "socket_timeout": 3,
    "health_check_interval": 10,
    "global_keyprefix": "loti:",
} | ({} if EMBEDDED_BROKER else {"socket_keepalive": True})

# --- matching -----------------------------------------------------------------------------------------------------

# An ONNX sentence model (a folder with model.onnx and tokenizer.json) to use in place of the one that is installed.
MATCH_MODEL_DIR = env.path("MATCH_MODEL_DIR", Path()) if env.text("MATCH_MODEL_DIR") else None
# Seconds to wait after a change before the matcher runs, so that many edits make one run.
MATCH_DEBOUNCE_SECONDS = env.integer("MATCH_DEBOUNCE_SECONDS", 3, low=0, high=3600)
# Seconds a running job may stay silent before another worker takes it over.
WORK_LEASE_SECONDS = env.integer("WORK_LEASE_SECONDS", 30, low=2, high=3600)

# Webhooks may lead to http://127.0.0.1, for trials on one machine: elsewhere a stranger could reach our own services.
WEBHOOK_LOOPBACK = env.flag("WEBHOOK_LOOPBACK", default=False)
# So many e-mails to confirm may be asked for in an hour from one network address, to whichever mailboxes. Whole offices
# share one.
ASKED_AN_HOUR = env.integer("ASKED_AN_HOUR", 30, low=1, high=10_000)
# Days for which letters and messages to webhooks are kept that are done, and for which a publication is news. A weekly
# e-mail tells of seven days, and may be late.
TOLD_KEPT_DAYS = env.integer("TOLD_KEPT_DAYS", 30, low=14, high=3650)

# --- needs --------------------------------------------------------------------------------------------------------

# Working days within which a supplier's question is answered.
QUESTION_ANSWER_DAYS = env.integer("QUESTION_ANSWER_DAYS", 5, low=1, high=60)

# Days after which an open need that nobody has touched asks whether it still holds, and days it then waits to expire.
NEED_CONFIRM_AFTER_DAYS = env.integer("NEED_CONFIRM_AFTER_DAYS", 365, low=1, high=3650)
NEED_EXPIRE_AFTER_DAYS = env.integer("NEED_EXPIRE_AFTER_DAYS", 60, low=1, high=3650)

# --- disclosure control -------------------------------------------------------------------------------------------

# When a total may be told beyond the office, and how exactly (docs/disclosure.md). Stricter values are a deployment's
# own affair; below these floors the pages would promise more than the figures keep.
DISCLOSURE_MINIMUM_CONTRIBUTORS = env.integer("DISCLOSURE_MINIMUM_CONTRIBUTORS", 3, low=3, high=33)
DISCLOSURE_DOMINANCE_PERCENT = env.integer("DISCLOSURE_DOMINANCE_PERCENT", 10, low=10, high=100)
DISCLOSURE_BAND = env.integer("DISCLOSURE_BAND", 50_000, low=50_000, high=10_000_000)
DISCLOSURE_PROTECTION_PERCENT = env.integer("DISCLOSURE_PROTECTION_PERCENT", 10, low=10, high=50)
# So many suppliers have shown interest in a notice before its page tells how many, and then as a band.
INTEREST_MINIMUM = env.integer("INTEREST_MINIMUM", 5, low=5, high=1000)

# --- people -------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "boroughs.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = [
    # Scrypt takes a fifth of a second, on purpose; tests sign in hundreds of times.
    *(["django.contrib.auth.hashers.MD5PasswordHasher"] if ENVIRONMENT == "test" else []),
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
ACCOUNT_ADAPTER = "loti.accounts.InvitedOnlyAdapter"
ACCOUNT_FORMS = {
    "login": "boroughs.forms.accounts.SignInForm",
    "reset_password": "loti.accounts.AskForLinkForm",
    "reset_password_from_key": "loti.accounts.NewPasswordForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
# Nobody can sign up, so an address without an account is not told to; and strangers do not have us write to others.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
# Who comes by the link in an e-mail is let in whatever strangers have tried, and is known on that device from then on.
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_RATE_LIMITS = tries.RATES
ACCOUNT_SESSION_REMEMBER = False
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGOUT_REDIRECT_URL = "board"
# How many proxies before us write X-Forwarded-For. Limits on guessing count by address: taken for nobody's word, all
# people would share the proxy's; believed without a proxy, each guess could come from another.
ALLAUTH_TRUSTED_PROXY_COUNT = env.integer("TRUSTED_PROXY_COUNT", 0, low=0, high=10)
SESSION_ENGINE = "loti.sessions"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True

# --- web ----------------------------------------------------------------------------------------------------------

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_TZ = True
USE_I18N = False
FORMAT_MODULE_PATH = None

STATIC_URL = "static/"
STATIC_ROOT = env.path("STATIC_ROOT", VAR_DIR / "static")
STATICFILES_DIRS = [BASE_DIR / "static"]
# Hashed names need collectstatic, which the image runs; everywhere else files are served where they lie.
HASHED_STATIC = env.flag("HASHED_STATIC", default=PRODUCTION)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if HASHED_STATIC
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not HASHED_STATIC
# A list of all files, made at the start, would be made anew for each client of a test.
WHITENOISE_AUTOREFRESH = DEBUG or ENVIRONMENT == "test"
# Source maps of the API page: nobody asks for them, and compressing them took most of a minute.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ["map", "woff2", "png", "jpg", "ico", "gz", "br", "zip"]
# Reports are private; they are sent by a view that asks for permission, never by a public media address.
MEDIA_ROOT = VAR_DIR / "media"

DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
# The largest file that is taken, as boroughs/forms/tables.py says too.
UPLOAD_MAX_MEGABYTES = 20
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "loti.errors.csrf_failure"
if PRODUCTION:
    SECURE_SSL_REDIRECT = env.flag("SECURE_SSL_REDIRECT", default=True)
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    if env.flag("BEHIND_TLS_PROXY", default=False):
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = env.integer("SECURE_HSTS_SECONDS", 31536000, low=0, high=63072000)
    # These bind hosts that are not ours: one below the site's that has no TLS could not be reached any more.
    SECURE_HSTS_INCLUDE_SUBDOMAINS = env.flag("SECURE_HSTS_INCLUDE_SUBDOMAINS", default=False)
    SECURE_HSTS_PRELOAD = env.flag("SECURE_HSTS_PRELOAD", default=False)
    # `check --deploy` would ask for both.
    SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
    SESSION_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-sessionid"
    CSRF_COOKIE_SECURE = True
    CSRF_COOKIE_NAME = "__Host-csrftoken"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        # The digest is that of the one inline line in templates/page.html that marks the page as having JavaScript.
        "script-src": ["'self'", "'sha256-GUQ5ad8JK5KmEWmROf3LZd9ge94daqNvd8xy9YS1iDw='"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "manifest-src": ["'self'"],
    }
}

# One process needs no shared cache; several share the broker's server, and go on without it while it is away.
CACHES = {
    "default": {"BACKEND": "loti.cache.SharedCache", "LOCATION": REDIS_URL, "KEY_PREFIX": "cache"}
    if REDIS_URL.startswith(("redis://", "rediss://"))
    else {"BACKEND": "loti.cache.ProcessCache"}
}

EMAIL_HOST = env.text("EMAIL_HOST")
if PRODUCTION and not EMAIL_HOST:
    # The log is no mailbox: it would hold links to set a password, and letters would count as sent.
    raise ImproperlyConfigured("EMAIL_HOST must name the mail server in production")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'console'}.EmailBackend"
EMAIL_PORT = env.integer("EMAIL_PORT", 25, low=1, high=65535)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS", default=False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "LOTI <noreply@localhost>")

# --- interfaces ---------------------------------------------------------------------------------------------------

# The documentation prefix of the standard; a publisher asks the Open Contracting Partnership for its own.
OCDS_OCID_PREFIX = env.text("OCDS_OCID_PREFIX", "ocds-213czf")
PUBLISHER_NAME = env.text("PUBLISHER_NAME", "LOTI demand board")
CONTACT_EMAIL = env.text("CONTACT_EMAIL", "board@localhost")

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": ["boroughs.api.limits.RequestLimit"],
    "EXCEPTION_HANDLER": "loti.errors.api_exception",
}
# Of one caller, in each process: an address of the network, a program's token, or a person who is signed in.
API_REQUESTS_PER_MINUTE = env.integer("API_REQUESTS_PER_MINUTE", 600, low=10, high=1_000_000)
SPECTACULAR_SETTINGS = {
    "TITLE": "LOTI demand board",
    "DESCRIPTION": "Published joint demand of London's 33 local authorities, and their needs for their own programs.",
    "VERSION": "1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SERVE_INCLUDE_SCHEMA": False,
    # Two choices of one name get a name each, which stays when a third comes.
    "ENUM_NAME_OVERRIDES": {
        "NeedKindEnum": "boroughs.models.Need.Kind",
        "NoticeKindEnum": "procurement.models.Notice.Kind",
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {
        "handlers": ["console"],
        "level": env.choice("LOG_LEVEL", "info", ("debug", "info", "warning", "error")).upper(),
    },
    "loggers": {
        # Several INFO lines for each PDF.
        "weasyprint": {"level": "ERROR"},
        "fontTools": {"level": "WARNING"},
        "django.server": {"level": "WARNING"},
    },
}
