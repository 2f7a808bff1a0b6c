"""Section 4: the network of first-one gadgets, which uses negative weights, and its dropout criterion."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sympy import Product, Rational, Sum

from dropout_theory.claims import Erratum, Hypothesis, Section
from dropout_theory.language import (
    POSITIVE,
    REAL,
    E,
    Family,
    ForEach,
    Gates,
    Named,
    Notion,
    Recursion,
    Relu,
    SameToOrder,
    Scalar,
    both,
    equal,
    family,
    gates,
    implies,
    index,
    less,
    less_equal,
    placeholder,
    recursion,
    size,
)
from dropout_theory.papers.helmbold2017.notation import BIT, K, d, of_network

claim = Section("helmbold2017", "4")

m = size("m")  # copies of the gadget: every hidden layer has n = m K units, numbered by copy and place in the copy
a, b, i, j, k, l = (index(name) for name in "abijkl")
half = Rational(1, 2)


def first_one(values: Any, place: Any) -> Any:
    """The unit of a gadget at `place`: its input less all inputs before it, rectified; `values(k)` is input k."""
    return Relu(values(place) - Sum(values(k), (k, 1, place - 1)))


@dataclass(frozen=True)
class Gadgets:
    """m copies of the gadget of `inputs` units, d - 2 hidden layers of weights 1, dropout with p = 1/2."""

    inputs: Any

    @cached_property
    def ranges(self) -> tuple[Any, ...]:
        return ((l, 1, d - 1), (a, 1, m), (i, 1, self.inputs))

    @cached_property
    def gates(self) -> tuple[Gates, Gates]:
        """Gates of the inputs and of the hidden nodes."""
        return gates("r0", half, (k, 1, self.inputs)), gates("r", half, *self.ranges)

    @cached_property
    def patterns(self) -> tuple[Family, Family]:
        """A fixed dropout pattern instead."""
        return family("r0", BIT, (k, 1, self.inputs)), family("r", BIT, *self.ranges)

    def values(self, name: str, value: Any, kept: tuple[Family, Family]) -> Recursion:
        """Hidden values when every input is `value`, or the entries of `value` where it is a family."""
        slot = placeholder(name, self.ranges)

        def passed_on(k_: Any) -> Any:
            return 2 * kept[0][k_] * (value[k_] if isinstance(value, Family) else value)

        below = Sum(2 * kept[1][l - 1, b, j] * slot[l - 1, b, j], (b, 1, m), (j, 1, self.inputs))
        return recursion(name, self.ranges, first_one(passed_on, i), Relu(below))

    def passed(self, values: Recursion, layer: Any, kept: Family) -> Any:
        """The sum of what the units of a layer pass on under dropout."""
        return Sum(2 * kept[layer, a, i] * values[layer, a, i], (a, 1, m), (i, 1, self.inputs))

    @cached_property
    def ones(self) -> Recursion:
        return self.values("h", 1, self.gates)

    @cached_property
    def zeros(self) -> Recursion:
        return self.values("h0", 0, self.gates)

    def output(self, weight: Any, bias: Any = 0) -> Any:
        """The output under dropout on the input (1, ..., 1)."""
        return weight * self.passed(self.ones, d - 1, self.gates[1]) + bias

    def criterion(self, weight: Any, bias: Any = 0) -> Any:
        """The dropout criterion for the inputs (0, ..., 0) with label 0 and (1, ..., 1) with label 1."""
        at_zero = weight * self.passed(self.zeros, d - 1, self.gates[1]) + bias
        return (E(at_zero**2) + E((self.output(weight, bias) - 1) ** 2)) / 2

    def named_criterion(self, weight: Any, bias: Any, network: str = "W_neg") -> Named:
        """The criterion as J_D(W_neg), or of another network of gadgets."""
        return of_network("J_D", network, self.criterion(weight, bias), "dropout criterion of a network of gadgets, "
                          "which has negative weights")

    @property
    def bits(self) -> Any:
        """What the units of a gadget see but for the factor 2: entry k is 1 where input k is 1 and kept."""
        return self.gates[0]

    @property
    def lost(self) -> Any:
        """The probability that every input that is 1 is dropped."""
        return 2**-self.inputs

    @property
    def width(self) -> Any:
        return m * self.inputs

    @property
    def excess(self) -> Any:
        """(1 + K/n)(1 + 1/n)^(d - 2)."""
        return (1 + self.inputs / self.width) * (1 + 1 / self.width) ** (d - 2)

    @property
    def best(self) -> Any:
        """The output weight of the proof of lemma 10."""
        return self.inputs / (2 * self.width ** (d - 1) * self.excess)


network = Gadgets(K)
n = network.width
yhat = network.output
some_kept = 1 - 2**-K

# --- the gadget -------------------------------------------------------------------------------------------------

x = family("x", BIT, (k, 1, K))


def unit(place: Any) -> Any:
    return first_one(lambda k_: x[k_], place)


claim("sec4-first-one-gadget",
      title="The i-th unit of a gadget is 1 when the K-th input is 1 and all inputs before the i-th are 0",
      statement=ForEach(implies(both(equal(x[K], 1), ForEach(equal(x[j], 0), (j, 1, i - 1))), equal(unit(i), 1)),
                        (i, 1, K)),
      kind="sentence", source="section 4.1, first-one gadget", limits={"max_size": 3},
      erratum=Erratum("index", "typo", "It is the i-th input that has to be 1; the weights printed beside say so."))

GADGET = claim("sec4-first-one-gadget.amended",
      title="The i-th unit of a gadget is 1 when the i-th input is the first that is 1, and 0 otherwise",
      statement=ForEach(equal(unit(i), x[i] * Product(1 - x[j], (j, 1, i - 1))), (i, 1, K)),
      source="section 4.1, first-one gadget", limits={"max_size": 3})

LEM9 = claim("lem9",
      title="On any 0-1 input but zero the first hidden layer sums to the number n/K of gadgets",
      statement=implies(less_equal(1, Sum(x[k], (k, 1, K))), equal(Sum(unit(i), (a, 1, m), (i, 1, K)), n / K)),
      kind="lemma", source="section 4.1, lemma 9", limits={"max_size": 3},
      reading="The input has K entries, not n as printed.")

# --- the output under dropout -----------------------------------------------------------------------------------

c = Scalar("c", REAL)  # the output weight
fixed = network.patterns
fixed_values = network.values("h", 1, fixed)


def first_kept(gate: Family, place: Any) -> Any:
    """1 when the input at `place` is the first that is kept, else 0."""
    return gate[place] * Product(1 - gate[j], (j, 1, place - 1))


key_nodes = Sum(fixed[1][1, a, i] * first_kept(fixed[0], i), (a, 1, m), (i, 1, K))
TWO, THREE = {"max_size": 2}, {"max_size": 3}

OUTPUT = claim("lem10-step-output",
      title="The output is c 2^d times the number of kept key nodes times the numbers of kept nodes of later layers",
      statement=equal(c * network.passed(fixed_values, d - 1, fixed[1]),
                      c * 2**d * key_nodes * Product(Sum(fixed[1][l, a, i], (a, 1, m), (i, 1, K)), (l, 2, d - 1))),
      kind="step", source="proof of lemma 10", limits=TWO,
      reading="The number of kept key nodes is 0 when every input is dropped, where the output is 0.")

claim("lem10-step-all-dropped",
      title="Every input is dropped with probability 2^-K",
      statement=equal(E(Product(1 - network.gates[0][k], (k, 1, K))), 2**-K),
      kind="step", source="proof of lemma 10", limits=THREE)

claim("lem10-step-mean",
      title="The mean output, factor by factor",
      statement=equal(E(yhat(c)), some_kept * c * 2**d * (n / (2 * K)) * (n / 2) ** (d - 2)),
      kind="step", source="proof of lemma 10", limits=TWO)

claim("lem10-step-mean-value",
      title="The mean output is (2c/K)(1 - 2^-K) n^(d-1)",
      statement=equal(E(yhat(c)), 2 * c / K * some_kept * n ** (d - 1)),
      kind="step", source="proof of lemma 10", limits=TWO)

SQUARE = 4 * c**2 * some_kept * (n / K) * (n / K + 1) * n ** (d - 2) * (n + 1) ** (d - 2)
claim("lem10-step-square",
      title="The mean square output from second moments of binomials",
      statement=equal(E(yhat(c) ** 2), SQUARE), kind="step", source="proof of lemma 10", limits=TWO)

SQUARE_VALUE = 4 * c**2 * some_kept / K**2 * n ** (2 * (d - 1)) * network.excess
claim("lem10-step-square-value",
      title="The mean square output with n^(2(d-1)) in front",
      statement=equal(E(yhat(c) ** 2), SQUARE_VALUE), kind="step", source="proof of lemma 10", limits=TWO)

# the criterion of the network of gadgets with output weight c
J_D = Notion("J_D", (c,), network.criterion(c), "dropout criterion of the network of gadgets with output weight c")

claim("lem10-step-criterion",
      title="The criterion is half of one minus twice the mean output plus the mean square output",
      statement=equal(J_D(c), (1 - 2 * E(yhat(c)) + E(yhat(c) ** 2)) / 2),
      kind="step", source="proof of lemma 10", limits=TWO)

expanded = (1 - 4 * c / K * some_kept * n ** (d - 1) + SQUARE_VALUE) / 2
claim("lem10-step-expanded",
      title="The criterion as a quadratic polynomial in the output weight",
      statement=equal(J_D(c), expanded), kind="step", source="proof of lemma 10", limits=TWO)

printed_weight = K**2 / (2 * n ** (d - 1) * network.excess)
claim("sec4-output-weight",
      title="The output weight with K squared in the numerator minimises the criterion",
      statement=less_equal(J_D(printed_weight), J_D(c)),
      kind="sentence", source="section 4.1, before lemma 10", limits=TWO,
      erratum=Erratum("number", "typo", "The minimiser has K, not its square, as at the end of the proof of lemma 10."))

claim("sec4-output-weight.amended",
      title="The output weight with K in the numerator minimises the criterion",
      statement=less_equal(J_D(network.best), J_D(c)),
      source="section 4.1, before lemma 10 and end of its proof", limits=TWO,
      admissible={K: 1, m: 1, d: 2, c: Rational(1, 4)})


def at_best(count: Any, excess: Any) -> Any:
    """The value of lemma 10."""
    return (1 - (1 - 2**-count) / excess) / 2


claim("lem10",
      title="The dropout criterion of the network of gadgets",
      statement=equal(network.named_criterion(network.best, 0), at_best(K, network.excess)),
      kind="lemma", source="section 4.1, lemma 10", limits=TWO,
      reading="The output weight is the one that the proof ends with; the definition before the lemma has K squared.")

eps = Scalar("epsilon", POSITIVE)  # 1/n


def excess_at(count: Any) -> Any:
    return (1 + count * eps) * (1 + eps) ** (d - 2)


claim("lem10-limit",
      title="For many hidden units the criterion of the network of gadgets approaches half of 2^-K",
      statement=SameToOrder(at_best(K, excess_at(K)), 2**-K / 2, eps, 0),
      kind="sentence", source="section 4.1, after lemma 10", reading="epsilon is 1/n.")

claim("lem10-cubic-width",
      title="With one hidden layer of K cubed units the criterion is below 1/K^2",
      statement=less(at_best(K, 1 + K / K**3), 1 / K**2),
      kind="sentence", source="section 4.1, after lemma 10", reading="By the formula of lemma 10 with d = 2, n = K^3.")

many = Hypothesis("K > 18", less(18, K))
claim("lem10-below-lemma-16",
      title="The limit 2^-K/2 is smaller than the bound of lemma 16 for networks without negative weights",
      statement=less(2**-K / 2, 1 / (36 * K)), hypotheses=[many], admissible={K: 64}, limits={"max_size": 70},
      kind="sentence", source="section 4.1, after lemma 10")
