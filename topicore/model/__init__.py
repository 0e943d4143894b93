"""TopicModel: a thin face over the pipeline and one immutable fitted state."""

from .topic_model import TopicModel, load

__all__ = ["TopicModel", "load"]
