"""Numbers with a fraction where whole ones belong."""

from __future__ import annotations

import pytest
from unit.loader.nodes import node

from pycompose.loader.fractions import fractions


@pytest.mark.parametrize(
    ("text", "path", "message"),
    [
        ("mem_limit: 5.0", "mem_limit", "'5.0' is no whole number of bytes, it is ignored"),
        ("memswap_limit: -1.5", "memswap_limit", "'-1.5' is no whole number of bytes"),
        ("shm_size: 1e3", "shm_size", "'1e3' is no whole number of bytes, it is ignored"),
        (
            "healthcheck: {retries: 2.5}",
            "healthcheck.retries",
            "'2.5' is no whole number, it counts as 2",
        ),
    ],
)
def test_what_does_not_count_for_what_it_says_is_warned_of(text, path, message):
    found = fractions(node(f"services: {{web: {{{text}}}, db: {{image: x}}}}"))
    [owner] = found
    [problem] = found[owner]
    assert owner == ("services", "web")
    assert (problem.path, problem.severity) == (f"services.web.{path}", "warning")
    assert problem.message.startswith(message)
    assert problem.hint


@pytest.mark.parametrize(
    "text", ["mem_limit: 5", "shm_size: '1.5'", "healthcheck: {retries: 2.0}", "cpus: 0.5", ""]
)
def test_whole_numbers_and_texts_are_not(text):
    assert fractions(node(f"services: {{web: {{{text}}}}}")) == {}
