"""The user's logins to registries, as a docker client keeps them: in its file and its helpers.

Source: docker/cli, cli/config/configfile and cli/config/credentials
"""

from __future__ import annotations

import json
import os
import subprocess
from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Final

from pycompose.errors import UsageError
from pycompose.model.values import Json

PATIENCE: Final = 60  # seconds that a helper may take: some ask the user
_KEPT: Final = ("email", "identitytoken", "registrytoken")
_TOKEN: Final = "<token>"  # the user name of helpers for a token in a password's place


def logins(folder: str, environment: Mapping[str, str]) -> str:
    """Return the text of a client's configuration that holds all logins and nothing else.

    `folder` is that of the user's own configuration, `environment` that of the helpers.

    Raises:
        UsageError: the configuration cannot be read, or its helper fails.
    """
    path = os.path.join(folder, "config.json")
    try:
        with open(path, encoding="utf-8") as file:
            config = json.load(file)
    except FileNotFoundError:
        config = {}
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} cannot be read: {error}") from error
    found = _all(config if isinstance(config, dict) else {}, environment)
    return json.dumps({"auths": dict(sorted(found.items()))}, indent="\t", ensure_ascii=False)


def _all(config: Json, environment: Mapping[str, str]) -> dict[str, Json]:
    in_file: Json = config.get("auths") or {}
    found = {registry: _login(entry) for registry, entry in in_file.items()}
    if store := config.get("credsStore"):
        helper = _Helper(store, environment)
        found = {}
        for registry in helper.ask("list", ""):
            email = {"email": mail} if (mail := in_file.get(registry, {}).get("email")) else {}
            found[registry] = {**helper.login(registry), **email}
    for registry, name in (config.get("credHelpers") or {}).items():
        try:
            found[registry] = _Helper(name, environment).login(registry)
        except UsageError:
            continue  # Compat: that one registry is left out
    return found


def _login(entry: Json) -> Json:
    """Return a login of the file in the form in which it is written again."""
    kept = {key: entry[key] for key in _KEPT if entry.get(key)}
    auth = entry.get("auth") or _auth(entry.get("username", ""), entry.get("password", ""))
    try:
        b64decode(auth, validate=True)
    except ValueError:
        auth = ""
    return {**({"auth": auth} if auth else {}), **kept}


def _auth(user: str, password: str) -> str:
    return b64encode(f"{user}:{password}".encode()).decode() if user or password else ""


class _Helper:
    """A program that keeps credentials, of the user's choice."""

    def __init__(self, name: str, environment: Mapping[str, str]) -> None:
        self.program = f"docker-credential-{name}"
        self.environment = environment

    def login(self, registry: str) -> Json:
        given = self.ask("get", registry)
        user, secret = given.get("Username", ""), given.get("Secret", "")
        return {"identitytoken": secret} if user == _TOKEN else {"auth": _auth(user, secret)}

    def ask(self, action: str, text: str) -> Json:
        """Return what the helper answers.

        Raises:
            UsageError: it is missing or fails; what it says is no secret then.
        """
        try:
            done = subprocess.run(
                [self.program, action],
                input=text.encode(),
                capture_output=True,
                check=False,
                timeout=PATIENCE,
                env=dict(self.environment),
            )
        except FileNotFoundError:
            raise UsageError(f"{self.program}, which keeps your logins, is not installed") from None
        except (OSError, subprocess.TimeoutExpired) as error:
            raise UsageError(f"{self.program} {action}: {error}") from error
        told = done.stdout.decode(errors="replace").strip()
        if done.returncode:
            raise UsageError(f"{self.program} {action} failed: {told}")
        try:
            answer = json.loads(told or "{}")
        except ValueError:
            raise UsageError(f"{self.program} {action} did not answer in JSON") from None
        return answer if isinstance(answer, dict) else {}
