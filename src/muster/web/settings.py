"""Settings of Django, from what ``muster serve`` says in the environment (``folder.py``)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from muster.web.catalogues import compiled
from muster.web.folder import IS_DEMO, database_settings, secret_key, site_of

_HERE = Path(__file__).parent
_DAY_S = 86_400

SITE = site_of(os.environ)
DEMO = os.environ.get(IS_DEMO) == "1"  # a second factor is offered there, not asked for
_HTTPS = SITE.public.startswith("https://")

DEBUG = False
SECRET_KEY = secret_key(SITE.folder)
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", "testserver"]
if SITE.public:
    ALLOWED_HOSTS.append(urlsplit(SITE.public).hostname or "")
elif SITE.host in ("0.0.0.0", "::"):
    ALLOWED_HOSTS = ["*"]
else:
    ALLOWED_HOSTS.append(SITE.host)
CSRF_TRUSTED_ORIGINS = [SITE.public] if SITE.public else []

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "muster.web.people",
    "muster.web.approvals",
    "muster.web.clerk",
    "muster.web.pages",
    "muster.web.api",
    "muster.web.jobs",
    "muster.web.sharing",
    "muster.web.openly",
]
MIDDLEWARE = [
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "muster.web.headers.SafeHeaders",
    "muster.web.api.problems.Problems",
    "muster.web.headers.Bounded",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "muster.web.people.languages.ChosenLanguage",
    "django.contrib.messages.middleware.MessageMiddleware",
    "muster.web.headers.Explained",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "muster.web.urls"
WSGI_APPLICATION = "muster.web.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [_HERE / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "muster.web.people.access.person_of",
                "muster.web.fragments.frame",
            ]
        },
    }
]
DATABASES = {"default": database_settings(SITE)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "CommonPasswordValidator", "NumericPasswordValidator")
] + [{"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}}]
OTP_TOTP_ISSUER = "muster"
LOGIN_URL, LOGIN_REDIRECT_URL, LOGOUT_REDIRECT_URL = "login", "home", "login"

SESSION_COOKIE_AGE = 30 * _DAY_S  # a phone may be out of reach for weeks, and sends when it is back
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = _HTTPS
SECURE_HSTS_SECONDS = 365 * _DAY_S if _HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000

TIME_ZONE, USE_TZ, USE_I18N = "UTC", True, True
USE_THOUSAND_SEPARATOR = True
FORMAT_MODULE_PATH = "muster.web.formats"
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("ru", "Русский"), ("ar", "العربية")]
LANGUAGE_COOKIE_SAMESITE = "Lax"
LOCALE_PATHS = [compiled(_HERE / "locale", to=SITE.folder / "locale")]

STATIC_URL = "/static/"
STATICFILES_DIRS = [_HERE / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3_600

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
