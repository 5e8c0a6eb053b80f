"""What of this machine goes into requests."""

from __future__ import annotations

from projects import project, service

from pycompose.convert.container import container
from pycompose.convert.hashing import container_hash
from pycompose.convert.surroundings import Surroundings
from pycompose.snapshot import Capabilities

AROUND = Surroundings(proxies={"HTTP_PROXY": "p", "ALL_PROXY": "a"})


def test_containers_know_proxies_by_two_names_and_builders_by_one() -> None:
    assert AROUND.variables == {
        "HTTP_PROXY": "p",
        "ALL_PROXY": "a",
        "http_proxy": "p",
        "all_proxy": "a",
    }
    assert AROUND.arguments == {"HTTP_PROXY": "p"}
    assert Surroundings().variables == Surroundings().arguments == {}


def test_variables_of_the_service_go_first_and_hashes_know_no_proxy() -> None:
    wanted = service("web", environment={"http_proxy": "mine", "ALL_PROXY": None})
    made = container(
        project(wanted),
        wanted,
        1,
        capabilities=Capabilities(api=(1, 41)),
        image_id="",
        around=AROUND,
    )
    assert sorted(made.body["Env"]) == [
        "ALL_PROXY",
        "HTTP_PROXY=p",
        "all_proxy=a",
        "http_proxy=mine",
    ]
    marks = made.body["Labels"]
    assert marks["com.docker.compose.config-hash"] == container_hash(wanted)
