"""What a schema cannot say."""

from __future__ import annotations

import pytest

from pycompose.loader.check import check
from pycompose.loader.parse import parse
from pycompose.loader.sources import Source


def problems(text, unknown=()):
    [document] = parse(Source("/x.yaml", "x.yaml", text))
    return {
        ".".join(owner): [str(problem) for problem in found]
        for owner, found in check(document, unknown).items()
    }


def of_web(body, *, rest=""):
    """Return the problems of a service `web` with this body, whose first line is line 4."""
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return problems(f"services:\n  web:\n    image: a\n{lines}{rest}").get("services.web", [])


def test_a_sound_document_has_no_problems():
    text = """
services:
  web:
    image: a
    depends_on: {db: {condition: service_started}}
    networks: {front: }
    volumes: [{type: volume, source: data, target: /d}, {type: volume, target: /e}]
    secrets: [{source: s}]
    healthcheck: {test: [CMD, x]}
    scale: 2
    deploy: {replicas: 2}
  db: {build: {context: .}}
networks: {front: }
volumes: {data: , shared: {external: true, name: x}}
secrets: {s: {file: x}, t: {external: true}}
configs: {c: {content: x}}
"""
    assert problems(text) == {}


def test_nothing_is_missed_of_what_is_not_known_in_full():
    text = "services: {web: {tty: true}}\nsecrets: {s: {name: x}}"
    assert problems(text, [("services", "web"), ("secrets", "s")]) == {}
    assert len(problems(text)) == 2


def test_a_service_needs_an_image_or_a_build():
    assert problems("services:\n  web:\n    tty: true\n") == {
        "services.web": [
            "x.yaml:2:3: services.web: neither 'image' nor 'build' is given, one of them is needed"
        ]
    }


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            "depends_on:\n  dbb: {}",
            "x.yaml:5:7: services.web.depends_on: no service 'dbb' is defined (did you mean 'db'?)",
        ),
        (
            "networks:\n  front: ",
            "x.yaml:5:7: services.web.networks: no network 'front' is defined"
            " (define it in the top-level 'networks')",
        ),
        (
            "volumes:\n- {type: volume, source: data, target: /x}",
            "x.yaml:5:30: services.web.volumes[0]: no volume 'data' is defined"
            " (define it in the top-level 'volumes')",
        ),
        (
            "secrets:\n- {source: token}",
            "x.yaml:5:16: services.web.secrets[0]: no secret 'token' is defined"
            " (define it in the top-level 'secrets')",
        ),
        (
            "configs:\n- {source: site}",
            "x.yaml:5:16: services.web.configs[0]: no config 'site' is defined"
            " (define it in the top-level 'configs')",
        ),
        (
            "volumes:\n- {type: bind, target: /x}",
            "x.yaml:5:7: services.web.volumes[0]: a bind mount needs a 'source'",
        ),
        (
            "tmpfs: ['/t:size=1']\nvolumes: [{type: tmpfs, target: /t}]",
            "x.yaml:5:37: services.web.volumes[0]: '/t' is mounted already, by"
            " services.web.tmpfs[0]",
        ),
        (
            "network_mode: host\nnetworks: {default: }",
            "x.yaml:4:5: services.web: 'network_mode' and 'networks' exclude each other",
        ),
        (
            "network_mode: service:dbb",
            "x.yaml:4:19: services.web.network_mode: no service 'dbb' is defined (did you mean"
            " 'db'?)",
        ),
        (
            "scale: 2\ndeploy: {replicas: 3}",
            "x.yaml:4:5: services.web: 'scale' is 2, but 'deploy.replicas' is 3 (give one of them)",
        ),
        (
            "scale: -1",
            "x.yaml:4:5: services.web: a service cannot have -1 containers, expected 0 or more",
        ),
        (
            "deploy: {replicas: 2}\ncontainer_name: c",
            "x.yaml:5:5: services.web: 2 containers cannot share one 'container_name'"
            " (remove it to scale)",
        ),
        (
            "healthcheck: {test: [curl, x]}",
            "x.yaml:4:26: services.web.healthcheck.test: expected 'CMD', 'CMD-SHELL' or 'NONE' as"
            " first item, not 'curl'",
        ),
        (
            "build:\n  dockerfile: D\n  dockerfile_inline: FROM x",
            "x.yaml:6:7: services.web.build: 'dockerfile_inline' and 'dockerfile' exclude each"
            " other",
        ),
    ],
)
def test_a_problem_is_told_at_its_place(body, expected):
    rest = "  db: {image: a}\nnetworks: {default: }\n"
    assert of_web(body, rest=rest) == [expected]


def test_all_problems_of_a_service_are_told_in_file_order():
    found = of_web("scale: -1\ndepends_on: {x: }\nhealthcheck: {test: [x]}\nnetworks: {y: }")
    assert [line.split(":")[1] for line in found] == ["4", "5", "6", "7"]


def test_a_container_name_is_used_once():
    text = "services:\n  a: {image: x, container_name: c}\n  b: {image: x, container_name: c}\n"
    assert problems(text) == {
        "services.b": [
            "x.yaml:3:33: services.b.container_name: container name 'c' is in use by service 'a'"
        ]
    }


def test_a_cycle_is_named_where_it_is_closed():
    text = """services:
  a: {image: x, depends_on: {b: }}
  b: {image: x, depends_on: {c: }}
  c: {image: x, depends_on: {a: , b: }}
"""
    assert problems(text) == {
        "services.a": ["x.yaml:2:30: services.a.depends_on: dependency cycle: a -> b -> c -> a"],
        "services.b": ["x.yaml:3:30: services.b.depends_on: dependency cycle: b -> c -> b"],
    }


def test_a_long_cycle_is_shortened():
    text = "services:\n" + "".join(
        f"  s{n:02d}: {{image: x, depends_on: {{s{(n + 1) % 40:02d}: }}}}\n" for n in range(40)
    )
    [found] = problems(text)["services.s00"]
    assert found.endswith(
        "s00 -> s01 -> s02 -> s03 -> s04 -> s05 -> (29 more) -> s35 -> s36"
        " -> s37 -> s38 -> s39 -> s00"
    )


def test_secrets_and_configs_have_one_source():
    text = """secrets:
  none: {labels: {}}
  both: {file: x, environment: Y}
configs:
  none: {}
  both: {content: x, file: y}
"""
    assert problems(text) == {
        "": [
            "x.yaml:2:3: secrets.none: one of 'file', 'environment' is needed",
            "x.yaml:3:19: secrets.both: 'file', 'environment' exclude each other",
            "x.yaml:5:3: configs.none: one of 'file', 'environment', 'content' is needed",
            "x.yaml:6:10: configs.both: 'file', 'environment', 'content' exclude each other",
        ]
    }


def test_an_external_volume_is_not_described():
    assert problems("volumes:\n  v: {external: true, x-y: 1, name: n, driver: d}\n") == {
        "": ["x.yaml:2:40: volumes.v: an external volume takes no 'driver', it is not created here"]
    }


def test_what_has_not_the_right_shape_is_the_schema_s_business():
    assert problems("services: {web: }") == {}
    assert of_web("volumes: [a]\ntmpfs: [{}]\nsecrets: [a]\nhealthcheck: {test: [[]]}") == []
    assert of_web("volumes: [{type: volume}]\nscale: many") == []
