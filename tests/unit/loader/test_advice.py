"""Hints show no value that may be a secret; what they say is in the golden cases."""

from __future__ import annotations

import pytest
from unit.loader.nodes import service

from pycompose.errors import ComposeFileError
from pycompose.loader.schema import validate


@pytest.mark.parametrize(
    "attribute",
    [
        "environment: A=hunter2",
        "environment: [{A: hunter2}]",
        "environment: {A: [hunter2]}",
        "labels: a=hunter2",
        "build: {args: A=hunter2}",
        "healthcheck: curl -u me:hunter2 x",
        "environment: hunter2",
    ],
)
def test_a_hint_shows_no_value_that_may_be_a_secret(attribute):
    with pytest.raises(ComposeFileError) as caught:
        validate(service(attribute))
    assert "hunter2" not in str(caught.value)
