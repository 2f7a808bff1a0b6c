"""Vector operations that the compiled kernels are made of: pointers without bounds, explicit vectors, an exponential.

Arrays are read through plain pointers: no look at the sign of an index, which keeps a loop from vectorising, and no
reference counts, which are atomic. The arrays themselves belong to the caller. Products and sums over lanes are written
with explicit vectors and fused multiplications, so that they do not depend on what a compiler makes of a loop.
"""

# Numba infers the types; annotations would not be checked.
# mypy: disallow-untyped-defs=False, check-untyped-defs=False

from __future__ import annotations

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic, overload

LANES = 128  # samples that go through a network together
ROWS = 4  # units that a matrix product handles at once; weights are padded to a multiple of it


@intrinsic
def pointer(typing, array):
    """Return a pointer to the entries of a contiguous array, which must outlive it."""

    def generate(context, builder, signature, arguments):
        return context.make_array(signature.args[0])(context, builder, arguments[0]).data

    return types.CPointer(array.dtype)(array), generate


@intrinsic
def get(typing, data, at):
    """Return entry ``at``."""

    def generate(context, builder, signature, arguments):
        return builder.load(builder.gep(arguments[0], [arguments[1]]))

    return data.dtype(data, types.int64), generate


@intrinsic
def put(typing, data, at, value):
    """Set entry ``at`` to a value of the same type."""

    def generate(context, builder, signature, arguments):
        builder.store(arguments[2], builder.gep(arguments[0], [arguments[1]]))
        return context.get_dummy_value()

    return types.void(data, types.int64, data.dtype), generate


@intrinsic
def like(typing, data, value):
    """Return a number converted to the type of the entries."""

    def generate(context, builder, signature, arguments):
        return context.cast(builder, arguments[1], signature.args[1], signature.return_type)

    return data.dtype(data, value), generate


@intrinsic
def fma(typing, a, b, c):
    """Return a·b + c with one rounding, on every machine."""

    def generate(context, builder, signature, arguments):
        return builder.fma(*arguments)

    return a(a, a, a), generate


@intrinsic
def _scaled(typing, value, shift):
    """Return value · 2^n, where n is in the low bits of ``shift``, a number made by adding 1.5 · 2^52 (2^23) to n."""

    def generate(context, builder, signature, arguments):
        whole, digits = (ir.IntType(32), 23) if signature.args[0] is types.float32 else (ir.IntType(64), 52)
        exponent = builder.shl(builder.bitcast(arguments[1], whole), whole(digits))
        bits = builder.add(builder.bitcast(arguments[0], whole), exponent)
        return builder.bitcast(bits, context.get_data_type(signature.args[0]))

    return value(value, value), generate


def _vector(context, data):
    """The vector of 32 bytes of the entries, how many they are, and its fused multiplication."""
    width = 8 if data.dtype is types.float32 else 4
    vector = ir.VectorType(context.get_data_type(data.dtype), width)

    def fused(builder, a, b, c):
        name = f"llvm.fma.v{width}f{256 // width}"
        function = cgutils.get_or_insert_function(builder.module, ir.FunctionType(vector, [vector] * 3), name)
        return builder.call(function, [a, b, c])

    return vector, width, fused


def _splat(builder, value, vector):
    empty, whole = ir.Constant(vector, ir.Undefined), ir.IntType(32)
    lane = builder.insert_element(empty, value, whole(0))
    return builder.shuffle_vector(lane, empty, ir.Constant(ir.VectorType(whole, vector.count), [0] * vector.count))


def _place(builder, data, at, vector):
    return builder.bitcast(builder.gep(data, [at]), vector.as_pointer())


@intrinsic
def product(typing, weights, weight, signals, signal, sums, at, stride, count):
    """Add to ROWS rows of a tile (64 bytes) of sums the products of ``count`` columns of weights with signals.

    Column j of the weights is at weight + ROWS·j, that of the signals at signal + tile·j; rows are ``stride`` apart.
    """
    long = types.int64

    def generate(context, builder, signature, arguments):
        weights, weight, signals, signal, sums, at, stride, count = arguments
        vector, width, fused = _vector(context, signature.args[0])
        whole, align = ir.IntType(64), 32 // width
        corners = [builder.add(at, builder.mul(stride, whole(r))) for r in range(ROWS)]
        places = [_place(builder, sums, builder.add(corner, whole(k * width)), vector)
                  for corner in corners for k in range(2)]
        held = [cgutils.alloca_once(builder, vector) for _ in places]  # the optimiser turns these into registers
        for place, slot in zip(places, held, strict=True):
            builder.store(builder.load(place, align=align), slot)
        with cgutils.for_range(builder, count) as loop:
            column = builder.add(signal, builder.mul(loop.index, whole(2 * width)))
            lanes = [builder.load(_place(builder, signals, builder.add(column, whole(k * width)), vector), align=align)
                     for k in range(2)]
            first = builder.add(weight, builder.mul(loop.index, whole(ROWS)))
            for r in range(ROWS):
                entry = builder.load(builder.gep(weights, [builder.add(first, whole(r))]))
                factor = _splat(builder, entry, vector)
                for k in range(2):
                    slot = held[2 * r + k]
                    builder.store(fused(builder, factor, lanes[k], builder.load(slot)), slot)
        for place, slot in zip(places, held, strict=True):
            builder.store(builder.load(slot), place, align=align)
        return context.get_dummy_value()

    return types.void(weights, long, signals, long, sums, long, long, long), generate


