"""Schluter (2019): does the Taylor expansion behind the quadratic dropout regulariser converge?"""

from dropout_theory.claims import Paper

PAPER = Paper(
    key="schluter2019",
    title="On approximating dropout noise injection",
    authors=("Natalie Schluter",),
    year=2019,
    entry_type="misc",
    fields={"eprint": "1905.11320", "archiveprefix": "arXiv", "url": "https://arxiv.org/abs/1905.11320"},
    modules=("s02_preliminaries", "s03_noise", "s04_expansion", "s05_convergence"),
)
