"""The documents are held against the code: what is there is told, what is told is there, and in both languages."""

import ast
import json
import re
import shlex
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import polib
import pytest
from django.conf import settings
from django.core.management import get_commands, load_command_class
from django.core.management.base import BaseCommand
from django.db import connection
from django.urls import resolve

from analytics_api import limits
from analytics_api.actions import ACTIONS
from analytics_api.actions.base import ENVELOPE
from analytics_api.pages.trying import EXAMPLES
from analytics_api.parameters import Parameters
from crm.middleware import MAX_QUERY_BYTES
from crm.models import Role, User
from crm.server.worker import REFUSALS
from tests.analytics_api.asking import Service
from tests.documents import ROOT, Document
from tests.factories import make_deal, make_integration

README, README_RU = Document("README.md"), Document("README.ru.md")
PROTOCOL, PROTOCOL_RU = Document("docs/protocol.md"), Document("docs/ru/protocol.md")
OPERATING, OPERATING_RU = Document("docs/operating.md"), Document("docs/ru/operating.md")
DESK, DESK_RU = Document("docs/desk.md"), Document("docs/ru/desk.md")
SETTINGS, SETTINGS_RU = Document("docs/settings.md"), Document("docs/ru/settings.md")
DEVELOPING = Document("docs/developing.md")
TRANSLATED = [
    (README, README_RU),
    (PROTOCOL, PROTOCOL_RU),
    (OPERATING, OPERATING_RU),
    (DESK, DESK_RU),
    (SETTINGS, SETTINGS_RU),
]
ALL = [
    *(document for pair in TRANSLATED for document in pair),
    DEVELOPING, Document("CONTRIBUTING.md"), Document("CHANGELOG.md"),
]  # fmt: skip

each_protocol = pytest.mark.parametrize("document", [PROTOCOL, PROTOCOL_RU], ids=str)
each_operating = pytest.mark.parametrize("document", [OPERATING, OPERATING_RU], ids=str)
each_document = pytest.mark.parametrize("document", ALL, ids=str)


# --- The environment, commands, targets ------------------------------------------------------------------------------


def variables(*paths: Path) -> dict[str, str]:
    """The environment variables that these modules read, each with the source of its default."""
    found: dict[str, str] = {}
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Call(func=ast.Attribute(ast.Name("env")), args=[ast.Constant(str(name))], keywords=[default]):
                    found[name] = ast.unparse(default.value)
                case ast.Call(
                    func=ast.Attribute(ast.Attribute(attr="environ"), "get"), args=[ast.Constant(str(name)), *rest]
                ):
                    found.setdefault(name, ast.unparse(rest[0]) if rest else "None")
    return found


@pytest.mark.parametrize(
    ("document", "title"),
    [(OPERATING, "Environment"), (OPERATING_RU, "Переменные окружения")],
    ids=["english", "russian"],
)
def test_every_variable_of_the_environment_is_told_with_its_default(document: Document, title: str) -> None:
    of_code = variables(*(ROOT / "crm").rglob("*.py"), ROOT / "gunicorn.conf.py")
    told = {cells[0].strip("`"): cells[1] for cells in document.rows(title)}
    assert told.keys() == of_code.keys()
    plain = {name: f"`{default[1:-1]}`" for name, default in of_code.items() if re.fullmatch("'[^']+'", default)}
    assert {name: told[name] for name in plain} == plain
    assert plain.keys() >= {"TIME_ZONE", "WORKERS"}


def test_every_variable_of_the_tests_is_told() -> None:
    told = {code for code in DEVELOPING.first_codes("Tests") if code.isupper()}
    assert told == variables(*(ROOT / "tests").rglob("*.py")).keys()


@pytest.mark.parametrize(
    ("document", "title"),
    [(OPERATING, "Data and backups"), (OPERATING_RU, "Данные и резервные копии")],
    ids=["english", "russian"],
)
def test_all_that_lies_in_var_is_told_with_what_to_back_up(document: Document, title: str) -> None:
    code = "\n".join(path.read_text() for path in (ROOT / "crm").rglob("*.py"))
    kept = {name.partition("{")[0] for name in re.findall(r"""VAR_DIR / f?["']([^"']+)""", code)}
    told = " ".join(cells[0] for cells in document.rows(title))

    assert kept >= {"crm.sqlite3", "media", "secret_key", "static"}
    assert [name for name in sorted(kept) if f"`{name}" not in told] == []


@each_operating
def test_the_bounds_of_the_log_of_calls_are_told(document: Document) -> None:
    bounds = [f"`{name}` ({getattr(settings, name)})" for name in ("CALL_LOG_DAYS", "CALL_LOG_ROWS")]
    assert [bound for bound in bounds if bound not in document.prose] == []


