"""What services share: one line for each attribute of networks, volumes, secrets and configs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pycompose.loader.bind.values import each, flag, number, pairs, section, table, text, texts
from pycompose.loader.tree import Node, Scalar
from pycompose.model.resources import IpamPool, Network


def _external(node: Node) -> bool:
    return flag(node) if isinstance(node, Scalar) else True


def network(*, ipam: Mapping[str, Any] | None = None, **values: Any) -> Network:
    """Return a network; the attributes of `ipam` are its own in the model."""
    parts = {f"ipam_{key}": value for key, value in (ipam or {}).items()}
    return Network(**values, **parts)


_POOL: Final = each(
    section(
        table(subnet=text, gateway=text, ip_range=text, aux_addresses=pairs),
        IpamPool,
        extended=False,
    )
)
_IPAM: Final = section(table(driver=text, options=pairs, config=_POOL), dict)
NETWORK: Final = table(
    name=text,
    driver=text,
    driver_opts=pairs,
    ipam=_IPAM,
    external=_external,
    internal=flag,
    attachable=flag,
    labels=pairs,
    enable_ipv4=flag,
    enable_ipv6=flag,
)
VOLUME: Final = table(name=text, driver=text, driver_opts=pairs, external=_external, labels=pairs)
MODEL: Final = table(name=text, model=text, context_size=number, runtime_flags=texts)
_FILE_OBJECT: Final = table(
    name=text,
    file=text,
    environment=text,
    external=_external,
    labels=pairs,
    template_driver=text,
)
CONFIG: Final = {**_FILE_OBJECT, **table(content=text)}
SECRET: Final = {**_FILE_OBJECT, **table(driver=text, driver_opts=pairs)}
