"""Which services count."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pycompose.errors import ComposeFileError, Position, Problem, UsageError
from pycompose.loader.select import activate, enable, heard, misspelt, select, used, without
from pycompose.model.mounts import Grant, Mount
from pycompose.model.project import Project
from pycompose.model.resources import FileObject, Network, Volume
from pycompose.model.service import Dependency, Service


def service(name, *, needs="", profiles="", optional=""):
    edges = {other: Dependency() for other in needs.split()}
    edges |= {other: Dependency(required=False) for other in optional.split()}
    return Service(name=name, image="x", depends_on=edges, profiles=tuple(profiles.split()))


def project(*services, **attributes):
    return Project(name="demo", services={it.name: it for it in services}, **attributes)


SHOP = project(
    service("web", needs="db", optional="mail"),
    service("db"),
    service("mail", profiles="mailing"),
    service("debug", needs="web", profiles="dev tools"),
    service("trace", profiles="dev"),
)


def names(project):
    return (sorted(project.services), sorted(project.disabled))


@pytest.mark.parametrize(
    ("profiles", "enabled"),
    [
        ((), ["db", "web"]),
        (("dev",), ["db", "debug", "trace", "web"]),
        (("tools", "mailing"), ["db", "debug", "mail", "web"]),
        (("*",), ["db", "debug", "mail", "trace", "web"]),
    ],
)
def test_profiles_enable_services(profiles, enabled):
    active = activate(SHOP, profiles)
    assert sorted(active.services) == enabled
    assert {*active.services, *active.disabled} == set(SHOP.services)


def test_a_named_service_is_enabled_with_its_profiles():
    enabled = enable(activate(SHOP, ()), ["debug"])
    assert names(enabled) == (["db", "debug", "trace", "web"], ["mail"])
    assert names(enable(activate(SHOP, ()), ["web"])) == (
        *(["db", "web"], ["debug", "mail", "trace"]),
    )


def test_a_named_service_does_not_enable_other_profiles():
    both = project(
        service("a", needs="b c", profiles="one"),
        service("b", profiles="one"),
        service("c", profiles="two"),
    )
    enabled = enable(activate(both, ()), ["a"])
    assert names(enabled) == (["a", "b"], ["c"])
    with pytest.raises(ComposeFileError, match="service 'c' is not enabled"):
        select(enabled, ["a"])


def test_an_unknown_service_is_refused_with_a_suggestion():
    with pytest.raises(UsageError, match=r"^no such service: wep \(did you mean 'web'\?\)$"):
        select(activate(SHOP, ()), ["wep"])
    with pytest.raises(UsageError, match=r"^no such service: 123$"):
        enable(SHOP, ["123"])
    with pytest.raises(UsageError, match="no such service: debug"):
        select(activate(SHOP, ()), ["debug"])


def test_selection_keeps_dependencies_and_drops_edges_that_lead_out():
    active = activate(SHOP, ())
    assert select(active).services.keys() == {"web", "db"}
    assert list(select(active).services["web"].depends_on) == ["db", "mail"]
    assert list(select(active, ["web"]).services["web"].depends_on) == ["db"]
    assert names(select(active, ["db"])) == (["db"], ["debug", "mail", "trace", "web"])
    alone = select(active, ["web"], dependencies=False)
    assert list(alone.services) == ["web"]
    assert alone.services["web"].depends_on == {}


def test_names_may_be_patterns():
    assert sorted(select(activate(SHOP, ("dev",)), ["d*"]).services) == ["db", "debug", "web"]


def test_a_required_dependency_must_be_enabled():
    off = project(service("a", needs="b"), service("b", profiles="p"))
    with pytest.raises(ComposeFileError) as caught:
        select(activate(off, ()))
    assert str(caught.value) == (
        "demo:1:1: services.a.depends_on: service 'b' is not enabled (enable it with profile 'p')"
    )
    alone = select(activate(off, ()), ["a"], dependencies=False)
    assert list(alone.services) == ["a"]
    with pytest.raises(ComposeFileError, match="name 'b' too"):
        select(
            Project(
                name="demo", services={"a": service("a", needs="b")}, disabled={"b": service("b")}
            )
        )


def test_pending_problems_are_told_of_chosen_services_only():
    wrong = Problem(Position("x.yaml", 3, 1), "services.web", "wrong")
    shared = Problem(Position("x.yaml", 2, 1), "volumes", "wrong too")
    broken = project(service("web"), service("db"), pending={("services", "web"): (wrong,)})
    assert list(select(broken, ["db"]).services) == ["db"]
    with pytest.raises(ComposeFileError):
        select(broken, ["web"])
    with pytest.raises(ComposeFileError) as caught:
        select(project(service("web"), pending={("services", "web"): (wrong,), (): (shared,)}))
    assert caught.value.problems == (shared, wrong)


def test_pending_problems_of_resources_are_told_once_they_are_used():
    wrong = Problem(Position("x.yaml", 3, 1), "volumes.data", "wrong")
    found = project(service("web"), pending={("volumes", "data"): (wrong,)})
    assert heard(found) is not None
    with pytest.raises(ComposeFileError, match="wrong"):
        heard(replace(found, volumes={"data": Volume(name="data")}))
    less = without(replace(found, volumes={"data": Volume(name="data")}), [("volumes", "data")])
    assert heard(less).volumes == {}


def test_warnings_are_told_once_each_in_the_order_of_the_files():
    def warning(file, line, message):
        return Problem(Position(file, line, 1), "", message, severity="warning")

    pending = {
        (): (warning("z.yaml", 9, "zero"),),
        ("services", "web"): (warning("z.yaml", 3, "one"), warning("a.yaml", 1, "two")),
        ("services", "db"): (warning("z.yaml", 2, "one"), warning("z.yaml", 1, "three")),
    }
    told = heard(select(project(service("web"), service("db"), pending=pending), ["web"])).notices
    assert [(it.at.file, it.at.line, it.message) for it in told] == [
        ("z.yaml", 3, "one"),
        ("z.yaml", 9, "zero"),
        ("a.yaml", 1, "two"),
    ]


def test_resources_nobody_uses_are_dropped():
    web = Service(
        name="web",
        networks={"front": None},
        volumes=(Mount(type="volume", source="data"), Mount(type="bind", source="other")),
        secrets=(Grant(source="s"),),
        configs=(Grant(source="c"),),
    )
    full = project(
        web,
        networks={"front": Network(name="f"), "back": Network(name="b")},
        volumes={"data": Volume(name="d"), "other": Volume(name="o")},
        secrets={"s": FileObject(name="s"), "t": FileObject(name="t")},
        configs={"c": FileObject(name="c"), "d": FileObject(name="d")},
    )
    left = used(full)
    assert [list(left.networks), list(left.volumes), list(left.secrets), list(left.configs)] == [
        *(["front"], ["data"], ["s"], ["c"]),
    ]


class Everywhere:
    """Places that are all the same."""

    def find(self, *path):
        return Position("c.yaml", 3, 1)


def test_a_profile_is_warned_of_if_one_has_a_name_like_it():
    found = misspelt(replace(SHOP, places=Everywhere()), ["mialing", "unlike", "*", "dev"])
    assert [str(problem) for problem in found] == [
        "c.yaml:3:1: services.mail.profiles[0]: no service has the profile 'mialing'"
        " (did you mean 'mailing'?)"
    ]
