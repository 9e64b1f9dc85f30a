"""Text kept for searching: neither SQLite nor a PostgreSQL of locale C folds Cyrillic capitals."""

from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    _Text = models.TextField[str, str]
else:  # Django's own fields are generic for the type checker alone
    _Text = models.TextField


class FoldedField(_Text):
    """What `sources`, other columns of the row, say, in folded letters; filled in whenever the row is saved.

    A save with `update_fields` names this column beside its sources.
    """

    def __init__(self, *sources: str, **options: Any) -> None:
        self.sources = sources
        super().__init__(**options | {"editable": False, "default": ""})

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, path, _args, options = super().deconstruct()
        return name, path, list(self.sources), options

    def pre_save(self, model_instance: models.Model, add: bool) -> str:  # noqa: FBT001  (Django's signature)
        text = fold(" ".join(filter(None, (getattr(model_instance, source) for source in self.sources))))
        setattr(model_instance, self.attname, text)
        return text


# No column that is searched by words is longer; of a longer question the beginning is looked for.
LONGEST_QUESTION = 255


def question(text: str) -> str:
    """What somebody looks for, without what no column holds: a NUL would break off the query."""
    return text.replace("\0", "").strip()[:LONGEST_QUESTION]


def words_in(text: str) -> list[str]:
    """What to look for in a FoldedField, in any order."""
    return fold(question(text)).split()


def fold(text: str) -> str:
    """The form in which texts are searched: small letters, single blanks, ё as е."""
    return " ".join(text.casefold().replace("ё", "е").split())
