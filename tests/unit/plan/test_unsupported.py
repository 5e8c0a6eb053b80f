"""What cannot be made yet is refused at its place, or told of."""

from __future__ import annotations

import pytest
from projects import project, service, snapshot

from pycompose.errors import ComposeFileError
from pycompose.model.build import Build
from pycompose.model.deploy import Deploy, Placement, Resources, UpdateConfig
from pycompose.model.develop import Develop, Trigger
from pycompose.model.models import Model
from pycompose.model.mounts import Grant
from pycompose.model.project import Project
from pycompose.model.resources import FileObject
from pycompose.model.service import Attachment, Service
from pycompose.plan.images import images
from pycompose.plan.up import Options, up

MAC, OTHER = "02:42:ac:11:00:02", "02:42:ac:11:00:03"


def refusals(wanted: Project) -> list[str]:
    with pytest.raises(ComposeFileError) as caught:
        up(wanted, snapshot(), Options())
    with pytest.raises(ComposeFileError) as before:
        images(wanted, snapshot())
    assert str(before.value) == str(caught.value)
    return [problem.path for problem in caught.value.problems]


def test_what_one_engine_has_no_use_for_is_passed_over() -> None:
    deploy = Deploy(
        mode="global",
        labels={"a": "b"},
        update_config=UpdateConfig(),
        placement=Placement(constraints=("x",)),
        resources=Resources(),
    )
    develop = Develop(watch=(Trigger(path="/a", action="rebuild"),))
    wanted = project(
        service("web", deploy=deploy, develop=develop), models={"unused": Model(model="x")}
    )
    assert up(wanted, snapshot(), Options()).steps


def built(**fields: object) -> Service:
    return service("app", image="", build=Build(context="/src", **fields))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("additional_contexts", {"a": "/b"}),
        ("cache_to", ("x",)),
        ("entitlements", ("x",)),
        ("no_cache_filter", ("x",)),
        ("privileged", True),
        ("provenance", "mode=max"),
        ("sbom", "true"),
        ("secrets", (Grant(source="s"),)),
        ("ssh", {"default": ""}),
    ],
)
def test_a_build_that_is_due_may_not_need_another_builder(name: str, value: object) -> None:
    wanted = project(built(**{name: value}))
    with pytest.raises(ComposeFileError, match=f"services.app.build.{name}: not supported"):
        images(wanted, snapshot())
    assert images(wanted, snapshot(), building="never").steps == ()


def test_what_is_switched_off_anyway_is_no_hindrance_to_a_build() -> None:
    wanted = project(built(provenance="false", sbom="false", privileged=False))
    assert len(images(wanted, snapshot()).steps) == 1


@pytest.mark.parametrize(
    ("fields", "paths"),
    [
        ({"uts": "service:db"}, ["uts"]),
        ({"security_opt": ("label=disable", "apparmor")}, ["security_opt[1]"]),
        ({"ipc": "host", "pid": "container:a", "external_links": ("a",)}, []),
        ({"mac_address": MAC, "device_cgroup_rules": ("c 1:3 mr",)}, []),
    ],
)
def test_what_no_engine_shares_is_refused(fields, paths) -> None:
    wanted = project(service("web", **fields))
    assert (refusals(wanted) if paths else []) == [f"services.web.{path}" for path in paths]
    assert paths or up(wanted, snapshot(), Options()).steps


def test_the_address_of_the_main_network_is_that_of_the_service() -> None:
    def fields(**attachments):
        return {"mac_address": MAC, "networks": attachments}

    other = Attachment(mac_address=OTHER)
    same = project(service("web", **fields(a=Attachment(mac_address=MAC), b=None)))
    assert up(same, snapshot(), Options()).steps
    with pytest.raises(ComposeFileError, match=f"services.web.mac_address: it is {MAC}, but that"):
        up(project(service("web", **fields(a=other))), snapshot(), Options())


def test_drivers_of_secrets_and_configs_are_of_clusters() -> None:
    secrets = {"key": FileObject(name="key", file="/key", driver="vault")}
    configs = {"conf": FileObject(name="conf", file="/conf", template_driver="golang")}

    wanted = project(service("web"), secrets=secrets, configs=configs)
    assert refusals(wanted) == ["secrets.key.driver", "configs.conf.template_driver"]


def test_values_that_no_engine_takes_are_refused_before_anything_is_made() -> None:
    wanted = project(service("web", restart="sometimes", expose=("http",)), service("db"))
    assert refusals(wanted) == ["services.web.expose[0]", "services.web.restart"]
