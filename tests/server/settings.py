"""The product's settings, for servers that tests start beside each other: each keeps its files for itself."""

import os
from pathlib import Path

from crm.settings import *  # noqa: F403  (settings that build on others: Django's own idiom)

STATIC_ROOT = Path(os.environ["TEST_STATIC_ROOT"])
MEDIA_ROOT = STATIC_ROOT.parent / "media"
