"""Writing what holds for the whole installation."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.installation import beginning, is_fixed, read_anew
from crm.models import Change, Deal, Installation, SettingChange, User
from crm.services.locking import lock
from crm.services.setting_changes import differences, record_setting_change

COLUMNS = {"language": "", "time_zone": "TIME_ZONE", "currency": "CURRENCY"}


@transaction.atomic
def change_installation(*, by: User | None, via: Change.Via = Change.Via.WEB, **columns: str) -> Installation:
    """Write the given columns. ValidationError: the environment says one of them.

    With another currency no amount is converted. Every order that names it is then another one, which a pull fetches.
    """
    lock("installation")
    before = Installation.objects.select_for_update().first() or beginning()
    row = Installation(**{name: columns.get(name, getattr(before, name)) for name in COLUMNS}, pk=1)
    changes = differences(before, row, COLUMNS)
    for name in changes:
        if is_fixed(COLUMNS[name]):
            raise ValidationError({name: _("The server's environment says this: %(name)s.") % {"name": COLUMNS[name]}})
    row.save()
    read_anew()
    transaction.on_commit(read_anew)  # another thread may have read the old row meanwhile
    if "currency" in changes:
        Deal.objects.exclude(cost=None).update(changed_at=timezone.now())
    record_setting_change(about=row, verb=SettingChange.Verb.CHANGED, by=by, via=via, changes=changes)
    return row
