"""What a service's `deploy` section says."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Deploy:
    """A service's `deploy` section; `replicas` is None where it gives no number.

    Source: compose-spec deploy.md
    """

    replicas: int | None = None