@intrinsic
def lane_sums(typing, rows, at, center):
    """Return the sums over LANES entries of d and d², d = entry - center, added up in a fixed order."""

    def generate(context, builder, signature, arguments):
        rows, at, center = arguments
        vector, width, fused = _vector(context, signature.args[0])
        middle, zero = _splat(builder, center, vector), ir.Constant(vector, [0.0] * width)
        first, second = [zero] * 4, [zero] * 4
        for k in range(LANES // width):
            place = _place(builder, rows, builder.add(at, ir.IntType(64)(k * width)), vector)
            d = builder.fsub(builder.load(place, align=32 // width), middle)
            first[k % 4] = builder.fadd(first[k % 4], d)
            second[k % 4] = fused(builder, d, d, second[k % 4])
        results = []
        for parts in (first, second):
            total = builder.fadd(builder.fadd(parts[0], parts[1]), builder.fadd(parts[2], parts[3]))
            entries = [builder.extract_element(total, ir.IntType(32)(k)) for k in range(width)]
            while len(entries) > 1:
                entries = [builder.fadd(a, b) for a, b in zip(entries[::2], entries[1::2], strict=True)]
            results.append(entries[0])
        return context.make_tuple(builder, signature.return_type, results)

    return types.UniTuple(rows.dtype, 2)(rows, types.int64, rows.dtype), generate


_LOG2E, _ROUND, _LOG2_HIGH, _LOG2_LOW = 1.4426950408889634, 1.5 * 2.0**52, 0.6931471803691238, 1.9082149292705877e-10
# the best polynomials of degree 11 and 6 for exp on [-log(2)/2, log(2)/2]: relative errors 4.3e-18 and 2.6e-9
_E11, _E10, _E9, _E8 = 2.511003761756205e-08, 2.763263965412376e-07, 2.7557240918547625e-06, 2.480148548228773e-05
_E7, _E6, _E5, _E4 = 0.00019841269890047143, 0.0013888888952314812, 0.008333333333319601, 0.04166666666648809
_E3, _E2 = 0.1666666666666668, 0.5000000000000019
_f = np.float32
_LOG2E_F, _ROUND_F, _LOG2_HIGH_F, _LOG2_LOW_F = _f(1.442695), _f(1.5 * 2.0**23), _f(0.693359375), _f(-2.12194440e-4)
_E6_F, _E5_F, _E4_F, _E3_F, _E2_F, _ONE_F = (_f(0.0013941108444434013), _f(0.008375126406529385),
                                             _f(0.041666352896649515), _f(0.1666641551455268), _f(0.5), _f(1.0))


def exponential(x):
    """Return exp(x) for |x| <= 708 (float32: 87); the compiled versions are below."""
    raise NotImplementedError("compiled code only")


@overload(exponential)
def _exponential(x):
    # x = n log 2 + r with |r| <= log(2)/2; a polynomial in r; n goes into the exponent bits.
    def single(x):
        shifted = fma(x, _LOG2E_F, _ROUND_F)
        n = shifted - _ROUND_F
        r = fma(n, -_LOG2_LOW_F, fma(n, -_LOG2_HIGH_F, x))
        p = fma(fma(fma(fma(_E6_F, r, _E5_F), r, _E4_F), r, _E3_F), r, _E2_F)
        return _scaled(fma(fma(p, r, _ONE_F), r, _ONE_F), shifted)

    def double(x):
        shifted = fma(x, _LOG2E, _ROUND)
        n = shifted - _ROUND
        r = fma(n, -_LOG2_LOW, fma(n, -_LOG2_HIGH, x))
        p = fma(fma(fma(fma(fma(_E11, r, _E10), r, _E9), r, _E8), r, _E7), r, _E6)
        p = fma(fma(fma(fma(p, r, _E5), r, _E4), r, _E3), r, _E2)
        return _scaled(fma(fma(p, r, 1.0), r, 1.0), shifted)

    return single if x is types.float32 else double


def bounded(x):
    """Return x brought to where ``exponential`` may be used."""
    raise NotImplementedError("compiled code only")


@overload(bounded)
def _bounded(x):
    top = _f(87.0) if x is types.float32 else 708.0

    def clip(x):
        y = x if x < top else top
        return y if y > -top else -top

    return clip


@njit(cache=True, nogil=True, error_model="numpy")
def exponentials(values):
    """Replace values by their exponentials; arguments beyond +-708 (float32: +-87) count as those limits."""
    data = pointer(values)
    for l in range(values.shape[0]):
        put(data, l, exponential(bounded(get(data, l))))
