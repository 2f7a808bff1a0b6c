"""The command line: options, errors and exit statuses. The commands themselves live in the modules beside this one.

Exit status: 0 the verdicts agree with the record, 1 they do not or a checker failed, 2 wrong usage, 130 interrupted.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from dropout_theory import __version__
from dropout_theory.claims import ClaimError

_COMMANDS = {
    "list": "read:list_claims",
    "show": "read:show",
    "check": "check:check",
    "mutants": "mutants:mutants",
    "ablate": "mutants:ablate",
    "recheck": "recheck:recheck",
    "certificate": "certificate:certificate",
    "verify": "certificate:verify",
    "explore": "explore:explore",
    "ledger": "read:ledger",
    "cite": "read:cite",
    "figure": "figure:figure",
    "cache": "cache:cache",
    "doctor": "doctor:doctor",
}


class _Lazy(click.Group):
    """A group that imports the module of a command when the command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module, _, attribute = _COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(importlib.import_module(f"dropout_theory.cli.{module}"), attribute)
        return command

    def resolve_command(self, ctx: click.Context, args: list[str],
                        ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in _COMMANDS and not args[0].startswith("-"):
            from dropout_theory.claims import suggest

            near = suggest(args[0], _COMMANDS)
            hint = f"; did you mean {', '.join(near)}?" if near else f"; allowed: {', '.join(_COMMANDS)}"
            raise click.UsageError(f"unknown command {args[0]!r}{hint}", ctx)
        return super().resolve_command(ctx, args)


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="dropout-theory")
def cli() -> None:
    """A computational referee for the theory of dropout.

    Claims of papers are checked by computation; verdicts are derived from the evidence, never typed.
    """


def ledger_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--ledger FILE`: read another ledger than the one shipped with the package."""
    return click.option("--ledger", "ledger_path", type=click.Path(path_type=Path), metavar="FILE",
                        help="Read this ledger instead of the one shipped with the package.")(command)


def executor_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--executor dask://HOST:PORT`: work on the workers of a cluster."""
    return click.option("--executor", default="", metavar="dask://HOST:PORT",
                        help="Work on the workers of a Dask cluster instead of processes here.")(command)


def complete_id(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Shell completion of claim identifiers and paper keys."""
    from dropout_theory.report.ledger import Ledger, LedgerError

    try:
        recorded = Ledger.read()
    except LedgerError:
        return []
    return [i for i in (*recorded.papers, *(c["id"] for c in recorded)) if i.startswith(incomplete)]


def require_writable(path: Path, option: str) -> None:
    """Raise UsageError unless a file can be written at `path`; leaves nothing behind."""
    parent = path.parent
    problem = ""
    if path.is_dir():
        problem = "is a folder"
    elif not parent.is_dir():
        problem = f"its folder {str(parent)!r} does not exist"
    elif not os.access(path if path.exists() else parent, os.W_OK):
        problem = "not writable"
    else:
        try:
            existed = path.exists()
            path.open("a").close()
            if not existed:
                path.unlink()
        except OSError as error:
            problem = error.strerror or str(error)
    if problem:
        raise click.UsageError(f"{option} {str(path)!r}: {problem}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status; errors are one line on stderr."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal without λ must not end a run
    from dropout_theory.report.ledger import LedgerError
    from dropout_theory.verdicts.methods import MethodError, faults

    try:
        status = cli.main(args=None if arguments is None else list(arguments), prog_name="dropout-theory",
                          standalone_mode=False)
        sys.stdout.flush()
        for fault in () if status else faults():  # what runs methods has failed of it
            click.echo(f"dropout-theory: a method is left out: {fault}", err=True)
        return status if isinstance(status, int) else 0
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return 2
    except click.ClickException as error:
        return _fail(error.format_message())
    except (ClaimError, LedgerError, MethodError) as error:
        return _fail(str(error))
    except (KeyboardInterrupt, click.Abort):
        click.echo("interrupted", err=True)
        return 130
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141


def _fail(message: str) -> int:
    click.echo(f"dropout-theory: error: {' '.join(message.split())}", err=True)
    return 2


def entry() -> None:
    """Console script."""
    sys.exit(main())


if __name__ == "__main__":
    entry()
