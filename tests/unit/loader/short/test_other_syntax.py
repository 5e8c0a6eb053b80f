"""The smaller short syntaxes: mappings, hosts, dependencies, grants, policies and others."""

from __future__ import annotations

import pytest
from unit.loader.nodes import node, refusal

from pycompose.loader.short.build import build, contexts, ssh
from pycompose.loader.short.depends import depends_on
from pycompose.loader.short.env_files import env_file, env_file_key
from pycompose.loader.short.external import resource
from pycompose.loader.short.grants import config_key, grant, secret_key, with_target
from pycompose.loader.short.hosts import hosts
from pycompose.loader.short.invalid import Invalid
from pycompose.loader.short.lists import assigned_key, listed, member, value_key, without_empty
from pycompose.loader.short.mappings import strings, variables
from pycompose.loader.short.names import by_name
from pycompose.loader.short.policies import pull_policy
from pycompose.loader.short.scalars import cast, microseconds, sized, string, whole, within
from pycompose.loader.tree import plain


def read(shape, text):
    return plain(shape(node(text)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.10", "1.1"),
        ("1.0", "1"),
        ("1e21", "1e+21"),
        ("123456789.5", "1.234567895e+08"),
        (".inf", "+Inf"),
        (".nan", "NaN"),
        ("-0.0", "-0"),
        ("0.00001", "1e-05"),
        ("0.0001", "0.0001"),
        ("010", "8"),
        ("true", "true"),
        ("yes", "yes"),
        ("''", ""),
    ],
)
def test_values_are_the_text_that_docker_compose_makes_of_them(text, expected):
    assert read(variables, f"{{A: {text}}}") == {"A": expected}


def test_numbers_have_a_range_as_text_too():
    assert read(within(0, 100), "'50'") == 50
    assert read(within(0), "'5000'") == 5000
    for shape, text, expected in (
        (within(0), "'-1'", "0 or more"),
        (within(0, 100), "101", "one from 0 to 100"),
        (within(-1000, 1000), "'-1001'", "one from -1000 to 1000"),
    ):
        assert refusal(shape, text).endswith(f"is out of range, expected {expected}")


def test_a_fraction_is_cut_off_what_is_no_text():
    assert [read(whole, text) for text in ("1.9", "-1.9", "'3'", "4")] == [1, -1, 3, 4]
    assert refusal(whole, "'1.5'") == "expected a whole number, not '1.5'"


def test_a_size_may_have_to_stay_a_text():
    assert [read(sized, text) for text in ("64m", "'5'", "")] == ["67108864", "5", None]
    assert refusal(sized, "5x").startswith("'5x' is no size")


def test_a_duration_is_no_number_of_microseconds():
    assert read(microseconds, "'1000'") == 1000
    with pytest.raises(Invalid, match="expected a whole number, not '100ms'") as caught:
        microseconds(node("100ms"))
    assert caught.value.hint == "in microseconds: 100000 for 100ms"


def test_only_variables_may_have_no_value():
    assert read(variables, "{A: , B: 1}") == {"A": None, "B": "1"}
    assert read(variables, "[A, B=1, C=, A=2, D=e=f]") == {
        "A": "2",
        "B": "1",
        "C": "",
        "D": "e=f",
    }
    assert read(strings, "{A: , B: 1.50}") == {"A": "", "B": "1.5"}
    assert read(strings, "[A, B=1]") == {"A": "", "B": "1"}


def test_keys_of_a_list_stand_where_their_item_does():
    found = variables(node("[A=1,\n B]"))
    assert found.key_at("B").line == 2
    assert found.entries["B"].at.line == 2


def test_mappings_of_strings_and_tags_are_kept():
    for text in ("{A: x}", "{A: !reset 5, B: !reset [1]}"):
        given = node(text)
        assert strings(given) is given


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("5", "expected a mapping or a list of 'key=value'"),
        ("[[a]]", "expected 'key=value'"),
        ("[null]", "expected 'key=value'"),
        ("{A: [secret]}", "expected a string"),
    ],
)
def test_what_is_no_mapping_is_told_without_its_values(text, message):
    assert refusal(variables, text) == message


def test_hosts_have_lists_of_addresses():
    assert read(hosts, "['h:1.2.3.4', 'h=1.2.3.5', 'g:::1', 'k=[::1]', 'm:1.1.1.1,2.2.2.2']") == {
        "h": ["1.2.3.4", "1.2.3.5"],
        "g": ["::1"],
        "k": ["::1"],
        "m": ["1.1.1.1", "2.2.2.2"],
    }
    assert read(hosts, "{h: '1.1.1.1,2', g: [1.1.1.1, '[::1]'], x: !reset null}") == {
        "h": ["1.1.1.1,2"],
        "g": ["1.1.1.1", "::1"],
        "x": "null",
    }
    assert refusal(hosts, "[h]") == "'h' has no address, expected 'host=address'"
    assert read(hosts, "5") == {}


def test_dependencies_of_a_list_are_started_and_required():
    started = {"condition": "service_started", "required": True}
    assert read(depends_on, "[b, c]") == {"b": started, "c": started}
    given = node("{b: {condition: service_healthy}}")
    assert depends_on(given) is given


def test_networks_of_a_list_have_no_settings():
    assert read(by_name, "[b, c]") == {"b": None, "c": None}
    given = node("{b: {priority: 5}}")
    assert by_name(given) is given


