"""Baldi and Sadowski (2014): what dropout averages, exactly in linear networks and approximately in logistic ones."""

from dropout_theory.claims import Paper

PAPER = Paper(
    key="baldi2014",
    title="The dropout learning algorithm",
    authors=("Pierre Baldi", "Peter Sadowski"),
    year=2014,
    entry_type="article",
    fields={"journal": "Artificial Intelligence", "volume": "210", "pages": "78--122",
            "doi": "10.1016/j.artint.2014.02.004"},
    modules=("s02_linear", "s03_deep_linear", "s04_shallow", "s05_deep", "s06_ensemble", "s07_functions",
             "s07_equal_values", "s07_transfer", "s08_means", "s08_approximation", "s08_best_constants",
             "s11_regularization"),
)
