"""The indexes by which a part of a text is found: trigrams, on PostgreSQL by pg_trgm, on SQLite by FTS5.

No migration could keep them: SQLite forgets the triggers that feed an index whenever a later migration lays their
table anew. So every `migrate` ends in `keep_text_indexes`, which makes what is missing and does nothing else.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import DatabaseError, connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Q
from django.db.models.expressions import RawSQL

from crm.models.number import LARGEST

logger = logging.getLogger(__name__)

# FTS5 finds nothing by less: a word is looked for by its trigrams.
LEAST_LETTERS = 3
# On SQLite a word that more rows than this hold is looked for by walking the newest rows, which ends early; an index
# hands out all its rows before the first is looked at. How early depends on how many rows are wanted: where there are
# not many more of them than that, it walks through most of the table.
COMMON = 2_000
TIMES_WANTED = 2


@dataclass(frozen=True)
class TextIndex:
    """Of one column of a table whose key is `id`; texts are folded already."""

    table: str
    column: str

    @property
    def name(self) -> str:
        return f"{self.table}_by_text"

    def rows_with(self, words: list[str]) -> Q:
        """The condition that all of `words` stand in the column; the caller sees to it that there are some."""
        long = _long(words)
        if connection.vendor != "sqlite" or not long:
            return self._read(words)
        indexed = Q(pk__in=RawSQL(self._matching(), [_phrases(long)]))
        return indexed & self._read([word for word in words if word not in long])

    def newest_with(self, words: list[str], wanted: int) -> list[Q]:
        """As `rows_with`, for who walks the rows from the newest on and stops when he has as many as are `wanted`:
        conditions of which such a row meets one.

        On SQLite a common word is looked for among the newest rows, a rare one by the index; which it is, the
        statement finds out itself: of a rare one no row is walked, of a common one the index hands out none.
        """
        long = _long(words)
        if connection.vendor != "sqlite" or not long:
            return [self._read(words)]
        few, given = max(COMMON, TIMES_WANTED * wanted), _phrases(long)
        is_common = f"(SELECT count(*) FROM ({self._matching()} LIMIT {few + 1})) > {few}"
        walked_from = f"CASE WHEN {is_common} THEN 0 ELSE {LARGEST} END"
        handed_out = f"{self._matching()} LIMIT CASE WHEN {is_common} THEN 0 ELSE {few} END"
        others = self._read([word for word in words if word not in long])
        return [
            Q(pk__gte=RawSQL(walked_from, [given])) & self._read(words),
            Q(pk__in=RawSQL(handed_out, [given, given])) & others,
        ]

    def _read(self, words: list[str]) -> Q:
        # PostgreSQL answers this by the index too.
        return Q(*(Q(**{f"{self.column}__contains": word}) for word in words))

    def _matching(self) -> str:
        return f"SELECT rowid FROM {self.name} WHERE {self.name} MATCH %s"


def _long(words: list[str]) -> list[str]:
    return [word for word in words if len(word) >= LEAST_LETTERS]


def _phrases(words: list[str]) -> str:
    """The words as FTS5 asks for them; in quotes nothing but a quote has a meaning."""
    return " ".join('"{}"'.format(word.replace('"', '""')) for word in words)


DEAL_TEXT = TextIndex("crm_deal", "search_text")
CLIENT_TEXT = TextIndex("crm_client", "search_text")
CONTACT_TEXT = TextIndex("crm_contact", "normalised")
TEXT_INDEXES = (DEAL_TEXT, CLIENT_TEXT, CONTACT_TEXT)
# When SQLite's triggers tell an index of a row; where the last stands, so do the others.
OCCASIONS = ("added", "deleted", "changed")


def keep_text_indexes(connection: BaseDatabaseWrapper) -> None:
    """Make the indexes that are missing. Where PostgreSQL lets nobody make them, searching reads tables, and a
    warning says so.
    """
    if connection.vendor == "sqlite":
        _keep_on_sqlite(connection)
    elif connection.vendor == "postgresql":
        _keep_on_postgresql(connection)


@contextmanager
def without_text_indexes(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """For loading very many rows: the indexes are made anew behind them, which takes a fraction of the time.

    Within a transaction they stay: PostgreSQL makes none over rows whose keys are still to be checked.
    """
    if connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        for index in TEXT_INDEXES:
            if connection.vendor == "sqlite":
                for occasion in OCCASIONS:
                    cursor.execute(f"DROP TRIGGER IF EXISTS {index.name}_{occasion}")
            elif connection.vendor == "postgresql":
                cursor.execute(f"DROP INDEX IF EXISTS {index.name}")
    try:
        yield
    finally:
        keep_text_indexes(connection)


def _keep_on_sqlite(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        there = {name for (name,) in cursor.fetchall()}
        for index in TEXT_INDEXES:
            if f"{index.name}_{OCCASIONS[-1]}" in there:
                continue
            for statement in _fts5(index):
                cursor.execute(statement)


def _fts5(index: TextIndex) -> list[str]:
    """The index reads the table's own text (`content`), so it has to be told of the old text to forget it."""
    name, table, column = index.name, index.table, index.column
    forget = f"INSERT INTO {name}({name}, rowid, {column}) VALUES ('delete', old.id, old.{column})"
    learn = f"INSERT INTO {name}(rowid, {column}) VALUES (new.id, new.{column})"
    return [
        f"CREATE VIRTUAL TABLE IF NOT EXISTS {name} USING fts5({column}, content='{table}', content_rowid='id',"
        " tokenize='trigram case_sensitive 1')",
        f"CREATE TRIGGER IF NOT EXISTS {name}_added AFTER INSERT ON {table} BEGIN {learn}; END",
        f"CREATE TRIGGER IF NOT EXISTS {name}_deleted AFTER DELETE ON {table} BEGIN {forget}; END",
        f"CREATE TRIGGER IF NOT EXISTS {name}_changed AFTER UPDATE OF {column} ON {table}"
        f" WHEN old.{column} IS NOT new.{column} BEGIN {forget}; {learn}; END",
        f"INSERT INTO {name}({name}) VALUES ('rebuild')",
    ]


def _keep_on_postgresql(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexname FROM pg_indexes WHERE schemaname = current_schema()")
        there = {name for (name,) in cursor.fetchall()}
        missing = [index for index in TEXT_INDEXES if index.name not in there]
        if not missing:
            return
        try:
            with transaction.atomic(using=connection.alias):
                cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
                cursor.execute("SELECT cardinality(show_trgm('дом'))")
                reads_letters = bool(cursor.fetchone()[0])
        except DatabaseError as error:
            logger.warning("pg_trgm cannot be used, so searching reads whole tables: %s", error)
            return
        if not reads_letters:
            logger.warning(
                "The database has LC_CTYPE C, by which pg_trgm knows no Cyrillic: searching reads whole tables."
            )
            return
        for index in missing:
            cursor.execute(f"CREATE INDEX {index.name} ON {index.table} USING gin ({index.column} gin_trgm_ops)")
            # The planner has to know common words from rare ones: the former it finds by walking the newest rows.
            cursor.execute(f"ALTER TABLE {index.table} ALTER COLUMN {index.column} SET STATISTICS 1000")