def options(command: BaseCommand) -> set[str]:
    parser = command.create_parser("manage.py", "")
    return {text for action in parser._actions for text in action.option_strings}


@each_operating
def test_every_command_and_option_is_told(document: Document) -> None:
    commands = {path.stem for path in (ROOT / "crm" / "management" / "commands").glob("[!_]*.py")}
    of_commands = {option for name in commands for option in options(load_command_class("crm", name))}
    words = set(re.findall(r"[\w-]+", "\n".join(document.all_code)))
    assert (commands | of_commands - options(BaseCommand())) - words == set()


@each_document
def test_no_command_is_told_that_is_not_there(document: Document) -> None:
    assert set(re.findall(r"manage\.py (\w+)", document.text)) - get_commands().keys() == set()


def make_targets() -> set[str]:
    return set(re.findall(r"^(?!\.PHONY)([\w./-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


@each_document
def test_no_target_of_make_is_told_that_is_not_there(document: Document) -> None:
    code = "\n".join(document.all_code)
    assert set(re.findall(r"(?:^|/|=\S+ )make ([\w./-]+)", code, re.MULTILINE)) - make_targets() == set()


def test_every_target_of_make_is_told() -> None:
    of_files = {target for target in make_targets() if "/" in target or target.startswith(".")}
    told = set(DEVELOPING.first_codes("Beginning"))
    assert told == {f"make {target}" for target in make_targets() - of_files}


# --- The desk --------------------------------------------------------------------------------------------------------


def catalogue() -> list[polib.POEntry]:
    return list(polib.pofile(str(settings.LOCALE_PATHS[0] / "ru" / "LC_MESSAGES" / "django.po")))


@pytest.mark.parametrize(("guide", "guide_ru"), [(DESK, DESK_RU), (SETTINGS, SETTINGS_RU)], ids=["desk", "settings"])
def test_what_a_guide_prints_in_bold_stands_on_the_pages_in_either_language(
    guide: Document, guide_ru: Document
) -> None:
    # A word can have several translations, by its context.
    pairs = {(entry.msgid, entry.msgstr) for entry in catalogue()}
    known = {(english, russian) for english, russian in pairs if english in guide.bold and russian in guide_ru.bold}
    assert {english for english, _russian in known} == guide.bold
    assert {russian for _english, russian in known} == guide_ru.bold


@pytest.mark.parametrize(
    ("document", "pages", "keys"),
    [(DESK, "The pages", "Keys"), (DESK_RU, "Страницы", "Клавиши")],
    ids=["english", "russian"],
)
def test_the_addresses_and_keys_of_the_guide_are_those_of_the_pages(document: Document, pages: str, keys: str) -> None:
    named = [resolve(cells[1].strip("`")).url_name for cells in document.rows(pages)]
    assert named == ["board", "deals", "clients", "tasks", "calls", "trash", "profile"]
    listed = re.findall(r'{% key "(.+?)"', (ROOT / "templates" / "crm" / "_keys.html").read_text())
    assert set(document.first_codes(keys)) == {key for line in listed for key in line.split()}


def test_every_place_that_developers_are_told_of_is_there() -> None:
    places = [
        code for code in DEVELOPING.codes if re.fullmatch(r"(analytics_api|crm|static|templates|tests)/[\w./]*", code)
    ]
    assert [place for place in places if not (ROOT / place).exists()] == []


# --- The protocol ----------------------------------------------------------------------------------------------------


@pytest.fixture
def service(db: None) -> Service:
    make_integration()
    return Service()


@each_protocol
def test_every_action_has_its_heading(document: Document) -> None:
    assert [title.strip("`") for _level, title in document.headings if title.startswith("`")] == list(ACTIONS)


@pytest.mark.parametrize("action", ACTIONS)
def test_the_parameters_that_are_told_are_those_that_are_read(
    service: Service, monkeypatch: pytest.MonkeyPatch, action: str
) -> None:
    read = set()
    value_of = Parameters.__getitem__

    def noted(parameters: Parameters, name: str) -> str:
        read.add(name)
        return value_of(parameters, name)

    number = make_deal().pk
    right: dict[str, dict[str, object]] = {
        "lead": {"title": "x"},
        "message": {"title": "x", "leadId": number},
        "task": {"text": "x", "deadline": "2026-07-01 12:00", "element_id": number},
        "call": {"id": "1"},
    }
    monkeypatch.setattr(Parameters, "__getitem__", noted)
    assert service.ask(action, **right.get(action, {})).get("status") != "error"
    for document in (PROTOCOL, PROTOCOL_RU):
        told = {cells[0].strip("`") for cells in document.rows(f"`{action}`") if len(cells) == 5}
        assert told == read - ENVELOPE


@pytest.mark.parametrize(
    ("document", "title"), [(PROTOCOL, "Limits"), (PROTOCOL_RU, "Ограничения")], ids=["english", "russian"]
)
def test_every_limit_is_told(document: Document, title: str) -> None:
    told = {int(cells[1]) for cells in document.rows(title)}
    assert told == {limits.LINE, limits.OUTSIDE_ID, limits.TEXT, limits.LINK, limits.PARAMETERS, MAX_QUERY_BYTES}


def messages() -> set[str]:
    """The texts of the protocol, as they stand in the code; those of its pages under Settings are none."""
    modules = [path for path in (ROOT / "analytics_api").rglob("*.py") if "pages" not in path.parts]
    paths = [*modules, ROOT / "crm" / "services" / "leads.py"]
    sources = [text for text in (path.read_text() for path in paths) if "import gettext as _\n" in text]
    calls = [node for source in sources for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    named = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "_"]
    return {str(ast.literal_eval(call.args[0])) for call in named}


def shown(message: str) -> str:
    """As the documents show it: <name> stands for %(name)s."""
    return re.sub(r"%\((\w+)\)[sd]", r"<\1>", message)


def untold_and_unknown(document: Document, texts: set[str]) -> tuple[set[str], set[str]]:
    """What is not told of these texts, and the sentences that the tables tell beside them.

    A sentence is code with a blank in a first cell: names, words and numbers have none.
    """
    told = {code for code in document.first_codes() if " " in code}
    return texts - set(document.codes), told - texts


def test_every_message_is_told_and_no_other() -> None:
    texts = {shown(message) for message in messages()} | {text for _status, text in REFUSALS.values()}
    assert untold_and_unknown(PROTOCOL, texts) == (set(), set())


def test_every_message_is_told_in_russian_and_english_and_no_other() -> None:
    translations = {entry.msgid: entry.msgstr for entry in catalogue()}
    russian = {shown(translations[message]) for message in messages()}
    english = {code for code in PROTOCOL.first_codes() if " " in code}
    assert untold_and_unknown(PROTOCOL_RU, russian | english) == (set(), set())


def examples() -> list[tuple[list[str], Any]]:
    """The words of each curl line that has its answer printed below it, and that answer."""
    return [
        (shlex.split(code.replace("\\\n", "")), json.loads(answer))
        for (language, code), (below, answer) in pairwise(PROTOCOL.blocks)
        if (language, below) == ("sh", "json")
    ]


def request_of(words: list[str]) -> tuple[str, dict[str, str]]:
    """The query and the headers that curl sends."""
    assert words[:3] == ["curl", "-u", "$AUTH"]
    pairs, headers, query = [], {}, ""
    for option, text in zip(words[3:], [*words[4:], ""], strict=True):
        if option in ("-d", "--data-urlencode"):
            pairs.append(text.partition("=")[::2])
        elif option == "-H":
            name, value = text.split(": ")
            headers[f"HTTP_{name.upper().replace('-', '_')}"] = value
        elif option.startswith("$CRM?"):
            query = option.removeprefix("$CRM?")
    return query or urlencode(pairs), headers


def let_the_next_number_be(number: int) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT setval('crm_number', %s, false)", [number])
        else:
            cursor.execute("INSERT OR REPLACE INTO crm_number (id, value) VALUES (1, %s)", [number - 1])


def test_the_examples_answer_as_printed(service: Service) -> None:
    User.objects.create(pk=72, login="ivanova", full_name="Иванова Марина Михайловна", role=Role.MANAGER)
    let_the_next_number_be(802)
    # Reading shows what the lead wrote, although the page has reading first.
    replayed = sorted(examples(), key=lambda example: "status" not in example[1])
    assert len(replayed) == len(ACTIONS) + 1
    for words, printed in replayed:
        query, headers = request_of(words)
        answer = json.loads(service.get(query, **headers).content)
        assert json.dumps(answer, ensure_ascii=False) == json.dumps(printed, ensure_ascii=False)


def test_the_examples_that_can_be_tried_are_those_that_are_printed() -> None:
    queries = [request_of(words)[0] for words, printed in examples() if printed.get("status") != "error"]
    printed = [dict(parse_qsl(query)) for query in queries]
    assert {query.pop("action"): query for query in printed} == EXAMPLES


# --- Languages and links ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("english", "russian"), TRANSLATED, ids=str)
def test_both_languages_have_the_same_headings_tables_and_code(english: Document, russian: Document) -> None:
    assert [level for level, _title in russian.headings] == [level for level, _title in english.headings]
    assert [len(cells) for cells in russian.rows()] == [len(cells) for cells in english.rows()]
    assert russian.blocks == english.blocks


@each_document
def test_every_link_leads_somewhere(document: Document) -> None:
    assert document.broken_links == []
