"""All settings, from the environment; docs/operating.md lists every variable."""

from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from crm.secret_key import kept_secret

env = environ.Env()

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"
VAR_DIR.mkdir(mode=0o700, exist_ok=True)  # the database and the files of clients lie in it

DEBUG = env.bool("DEBUG", default=False)
HOST = env.str("HOST", default="127.0.0.1")
PORT = env.int("PORT", default=8000)
LOCAL_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[*LOCAL_HOSTS, HOST])

SECRET_KEY = env.str("SECRET_KEY", default="")
if not SECRET_KEY:
    if not DEBUG and HOST not in (*LOCAL_HOSTS, "::1"):
        raise ImproperlyConfigured("SECRET_KEY must be set when HOST is not this machine alone.")
    SECRET_KEY = kept_secret(VAR_DIR / "secret_key")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])

# Addresses whose X-Forwarded-For and X-Forwarded-Proto are believed; crm.middleware drops the headers of all others.
TRUSTED_PROXIES = env.list("TRUSTED_PROXIES", default=[])
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
TLS_CERT = env.str("TLS_CERT", default="")
TLS_KEY = env.str("TLS_KEY", default="")

INSTALLED_APPS = [
    "crm",
    "analytics_api",
    "crm.apps.OrbitaAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "django_filters",
    "django_htmx",
    "django_otp",
    "django_otp.plugins.otp_static",
    "django_otp.plugins.otp_totp",
    "django_tasks",
    "django_tasks_db",
]

MIDDLEWARE = [
    "crm.middleware.TrustedProxyMiddleware",
    "crm.middleware.SecureCookiesMiddleware",
    "crm.middleware.RequestLengthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "analytics_api.middleware.AnalyticsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "crm.middleware.CompressionMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "crm.middleware.FragmentMiddleware",
    "crm.middleware.LoginRequiredMiddleware",
    "crm.middleware.PersonMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
    "crm.middleware.BodyLengthMiddleware",
    "crm.middleware.GoneMiddleware",
]

ROOT_URLCONF = "crm.urls"
WSGI_APPLICATION = "crm.wsgi.application"

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
                "crm.context_processors.frame",
            ],
        },
    },
    {
        "NAME": "rows",
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "rows"],
        "OPTIONS": {"environment": "crm.rows.environment"},
    },
]

FORM_RENDERER = "crm.forms.renderer.FormRenderer"

# --- The database: SQLite for one machine, PostgreSQL for more -------------------------------------------------------

SQLITE_OPTIONS: dict[str, Any] = {
    # A transaction takes the write lock when it begins: one that begins as a reader and writes later meets "locked".
    "transaction_mode": "IMMEDIATE",
    "timeout": 30,
    # FULL: what was answered with "ok" survives a power cut; a lead is money.
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-8000;",
}

DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'crm.sqlite3'}")}
DATABASES["default"] |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"] |= {"ENGINE": "crm.sqlite", "OPTIONS": SQLITE_OPTIONS}
else:
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("prepare_threshold", 2)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {"default": env.cache_url("CACHE_URL", default="locmemcache://")}

# Jobs wait in the database for `manage.py work` (crm.services.jobs).
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

# --- People ----------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "crm.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "crm.authentication.PersonBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["login", "full_name", "email"]},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/login/"
# A link to choose a password is void after a day.
PASSWORD_RESET_TIMEOUT = 24 * 60 * 60
LOGIN_REDIRECT_URL = "/"

# A guesser is shut out for a quarter of an hour, by name and address together, so nobody can lock a colleague out.
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
# What Django's forms and `authenticate` call it; axes would take the model's own name for it and see no login at all.
AXES_USERNAME_FORM_FIELD = "username"
AXES_CLIENT_IP_CALLABLE = "crm.middleware.client_address"
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "crm.views.session.lock_out"
AXES_DISABLE_ACCESS_LOG = True  # crm.services.sign_ins keeps one, for so long and no longer
AXES_ENABLE_ADMIN = False  # crm.admin.sign_ins shows what it keeps, without the forms that were sent

# The second step of logging in, for those who want it (crm.services.two_factor); what an app calls us.
OTP_TOTP_ISSUER = "Orbita CRM"

# --- Language, time, money, telephones -------------------------------------------------------------------------------

LANGUAGE_CODE = "ru"
LANGUAGES = [("ru", _("Russian")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "crm" / "locale"]
USE_I18N = True
USE_TZ = True
# Templates print numbers of records too, in addresses and in what forms send back: those must stay digits. Money and
# counts are grouped by name (crm.templatetags.display).
USE_THOUSAND_SEPARATOR = False
TIME_ZONE = env.str("TIME_ZONE", default="Europe/Moscow")
CURRENCY = env.str("CURRENCY", default="RUB")
# Where the environment does not say them, people choose them (crm.installation).
FIXED_BY_ENVIRONMENT = frozenset({"TIME_ZONE", "CURRENCY"} & env.ENVIRON.keys())
PHONE_REGION = env.str("PHONE_REGION", default="RU")

# --- Files, e-mail, security -----------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "crm.stylesheet.StylesheetFinder",
]
MEDIA_ROOT = VAR_DIR / "media"
# Of one file; a request may bring a few of them, and is refused unread beyond that.
FILE_MAX_BYTES = env.int("FILE_MAX_MB", default=25) * 1024 * 1024
BODY_MAX_BYTES = 4 * FILE_MAX_BYTES
FILE_UPLOAD_PERMISSIONS = 0o600
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
# Without it no page offers to send a message.
CAN_SEND_EMAIL = bool(env.str("EMAIL_URL", default=""))
# A mail server lets send in the name of whoever logged in, most often of nobody else.
MAIL_LOGIN = vars().get("EMAIL_HOST_USER") or ""
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", default=MAIL_LOGIN if "@" in MAIL_LOGIN else "webmaster@localhost")
EMAIL_TIMEOUT = 5  # seconds; who waits for it, a page or a worker, has others to serve

X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "crm.views.errors.csrf_failure"
SECURE_REFERRER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "media-src": [SELF, "https:", "http:"],  # records of calls lie with the telephony
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}

# --- The analytics service -------------------------------------------------------------------------------------------

# The log of its calls keeps this many days and, whatever the age, this many of the newest rows.
CALL_LOG_DAYS = 30
CALL_LOG_ROWS = 100_000

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "axes": {"level": "WARNING"},
        # Refusals are in the access log; these two would add to them what a request says and the Referer it came with.
        "django.request": {"level": "ERROR"},
        "django.security.csrf": {"level": "ERROR"},
    },
}
