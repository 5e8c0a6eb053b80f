"""Which engine: flags, variables, contexts, default sockets, in the order of the docker CLI.

The environment comes in as a mapping; what is read besides is the context store and the default
sockets. The order, as docker 28 and Docker Compose 2.40 were seen to have it: `--host`,
`--context`, DOCKER_HOST, DOCKER_CONTEXT, the current context of config.json, /var/run/docker.sock;
then, unlike them, the sockets of a rootless Docker and of Podman.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Mapping, Sequence
from typing import Final

from pycompose.engine.transport import Endpoint, TlsFiles, knock, reason
from pycompose.errors import EngineUnavailable, UsageError
from pycompose.model.values import Json

DEFAULT_SOCKET: Final = "/var/run/docker.sock"
_SCHEMES: Final = "expected unix://PATH, tcp://HOST:PORT or ssh://[USER@]HOST[:PORT]"


def discover(env: Mapping[str, str], *, host: str = "", context: str = "") -> Endpoint:
    """Return the engine to talk to.

    Unix sockets are tried, so that the first one that somebody listens on wins; over tcp and ssh
    the first request will tell.

    Raises:
        EngineUnavailable: none listens; says what was tried and how to start one.
        UsageError: a flag, a variable or a context is not understood.
    """
    failures: list[tuple[Endpoint, OSError]] = []
    for endpoint in candidates(env, host=host, context=context):
        if endpoint.kind != "unix":
            return endpoint
        try:
            knock(endpoint.path)
        except OSError as error:
            failures.append((endpoint, error))
        else:
            return endpoint
    raise EngineUnavailable(nothing_found(failures, os.path.isdir("/run/systemd/system")))


def candidates(
    env: Mapping[str, str], *, host: str = "", context: str = ""
) -> tuple[Endpoint, ...]:
    """Return the endpoints to try, in order; a named one is the only one.

    Raises:
        UsageError: a flag, a variable or a context is not understood.
    """
    if host and context:
        raise UsageError("--host and --context contradict each other, give one of them")
    if host:
        return (parse_host(host, _env_tls(env), source="--host"),)
    name, source = context, "--context"
    if not name and not env.get("DOCKER_HOST"):
        name, source = env.get("DOCKER_CONTEXT", ""), "DOCKER_CONTEXT"
        if not name:
            name, source = _current_context(env), _config_file(env)
    if name and name != "default":
        return (read_context(env, name, source),)
    if named := env.get("DOCKER_HOST"):
        return (parse_host(named, _env_tls(env), source="DOCKER_HOST"),)
    return tuple(_unix(path) for path in default_sockets(env))


def default_sockets(env: Mapping[str, str]) -> tuple[str, ...]:
    """Return where engines listen that nobody configured: Docker, rootless Docker, Podman."""
    runtime, home = env.get("XDG_RUNTIME_DIR", ""), env.get("HOME", "")
    return (
        DEFAULT_SOCKET,
        *([f"{runtime}/docker.sock"] if runtime else []),
        *([f"{home}/.docker/run/docker.sock"] if home else []),
        *([f"{runtime}/podman/podman.sock"] if runtime else []),
        "/run/podman/podman.sock",
    )


def parse_host(text: str, tls: TlsFiles | None = None, *, source: str = "") -> Endpoint:
    """Return the endpoint a DOCKER_HOST names; `HOST:PORT` alone is tcp.

    Raises:
        UsageError: it is none.

    Source: docker CLI, opts/hosts.go
    """
    scheme, separator, rest = text.strip().partition("://")
    if not separator:
        scheme, rest = "tcp", text.strip()
    if scheme == "unix":
        return _unix(rest or DEFAULT_SOCKET, source)
    if scheme not in ("tcp", "ssh"):
        raise _bad_host(text, source, _SCHEMES)
    authority, slash, path = rest.partition("/")
    user, at, address = authority.rpartition("@")
    name, port = _host_and_port(address, text, source)
    if scheme == "tcp":
        if at or path:
            raise _bad_host(text, source, _SCHEMES)
        name, port = name or "127.0.0.1", port or (2376 if tls else 2375)
        shown = f"[{name}]" if ":" in name else name
        address = f"tcp://{shown}:{port}"
        return Endpoint(kind="tcp", address=address, host=name, port=port, tls=tls, source=source)
    if ":" in user:
        raise _bad_host("ssh://…", source, "a password cannot be given here, use keys")
    # A user or a host that begins with a dash would be an option to ssh.
    if not name or (at and not user) or name.startswith("-") or user.startswith("-"):
        raise _bad_host(text, source, _SCHEMES)
    socket_path = slash + path if path else ""
    address = f"ssh://{authority}{socket_path}"
    return Endpoint(
        kind="ssh",
        address=address,
        path=socket_path,
        host=name,
        port=port,
        user=user,
        source=source,
    )


def read_context(env: Mapping[str, str], name: str, source: str) -> Endpoint:
    """Return the endpoint of a context from the docker CLI's store.

    Raises:
        UsageError: there is no such context, or its files are broken.

    Source: docker CLI, cli/context/store
    """
    from hashlib import sha256  # noqa: PLC0415  (2 ms, and most users have no contexts)

    digest = sha256(name.encode()).hexdigest()
    store = f"{config_folder(env)}/contexts"
    meta = f"{store}/meta/{digest}/meta.json"
    try:
        docker = _read_json(meta)["Endpoints"]["docker"]
        host = docker.get("Host") or f"unix://{DEFAULT_SOCKET}"
        skip = bool(docker.get("SkipTLSVerify"))
    except FileNotFoundError:
        raise UsageError(f"no context {name!r} (from {source}): {meta} does not exist") from None
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise UsageError(f"context {name!r} (from {source}) is broken: {meta}: {error}") from error
    folder = f"{store}/tls/{digest}/docker"
    files = {part: f"{folder}/{part}.pem" for part in ("ca", "cert", "key")}
    found = {part: path for part, path in files.items() if os.path.exists(path)}
    tls = TlsFiles(**found, verify=not skip) if found or skip else None
    return parse_host(host, tls, source=f"context {name!r}")


def config_folder(env: Mapping[str, str]) -> str:
    """Return the folder of the docker CLI's configuration; it need not exist."""
    return env.get("DOCKER_CONFIG") or f"{env.get('HOME', '')}/.docker"


