from hashlib import sha256

from django.conf import settings
from django.utils.crypto import salted_hmac
from django_otp.plugins.otp_totp.models import TOTPDevice


class Authenticator(TOTPDevice):
    """An app that shows codes. The row does not hold its secret: `key` is what it is made of together with the
    server's secret key, so that whoever has the database alone has no codes. `name` tells which secret key that is.
    """

    class Meta:
        proxy = True

    @property
    def bin_key(self) -> bytes:
        """The secret that the app and the server share."""
        secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
        secret = next((one for one in secrets if mark_of(one) == self.name), settings.SECRET_KEY)
        return salted_hmac("crm.authenticator", self.key, secret=secret, algorithm="sha256").digest()[:20]


def mark_of(secret: str) -> str:
    """By which a secret key is known again."""
    return sha256(b"crm.authenticator:" + secret.encode()).hexdigest()[:16]
