"""Proxies of the docker command's configuration."""

from __future__ import annotations

import json

import pytest

from pycompose.files.proxies import proxies

ENGINE = "unix:///var/run/docker.sock"
ALL = {
    "httpProxy": "http://u:p@h:1",
    "httpsProxy": "s",
    "noProxy": "a,b",
    "ftpProxy": "f",
    "allProxy": "all",
}


def test_every_kind_is_a_variable(tmp_path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"proxies": {"default": ALL}}))
    assert proxies(str(tmp_path), ENGINE) == {
        "HTTP_PROXY": "http://u:p@h:1",
        "HTTPS_PROXY": "s",
        "NO_PROXY": "a,b",
        "FTP_PROXY": "f",
        "ALL_PROXY": "all",
    }


def test_those_of_an_engine_take_the_place_of_all_others(tmp_path) -> None:
    known = {"default": ALL, ENGINE: {"httpProxy": "mine", "noProxy": ""}}
    (tmp_path / "config.json").write_text(json.dumps({"proxies": known}))
    assert proxies(str(tmp_path), ENGINE) == {"HTTP_PROXY": "mine"}
    assert len(proxies(str(tmp_path), "tcp://other:1")) == len(ALL)


@pytest.mark.parametrize(
    "text",
    [None, "{", "[]", "{}", '{"proxies": 3}', '{"proxies": {}}', '{"proxies": {"default": 3}}'],
)
def test_a_configuration_that_names_none_is_no_mistake(tmp_path, text) -> None:
    if text is not None:
        (tmp_path / "config.json").write_text(text)
    assert proxies(str(tmp_path), ENGINE) == {}
