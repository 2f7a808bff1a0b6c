"""Section 4: one logistic unit, a function of its sum, and a layer of normalised exponentials."""

from __future__ import annotations

from typing import Any

from sympy import Function, KroneckerDelta, Pow, Product, Sum, exp

from dropout_theory.claims import Erratum, Section
from dropout_theory.language import (
    NONNEGATIVE,
    NWGM,
    PROBABILITY,
    Cov,
    E,
    Exists,
    ForEach,
    G,
    Notion,
    Scalar,
    both,
    different,
    distribution,
    equal,
    family,
    gates,
    index,
    logistic,
    natural,
    notion,
    size,
    subnetwork,
    weights,
)

claim = Section("baldi2014", "4")

c, lam = Scalar("c", NONNEGATIVE), Scalar("lambda")
m, k = size("m"), size("k")
i, l, l2, r = index("i"), index("l"), index("l'"), index("r")


def sigma(argument: Any) -> Any:
    """The paper's logistic function, eq. (27), with c >= 0 and real lambda."""
    return logistic(argument, c, lam)


point = Scalar("x")

claim("eq32",
      title="The odds against a logistic output are a scaled exponential",
      statement=equal((1 - sigma(point)) / sigma(point), c * exp(-lam * point)))

# m equally likely subnetworks with linear sums S[1..m]
EQUALLY_LIKELY = "A unit with n inputs has m = 2^n subnetworks; the statement is made for any number m of them."
S = weights("S", m)
mean_uniform = Sum(S[r], (r, 1, m)) / m
geometric_mean = Product(sigma(S[r]), (r, 1, m)) ** (1 / m)
complement_mean = Product(1 - sigma(S[r]), (r, 1, m)) ** (1 / m)
from_odds = 1 / (1 + Product(c * exp(-lam * S[r]), (r, 1, m)) ** (1 / m))
root_taken_twice = 1 / (1 + c * Pow(exp(-lam * mean_uniform), 1 / m, evaluate=False))
root_taken_once = 1 / (1 + c * exp(-lam * mean_uniform))
uniform_ngm = geometric_mean / (geometric_mean + complement_mean)
sigma_of_mean = sigma(mean_uniform)

NGM = notion("NGM", uniform_ngm, "normalised geometric mean of the outputs of equally likely subnetworks",
            r"\operatorname{NGM}")
printed = (equal(NGM, from_odds), equal(from_odds, root_taken_twice), equal(root_taken_twice, sigma_of_mean))
corrected = (printed[0], equal(from_odds, root_taken_once), equal(root_taken_once, sigma_of_mean))
AVERAGED_TWICE = "The average over the subnetworks is taken twice: the exponent already carries 1/2^n and the " \
                 "bracket is raised to 1/2^n once more."

claim("eq33",
      title="The normalised geometric mean over equally likely subnetworks, step by step",
      statement=both(*printed), reading=EQUALLY_LIKELY, erratum=Erratum("other", "typo", AVERAGED_TWICE))

claim("eq33.amended",
      title="The normalised geometric mean over equally likely subnetworks, averaging once",
      statement=both(*corrected))

EQ33_1 = claim("eq33.1",
               title="Writing the odds against each outcome as an exponential",
               statement=printed[0], reading=EQUALLY_LIKELY)

claim("eq33.2",
      title="Collecting the exponentials of all subnetworks in one",
      statement=printed[1], reading=EQUALLY_LIKELY, erratum=Erratum("other", "typo", AVERAGED_TWICE))

EQ33_2_AMENDED = claim("eq33.2.amended",
                       title="Collecting the exponentials of all subnetworks in one, averaging once",
                       statement=corrected[1])

claim("eq33.3",
      title="The collected form is the logistic function of the mean sum",
      statement=printed[2], reading=EQUALLY_LIKELY,
      erratum=Erratum("other", "typo", "Carries on the exponent 1/2^n that was applied twice."))

claim("eq33.3.amended",
      title="The collected form, averaged once, is the logistic function of the mean sum",
      statement=corrected[2])

EQ34 = claim("eq34",
             title="Over equally likely subnetworks the normalised geometric mean is the logistic of the mean sum",
             statement=equal(NGM, sigma_of_mean), reading=EQUALLY_LIKELY)

# any distribution P over m subnetworks with linear sums S[1..m]
P = distribution("P", m)
N = subnetwork("N", P)
O = sigma(S[N])
odds_product = 1 / (1 + Product(((1 - sigma(S[r])) / sigma(S[r])) ** P[r], (r, 1, m)))
collected = 1 / (1 + c * exp(-lam * Sum(P[r] * S[r], (r, 1, m))))

steps = (equal(NWGM(O), odds_product), equal(odds_product, collected), equal(collected, sigma(E(S[N]))))

claim("eq39",
      title="The normalised weighted geometric mean of a logistic unit is the logistic function of its expected sum",
      statement=both(*steps))

EQ39_1 = claim("eq39.1",
               title="Dividing the normalised weighted geometric mean by its numerator",
               statement=steps[0])

EQ39_2 = claim("eq39.2",
               title="A weighted product of odds is one exponential of the mean sum",
               statement=steps[1])

