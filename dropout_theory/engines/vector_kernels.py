"""Vector operations that the compiled kernels are made of: pointers without bounds, explicit vectors.

Arrays are read through plain pointers: no look at the sign of an index, which keeps a loop from vectorising, and no
reference counts, which are atomic. The arrays themselves belong to the caller. Products, gates and sums over lanes are
written with explicit vectors and fused multiplications, so that they do not depend on what a compiler makes of a loop.
"""

# Numba infers the types; annotations would not be checked.
# mypy: disallow-untyped-defs=False, check-untyped-defs=False

from __future__ import annotations

from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic

LANES = 128  # samples that go through a network together
ROWS = (6, 4, 2, 1)  # units that a matrix product handles at once: as many of them as are left


@intrinsic
def pointer(typing, array):
    """Return a pointer to the entries of a contiguous array, which must outlive it.

    An array that a kernel makes lives until its last use by name: a pointer does not count.
    """

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


def vector_of(context, data):
    """The vector of 32 bytes of the entries, how many they are, and its fused multiplication."""
    width = 8 if data.dtype is types.float32 else 4
    vector = ir.VectorType(context.get_data_type(data.dtype), width)

    def fused(builder, a, b, c):
        name = f"llvm.fma.v{width}f{256 // width}"
        function = cgutils.get_or_insert_function(builder.module, ir.FunctionType(vector, [vector] * 3), name)
        return builder.call(function, [a, b, c])

    return vector, width, fused


def splat(builder, value, vector):
    """A vector of equal entries."""
    empty, whole = ir.Constant(vector, ir.Undefined), ir.IntType(32)
    lane = builder.insert_element(empty, value, whole(0))
    return builder.shuffle_vector(lane, empty, ir.Constant(ir.VectorType(whole, vector.count), [0] * vector.count))


def place_of(builder, data, at, vector):
    """The address of the vector that begins with entry ``at``."""
    return builder.bitcast(builder.gep(data, [at]), vector.as_pointer())


def _product(rows):
    """An intrinsic for products of so many rows of weights with signals."""

    def typed(typing, fresh, starts, start, weights, weight, signals, signal, sums, at, count):
        long = types.int64

        def generate(context, builder, signature, arguments):
            fresh, starts, start, weights, weight, signals, signal, sums, at, count = arguments
            vector, width, fused = vector_of(context, signature.args[3])
            whole, align = ir.IntType(64), 32 // width
            places = [place_of(builder, sums, builder.add(at, whole(r * LANES + k * width)), vector)
                      for r in range(rows) for k in range(2)]
            held = [cgutils.alloca_once(builder, vector) for _ in places]  # the optimiser turns these into registers
            with builder.if_else(fresh) as (first, more):
                with first:
                    for r in range(rows):
                        entry = builder.load(builder.gep(starts, [builder.add(start, whole(r))]))
                        for slot in held[2 * r:2 * r + 2]:
                            builder.store(splat(builder, entry, vector), slot)
                with more:
                    for place, slot in zip(places, held, strict=True):
                        builder.store(builder.load(place, align=align), slot)
            with cgutils.for_range(builder, count) as loop:
                column = builder.add(signal, builder.mul(loop.index, whole(2 * width)))
                lanes = [builder.load(place_of(builder, signals, builder.add(column, whole(k * width)), vector),
                                      align=align) for k in range(2)]
                corner = builder.add(weight, builder.mul(loop.index, whole(rows)))
                for r in range(rows):
                    entry = builder.load(builder.gep(weights, [builder.add(corner, whole(r))]))
                    factor = splat(builder, entry, vector)
                    for k in range(2):
                        slot = held[2 * r + k]
                        builder.store(fused(builder, factor, lanes[k], builder.load(slot)), slot)
            for place, slot in zip(places, held, strict=True):
                builder.store(builder.load(slot), place, align=align)
            return context.get_dummy_value()

        return types.void(types.boolean, starts, long, weights, long, signals, long, sums, long, long), generate

    return intrinsic(typed)


# They fill rows, LANES apart from ``at``, of a tile (64 bytes) of sums with products of ``count`` columns of weights
# with signals. Column j of n rows of weights is at weight + n·j, that of the signals at signal + tile·j. Products are
# added to what is there, or where ``fresh`` to entry start + r of ``starts`` in row r. Six rows of two vectors take 12
# of 16 registers.
_product_6, _product_4, _product_2, _product_1 = (_product(rows) for rows in ROWS)


@njit(cache=True, nogil=True, error_model="numpy")
def together(units):
    """How many of the units that are left a product handles at once."""
    return 6 if units >= 6 else 4 if units >= 4 else 2 if units >= 2 else 1


@njit(cache=True, nogil=True, error_model="numpy")
def product(rows, fresh, starts, start, weights, weight, signals, signal, sums, at, count):
    """Products of 6, 4, 2 or 1 rows; see above."""
    if rows == 6:
        _product_6(fresh, starts, start, weights, weight, signals, signal, sums, at, count)
    elif rows == 4:
        _product_4(fresh, starts, start, weights, weight, signals, signal, sums, at, count)
    elif rows == 2:
        _product_2(fresh, starts, start, weights, weight, signals, signal, sums, at, count)
    else:
        _product_1(fresh, starts, start, weights, weight, signals, signal, sums, at, count)


def _gated(choose):
    """An intrinsic that writes LANES entries, or 0 where ``choose`` says so of their words, in tiles of 64 bytes."""

    def typed(typing, rows, at, words, word, limit, out, place, stride):
        long = types.int64

        def generate(context, builder, signature, arguments):
            rows, at, words, word, limit, out, place, stride = arguments
            vector, width, _ = vector_of(context, signature.args[0])
            whole, bits = ir.IntType(64), ir.VectorType(ir.IntType(32), width)
            zero = ir.Constant(vector, [0.0] * width)
            for k in range(LANES // width):
                step = whole(k * width)
                drawn = builder.load(place_of(builder, words, builder.add(word, step), bits), align=4)
                entries = builder.load(place_of(builder, rows, builder.add(at, step), vector), align=32 // width)
                corner = builder.add(place, builder.add(builder.mul(stride, whole(k // 2)), whole(k % 2 * width)))
                signal = builder.select(choose(builder, drawn, splat(builder, limit, bits)), entries, zero)
                builder.store(signal, place_of(builder, out, corner, vector), align=32 // width)
            return context.get_dummy_value()

        return types.void(rows, long, words, long, types.uint32, out, long, long), generate

    return intrinsic(typed)


# open where the word is below the threshold
gated_below = _gated(lambda builder, words, threshold: builder.icmp_unsigned("<", words, threshold))


def _sign_after(builder, words, shift):
    return builder.icmp_signed("<", builder.shl(words, shift), ir.Constant(words.type, [0] * words.type.count))


# open where the bit is set that a shift to the left by so many places makes the highest
gated_bit = _gated(_sign_after)


@intrinsic
def lane_sums(typing, rows, at, center):
    """Return the sums over LANES entries of d and d², d = entry - center, added up in a fixed order."""

    def generate(context, builder, signature, arguments):
        rows, at, center = arguments
        vector, width, fused = vector_of(context, signature.args[0])
        middle, zero = splat(builder, center, vector), ir.Constant(vector, [0.0] * width)
        first, second = [zero] * 4, [zero] * 4
        for k in range(LANES // width):
            place = place_of(builder, rows, builder.add(at, ir.IntType(64)(k * width)), vector)
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
