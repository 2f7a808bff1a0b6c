"""Vector operations that the compiled kernels are made of: pointers without bounds, explicit vectors.

Arrays are read through plain pointers: no look at the sign of an index, which keeps a loop from vectorising, and no
reference counts, which are atomic. The arrays themselves belong to the caller. Products, gates and sums over lanes are
written with explicit vectors and fused multiplications, so that they do not depend on what a compiler makes of a loop.
"""

# Numba infers the types; annotations would not be checked.
# mypy: disallow-untyped-defs=False, check-untyped-defs=False

from __future__ import annotations

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

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


def _summed(begin):
    """An intrinsic for products of ROWS rows of weights with signals, added to what ``begin`` loads for row r."""

    def typed(typing, starts, start, weights, weight, signals, signal, sums, at, stride, count):
        long = types.int64

        def generate(context, builder, signature, arguments):
            starts, start, weights, weight, signals, signal, sums, at, stride, count = arguments
            vector, width, fused = vector_of(context, signature.args[2])
            whole, align = ir.IntType(64), 32 // width
            corners = [builder.add(at, builder.mul(stride, whole(r))) for r in range(ROWS)]
            places = [place_of(builder, sums, builder.add(corner, whole(k * width)), vector)
                      for corner in corners for k in range(2)]
            held = [cgutils.alloca_once(builder, vector) for _ in places]  # the optimiser turns these into registers
            for i, slot in enumerate(held):
                builder.store(begin(builder, starts, builder.add(start, whole(i // 2)), places[i], vector), slot)
            with cgutils.for_range(builder, count) as loop:
                column = builder.add(signal, builder.mul(loop.index, whole(2 * width)))
                lanes = [builder.load(place_of(builder, signals, builder.add(column, whole(k * width)), vector),
                                      align=align) for k in range(2)]
                first = builder.add(weight, builder.mul(loop.index, whole(ROWS)))
                for r in range(ROWS):
                    entry = builder.load(builder.gep(weights, [builder.add(first, whole(r))]))
                    factor = splat(builder, entry, vector)
                    for k in range(2):
                        slot = held[2 * r + k]
                        builder.store(fused(builder, factor, lanes[k], builder.load(slot)), slot)
            for place, slot in zip(places, held, strict=True):
                builder.store(builder.load(slot), place, align=align)
            return context.get_dummy_value()

        return types.void(starts, long, weights, long, signals, long, sums, long, long, long), generate

    return intrinsic(typed)


# Both fill ROWS rows, ``stride`` apart, of a tile (64 bytes) of sums with products of ``count`` columns of weights with
# signals. Column j of the weights is at weight + ROWS·j, that of the signals at signal + tile·j. Products are added to
# entry start + r of ``starts`` in row r, or to what is there.
product = _summed(lambda builder, starts, start, place, vector: splat(
    builder, builder.load(builder.gep(starts, [start])), vector))
more_product = _summed(lambda builder, starts, start, place, vector: builder.load(place, align=32 // vector.count))


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
