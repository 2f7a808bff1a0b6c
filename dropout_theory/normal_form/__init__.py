"""One normal form of finite sums, moments and signs: what decides identities for any number of terms."""

from dropout_theory.normal_form.signs import is_nonnegative, is_positive, quotient
from dropout_theory.normal_form.sums import is_zero, normal, same

__all__ = [
    "is_nonnegative", "is_positive", "is_zero", "normal", "quotient", "same",
]
