"""What files from elsewhere may refer to."""

from __future__ import annotations

import pytest
from unit.loader.loading import Texts

from pycompose.errors import ComposeFileError
from pycompose.loader.sources import Fetched
from pycompose.loader.stages import LoadOptions, load

ROOT = "/cache/1"


class Shelf:
    """Fetches what is there already; remembers what it was asked for."""

    def __init__(self):
        self.asked = []

    def fetch(self, reference):
        self.asked.append(reference)
        if "lost" in reference:
            raise OSError(5, "no such repository")
        if "odd" in reference:
            raise ValueError("the path leads out of the repository")
        return Fetched(f"{ROOT}/part/compose.yaml", ROOT)


REFERENCE = "https://me:s3cret@host/a.git#main:part"
INCLUDING = f"include: ['{REFERENCE}']"


def read(remote, main=INCLUDING, *, allowed=True, **more):
    texts = {"compose.yaml": main, f"{ROOT}/part/compose.yaml": remote, **more}
    shelf = Shelf()
    options = LoadOptions(
        files=("/shop/compose.yaml",),
        working_dir="/shop",
        home="/home/me",
        remote=shelf if allowed else None,
    )
    return load(options, Texts(texts)), shelf


def refused(*args, **options):
    with pytest.raises(ComposeFileError) as caught:
        read(*args, **options)
    return str(caught.value)


def test_nothing_is_fetched_unless_that_is_allowed():
    assert refused("", allowed=False) == (
        "compose.yaml:1:11: include[0].path: 'https://host/a.git#main:part' is not on this machine,"
        " and remote files are not allowed (pycompose --allow-remote reads it, if you trust it)"
    )


def test_paths_of_a_file_from_elsewhere_start_in_its_folder():
    project, shelf = read(
        "services: {a: {image: x, volumes: ['./d:/d', '../e:/e'], env_file: ../a.env}}",
        **{f"{ROOT}/a.env": "A=1"},
    )
    a = project.services["a"]
    assert [it.source for it in a.volumes] == [f"{ROOT}/part/d", f"{ROOT}/e"]
    assert (a.environment, shelf.asked) == ({"A": "1"}, [REFERENCE])


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("services: {a: {image: x, env_file: ../../up.env}}", "/cache/up.env"),
        ("services: {a: {image: x, env_file: /etc/passwd}}", "/etc/passwd"),
        ("services: {a: {image: x, env_file: ~/.netrc}}", "/home/me/.netrc"),
        ("secrets: {s: {file: ../../s}}", "/cache/s"),
        ("configs: {s: {file: /etc/shadow}}", "/etc/shadow"),
        ("services: {a: {extends: {file: ../../x.yaml, service: a}}}", "/cache/x.yaml"),
        ("include: [/etc/x.yaml]", "/etc/x.yaml"),
        ("include: [{path: y.yaml, env_file: ../../x.env}]", "/cache/x.env"),
    ],
)
def test_a_file_from_elsewhere_reads_nothing_outside(text, path):
    message = refused(text, **{f"{ROOT}/part/y.yaml": "services: {}"})
    assert f"a remote file may not read '{path}', which is outside of its own folder" in message
    assert "[included from compose.yaml:1:11]" in message
    assert "1.yaml" not in message


def test_what_it_extends_may_not_leave_the_folder_either():
    message = refused(
        "services: {a: {extends: {file: b.yaml, service: b}}}",
        **{f"{ROOT}/part/b.yaml": "services: {b: {image: x, env_file: ../../up.env}}"},
    )
    assert "a remote file may not read '/cache/up.env'" in message


def test_what_it_mounts_or_builds_of_this_machine_is_told():
    project, _ = read(
        """
services:
  a: {image: x, volumes: ['/var/run/docker.sock:/s', 'data:/d'], build: /src}
  b: {build: 'https://host/b.git'}
volumes: {data: {driver: local, driver_opts: {o: bind, device: /srv}}}
"""
    )
    told = [(it.path, it.message) for it in project.notices]
    assert sorted(told) == [
        ("services.a.build.context", "a remote file uses '/src' of this machine"),
        ("services.a.volumes[0]", "a remote file uses '/var/run/docker.sock' of this machine"),
        ("volumes.data", "a remote file uses '/srv' of this machine"),
    ]


def test_the_project_itself_can_be_elsewhere():
    shelf = Shelf()
    text = "services: {a: {image: '$A', volumes: ['./d:/d']}}"
    options = LoadOptions(files=(REFERENCE,), working_dir="/shop", remote=shelf)
    texts = Texts({f"{ROOT}/part/compose.yaml": text, ".env": "A=a", f"{ROOT}/part/.env": "A=no"})
    project = load(options, texts)
    assert (project.name, project.config_files) == ("shop", (REFERENCE,))
    assert project.services["a"].image == "a"
    assert project.services["a"].volumes[0].source == f"{ROOT}/part/d"


@pytest.mark.parametrize(
    ("name", "reason"),
    [("lost", "no such repository"), ("odd", "the path leads out of the repository")],
)
def test_what_cannot_be_fetched_is_told_at_its_place(name, reason):
    main = f"services: {{a: {{extends: {{service: a, file: 'https://host/{name}.git'}}}}}}"
    assert refused("", main) == (
        f"compose.yaml:1:44: services.a.extends.file: 'https://host/{name}.git' cannot be read:"
        f" {reason}"
    )
