"""Files and all they include and extend, as one document."""

from __future__ import annotations

from unit.loader.loading import problems, project

BOTH = ("compose.yaml", "b.yaml")


def test_documents_are_valid_together_though_not_alone():
    base = "services: {web: {image: x, depends_on: {db: {condition: service_healthy}}}"
    files = {
        "compose.yaml": f"{base}, db: {{image: x}}}}",
        "b.yaml": "services: {web: {depends_on: {db: {restart: true}}}}",
    }
    [dependency] = project(files, *BOTH).services["web"].depends_on.values()
    assert (dependency.condition, dependency.restart) == ("service_healthy", True)


def test_documents_may_not_be_valid_together_though_they_are_alone():
    text = "services: {web: {image: x, group_add: [g]}}"
    [problem] = problems({"compose.yaml": text, "b.yaml": text}, *BOTH)
    assert problem.startswith(
        "b.yaml:1:40: services.web.group_add[1]: the same item stands at compose.yaml:1:40 already"
    )


def test_what_none_of_the_documents_gives_is_missed():
    files = {
        "compose.yaml": "services: {web: {image: x}, db: {image: x}}",
        "b.yaml": "services: {web: {depends_on: {db: {restart: true}}}}",
    }
    [problem] = problems(files, *BOTH)
    assert problem.startswith(
        "b.yaml:1:35: services.web.depends_on.db: attribute 'condition' is missing"
    )


def test_a_file_with_nothing_in_it_changes_nothing():
    files = {"compose.yaml": "# nothing", "b.yaml": "services: {web: {image: x}}"}
    assert list(project(files, *BOTH).services) == ["web"]


def test_a_build_has_its_own_file_s_directory_as_context():
    files = {
        "compose.yaml": "include: [a/x.yaml]\nservices: {b: {build: {target: t}}}",
        "a/x.yaml": "services: {a: {build: {target: t}}}",
    }
    contexts = {name: it.build.context for name, it in project(files).services.items()}
    assert contexts == {"a": "/shop/a", "b": "/shop"}
