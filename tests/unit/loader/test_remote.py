"""References to files elsewhere."""

from __future__ import annotations

import pytest

from pycompose.loader.remote import Repository, is_remote, is_within, repository, shown

COMMIT = "0123456789" * 4


@pytest.mark.parametrize(
    "reference",
    [
        *(
            "https://host/a.git",
            "git@host:a/b.git",
            "github.com/a/b",
            "ssh://git@host/a",
            "oci://a/b",
        ),
        *("git://host/a.git#main", "file:///a.git", "s3://bucket/x", "HTTPS://host/a.git"),
    ],
)
def test_is_elsewhere(reference):
    assert is_remote(reference)


@pytest.mark.parametrize(
    "reference",
    ["compose.yaml", "./a:b/c.yaml", "/a/b.yaml", "../x", "C:\\a", "a/github.com/b", "-"],
)
def test_is_here(reference):
    assert not is_remote(reference)


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("https://host/a.git", Repository("https://host/a.git")),
        ("https://host/a.git#dev", Repository("https://host/a.git", "dev")),
        ("git@host:a.git#:sub", Repository("git@host:a.git", "", "sub")),
        ("github.com/a/b#v1:x/y", Repository("https://github.com/a/b", "v1", "x/y")),
        ("ssh://git@host:22/a#b", Repository("ssh://git@host:22/a", "b")),
    ],
)
def test_a_repository_has_a_branch_and_a_path(reference, expected):
    assert repository(reference) == expected


def test_a_commit_is_known_by_its_whole_hash():
    assert repository(f"https://h/a.git#{COMMIT}").commit == COMMIT
    assert repository(f"https://h/a.git#{COMMIT[:12]}").commit == ""


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("https://host/compose.yaml", "ends in '.git'"),
        ("file:///srv/a.git", "not read from 'file://'"),
        ("s3://bucket/x", "not read from 's3://'"),
        ("ssh://-oProxyCommand=x/a", "begin with a dash"),
        ("ssh://me@-oProxyCommand=x/a", "begin with a dash"),
        ("https://host/a.git#--upload-pack=x", "begin with a dash"),
    ],
)
def test_what_git_should_not_be_given_is_refused(reference, message):
    with pytest.raises(ValueError, match=message):
        repository(reference)


def test_passwords_are_not_shown():
    assert shown("https://me:s3cret@host/a.git#b") == "https://host/a.git#b"
    assert shown("git@host:a.git") == "git@host:a.git"


def test_a_path_is_within_a_folder_or_not():
    assert is_within("/a/b", "/a")
    assert is_within("/a", "/a")
    assert is_within("/a", "/")
    assert not is_within("/ab", "/a")
