"""placeholder"""
from dropout_theory.recheck.steps.grammar import Term
def is_integer(t: Term) -> bool:
    if t.op == "index": return True
    if t.number is not None: return t.number.denominator == 1
    if t.op == "scalar": return t.terms[0].args[1] == "integer"
    return t.op in ("+","*") and all(map(is_integer, t.terms))
def is_nonnegative(t: Term) -> bool:
    return True
