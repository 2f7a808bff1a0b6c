"""What annotations call expressions, statements and the values of an instance."""

from __future__ import annotations

from typing import Any, TypeAlias

import sympy as sp
from sympy.logic.boolalg import Boolean

# What has a value: numbers, atoms, sums, means. A Python number is one where SymPy is to make it one.
Expr: TypeAlias = sp.Expr

# What is true or false at an instance: relations, their combinations, quantified statements.
Statement: TypeAlias = Boolean

# An instance: numbers for scalars, {indices: number} for families, SymPy Lambdas for undefined functions.
Values: TypeAlias = dict[Any, Any]
