"""What statements are made of: domains, atoms, operators, statements, series, networks, and how they print.

Everything that an author of a claim writes comes from here: `from dropout_theory.language import ...`."""

from dropout_theory.language import sympy_faults
from dropout_theory.language.atoms import (
    RANDOM,
    Abstract,
    Element,
    Family,
    Gates,
    RandomIndex,
    RandomScalar,
    Range,
    Recursion,
    Scalar,
    chance_of,
    law_conditions,
    member_conditions,
    placeholder,
)
from dropout_theory.language.binding import CannotSubstitute, bound_anywhere, bound_limits, may_be_bound, scopes
from dropout_theory.language.definitions import fresh_index, unfold
from dropout_theory.language.dependence import (
    dependencies,
    depends_on,
    hidden_dependencies,
    is_random,
    obliges,
    random_atoms,
)
from dropout_theory.language.domains import (
    INTEGER,
    NATURAL,
    NONNEGATIVE,
    OPEN_PROBABILITY,
    OPEN_UNIT,
    POSITIVE,
    PROBABILITY,
    REAL,
    SIZE,
    UNIT,
    Domain,
    interval,
)
from dropout_theory.language.excess_risk import Aversion, HasValue
from dropout_theory.language.instantiation import atoms_of, describe, put_values
from dropout_theory.language.named import Named, Notion, notion, unnamed
from dropout_theory.language.networks import Dag, LayeredNetwork
from dropout_theory.language.operators import (
    NWGM,
    Cov,
    E,
    G,
    Gc,
    Largest,
    Operator,
    Relu,
    Sigma,
    Smallest,
    Var,
    logistic,
)
from dropout_theory.language.printing import latex, plain
from dropout_theory.language.series import DerivativeAt, LargestOutcome, RootGrowth, Stirling2
from dropout_theory.language.statements import (
    Converges,
    Exists,
    ForAll,
    ForEach,
    Iff,
    SameToOrder,
    SumsTo,
    all_equal,
    both,
    convexity,
    different,
    either,
    equal,
    equivalent,
    implies,
    less,
    less_equal,
    parts,
    unordered,
)
from dropout_theory.language.substitution import substitute
from dropout_theory.language.types import Expr, Statement, Values
from dropout_theory.language.words import (
    distribution,
    family,
    gates,
    index,
    natural,
    normal,
    recursion,
    size,
    subnetwork,
    uniform,
    weights,
)

sympy_faults.mend()

__all__ = [
    "Abstract", "Aversion", "CannotSubstitute", "Converges", "Cov", "Dag", "DerivativeAt", "Domain", "E", "Element",
    "Exists", "Expr", "Family", "ForAll", "ForEach", "G", "Gates", "Gc", "HasValue", "INTEGER", "Iff", "Largest",
    "LargestOutcome", "LayeredNetwork", "NATURAL", "NONNEGATIVE", "NWGM", "Named", "Notion", "OPEN_PROBABILITY",
    "OPEN_UNIT", "Operator", "POSITIVE", "PROBABILITY", "RANDOM", "REAL", "RandomIndex", "RandomScalar", "Range",
    "Recursion", "Relu", "RootGrowth", "SIZE", "SameToOrder", "Scalar", "Sigma", "Smallest", "Statement", "Stirling2",
    "SumsTo", "UNIT", "Values", "Var", "all_equal", "atoms_of", "both", "bound_anywhere", "bound_limits", "chance_of",
    "convexity", "dependencies", "depends_on", "describe", "different", "distribution", "either", "equal", "equivalent",
    "family", "fresh_index", "gates", "hidden_dependencies", "implies", "index", "interval", "is_random", "latex",
    "law_conditions", "less", "less_equal", "logistic", "may_be_bound", "member_conditions", "natural", "normal",
    "notion", "obliges", "parts", "placeholder", "plain", "put_values", "random_atoms", "recursion", "scopes", "size",
    "subnetwork", "substitute", "unfold", "uniform", "unnamed", "unordered", "weights",
]
