"""Attributes as fields of the engine: what is empty is left out, the rest in the table's order."""

from pycompose.convert.entries import entries
from pycompose.model.service import Service

CONVERT = entries(
    ("user", "User"),
    ("dns", "Dns", list),
    ("privileged", "Privileged"),
    ("cpu_percent", "CpuPercent", lambda percent: percent * 100),
)


def test_nothing_is_said_of_what_is_empty():
    assert CONVERT(Service(name="web")) == {}


def test_what_is_given_is_converted_in_the_order_of_the_table():
    service = Service(name="web", cpu_percent=1.5, privileged=True, dns=("1.1.1.1",), user="www")
    assert list(CONVERT(service).items()) == [
        ("User", "www"),
        ("Dns", ["1.1.1.1"]),
        ("Privileged", True),
        ("CpuPercent", 150.0),
    ]


def test_each_conversion_is_fresh():
    service = Service(name="web", dns=("1.1.1.1",))
    CONVERT(service)["Dns"].append("8.8.8.8")
    assert CONVERT(service) == {"Dns": ["1.1.1.1"]}
