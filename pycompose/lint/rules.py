"""The table of rules, by id.

"error" is for what hardly anyone wants: the value that arrives is another one, or something cannot
start. "warning" is for what has to be thought about.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pycompose.lint import (
    data,
    images,
    leftovers,
    lifecycle,
    ports,
    privileges,
    spelling,
    variables,
)
from pycompose.lint.subject import Hit, Rule, Subject
from pycompose.loader.suggest import did_you_mean


def _unknown_ignores(subject: Subject) -> Iterator[Hit]:
    known = [rule.id for rule in RULES]
    for ignore in subject.ignores:
        if ignore.rule not in known:
            hint = did_you_mean(ignore.rule, known) or "'lint --rules' lists them"
            yield Hit(ignore.at, ignore.path, f"there is no rule {ignore.rule!r}", hint)


RULES: Final[tuple[Rule, ...]] = (
    Rule(
        id="added-port",
        level="warning",
        reason="lists of ports are joined: an override adds a port, it replaces none",
        check=ports.added_by_override,
    ),
    Rule(
        id="alias-of-service",
        level="warning",
        reason="a network alias that is another service's name makes either of them answer",
        check=leftovers.shadowed_services,
    ),
    Rule(
        id="base-60",
        level="warning",
        reason="tools that read YAML 1.1 take an unquoted 22:22 for the number 1342",
        check=spelling.base_60,
    ),
    Rule(
        id="build-secret",
        level="warning",
        reason="build arguments stay in the history of the image, for everyone who has it",
        check=variables.secret_args,
    ),
    Rule(
        id="cluster-only",
        level="warning",
        reason="one engine ignores much of deploy: placement, updates, labels and more",
        check=leftovers.cluster_only,
    ),
    Rule(
        id="database-port",
        level="warning",
        reason="a database published without an address is open to the network",
        check=ports.open_databases,
    ),
    Rule(
        id="database-volume",
        level="warning",
        reason="data in a volume without a name is lost track of when the container goes",
        check=data.homeless_databases,
    ),
    Rule(
        id="decimal-mode",
        level="error",
        reason="a mode without a leading zero is decimal: 440 gives the rights of 0670",
        check=spelling.decimal_modes,
    ),
    Rule(
        id="dockerignore",
        level="warning",
        reason="without a .dockerignore, .git and .env are sent to the build and end up in images",
        check=images.unfiltered_contexts,
    ),
    Rule(
        id="duplicate-variable",
        level="error",
        reason="of a variable that a list gives twice, the first value is dropped",
        check=spelling.duplicates,
    ),
    Rule(
        id="engine-socket",
        level="warning",
        reason="the socket of the engine makes a container root of the host",
        check=privileges.engine_sockets,
    ),
    Rule(
        id="env-file-scope",
        level="error",
        reason="env_file sets variables of a container; ${...} in the file does not see them",
        check=variables.env_file_confusion,
    ),
    Rule(
        id="healthcheck-shell",
        level="error",
        reason="a healthcheck in CMD form runs no shell, so ||, && and $VAR are only arguments",
        check=lifecycle.shell_syntax,
    ),
    Rule(
        id="healthcheck-timing",
        level="warning",
        reason="0 means the default, and start_interval needs a start_period",
        check=lifecycle.timings,
    ),
    Rule(
        id="host-namespace",
        level="warning",
        reason="a container in a namespace of the host is not isolated from it",
        check=privileges.host_namespaces,
    ),
    Rule(
        id="ignored-ports",
        level="warning",
        reason="nothing is published for a container in the host's network or in none",
        check=ports.ignored,
    ),
    Rule(
        id="image-name",
        level="error",
        reason="an image by a name that no registry can have is never found",
        check=images.invalid,
    ),
    Rule(
        id="impossible-value",
        level="error",
        reason="the specification lets it through, but no engine makes a container with it",
        check=lifecycle.impossible,
    ),
    Rule(
        id="legacy-links",
        level="warning",
        reason="services of a network know each other by name, links add nothing",
        check=leftovers.links,
    ),
    Rule(
        id="load-warning",
        level="warning",
        reason="what the loader warns of, such as a variable that is not set",
        check=variables.loader_warnings,
    ),
    Rule(
        id="localhost",
        level="warning",
        reason="localhost is the container itself, other services have names of their own",
        check=variables.local_servers,
    ),
    Rule(
        id="lost-dollar",
        level="error",
        reason="a $ in a password or hash begins a variable, and part of the value is lost",
        check=variables.lost_dollars,
    ),
    Rule(
        id="missing-file",
        level="error",
        reason="a service cannot start without the files of its secrets and configs",
        check=data.missing_files,
    ),
    Rule(
        id="missing-source",
        level="warning",
        reason="the engine makes an empty folder, owned by root, of a bind mount of nothing",
        check=data.missing_sources,
    ),
    Rule(
        id="never-healthy",
        level="error",
        reason="a service without a healthcheck never gets healthy, whoever waits waits in vain",
        check=lifecycle.never_healthy,
    ),
    Rule(
        id="obsolete-version",
        level="warning",
        reason="the attribute version has no meaning any more",
        check=leftovers.obsolete_versions,
    ),
    Rule(
        id="overridden-restart",
        level="warning",
        reason="where there is a deploy.restart_policy, restart does not count",
        check=leftovers.overridden_restarts,
    ),
    Rule(
        id="port-in-use",
        level="error",
        reason="a port of the host can be published once",
        check=ports.taken_twice,
    ),
    Rule(
        id="port-per-container",
        level="error",
        reason="each container of a scaled service needs a port of the host of its own",
        check=ports.too_few_for_scale,
    ),
    Rule(
        id="privileged",
        level="warning",
        reason="a privileged container can do whatever root of the host can",
        check=privileges.privileged,
    ),
    Rule(
        id="quotes-in-value",
        level="warning",
        reason='in a list, the quotes of - NAME="value" are part of the value',
        check=spelling.quotes,
    ),
    Rule(
        id="readable-secret",
        level="warning",
        reason="the file of a secret should not be for every user of the machine",
        check=data.readable_secrets,
    ),
    Rule(
        id="required-behind-profile",
        level="warning",
        reason="Docker Compose demands a ${NAME:?} also where no profile enables the service",
        check=variables.required_behind_profile,
    ),
    Rule(
        id="restarted-job",
        level="error",
        reason="a service that is always restarted never completes for those that wait for it",
        check=lifecycle.restarting_jobs,
    ),
    Rule(
        id="rewritten-value",
        level="error",
        reason="an unquoted 1.10, 0755 or True is passed on as 1.1, 493 or true",
        check=spelling.rewritten,
    ),
    Rule(
        id="secret-value",
        level="warning",
        reason="a secret in the file is known to everyone who can read the file or the container",
        check=variables.plain_secrets,
    ),
    Rule(
        id="shell-first",
        level="warning",
        reason="a shell as first process hands on no signals, so each stop takes 10 seconds",
        check=lifecycle.shell_first,
    ),
    Rule(
        id="spaces-in-variable",
        level="error",
        reason="in a list, the spaces of - NAME = value are part of the name and of the value",
        check=spelling.spaces,
    ),
    Rule(
        id="unknown-health",
        level="warning",
        reason="who waits for a healthy service waits for a healthcheck, here or in its image",
        check=lifecycle.unknown_health,
    ),
    Rule(
        id="unknown-rule",
        level="warning",
        reason="what is to be ignored is no rule",
        check=_unknown_ignores,
    ),
    Rule(
        id="unpinned-image",
        level="warning",
        reason="an image without a version is what was the latest when a machine pulled it",
        check=images.unpinned,
    ),
    Rule(
        id="unused-health",
        level="warning",
        reason="depends_on in short form waits for the start of a service, not for its health",
        check=lifecycle.unused_health,
    ),
    Rule(
        id="unused-resource",
        level="warning",
        reason="nobody uses the network, volume, secret or config",
        check=leftovers.unused_resources,
    ),
    Rule(
        id="yes-no",
        level="warning",
        reason="tools that read YAML 1.1 take an unquoted yes, no, on or off for a boolean",
        check=spelling.switches,
    ),
)
