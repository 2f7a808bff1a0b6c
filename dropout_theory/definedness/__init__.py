"""Which terms may be undefined, and what makes each defined: asked by every rule and by the decision procedure."""
