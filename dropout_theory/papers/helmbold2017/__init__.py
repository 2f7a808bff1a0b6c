"""Helmbold and Long (2017): what dropout does to deep networks of rectified linear units with square loss."""

from dropout_theory.claims import Paper

PAPER = Paper(
    key="helmbold2017",
    title="Surprising properties of dropout in deep networks",
    authors=("David P. Helmbold", "Philip M. Long"),
    year=2017,
    entry_type="article",
    fields={"journal": "Journal of Machine Learning Research", "volume": "18", "eprint": "1602.04484",
            "archiveprefix": "arXiv", "url": "https://arxiv.org/abs/1602.04484"},
    modules=("s01_introduction", "s01_penalties", "s02_preliminaries", "s02_conventions",
             "s03_scaling", "s03_weight_decay", "s03_minimisers", "s03_remarks", "s04_gadgets",
             "s04_supermodular", "s04_few_units", "s04_zero_embeddings", "s04_distributions", "s04_mixtures",
             "s04_steps",
             "s04_negative_weights", "s04_level_means", "s04_lower_bound",
             "s04_one_input", "s04_one_input_deep", "s04_optimum",
             "s05_growth", "s04_best_constant", "s04_counts", "s05_penalty", "s05_depth",
             "s06_experiment", "s07_conclusions", "appendix_a", "appendix_b",
             "appendix_b_linear", "appendix_b_closed_form", "appendix_b_remarks"),
)
