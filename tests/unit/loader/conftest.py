from __future__ import annotations

import importlib

import pytest

parse_module = importlib.import_module("pycompose.loader.parse")  # the package holds the function


@pytest.fixture(params=["native", "pure python"])
def _both_parsers(request, monkeypatch):
    if request.param == "pure python":
        monkeypatch.setattr(parse_module, "_native", None)
