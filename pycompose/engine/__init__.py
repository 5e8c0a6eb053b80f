"""The engine: what is asked of it (`port`), and the adapters that ask.

`discover` finds an endpoint, `connect` makes an engine of it; no connection is opened before the
first request, and the docker SDK is not imported before the first pull or build.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pycompose.engine.port import Engine
    from pycompose.engine.transport import Endpoint


def connect(endpoint: Endpoint, *, api_version: str = "", config_folder: str = "") -> Engine:
    """Return the engine at an endpoint; `close` it in the end.

    `api_version` ("1.41", DOCKER_API_VERSION) overrides the negotiated one; `config_folder`
    (DOCKER_CONFIG) is where credentials for registries are looked for.
    """
    from pycompose.engine.docker import DockerEngine

    return DockerEngine(endpoint, api_version=api_version, config_folder=config_folder)
