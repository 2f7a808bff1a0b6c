"""A study of dropout through a regulariser that marginalises the noise; its text names neither title nor authors."""

from dropout_theory.claims import Paper

PAPER = Paper(
    key="marginalized",
    title=None,
    authors=(),
    year=None,
    entry_type="unpublished",
    note="The text supplied carries no title, no authors and no date. It studies dropout on input and hidden units "
         "through an equivalent marginalisation regulariser.",
    modules=("s02_approach", "s03_experiments"),
)
