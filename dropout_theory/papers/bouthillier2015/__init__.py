"""Bouthillier, Konda, Vincent and Memisevic (2015): dropout as augmentation of the inputs, with random noise levels."""

from dropout_theory.claims import Paper

PAPER = Paper(
    key="bouthillier2015",
    title="Dropout as data augmentation",
    authors=("Xavier Bouthillier", "Kishore Konda", "Pascal Vincent", "Roland Memisevic"),
    year=2015,
    entry_type="misc",
    fields={"eprint": "1506.08700", "archiveprefix": "arXiv", "url": "https://arxiv.org/abs/1506.08700"},
    modules=("s02_dropout", "s04_noise_levels", "s08_appendix"),
)
