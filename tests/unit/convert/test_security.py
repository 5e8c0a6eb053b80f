"""`security_opt` as engines take it."""

from __future__ import annotations

import pytest

from pycompose.convert.security import profile, security, sound

TEXTS = {"rules.json": "{}"}


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ((), {}),
        (("label=disable",), {"SecurityOpt": ["label=disable"]}),
        (("seccomp=rules.json",), {"SecurityOpt": ["seccomp={}"]}),
        (("seccomp:rules.json",), {"SecurityOpt": ["seccomp={}"]}),
        (("seccomp=unconfined",), {"SecurityOpt": ["seccomp=unconfined"]}),
        (("seccomp=unread.json",), {"SecurityOpt": ["seccomp=unread.json"]}),
        (("systempaths=unconfined",), {"MaskedPaths": [], "ReadonlyPaths": []}),
        (
            ("a=b", "systempaths=unconfined"),
            {"SecurityOpt": ["a=b"], "MaskedPaths": [], "ReadonlyPaths": []},
        ),
    ],
)
def test_engines_get_texts_and_paths_for_what_only_clients_know(options, expected) -> None:
    assert security(options, TEXTS) == expected


@pytest.mark.parametrize(
    ("option", "path"),
    [
        ("seccomp=rules.json", "rules.json"),
        ("seccomp:/etc/rules=1.json", ""),  # the name is what stands before the first "="
        ("seccomp:/etc/rules.json", "/etc/rules.json"),
        ("seccomp=builtin", ""),
        ("seccomp=unconfined", ""),
        ("seccomp", ""),
        ("apparmor=rules.json", ""),
    ],
)
def test_only_one_option_names_a_file(option, path) -> None:
    assert profile(option) == path


@pytest.mark.parametrize("option", ["no-new-privileges", "no-new-privileges:true", "a=b", "a:b"])
def test_options_have_a_name_and_a_value(option) -> None:
    assert sound(option)


@pytest.mark.parametrize("option", ["", "apparmor", "label=", "label:"])
def test_an_option_without_a_value_is_none(option) -> None:
    assert not sound(option)
