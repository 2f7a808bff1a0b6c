"""Section 3: dropout rate against regularisation strength, the count of configurations, the numbers of the tables."""

from typing import Any

import sympy as sp

from dropout_theory.claims import Erratum, Section
from dropout_theory.language import (
    E,
    ForEach,
    Scalar,
    Var,
    both,
    equal,
    gates,
    interval,
    less,
    less_equal,
    size,
    weights,
)
from dropout_theory.language import index as index_symbol

claim = Section("marginalized", "3")

# --- 3.1 setup ----------------------------------------------------------------------------------------------------
q = Scalar("q", interval(0, 1, open_below=True))
D, i = size("D"), index_symbol("i")
x, kept = weights("x", D), gates("delta", q, D)
rescaled = kept[i] * x[i] / q

INVERTED = ("the text does not say whether kept inputs are divided by q; only then is the noise unbiased, as "
            "equation (3) requires. Masking alone has mean q x_i and half variance q(1-q)/2 x_i^2: only q = 1 fits")

claim("sec3.1-lambda", title="Half the variance of an input dropped at retain rate q and rescaled is (1-q)/(2q) x^2",
      statement=ForEach(equal(Var(rescaled) / 2, (1 - q) / (2 * q) * x[i] ** 2), (i, 1, D)), kind="sentence",
      reading=INVERTED)
claim("sec3.1-lambda-unbiased", title="Inputs dropped at retain rate q and rescaled keep their mean",
      statement=ForEach(equal(E(rescaled), x[i]), (i, 1, D)), kind="sentence", reading=INVERTED)
claim("sec3.1-split", title="The training and validation images make up the original training set",
      statement=equal(sp.Add(10000, 50000, evaluate=False), 60000), kind="number")

# --- 3.2 classification performance -------------------------------------------------------------------------------


def number(text: str) -> sp.Rational:
    """A printed decimal as an exact rational."""
    return sp.Rational(text)


PLAIN = {"w/o reg": number("1.40"), "l2": number("1.37")}
SAMPLING = {"input": number("1.28"), "hidden": number("1.31"), "both": number("1.28")}
claim("sec3.2.1-sampling-improves", title="Sampling has a lower error than training without noise, in every column",
      statement=both(*[less(s, p) for s in SAMPLING.values() for p in PLAIN.values()],
                     less(number("1.06"), number("1.31"))),
      source="section 3.2.1, tables 1 and 2", kind="sentence")

# --- 3.3 efficiency -----------------------------------------------------------------------------------------------
claim("sec3.3-configurations", title="The hyper-parameter grid has 200 points", kind="number", source="section 3.3",
      statement=equal(sp.Mul(4, 5, 5, 2, evaluate=False), 200))

EPOCHS = {"Sampling": "665.91", "Exact": "141.42", "Approx": "229.02"}
EPOCH_DEVIATION = {"Sampling": "274.08", "Exact": "202.74", "Approx": "262.91"}
ERROR = {"Sampling": "1.81", "Exact": "2.12", "Approx": "1.45"}
ERROR_DEVIATION = {"Sampling": "1.39", "Exact": "1.62", "Approx": "0.26"}
PER_EPOCH = {"CPU": {"Sampling": "28.64", "Exact": "386.98", "Approx": "53.93"},
             "GPU": {"Sampling": "1.91", "Exact": "31.41", "Approx": "2.61"}}
TOTAL = {"CPU": {"Sampling": "19.1", "Exact": "54.7", "Approx": "12.4"},  # thousands of seconds
         "GPU": {"Sampling": "1.3", "Exact": "4.4", "Approx": "0.6"}}
HALF_UNIT = 50  # half a unit of the last printed digit of the totals, in seconds


def rounds_to(device: str, method: str) -> Any:
    """Epochs times seconds an epoch lies within rounding of the printed total."""
    product = sp.Mul(number(EPOCHS[method]), number(PER_EPOCH[device][method]), evaluate=False)
    printed = 1000 * number(TOTAL[device][method])
    return less_equal(sp.Abs(sp.Add(product, -printed, evaluate=False), evaluate=False), HALF_UNIT)


CELLS = [(device, method) for device in ("CPU", "GPU") for method in ("Sampling", "Exact", "Approx")]
claim("tab3", title="Total times are epochs times seconds an epoch, within rounding", kind="number", source="table 3",
      statement=both(*[rounds_to(*cell) for cell in CELLS]))
for part, (device, method) in enumerate(CELLS, start=1):
    claim(f"tab3.{part}", title=f"Total {device} time of {method}", kind="number", source="table 3",
          statement=rounds_to(device, method))


def below(row: dict[str, str], method: str, other: str) -> Any:
    """The first method has the smaller number in a row of table 3."""
    return less(number(row[method]), number(row[other]))


claim("sec3.3-fewer-epochs", title="Both regularisers need fewer epochs than sampling", kind="sentence",
      statement=both(below(EPOCHS, "Exact", "Sampling"), below(EPOCHS, "Approx", "Sampling")))
claim("sec3.3-more-varying", title="Sampling has the largest standard deviation of epochs", kind="sentence",
      statement=both(below(EPOCH_DEVIATION, "Exact", "Sampling"), below(EPOCH_DEVIATION, "Approx", "Sampling")),
      reading="variation read as the printed standard deviation; relative to its mean, sampling varies least")
claim("sec3.3-approx-error", title="The approximate regulariser has the smallest and most concentrated error",
      kind="sentence",
      statement=both(*[below(row, "Approx", other) for row in (ERROR, ERROR_DEVIATION)
                       for other in ("Sampling", "Exact")]))
claim("sec3.3-less-time", title="Training with either regulariser takes less time than with sampling", kind="sentence",
      source="abstract and section 3.3",
      statement=both(*[below(TOTAL[device], method, "Sampling") for device in ("CPU", "GPU")
                       for method in ("Exact", "Approx")]),
      reading="faster read as total time until convergence, as the abstract puts it",
      erratum=Erratum("overclaim", "minor", "The exact regulariser converges in fewer epochs but takes about three "
                      "times the total time of sampling in the printed table; only the approximate one is faster."))
claim("sec3.3-less-time.amended", title="Training with the approximate regulariser takes less time than with sampling",
      statement=both(*[below(TOTAL[device], "Approx", "Sampling") for device in ("CPU", "GPU")]))
claim("sec3.3-less-tuning", title="Either regulariser has a smaller and less variable error over configurations",
      kind="sentence",
      statement=both(*[below(row, method, "Sampling") for row in (ERROR, ERROR_DEVIATION)
                       for method in ("Exact", "Approx")]),
      reading="the text measures tuning effort by mean and standard deviation of the error over configurations",
      erratum=Erratum("overclaim", "minor", "The exact regulariser has a larger mean and a larger standard deviation "
                      "of the error than sampling; the conclusion holds for the approximate one only."))
claim("sec3.3-less-tuning.amended", title="The approximate regulariser has a smaller and less variable error",
      statement=both(*[below(row, "Approx", "Sampling") for row in (ERROR, ERROR_DEVIATION)]))
