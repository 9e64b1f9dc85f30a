"""How long values may be, in characters (PROTOCOL.md, Limits)."""

LINE = 255  # title, name, phone, e-mail, visit, marker, status, a key of `data`
OUTSIDE_ID = 128
TEXT = 65_536  # text, message, one field value
LINK = 2_048

PARAMETERS = 1_000
