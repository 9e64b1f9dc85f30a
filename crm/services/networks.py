"""Networks of the internet as people write them and as accounts are limited to."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MOST_NETWORKS = 100
MAPPED_BITS = 96  # IPv4 in the clothes of IPv6: ::ffff:192.0.2.7

Network = IPv4Network | IPv6Network


def read_networks(text: str) -> list[str]:
    """The addresses and networks (CIDR, IPv4 or IPv6) in a text, apart by blanks, commas or lines, each once.

    ValidationError: one of them is none; there are too many.
    """
    words = text.replace(",", " ").replace(";", " ").split()
    if len(words) > MOST_NETWORKS:
        raise ValidationError(_("There can be %(limit)d addresses at most.") % {"limit": MOST_NETWORKS})
    return list(dict.fromkeys(str(_read(word)) for word in words))


def lies_in(address: IPv4Address | IPv6Address | None, networks: Iterable[str]) -> bool:
    """Whether the address lies in one of the networks that `read_networks` gave."""
    return address is not None and any(address in ip_network(network) for network in networks)


def without_single(network: str) -> str:
    """ "192.0.2.7/32" as people write it: "192.0.2.7"."""
    return network.removesuffix("/32") if ":" not in network else network.removesuffix("/128")


def _read(word: str) -> Network:
    try:
        network = ip_network(word, strict=False)
    except ValueError:
        raise ValidationError(
            _("“%(text)s” is no address and no network, such as 192.0.2.7, 192.0.2.0/24 or 2001:db8::/32.")
            % {"text": word[:60]}
        ) from None
    if isinstance(network, IPv6Network) and network.prefixlen >= MAPPED_BITS:
        mapped = network.network_address.ipv4_mapped
        if mapped is not None:
            return IPv4Network((mapped, network.prefixlen - MAPPED_BITS))
    return network