def test_a_text_is_the_context_of_a_build():
    assert read(build, "./a") == {"context": "./a"}
    given = node("{target: x}")
    assert build(given) is given


def test_env_files_are_mappings():
    assert read(env_file, "a.env") == {"path": "a.env"}
    given = node("{path: a.env, required: false}")
    assert env_file(given) is given
    assert env_file_key(given) == "a.env"


def test_grants_are_mappings():
    assert read(grant, "s") == {"source": "s"}
    given = node("{source: s, target: t}")
    assert grant(given) is given
    assert refusal(grant, "{target: x}") == "'source' is missing"
    assert refusal(grant, "5") == "expected a name or a mapping"


def test_grants_are_the_same_by_the_file_they_become():
    assert secret_key(node("{source: s}")) == secret_key(node("{target: /run/secrets/s}"))
    assert config_key(node("{source: s}")) == config_key(node("{target: /s}"))


def test_secrets_have_a_target():
    assert read(with_target, "{source: s}") == {"source": "s", "target": "/run/secrets/s"}
    assert read(with_target, "{}") == {"target": "/run/secrets/"}
    for text in ("{source: s, target: t}", "5"):
        given = node(text)
        assert with_target(given) is given


def test_external_resources_have_their_name_beside_the_flag():
    assert read(resource, "{external: {name: x}}") == {"external": True, "name": "x"}
    assert read(resource, "{external: {name: x}, name: x}") == {"external": True, "name": "x"}
    assert read(resource, "{external: {}}") == {"external": True}
    for text in ("{external: true}", "{}", "null", "{external: !reset {name: x}}"):
        given = node(text)
        assert resource(given) is given
    message = "'name' is 'z', but 'external.name' is 'y'"
    assert refusal(resource, "{external: {name: y}, name: z}") == message


def test_pull_policies():
    for text in ("always", "if_not_present", "build", "daily", "refresh", "every_1d12h"):
        given = node(text)
        assert pull_policy(given) is given
    assert refusal(pull_policy, "every_x").startswith("unknown pull policy 'every_x', expected ")


def test_lists_may_be_written_as_a_value():
    assert read(listed, "a") == ["a"]
    given = node("[a]")
    assert listed(given) is given
    assert without_empty(node("''")) == ()
    assert len(without_empty(given)) == 1


def test_keys_of_items():
    assert (value_key(node("80")), assigned_key(node("a=1"))) == ("80", "a")
    assert member(node("{a: 1.50}"), "a") == "1.5"
    assert member(node("{a: x}"), "b") == member(node("x"), "b") == ""
    assert string(node("[a]")) == ""


@pytest.mark.parametrize(
    ("to", "text", "expected"),
    [
        ("int", "'010'", 10),
        ("int", "'+5'", 5),
        ("int", "5.0", 5),
        ("float", "'1.5'", 1.5),
        ("float", "2", 2.0),
        ("bool", "'Yes'", True),
        ("bool", "off", False),
        ("str", "1.50", "1.5"),
        ("size", "64m", 67108864),
        ("size", "1024", 1024),
        ("duration", "90s", "1m30s"),
        ("duration", "2w3d", "408h0m0s"),
        ("mode", "'0440'", 0o440),
        ("mode", "0440", 0o440),
        ("int", "null", None),
        ("int", "[1]", [1]),
    ],
)
def test_casts(to, text, expected):
    assert plain(cast(node(text), to)) == expected


@pytest.mark.parametrize("to", ["int", "float", "bool", "str", "duration"])
def test_values_that_need_no_cast_are_kept(to):
    given = node({"int": "5", "float": "5.5", "bool": "true", "str": "x", "duration": "5s"}[to])
    assert cast(given, to) is given


@pytest.mark.parametrize(
    ("to", "text", "message"),
    [
        ("int", "x", "expected a whole number, not 'x'"),
        ("int", "5.5", "expected a whole number, not '5.5'"),
        ("int", "true", "expected a whole number, not 'true'"),
        ("float", "x", "expected a number such as 0.5, not 'x'"),
        ("float", "true", "expected a number such as 0.5, not 'true'"),
        ("bool", "maybe", "expected true or false, not 'maybe'"),
        ("bool", "1", "expected true or false, not '1'"),
        ("size", "10Mi", "'10Mi' is no size, expected one such as '64m' or '1.5gb'"),
        ("duration", "'10'", "'10' is no duration, expected one such as '1m30s' or '500ms'"),
        ("mode", "'999'", "expected octal digits such as '0440', not '999'"),
    ],
)
def test_what_has_not_the_type_is_told(to, text, message):
    assert refusal(lambda given: cast(given, to), text) == message


def test_additional_contexts_have_a_place():
    assert read(contexts, "[a=b, c=d=e]") == {"a": "b", "c": "d=e"}
    assert read(contexts, "{a: 5, b: !reset x}") == {"a": "5", "b": "x"}
    for text in ("[a]", "{a: }", "{a: ''}"):
        assert refusal(contexts, text).startswith("context 'a' is nowhere")


def test_ssh_keys_are_by_id():
    assert read(ssh, "[default, mine=~/k, other=a=b]") == {
        "default": None,
        "mine": "~/k",
        "other": "a=b",
    }
    assert read(ssh, "['mine: /k']") == {"mine": "/k"}  # as they are printed
    assert read(ssh, "{default: , mine: 5}") == {"default": None, "mine": 5}
    assert refusal(ssh, "[mine]") == "'mine' is no SSH key, expected 'default' or 'id=path'"
