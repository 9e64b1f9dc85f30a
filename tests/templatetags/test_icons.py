"""Every picture that a template asks for is in the sprite."""

import re

from django.conf import settings


def test_every_icon_of_the_templates_is_drawn() -> None:
    sprite = (settings.BASE_DIR / "static" / "icons" / "icons.svg").read_text()
    drawn = set(re.findall(r'<symbol id="([^"]+)"', sprite))
    pages = [path.read_text() for root in ("templates", "rows") for path in (settings.BASE_DIR / root).rglob("*.html")]
    wanted = {name for page in pages for name in re.findall(r'\bicon[ (]"([^"]+)"', page)}

    assert wanted - drawn == set()
