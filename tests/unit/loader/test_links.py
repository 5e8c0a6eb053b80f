"""Links in the paths that are watched."""

from __future__ import annotations

from unit.loader.nodes import node

from pycompose.loader.links import follow
from pycompose.loader.tree import plain

TEXT = """
services:
  web:
    volumes: [{type: bind, source: /link}]
    develop: {watch: [{path: /link/a}, {path: /other}, {path: null}]}
"""


class Linked:
    def follow(self, path):
        return path.replace("/link", "/real")


def test_links_are_followed_where_files_are_watched_and_nowhere_else():
    web = plain(follow(node(TEXT), Linked()))["services"]["web"]
    assert [rule["path"] for rule in web["develop"]["watch"]] == ["/real/a", "/other", None]
    assert web["volumes"][0]["source"] == "/link"


def test_a_document_without_links_stays_the_same_object():
    given = node("{services: {web: {develop: {watch: [{path: /a}]}}}}")
    assert follow(given, Linked()) is given
