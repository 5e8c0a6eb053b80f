"""The variables of a model as text; what Docker Compose 2.40.3 prints is in test_config_oracle."""

from __future__ import annotations

import pytest

from pycompose.errors import UsageError
from pycompose.loader.variables import Variable
from pycompose.ui.variables import listed

VARIABLES = (Variable(name="A", default="<b>"), Variable(name="LONG" * 5, required=True))


def test_a_table_is_as_wide_as_it_needs():
    assert listed(VARIABLES) == (
        "NAME                   REQUIRED            DEFAULT VALUE       ALTERNATE VALUE\n"
        "A                      false               <b>                 \n"
        "LONGLONGLONGLONGLONG   true                                    \n"
    )


def test_json_and_yaml_are_by_name():
    assert listed(VARIABLES[:1], "JSON") == (
        '{\n    "A": {\n        "Name": "A",\n        "DefaultValue": "<b>",\n'
        '        "PresenceValue": "",\n        "Required": false\n    }\n}\n\n'
    )
    assert listed(VARIABLES[:1], "yaml") == (
        'A:\n    name: A\n    defaultvalue: <b>\n    presencevalue: ""\n    required: false\n'
    )


def test_none_of_them():
    assert [listed((), format) for format in ("json", "yaml")] == ["{}\n\n", "{}\n"]


def test_other_formats_are_refused():
    with pytest.raises(UsageError, match="could not be parsed"):
        listed(VARIABLES, "xml")
