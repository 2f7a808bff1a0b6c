"""`dropout-theory cache`: where this machine keeps what it has found, how much that is, and to forget it."""

from __future__ import annotations

from contextlib import closing

import click


@click.command(short_help="Show or clear what this machine has kept of earlier runs.")
@click.option("--clear", is_flag=True, help="Forget everything; the next run makes it anew.")
def cache(clear: bool) -> int:
    """Show where finished evidence is kept, and how much: `check`, `mutants` and `ablate` recall what is unchanged.

    The environment variable DROPOUT_THEORY_CACHE names another folder; where it is empty nothing is kept. The exit
    status is 1 where the journal cannot be used.
    """
    from dropout_theory.running.journal import FOLDER, Journal

    with closing(Journal()) as journal:
        size = journal.clear() if clear else journal.size()
        if journal.trouble and not clear:
            click.echo(f"the journal cannot be used: {journal.trouble}", err=True)
            return 1
        rest = "forgotten" if clear else f"of at most {journal.max_bytes / 1e6:.0f} MB; ${FOLDER} names another folder"
        click.echo(f"{journal.place}\n{size.pieces:,} pieces, {size.bytes / 1e6:.1f} MB {rest}")
    return 0
