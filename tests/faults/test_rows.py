"""Every row of rows.md has a test of its name, and every test so named has a row."""

from __future__ import annotations

import re
from pathlib import Path

TESTS = Path(__file__).parent.parent


def test_rows_and_tests_agree() -> None:
    rows = re.findall(r"^\| F-(\d\d) \|", Path(__file__).with_name("rows.md").read_text(), re.M)
    named = {
        number
        for file in TESTS.rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", file.read_text(), re.M)
        for number in re.findall(r"(?<=_)f_(\d\d)(?=_)", name)
    }
    assert rows == [f"{number:02}" for number in range(1, len(rows) + 1)]
    assert sorted(named) == rows
