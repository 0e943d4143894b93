"""Questions to a fitted state, each a function over it that can be called without a model."""
