"""Models that services talk to."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
from projects import project, service

from pycompose.model.models import Model, ModelUse
from pycompose.plan.models import Runner, awaited, missing, names, ready, with_models
from pycompose.plan.ops import ConfigureModel
from pycompose.plan.plan import Plan
from pycompose.plan.steps import Steps

SCHEMA = json.loads((Path(__file__).parents[3] / "schemas/plan.schema.json").read_text())
MODELS = {
    "big-one": Model(name="big", model="ai/big"),
    "llm": Model(model="ai/some", context_size=10, runtime_flags=("--a", "b")),
}
WEB = service("web", models={"llm": ModelUse(endpoint_var="URL"), "big-one": None})
WANTED = project(WEB, service("db"), models=MODELS)
RUNNER = Runner("/bin/docker-model", frozenset({"ai/some"}), "http://m")


def planned(runner: Runner, after: tuple[int, ...] = ()) -> Plan:
    steps = Steps()
    ready(steps, WANTED, runner, after)
    return steps.plan()


def test_what_is_not_here_is_pulled_and_everything_is_configured() -> None:
    plan = planned(RUNNER)
    assert str(plan).splitlines() == [
        "[] -> #1 PullModel model big: ai/big is not here",
        "[1] -> #2 ConfigureModel model big: models.big-one",
        "[] -> #3 ConfigureModel model llm: models.llm",
    ]
    last = plan.steps[-1]
    assert isinstance(last, ConfigureModel)
    assert (last.model, last.context_size, last.flags) == ("ai/some", 10, ("--a", "b"))
    jsonschema.validate(plan.to_json(), SCHEMA)


def test_where_nobody_looked_all_may_have_to_be_pulled() -> None:
    pulls = [line for line in str(planned(Runner("x"))).splitlines() if "PullModel" in line]
    assert [line.partition(": ")[2] for line in pulls] == [
        "nobody has looked whether it is here",
        "nobody has looked whether it is here",
    ]


def test_services_learn_of_their_models_from_variables() -> None:
    services = with_models(WANTED, RUNNER).services
    assert services["web"].environment == {
        "URL": "http://m",
        "LLM_MODEL": "ai/some",
        "BIG_ONE_URL": "http://m",
        "BIG_ONE_MODEL": "ai/big",
    }
    assert services["db"] == WANTED.services["db"]
    plain = project(service("db"))
    assert with_models(plain, RUNNER) is plain


def test_where_a_model_answers_is_awaited_until_somebody_asks() -> None:
    unasked = Runner("x")
    environment = with_models(WANTED, unasked).services["web"].environment
    assert environment == {"LLM_MODEL": "ai/some", "BIG_ONE_MODEL": "ai/big"}
    assert awaited(WANTED, unasked) == {"web": ("URL", "BIG_ONE_URL")}
    assert awaited(WANTED, RUNNER) == {}


def test_names_of_variables_are_those_of_the_file_or_of_the_model() -> None:
    assert names("a-b", None) == ("A_B_URL", "A_B_MODEL")
    assert names("a", ModelUse(model_var="M")) == ("A_URL", "M")


def test_nothing_that_runs_models_is_told_of() -> None:
    [problem] = missing(WANTED, Runner())
    assert problem.path == "services.web.models"
    assert problem.message.startswith("needs Docker Model Runner, there is no plug-in")
    assert missing(WANTED, Runner("x")) == []
