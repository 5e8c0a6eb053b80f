"""Compose files from git repositories, served on localhost."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest
from git_server import git_server

from pycompose.files.git import Git
from pycompose.files.remote import RemoteFiles
from pycompose.loader.remote import repository

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")

FILES = {"compose.yaml": "services: {}\n", "sub/docker-compose.yml": "name: sub\n", "sub/x": "x"}


@pytest.fixture
def environment(tmp_path):
    (tmp_path / "home").mkdir()
    return {"PATH": os.environ["PATH"], "HOME": str(tmp_path / "home")}


class Served:
    """A repository behind the server; `commit` adds to it and returns the hash."""

    def __init__(self, tmp_path, address, environment):
        self.work = tmp_path / "work"
        self.bare = tmp_path / "served" / "repo.git"
        self.url = f"{address}/repo.git"
        self.environment = environment
        self.git("init", "-q", "-b", "main", str(self.work))
        self.git("init", "-q", "--bare", "-b", "main", str(self.bare))

    def git(self, *words):
        user = ("-c", "user.name=me", "-c", "user.email=me@host")
        done = subprocess.run(
            ["git", *user, *words],
            cwd=self.work if self.work.exists() else self.work.parent,
            env=self.environment,
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout.strip()

    def commit(self, files, links=(), *, tag=""):
        for name, text in files.items():
            (self.work / name).parent.mkdir(parents=True, exist_ok=True)
            (self.work / name).write_text(text)
        for name, target in links:
            (self.work / name).symlink_to(target)
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "x")
        if tag:
            self.git("tag", "-a", "-m", tag, tag)
        self.git("push", "-q", "--tags", str(self.bare), "main")
        return self.git("rev-parse", "HEAD")


@pytest.fixture
def served(tmp_path, environment):
    (tmp_path / "served").mkdir()
    with git_server(tmp_path / "served") as (address, requests):
        it = Served(tmp_path, address, environment)
        it.requests = requests
        yield it


@pytest.fixture
def git(tmp_path, environment):
    return Git(str(tmp_path / "cache"), environment)


def test_a_branch_a_tag_and_a_commit_are_fetched_without_history(served, git):
    first = served.commit(FILES, tag="v1")
    second = served.commit({"compose.yaml": "name: second\n"})
    found = {}
    for ref in ("", "#main", "#v1", f"#{first}", f"#{second}"):
        path, root = git.fetch(repository(f"{served.url}{ref}"))
        assert path == f"{root}/compose.yaml"
        found[ref] = root.rpartition("/")[2]
    assert found == {
        "": second,
        "#main": second,
        "#v1": first,
        f"#{first}": first,
        f"#{second}": second,
    }
    assert sorted(os.listdir(root)) == ["compose.yaml", "sub"]


def test_a_commit_that_is_there_is_not_fetched_again(served, git):
    commit = served.commit(FILES)
    reference = repository(f"{served.url}#{commit}:sub")
    path, root = git.fetch(reference)
    assert path == f"{root}/sub/docker-compose.yml"
    count = len(served.requests)
    assert git.fetch(reference).path == path
    assert git.fetch(repository(f"{served.url}#{commit}:sub/x")).path == f"{root}/sub/x"
    assert len(served.requests) == count


@pytest.mark.parametrize(
    ("fragment", "message"),
    [
        ("#main:../..", "leads out of the repository"),
        ("#main:sub/../../../etc", "leads out of the repository"),
        ("#main:/etc", "leads out of the repository"),
        ("#main:none", "there is none of compose.yaml"),
        ("#nope", "no branch or tag 'nope'"),
    ],
)
def test_what_is_not_in_the_repository_is_refused(served, git, fragment, message):
    served.commit(FILES)
    with pytest.raises(ValueError, match=message):
        git.fetch(repository(f"{served.url}{fragment}"))


def test_links_are_not_followed(served, git):
    links = [("compose.yml", "/etc/passwd"), ("up", ".."), ("etc", "/etc")]
    commit = served.commit({"x": "x"}, links)
    path, root = git.fetch(repository(f"{served.url}#{commit}:compose.yml"))
    assert not os.path.islink(path)
    with open(path, encoding="utf-8") as file:
        assert file.read() == "/etc/passwd"
    with pytest.raises(ValueError, match="there is none of"):
        git.fetch(repository(f"{served.url}#{commit}:etc/passwd"))
    assert not [name for name in os.listdir(root) if os.path.islink(os.path.join(root, name))]


def test_nothing_of_a_repository_is_run(served, git, environment, tmp_path):
    trap = tmp_path / "ran"
    config = f'[filter "trap"]\n\tsmudge = touch {trap}\n\trequired = true\n'
    config += f"[core]\n\thooksPath = {tmp_path}/hooks\n"
    (tmp_path / "home/.gitconfig").write_text(config)
    (tmp_path / "hooks").mkdir()
    for hook in ("post-checkout", "reference-transaction"):
        (tmp_path / "hooks" / hook).write_text(f"#!/bin/sh\ntouch {trap}\n")
        (tmp_path / "hooks" / hook).chmod(0o755)
    # The repository is made without that configuration.
    served.environment = {**environment, "HOME": "/nonexistent"}
    served.commit({**FILES, ".gitattributes": "* filter=trap\n"})
    git.fetch(repository(served.url))
    assert not trap.exists()


def test_repositories_of_this_machine_are_none_to_fetch_from(served, git, tmp_path, environment):
    served.commit(FILES)
    with pytest.raises(ValueError, match="not read from 'file://'"):
        RemoteFiles(environment).fetch(f"file://{served.bare}")
    # Were it to get that far, git would refuse.
    with pytest.raises(OSError, match="transport 'file' not allowed"):
        git.resolve(repository(served.url)._replace(url=f"file://{served.bare}"))
    with pytest.raises(OSError, match="not allowed"):
        git.resolve(repository(served.url)._replace(url="ext::sh -c true"))


def test_a_server_that_is_not_there_is_told_without_a_password(git):
    with pytest.raises(OSError, match="git: unable to access") as caught:
        git.fetch(repository("http://me:s3cret@127.0.0.1:9/repo.git"))
    assert "s3cret" not in str(caught.value)


def test_git_is_found_by_absolute_folders_only(tmp_path):
    with pytest.raises(FileNotFoundError, match="git is not installed"):
        Git(str(tmp_path), {"PATH": "bin:."}).run("/", "version")


def test_a_reference_stays_what_it_was_while_a_command_runs(served, environment):
    served.commit(FILES)
    remote = RemoteFiles(environment)
    first = remote.fetch(served.url)
    served.commit({"compose.yaml": "name: second\n"})
    assert remote.fetch(served.url) == first
    assert RemoteFiles(environment).fetch(served.url) != first