EQ39_3 = claim("eq39.3",
               title="The collected exponential form is the logistic function of the expected sum",
               statement=steps[2])

ANY_DISTRIBUTION = claim("sec4-any-distribution",
                         title="For any finite set of sums and any probabilities the normalised weighted geometric "
                               "mean of the logistic outputs is the logistic function of the mean sum",
                         statement=equal(NWGM(O), sigma(E(S[N]))),
                         kind="sentence", source="section 4.1, after eq. (39)")

f = Function("f", real=True)

EQ40 = claim("eq40",
      title="The identity for a logistic unit holds for any function of its sum",
      statement=equal(NWGM(sigma(f(S[N]))), sigma(E(f(S[N])))))

power = natural("k")

EQ41 = claim("eq41",
      title="The identity for a logistic unit holds for powers of its sum",
      statement=equal(NWGM(sigma(S[N] ** power)), sigma(E(S[N] ** power))))

# a layer of k logistic units, eq. (42), whose connections or inputs are dropped
n, j = size("n"), index("j")
weight, x = weights("w", k, n), weights("I", n)
p_edge, p_input = family("p", PROBABILITY, k, n), family("p", PROBABILITY, n)
edge_gate, input_gate = gates("delta", p_edge, k, n), gates("delta", p_input, n)


def edge_output(unit: Any) -> Any:
    return sigma(Sum(edge_gate[unit, j] * weight[unit, j] * x[j], (j, 1, n)))


def input_output(unit: Any) -> Any:
    return sigma(Sum(input_gate[j] * weight[unit, j] * x[j], (j, 1, n)))


each_pair = ((i, 1, k), (l, i + 1, k))

UNCORRELATED = claim("sec4-connection-outputs-uncorrelated",
                     title="Outputs of different logistic units are uncorrelated when connections are dropped",
                     statement=ForEach(equal(Cov(edge_output(i), edge_output(l)), 0), *each_pair),
                     kind="sentence", source="section 4.2, after eq. (42)")

claim("sec4-input-outputs-correlated",
      title="Outputs of two logistic units may be correlated when inputs are dropped",
      statement=Exists(different(Cov(input_output(1), input_output(2)), 0),
                       (n,), (k,), (weight,), (x,), (p_input,), (c,), (lam,)),
      kind="sentence", source="section 4.2, after eq. (42)")

# k normalised exponential units, eq. (43); their normalised mean divides by the sum of the k geometric means, eq. (44)
T = weights("S", k, m)
point_sums = weights("S", k)


def output(unit: Any, outcome: Any) -> Any:
    return exp(lam * T[unit, outcome]) / Sum(exp(lam * T[l2, outcome]), (l2, 1, k))


def others(term: Any) -> Any:
    """Sum of a term in l over all units but i."""
    return Sum((1 - KroneckerDelta(l, i)) * term, (l, 1, k))


def mean_exponential(unit: Any, sign: int = 1) -> Any:
    return exp(sign * lam * E(T[unit, N]))


normalised = G(output(i, N)) / Sum(G(output(l, N)), (l, 1, k))
apart = 1 / (1 + others(exp(lam * point_sums[l])) * exp(-lam * point_sums[i]))
SOFTMAX = claim("eq43",
                title="A normalised exponential output as a logistic one whose coefficient depends on the other units",
                statement=ForEach(equal(exp(lam * point_sums[i]) / Sum(exp(lam * point_sums[l]), (l, 1, k)), apart),
                                  (i, 1, k)))

ratio_form = 1 / (1 + others(Product((exp(lam * T[l, r]) / exp(lam * T[i, r])) ** P[r], (r, 1, m))))
exponential_form = 1 / (1 + mean_exponential(i, -1) * others(mean_exponential(l)))
softmax_of_means = mean_exponential(i) / Sum(mean_exponential(l), (l, 1, k))

NWGM_OF = Notion("NWGM(O_%s)", (i,), normalised, "eq. (44): normalised geometric mean of unit i",
                 r"\operatorname{NWGM}(O_{%s})")

claim("eq45",
      title="Normalised geometric mean of a normalised exponential unit, divided by its numerator",
      statement=ForEach(equal(NWGM_OF(i), ratio_form), (i, 1, k)))

claim("eq46",
      title="Products of ratios of exponentials collected in exponentials of mean sums",
      statement=ForEach(equal(ratio_form, exponential_form), (i, 1, k)))

claim("eq47",
      title="The normalised geometric mean of normalised exponential units is the normalised exponential of mean sums",
      statement=both(ForEach(equal(NWGM_OF(i), exponential_form), (i, 1, k)),
                     ForEach(equal(exponential_form, softmax_of_means), (i, 1, k))))

claim("eq47.1",
      title="Normalised geometric mean of a normalised exponential unit through the expected sums of all units",
      statement=ForEach(equal(NWGM_OF(i), exponential_form), (i, 1, k)))

claim("eq47.2",
      title="Two forms of the normalised exponential of expected sums",
      statement=ForEach(equal(exponential_form, softmax_of_means), (i, 1, k)))
