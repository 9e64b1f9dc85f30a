"""Networks as people write them."""

import pytest
from django.core.exceptions import ValidationError

from crm.services.networks import MOST_NETWORKS, read_networks, without_single


@pytest.mark.parametrize(
    ("text", "networks"),
    [
        ("", []),
        (" \n ", []),
        ("192.0.2.7", ["192.0.2.7/32"]),
        ("192.0.2.7/24", ["192.0.2.0/24"]),
        ("192.0.2.7, 192.0.2.7;2001:DB8::1\n2001:db8::/32", ["192.0.2.7/32", "2001:db8::1/128", "2001:db8::/32"]),
        ("::ffff:192.0.2.7", ["192.0.2.7/32"]),
        ("::ffff:192.0.2.0/120", ["192.0.2.0/24"]),
    ],
)
def test_addresses_are_read_however_they_are_apart(text: str, networks: list[str]) -> None:
    assert read_networks(text) == networks


@pytest.mark.parametrize("word", ["roistat.com", "192.0.2.256", "192.0.2.0/33", "1", "2001:db8::/129", "192.0.2.7-9"])
def test_what_is_no_network_is_named(word: str) -> None:
    with pytest.raises(ValidationError, match="is no address and no network") as refused:
        read_networks(f"192.0.2.7 {word}")
    assert word in refused.value.messages[0]


def test_there_is_an_end_to_them() -> None:
    with pytest.raises(ValidationError, match=str(MOST_NETWORKS)):
        read_networks("192.0.2.7 " * (MOST_NETWORKS + 1))


@pytest.mark.parametrize(
    ("network", "shown"),
    [("192.0.2.7/32", "192.0.2.7"), ("192.0.2.0/24", "192.0.2.0/24"), ("::1/128", "::1"), ("::/32", "::/32")],
)
def test_a_single_address_is_shown_without_its_length(network: str, shown: str) -> None:
    assert without_single(network) == shown
