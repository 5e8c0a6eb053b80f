"""The sections of a service in both forms of a document."""

from __future__ import annotations

from pycompose.convert.document import project_document, service_document, yaml_document
from pycompose.model.build import Build
from pycompose.model.deploy import (
    Amounts,
    Deploy,
    DiscreteResource,
    GenericResource,
    Placement,
    Resources,
    RestartPolicy,
    UpdateConfig,
)
from pycompose.model.develop import Develop, Trigger
from pycompose.model.hooks import Hook
from pycompose.model.models import Model, ModelUse, Provider
from pycompose.model.project import Project
from pycompose.model.service import Service


def forms(**attributes):
    """Return what a service's only section is in JSON and in YAML."""
    web = Service(name="web", **attributes)
    [name] = attributes
    project = Project(name="demo", services={"web": web})
    return service_document(web)[name], yaml_document(project)["services"]["web"][name]


def test_a_key_without_a_path_is_the_agent_s():
    json, yaml = forms(build=Build(ssh={"default": "", "mine": "/k"}))
    assert json == yaml == {"ssh": ["default", "mine: /k"]}


def test_zeros_that_say_something_are_written():
    deploy = Deploy(
        replicas=0,
        restart_policy=RestartPolicy(delay=0, max_attempts=0, window=0),
        update_config=UpdateConfig(parallelism=0),
    )
    assert forms(deploy=deploy)[1] == {
        "replicas": 0,
        "update_config": {"parallelism": 0},
        "restart_policy": {"delay": "0s", "max_attempts": 0, "window": "0s"},
    }


def test_sections_that_are_only_there_differ_in_the_two_forms():
    assert forms(deploy=Deploy()) == ({"resources": {}, "placement": {}}, {})
    watched = Develop(watch=(Trigger(path="/a", action="rebuild"),))
    assert forms(develop=watched) == (
        {"watch": [{"path": "/a", "action": "rebuild", "exec": {"command": None}}]},
        {"watch": [{"path": "/a", "action": "rebuild"}]},
    )
    assert forms(post_start=(Hook(),)) == ([{"command": None}], [{}])
    assert forms(pre_start=(Hook(command=(), image="x", per_replica=True),))[0] == [
        {"command": [], "image": "x", "per_replica": True}
    ]


def test_extensions_are_shown_in_yaml_alone():
    mine = {"x-a": {"c": 1, "b": 2}}
    deploy = Deploy(
        resources=Resources(limits=Amounts(extensions=mine)),
        placement=Placement(extensions=mine),
    )
    json, yaml = forms(deploy=deploy)
    assert json == {"resources": {"limits": {}}, "placement": {}}
    assert yaml == {"resources": {"limits": mine}, "placement": mine}
    assert list(yaml["placement"]["x-a"]) == ["b", "c"]
    assert forms(provider=Provider(type="x", extensions=mine)) == (
        {"type": "x"},
        {"type": "x", **mine},
    )


def test_numbers_of_processors_are_written_without_needless_points():
    amounts = Amounts(cpus=2.0, memory=1024)
    half = Amounts(cpus=0.5, generic_resources=(GenericResource(DiscreteResource()),))
    json, _ = forms(deploy=Deploy(resources=Resources(limits=amounts, reservations=half)))
    assert json["resources"] == {
        "limits": {"cpus": 2, "memory": "1024"},
        "reservations": {
            "cpus": 0.5,
            "generic_resources": [{"discrete_resource_spec": {"kind": "", "value": 0}}],
        },
    }
    assert isinstance(json["resources"]["limits"]["cpus"], int)


def test_models_are_left_out_of_json_but_for_their_use():
    web = Service(name="web", models={"b": None, "a": ModelUse(model_var="M")})
    project = Project(name="demo", services={"web": web}, models={"a": Model(model="ai/a")})
    assert "models" not in project_document(project)
    assert list(service_document(web)["models"]) == ["a", "b"]
    assert yaml_document(project)["models"] == {"a": {"model": "ai/a"}}
