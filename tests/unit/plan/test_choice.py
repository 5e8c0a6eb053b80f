"""Which containers of a service stay."""

from __future__ import annotations

from projects import project, service, state

from pycompose.plan.choice import choose
from pycompose.plan.diverged import Divergence

OTHER = Divergence("changed", "")


def chosen(count, *containers, changed=()):
    web = service("web", scale=count)
    verdicts = {c.id: OTHER if c.number in changed else None for c in containers}
    keep, surplus = choose(project(web), web, containers, verdicts)
    return [c.number for c in keep], [(gone.state.name, gone.cause) for gone in surplus]


WEB = [state(service("web"), number) for number in (1, 2, 3)]


def test_low_numbers_stay() -> None:
    assert chosen(2, *WEB) == ([1, 2], [("demo-web-3", "surplus")])


def test_current_ones_stay_before_those_to_be_recreated() -> None:
    assert chosen(2, *WEB, changed=(1,)) == ([2, 3], [("demo-web-1", "surplus")])


def test_of_two_with_one_number_the_one_of_its_name_stays() -> None:
    left = WEB[0]._replace(id="f" * 64, name="abcdefabcdef_demo-web-1")
    assert chosen(1, left, WEB[0]) == ([1], [("abcdefabcdef_demo-web-1", "interrupted")])


def test_one_without_a_number_goes() -> None:
    odd = WEB[0]._replace(id="e" * 64, name="odd", number=None)
    assert chosen(1, odd, WEB[0]) == ([1], [("odd", "surplus")])
