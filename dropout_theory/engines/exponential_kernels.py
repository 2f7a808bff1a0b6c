"""The exponential and the logistic function of the compiled kernels, for one number and for vectors of them.

x = n log 2 + r with |r| <= log(2)/2; a polynomial in r; n goes into the exponent bits. The polynomial is evaluated in
pairs of terms, and several vectors side by side, because a chain of multiplications would leave a processor waiting.
"""

# Numba infers the types; annotations would not be checked.
# mypy: disallow-untyped-defs=False, check-untyped-defs=False

from __future__ import annotations

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic

from dropout_theory.engines.vector_kernels import LANES, get, place_of, pointer, put, splat, vector_of

_SIDE_BY_SIDE = 4  # vectors
# log2(e), what rounds to whole numbers when added, log(2) in two parts
_LOGARITHMS = {"double": (1.4426950408889634, 1.5 * 2.0**52, 0.6931471803691238, 1.9082149292705877e-10),
               "float": (1.442695, 1.5 * 2.0**23, 0.693359375, -2.12194440e-4)}
# the best polynomials of degree 11 and 6 for exp on [-log(2)/2, log(2)/2], without their first two terms, 1 and 1:
# relative errors 4.3e-18 and 2.6e-9
_POLYNOMIALS = {
    "double": (0.5000000000000019, 0.1666666666666668, 0.04166666666648809, 0.008333333333319601,
               0.0013888888952314812, 0.00019841269890047143, 2.480148548228773e-05, 2.7557240918547625e-06,
               2.763263965412376e-07, 2.511003761756205e-08),
    "float": (0.5, 0.1666641551455268, 0.041666352896649515, 0.008375126406529385, 0.0013941108444434013)}
_LIMITS = {"double": 708.0, "float": 87.0}
_EXPONENT = {"double": (ir.IntType(64), 52), "float": (ir.IntType(32), 23)}


class _Arithmetic:
    """Operations on lists of numbers or vectors of one type, entry by entry."""

    def __init__(self, builder, kind):
        self.builder, self.kind = builder, kind
        self.entry = kind.element if isinstance(kind, ir.VectorType) else kind
        self.name = self.entry.intrinsic_name.replace("f64", "double").replace("f32", "float")
        suffix = f"v{kind.count}{self.entry.intrinsic_name}" if kind != self.entry else self.entry.intrinsic_name
        shape = ir.FunctionType(kind, [kind] * 3)
        self._fused = cgutils.get_or_insert_function(builder.module, shape, f"llvm.fma.{suffix}")

    def constant(self, value, kind=None):
        kind = kind or self.kind
        return ir.Constant(kind, [value] * kind.count if isinstance(kind, ir.VectorType) else value)

    def number(self, value):
        """A constant, rounded to the type."""
        return self.constant(float(np.float32(value)) if self.name == "float" else value)

    def fused(self, a, b, c):
        return [self.builder.call(self._fused, list(each)) for each in zip(a, b, c, strict=True)]

    def exponential(self, x):
        builder, many = self.builder, len(x)
        for sense, limit in (("<", _LIMITS[self.name]), (">", -_LIMITS[self.name])):
            end = self.number(limit)
            x = [builder.select(builder.fcmp_ordered(sense, each, end), each, end) for each in x]
        log2e, whole, high, low = _LOGARITHMS[self.name]
        shifted = self.fused(x, [self.number(log2e)] * many, [self.number(whole)] * many)
        n = [builder.fsub(each, self.number(whole)) for each in shifted]
        r = self.fused(n, [self.number(-low)] * many, self.fused(n, [self.number(-high)] * many, x))
        # 1 + r (1 + r q), because the last two steps decide about the rounding
        terms, power = [[self.number(c)] * many for c in _POLYNOMIALS[self.name]], r
        while len(terms) > 1:  # neighbours become one term in the square of the power
            pairs = zip(terms[::2], terms[1::2], strict=False)
            terms = [self.fused(b, power, a) for a, b in pairs] + terms[len(terms) & ~1:]
            power = [builder.fmul(each, each) for each in power]
        one = [self.number(1.0)] * many
        values = self.fused(self.fused(terms[0], r, one), r, one)
        return [self._scaled(*each) for each in zip(values, shifted, strict=True)]

    def _scaled(self, value, shift):
        """value · 2^n, where n is in the low bits of ``shift``, which was made by adding 1.5 · 2^52 (2^23) to n."""
        builder, (whole, digits) = self.builder, _EXPONENT[self.name]
        kind = ir.VectorType(whole, self.kind.count) if self.kind != self.entry else whole
        exponent = builder.shl(builder.bitcast(shift, kind), self.constant(digits, kind))
        return builder.bitcast(builder.add(builder.bitcast(value, kind), exponent), self.kind)


@intrinsic
def exponential(typing, x):
    """Return exp(x); arguments beyond +-708 (float32: +-87) count as those limits."""

    def generate(context, builder, signature, arguments):
        return _Arithmetic(builder, context.get_value_type(x)).exponential(list(arguments))[0]

    return x(x), generate


@intrinsic
def logistic(typing, rows, at, minus, ratio):
    """Replace LANES entries s by 1/(1 + ratio · exp(minus · s))."""

    def generate(context, builder, signature, arguments):
        rows, at, minus, ratio = arguments
        vector, width, _ = vector_of(context, signature.args[0])
        numbers, long, step = _Arithmetic(builder, vector), ir.IntType(64), _SIDE_BY_SIDE * width
        rate, factor = splat(builder, minus, vector), [splat(builder, ratio, vector)] * _SIDE_BY_SIDE
        one = numbers.number(1.0)
        with cgutils.for_range(builder, long(LANES // step)) as loop:
            begin = builder.add(at, builder.mul(loop.index, long(step)))
            places = [place_of(builder, rows, builder.add(begin, long(k * width)), vector)
                      for k in range(_SIDE_BY_SIDE)]
            powers = numbers.exponential([builder.fmul(rate, builder.load(p, align=32 // width)) for p in places])
            below = numbers.fused(factor, powers, [one] * _SIDE_BY_SIDE)
            for place, each in zip(places, below, strict=True):
                builder.store(builder.fdiv(one, each), place, align=32 // width)
        return context.get_dummy_value()

    return types.void(rows, types.int64, rows.dtype, rows.dtype), generate


@njit(cache=True, nogil=True, error_model="numpy")
def exponentials(values):
    """Replace values by their exponentials; arguments beyond +-708 (float32: +-87) count as those limits."""
    data = pointer(values)
    for l in range(values.shape[0]):
        put(data, l, exponential(get(data, l)))
