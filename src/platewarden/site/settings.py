"""Django settings, all of them derived from the installation's `Configuration`."""

from ipaddress import ip_network

from csp.constants import NONE, SELF

from platewarden.database import APP_ROLE, OWNER_ROLE
from platewarden.site import configuration, databases, secrets

CONFIGURATION = configuration.load()

SECRET_KEY = secrets.django_secret(CONFIGURATION.keys)
DEBUG = False
ALLOWED_HOSTS = CONFIGURATION.allowed_hosts

PLATEWARDEN_KEYS = CONFIGURATION.keys
PLATEWARDEN_ORIGIN = CONFIGURATION.origin
PLATEWARDEN_CHECKPOINTS = CONFIGURATION.home / "checkpoints"
PLATEWARDEN_SPOOL = CONFIGURATION.home / "spool"
PLATEWARDEN_EVALUATION = CONFIGURATION.home / "evaluation"
PLATEWARDEN_HOTLIST_FOLDER = CONFIGURATION.hotlist_folder
PLATEWARDEN_CASE_FILE = CONFIGURATION.case_file
PLATEWARDEN_CHECKPOINT_FOLDER = CONFIGURATION.checkpoint_folder
PLATEWARDEN_MODE = CONFIGURATION.mode
PLATEWARDEN_WEBHOOK_NETWORKS = [ip_network(network) for network in CONFIGURATION.webhook_networks]
PLATEWARDEN_WEBHOOK_AUTHORITY = CONFIGURATION.webhook_authority
PLATEWARDEN_REPORT_LAYOUT = CONFIGURATION.report_layout

INSTALLED_APPS = [
    "platewarden.site",  # before allauth, whose templates it replaces
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_htmx",
    "procrastinate.contrib.django",
    "platewarden.ledger",
    "platewarden.accounts",
    "platewarden.training",
    "platewarden.teams",
    "platewarden.halfyears",
    "platewarden.notices",
    "platewarden.adoption",
    "platewarden.cameras",
    "platewarden.duty",
    "platewarden.webhooks",
    "platewarden.boards",
    "platewarden.witnesses",
    "platewarden.reads",
    "platewarden.hotlists",
    "platewarden.alerts",
    "platewarden.calibration",
    "platewarden.candidates",
    "platewarden.car",
    "platewarden.cases",
    "platewarden.corrections",
    "platewarden.sharing",
    "platewarden.reports",
    "platewarden.records",
    "platewarden.ingest",
    "platewarden.devices",
    "platewarden.queries",
    "platewarden.audits",
    "platewarden.releases",
    "platewarden.retention",
    "platewarden.compliance",
    "platewarden.transparency",
    "platewarden.duties",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "platewarden.site.limits.BodyLimitMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "platewarden.site.characters.CharactersMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "platewarden.site.middleware.ReceiptMiddleware",
    "platewarden.site.middleware.ActorMiddleware",
    "platewarden.site.middleware.EvidenceMiddleware",
]

ROOT_URLCONF = "platewarden.site.urls"
ASGI_APPLICATION = "platewarden.site.asgi.application"
WSGI_APPLICATION = "platewarden.site.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "platewarden.site.context.console",
            ],
            "builtins": ["platewarden.site.templatetags.console"],
        },
    },
]

DATABASES = {
    "default": databases.settings_for(CONFIGURATION.home, role=APP_ROLE, url=CONFIGURATION.database_url),
    "owner": databases.settings_for(
        CONFIGURATION.home, role=OWNER_ROLE, url=CONFIGURATION.database_owner_url
    ),
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

STORAGES = {
    "default": {"BACKEND": "platewarden.images.storage.NoStorage"},
    "images": {
        "BACKEND": CONFIGURATION.image_storage,
        "OPTIONS": CONFIGURATION.image_storage_options or {"location": str(CONFIGURATION.home / "images")},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "full_name")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "platewarden.accounts.passwords.AgencyWordsValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "platewarden.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_RATE_LIMITS = False  # failures are counted in the database: accounts/sign_ins.py
MFA_ADAPTER = "platewarden.accounts.second_factor.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {"authenticate": "platewarden.accounts.second_factor.CodeForm"}
MFA_TOTP_ISSUER = "Platewarden"
MFA_TOTP_TOLERANCE = 1  # a telephone's clock may be half a minute off; no code counts twice
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not CONFIGURATION.is_tls  # without TLS the server binds loopback only
ACCOUNT_PRESERVE_USERNAME_CASING = False

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_AGE = 12 * 60 * 60
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = CONFIGURATION.is_tls
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if CONFIGURATION.tls_proxy else None
SECURE_HSTS_SECONDS = 31_536_000 if CONFIGURATION.is_tls else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# A batch of 100 reads with two images each, base64: the ingest API checks its own limits field by field.
DATA_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024
FILE_UPLOAD_TEMP_DIR = str(secrets.private_folder(CONFIGURATION.home / "uploads"))
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200

EMAIL_HOST = CONFIGURATION.mail_host
EMAIL_PORT = CONFIGURATION.mail_port
EMAIL_HOST_USER = CONFIGURATION.mail_user
EMAIL_HOST_PASSWORD = CONFIGURATION.mail_password
EMAIL_USE_TLS = CONFIGURATION.mail_security == "starttls"
EMAIL_USE_SSL = CONFIGURATION.mail_security == "tls"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = CONFIGURATION.mail_from

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en-us"
USE_I18N = False

# Log lines carry identifiers, never plates: request bodies and SQL are not logged at any level.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "platewarden.site.logs.PlateFreeFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "platewarden": {"level": "INFO"},
        "django.db.backends": {"level": "ERROR"},
        # it warns of errors that another one came before, in the database's words, which quote the row
        "psycopg": {"level": "ERROR"},
        # a 403 or 404 is evidence on the ledger, not noise on the terminal
        "django.request": {"level": "ERROR"},
    },
}