def nothing_found(failures: Sequence[tuple[Endpoint, OSError]], systemd: bool) -> str:
    """Return the text that says which sockets were tried, and the one way out."""
    lines = ["no engine answers"]
    lines += [f"  {endpoint}: {_socket_reason(endpoint, error)}" for endpoint, error in failures]
    denied = next((e for e, error in failures if isinstance(error, PermissionError)), None)
    if denied:
        lines.append("allow yourself to use it with `sudo usermod -aG docker $USER`, log in again")
    elif systemd:
        lines.append("start one with: sudo systemctl start docker")
    else:
        lines.append(f"start one with: {'' if os.geteuid() == 0 else 'sudo '}dockerd &")
    return "\n".join(lines)


def _socket_reason(endpoint: Endpoint, error: OSError) -> str:
    # Connecting to a plain file is "refused", which would send the reader the wrong way.
    refused = isinstance(error, ConnectionRefusedError)
    return "not a socket" if refused and os.path.isfile(endpoint.path) else reason(error)


def _unix(path: str, source: str = "") -> Endpoint:
    return Endpoint(kind="unix", address=f"unix://{path}", path=path, source=source)


def _bad_host(text: str, source: str, expected: str) -> UsageError:
    where = f" (from {source})" if source else ""
    return UsageError(f"{text!r}{where} is no address of an engine, {expected}")


def _host_and_port(address: str, text: str, source: str) -> tuple[str, int]:
    """Split `host:port`, `[::1]:port` or `host`; a missing port is 0."""
    if address.startswith("["):
        name, bracket, port = address[1:].partition("]")
        try:
            socket.inet_pton(socket.AF_INET6, name.partition("%")[0])
        except OSError:
            bracket = ""
        good = bool(bracket) and (not port or port.startswith(":"))
        port = port[1:]
    else:
        name, _, port = address.partition(":")
        good = bool(name or port) and not any(char.isspace() for char in name)
    if not good or (port and not (port.isascii() and port.isdigit() and 0 < int(port) < 65536)):
        raise _bad_host(text, source, _SCHEMES)
    return name, int(port or 0)


def _env_tls(env: Mapping[str, str]) -> TlsFiles | None:
    """Return what DOCKER_TLS_VERIFY, DOCKER_TLS and DOCKER_CERT_PATH ask for.

    A CA that is missing is an error later, when connecting: to trust the system's certificates
    instead could trust the wrong engine.
    """
    verify = bool(env.get("DOCKER_TLS_VERIFY"))
    if not verify and not env.get("DOCKER_TLS"):
        return None
    folder = env.get("DOCKER_CERT_PATH") or config_folder(env)
    cert, key = f"{folder}/cert.pem", f"{folder}/key.pem"
    both = os.path.exists(cert) and os.path.exists(key)
    return TlsFiles(
        ca=f"{folder}/ca.pem" if verify else "",
        cert=cert if both else "",
        key=key if both else "",
        verify=verify,
    )


def _config_file(env: Mapping[str, str]) -> str:
    return f"{config_folder(env)}/config.json"


def _current_context(env: Mapping[str, str]) -> str:
    return setting(env, "currentContext")


def setting(env: Mapping[str, str], name: str) -> str:
    """Return a text of the docker CLI's config.json, "" where it has none of that name."""
    # A configuration that cannot be read must not keep anybody from the default engine.
    try:
        found = _read_json(_config_file(env))[name]
    except (OSError, ValueError, LookupError, TypeError):
        return ""
    return found if isinstance(found, str) else ""


def _read_json(path: str) -> Json:
    with open(path, encoding="utf-8") as file:
        return json.load(file)
