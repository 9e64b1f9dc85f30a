"""Colleagues named in comments: "@Иванова Марина", or "@marina" by the login."""

import re
from collections.abc import Iterable

from crm.models import Client, Deal, Message, User
from crm.services.subjects import Subject, subject_of

# Of a text: where a name may begin. What stands in the midst of a word, as in an e-mail, is none.
SIGN = re.compile(r"(?<![\w@.])@(?=\w)")
# A full name has 255 characters at most; blanks may stand double.
LONGEST_NAME = 600


def find_mentioned(message: Message) -> list[User]:
    """Whom the text names, of those who may see what it was written on."""
    if "@" not in message.text:
        return []
    return who_see(subject_of(message), named_in(message.text, User.objects.people().filter(is_active=True)))


def named_in(text: str, people: Iterable[User]) -> list[User]:
    """Those of `people` whom the text names by full name or login, in any letter case.

    Where a name begins with another's, as "Иванова Марина Петровна" with "Иванова Марина", the longest counts; two of
    the same name are both meant.
    """
    by_name: dict[str, list[User]] = {}
    for one in people:
        for called in {folded(one.full_name), folded(one.login)} - {""}:
            by_name.setdefault(called, []).append(one)
    longest_first = sorted(by_name, key=len, reverse=True)
    named: dict[User, None] = {}
    for sign in SIGN.finditer(text):
        # Cut first: casefolding moves places, and a long text may name many.
        following = folded(text[sign.end() : sign.end() + LONGEST_NAME])
        name = next((name for name in longest_first if begins_with_word(following, name)), "")
        named |= dict.fromkeys(by_name.get(name, []))
    return list(named)


def folded(text: str) -> str:
    """In one letter case, with single blanks."""
    return " ".join(text.casefold().split())


def begins_with_word(text: str, name: str) -> bool:
    return text.startswith(name) and not re.match(r"\w", text[len(name) :])


def who_see(subject: Subject, people: Iterable[User]) -> list[User]:
    """Those of `people` to whom this deal, client or call is visible, as `visible_to` has it."""
    people = list(people)
    if all(one.sees_all for one in people):
        return people
    responsible = responsible_for(subject)
    return [one for one in people if one.sees_all or None in responsible or one.pk in responsible]


def responsible_for(subject: Subject) -> set[int | None]:
    """By whose deals, or by whom, a subject is visible to who sees only his own; None is everybody."""
    if isinstance(subject, Deal):
        return {subject.manager_id}
    if isinstance(subject, Client):
        by_deals = set(Deal.objects.filter(client=subject).values_list("manager", flat=True))
        return by_deals | ({subject.manager_id} - {None})
    if subject.deal is not None:
        return responsible_for(subject.deal)
    return {subject.manager_id} if subject.client is None else responsible_for(subject.client)
