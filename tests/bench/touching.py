"""Makes some deals changed just now, by the service that staff's edits go through."""

from django.utils import timezone

from crm.models import Change, Deal
from crm.services.deals import change_deal


def touch(count: int) -> None:
    """`count` deals, spread over all there are."""
    stamp = timezone.now().isoformat(timespec="seconds")
    newest = Deal.objects.order_by("-pk").values_list("pk", flat=True)[0]
    for place in range(1, count + 1):
        deal = Deal.objects.filter(pk__gte=newest * place // (count + 1)).order_by("pk")[0]
        change_deal(deal=deal, by=None, via=Change.Via.SYSTEM, title=f"Изменено {stamp}, {place}")
