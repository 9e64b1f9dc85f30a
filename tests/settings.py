"""The product's settings, as the tests want them: quick, in English, on a database of their own."""

import hashlib
import os
from pathlib import Path
from tempfile import TemporaryDirectory

from crm.settings import *  # noqa: F403  (settings that build on others: Django's own idiom)
from crm.settings import BASE_DIR, DATABASES, SQLITE_OPTIONS, STATIC_ROOT, STORAGES, VAR_DIR

LANGUAGE_CODE = "en"
# As most installations are tested: tests/test_installation.py chooses itself.
FIXED_BY_ENVIRONMENT = frozenset({"TIME_ZONE", "CURRENCY"})
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# A job runs at once, where it is enqueued, and what it raises is the test's.
TASKS = {"default": {"BACKEND": "tests.jobs.AtOnce"}}
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
STATIC_ROOT.mkdir(exist_ok=True)  # WhiteNoise warns where nothing was gathered yet

# What tests send is thrown away with the directory.
MEDIA = TemporaryDirectory(prefix="orbita-media-")
MEDIA_ROOT = Path(MEDIA.name)

# Two checkouts, or two runs with a name each, share one PostgreSQL and must not share a database.
TEST_DATABASE = os.environ.get("TEST_DATABASE") or f"test_orbita_{hashlib.sha256(bytes(BASE_DIR)).hexdigest()[:8]}"
if DATABASES["default"]["ENGINE"] == "crm.sqlite":
    # In a file: threads and the server's processes cannot share one in memory. What a power cut does is not tested.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / f"{TEST_DATABASE}.sqlite3")}
    SQLITE_OPTIONS["init_command"] = SQLITE_OPTIONS["init_command"].replace("synchronous=FULL", "synchronous=OFF")
else:
    DATABASES["default"]["TEST"] = {"NAME": TEST_DATABASE}
