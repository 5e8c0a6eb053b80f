"""What is hidden of a plan."""

from __future__ import annotations

import pytest

from pycompose.plan.secrecy import MASK, hidden, secret, shown


@pytest.mark.parametrize(
    "name",
    [
        "PASSWORD",
        "DB_PASSWORD",
        "MYSQL_PASSWD",
        "token",
        "GITHUB_TOKEN",
        "API_KEY",
        "apikey",
        "key",
        "ssh-key",
        "splunk-token",
        "client_secret",
        "AWS_SECRET_ACCESS_KEY",
        "PGPASS",
    ],
)
def test_names_of_secrets_are_known(name: str) -> None:
    assert secret(name)


@pytest.mark.parametrize("name", ["COLOUR", "KEYBOARD", "MONKEY", "PATH", "maxkeys"])
def test_other_names_are_not(name: str) -> None:
    assert not secret(name)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"DB_PASSWORD": "x", "A": "x"}, {"DB_PASSWORD": MASK, "A": "x"}),
        (["run", "--password", "x", "y"], ["run", "--password", MASK, "y"]),
        (["run", "--password=x", "y"], ["run", f"--password={MASK}", "y"]),
        ("addr=1.2.3.4,username=u,password=p,rw", f"addr=1.2.3.4,username=u,password={MASK},rw"),
        (["sh", "-c", "serve --requirepass x -v"], ["sh", "-c", f"serve --requirepass {MASK} -v"]),
        ("serve --token -v --port 80", "serve --token -v --port 80"),
        ("PGPASS=x DB_PASSWORD=y A=z serve", f"PGPASS={MASK} DB_PASSWORD={MASK} A=z serve"),
        ("postgres://me:pw@db/x", f"postgres://me:{MASK}@db/x"),
        ({"o": {"deep": ["token=abc"]}}, {"o": {"deep": [f"token={MASK}"]}}),
        ({"token": True, "n": 3, "none": None}, {"token": True, "n": 3, "none": None}),
    ],
)
def test_secrets_are_masked_wherever_they_stand(value, expected) -> None:
    assert hidden(value) == expected


@pytest.mark.parametrize(
    ("path", "value", "values", "expected"),
    [
        ("environment.COLOUR", "red", False, MASK),
        ("environment.COLOUR", "red", True, "red"),
        ("environment.DB_PASSWORD", "red", True, MASK),
        ("environment.URL", "http://a:b@c/", True, f"http://a:{MASK}@c/"),
        ("environment.GONE", None, False, None),
        ("labels.api.key", "x", True, MASK),
        ("command", ["a", "--token", "b"], False, ["a", "--token", MASK]),
    ],
)
def test_values_of_variables_are_shown_only_on_request(path, value, values, expected) -> None:
    assert shown(path, value, values=values) == expected
