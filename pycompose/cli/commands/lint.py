"""`lint`: valid Compose files with known traps."""

from __future__ import annotations

import sys
from typing import Annotated, Final

from pycompose.cli import options
from pycompose.cli.declared import Option
from pycompose.cli.invocation import Context, opened
from pycompose.cli.output import write
from pycompose.errors import UsageError

FOUND: Final = 1  # what is found has a level that matters
FORMATS: Final = ("text", "json", "sarif", "github")


def main(
    ctx: Context,
    services: options.Services = None,
    *,
    dry_run: options.DryRun = False,
    format: Annotated[
        str, Option("--format", help="text, json, sarif or github", values=FORMATS)
    ] = "text",
    rules: Annotated[bool, Option("--rules", help="List the rules, as text or json")] = False,
    strict: Annotated[
        bool, Option("--strict", help="Exit with 1 on warnings, too, not only on errors")
    ] = False,
) -> int:
    """Find known traps in Compose files that are valid.

    'x-lint-ignore: [ID]' in a file or a service, or '# lint: ignore ID' on a line or the one
    above silences a rule.

    \b
    Examples:
      pycompose lint
      pycompose lint --strict --format github
      pycompose lint --rules
    """
    from pycompose.ui import findings

    if format not in FORMATS:
        raise UsageError(f'unsupported format "{format}", expected text, json, sarif or github')
    if rules:
        from pycompose.lint.rules import RULES

        if format not in ("text", "json"):
            raise UsageError(f"--rules and --format {format} are incompatible")
        write(findings.rules(RULES, format=format))
        return 0
    from pycompose.app.lint import lint

    with opened(ctx, dry_run=dry_run) as session:
        linted = lint(session, tuple(services or ()))
    shown = sys.stdout.isatty()
    write(findings.render(linted.findings, linted.texts, format=format, source=shown))
    return FOUND if any(strict or each.rule.level == "error" for each in linted.findings) else 0
