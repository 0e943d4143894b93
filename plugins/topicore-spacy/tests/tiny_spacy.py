"""Real spaCy pipelines, built in a second: with word vectors and with both kinds of transformer; no network."""

from __future__ import annotations

import importlib.util
import json
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from topicore_spacy.loading import quiet

THEMES = (
    "moon rocket orbit telescope astronaut planet".split(),
    "bread oven flour dough butter yeast".split(),
    "goal league striker match referee stadium".split(),
    "court judge jury trial verdict lawyer".split(),
)
WORDS = [word for theme in THEMES for word in theme]
UNNEEDED = ["tagger", "parser", "ner", "attribute_ruler", "lemmatizer"]
"""What users of topic models leave out of a pipeline."""
_KEPT = TemporaryDirectory(prefix="tiny-spacy-", ignore_cleanup_errors=True)


def documents(n: int = 60) -> list[str]:
    """*n* texts, the themes by turns."""
    draw = Random(0)
    return [" ".join(draw.choice(THEMES[place % 4]) for _ in range(10)) for place in range(n)]


def load(folder: str, **parameters: Any) -> Any:
    """The pipeline in *folder*, as spaCy loads it."""
    with quiet():
        import spacy

        return spacy.load(folder, **parameters)


def empty() -> Any:
    """An English pipeline of a tokenizer alone; all that spaCy imports is imported after it."""
    with quiet():
        import spacy

        return spacy.blank("en")


def blank(words: list[str] | None = None, attr: str = "ORTH") -> Any:
    """An English pipeline that has vectors of *words*, by *attr*, those of a theme near each other; no components."""
    nlp = empty()
    from spacy.vectors import Vectors

    words = [*WORDS, "Apple", "apple", ".", "\N{SOCCER BALL}"] if words is None else words
    draw = np.random.default_rng(0)
    centres = draw.normal(size=(5, 16))
    table = np.array([centres[min(place // 6, 4)] + draw.normal(size=16) / 4 for place in range(len(words))])
    nlp.vocab.vectors = Vectors(
        strings=nlp.vocab.strings, keys=words, data=table.astype(np.float32), name="tiny", attr=attr
    )
    return nlp


@cache
def vectors() -> str:
    """Folder of a pipeline with word vectors and, as published ones, components that they do not need."""
    nlp = blank()
    nlp.add_pipe("sentencizer")
    nlp.add_pipe("attribute_ruler").add([[{"ORTH": "moon"}]], {"LEMMA": "moon"})
    nlp.add_pipe("entity_ruler").add_patterns([{"label": "PLACE", "pattern": "moon"}])
    return saved(nlp, "vectors")


@cache
def floret() -> str:
    """Folder of a pipeline with vectors of letters, from which any word has one."""
    nlp = empty()
    from spacy.vectors import Vectors

    table = np.random.default_rng(0).normal(size=(50, 8)).astype(np.float32)
    hashes = {"hash_count": 2, "minn": 3, "maxn": 4}
    nlp.vocab.vectors = Vectors(strings=nlp.vocab.strings, data=table, mode="floret", name="tiny", **hashes)
    return saved(nlp, "floret")


TAGGED = """
the/DET bright/ADJ moon/NOUN rises/VERB over/ADP Houston/PROPN
the/DET hard/ADJ drive/NOUN of/ADP the/DET rocket/NOUN fails/VERB
Houston/PROPN sees/VERB a/DET new/ADJ telescope/NOUN in/ADP orbit/NOUN
they/PRON drive/VERB slowly/ADV to/ADP Paris/PROPN with/ADP warm/ADJ bread/NOUN
the/DET baker/NOUN kneads/VERB the/DET soft/ADJ dough/NOUN in/ADP a/DET hot/ADJ oven/NOUN
the/DET oven/NOUN bakes/VERB warm/ADJ bread/NOUN and/CCONJ Paris/PROPN eats/VERB it/PRON
a/DET striker/NOUN scores/VERB the/DET late/ADJ goal/NOUN of/ADP the/DET match/NOUN
"""
"""Sentences whose words have their parts of speech behind them; "drive" is a noun and a verb."""


def sentences() -> list[tuple[list[str], list[str]]]:
    """The words and parts of speech of each sentence in ``TAGGED``."""
    pairs = [[word.split("/") for word in line.split()] for line in TAGGED.split("\n") if line]
    return [([word for word, _ in line], [part for _, part in line]) for line in pairs]


@cache
def tagger() -> str:
    """Folder of a tagger and a ruler for its tags, trained on ``TAGGED``, among components that tags do not need."""
    nlp = empty()
    from spacy.tokens import Doc
    from spacy.training import Example
    from spacy.util import fix_random_seed

    fix_random_seed(0)
    known = [Doc(nlp.vocab, words=words, tags=parts) for words, parts in sentences()]
    examples = [Example(nlp.make_doc(doc.text), doc) for doc in known]
    nlp.add_pipe("tagger")
    nlp.initialize(lambda: examples)
    for _ in range(30):
        nlp.update(examples)
    ruler = nlp.add_pipe("attribute_ruler")
    for tag in sorted({part for _, parts in sentences() for part in parts}):
        ruler.add([[{"TAG": tag}]], {"POS": tag})
    nlp.add_pipe("sentencizer", first=True)
    nlp.add_pipe("entity_ruler").add_patterns([{"label": "PLACE", "pattern": "Houston"}])
    return saved(nlp, "tagger")


def ruled(parts: dict[str, str]) -> Any:
    """A pipeline that gives words the parts of speech that *parts* has for them, by their lower case."""
    nlp = empty()
    ruler = nlp.add_pipe("attribute_ruler")
    for word, part in parts.items():
        ruler.add([[{"LOWER": word}]], {"POS": part})
    return nlp


@cache
def transformer() -> str:
    """Folder of a transformer pipeline of random weights, of the kind that is published today."""
    return curated() if has("spacy_curated_transformers") else spacy_transformer()


@cache
def curated() -> str:
    """Folder of a BERT of spacy-curated-transformers: 32 wide, spans of 64 pieces."""
    nlp, prefix = empty(), "spacy-curated-transformers."
    import torch
    from curated_tokenizers import WordPieceProcessor
    from spacy.training import Example

    torch.manual_seed(0)
    pieces = _pieces()
    model = {
        "@architectures": f"{prefix}BertTransformer.v1",
        "vocab_size": len(pieces),
        "padding_idx": 0,
        "piece_encoder": {"@architectures": f"{prefix}BertWordpieceEncoder.v1"},
        "with_spans": {"@architectures": f"{prefix}WithStridedSpans.v1", "stride": 48, "window": 64},
        "hidden_width": 32,
        "intermediate_width": 64,
        "num_attention_heads": 2,
        "num_hidden_layers": 2,
        "max_position_embeddings": 128,
        "model_max_length": 128,
    }
    pipe = nlp.add_pipe("curated_transformer", config={"model": model})

    def piecer(model: Any, *, X: Any = None, Y: Any = None) -> Any:  # noqa: N803
        model.attrs["wordpiece_processor"] = WordPieceProcessor(pieces)
        return model

    example = Example.from_dict(nlp.make_doc("moon rocket"), {})
    pipe.initialize(lambda: [example], nlp=nlp, piecer_loader=piecer)
    nlp.add_pipe("sentencizer")
    return saved(nlp, "curated")


@cache
def spacy_transformer() -> str:
    """Folder of a BERT of spacy-transformers: 32 wide, spans of 64 pieces."""
    nlp = empty()
    import torch
    from transformers import BertConfig, BertModel, BertTokenizerFast

    torch.manual_seed(0)
    bert, pieces = Path(_KEPT.name) / "bert", _pieces()
    sizes = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2}
    BertModel(BertConfig(vocab_size=len(pieces), max_position_embeddings=128, **sizes)).save_pretrained(bert)
    (bert / "vocab.txt").write_text("\n".join(pieces), encoding="utf-8")
    BertTokenizerFast(str(bert / "vocab.txt"), model_max_length=128).save_pretrained(bert)
    model = {
        "@architectures": "spacy-transformers.TransformerModel.v3",
        "name": str(bert),
        "tokenizer_config": {"use_fast": True},
        "get_spans": {"@span_getters": "spacy-transformers.strided_spans.v1", "window": 64, "stride": 48},
    }
    nlp.add_pipe("transformer", config={"model": model})
    nlp.initialize()
    nlp.add_pipe("sentencizer")
    return saved(nlp, "spacy-transformer")


def has(package: str) -> bool:
    """Whether *package* is installed."""
    return importlib.util.find_spec(package) is not None


def saved(nlp: Any, name: str) -> str:
    """The folder of *nlp*."""
    folder = Path(_KEPT.name) / name
    nlp.to_disk(folder)
    return str(folder)


def installed(site: Path, name: str, *, announced: bool = True) -> None:
    """Make a package *name* in *site* as ``spacy package`` does: language, an underscore, and what follows."""
    nlp = load(vectors())
    language, _, rest = name.partition("_")
    nlp.meta.update(lang=language, name=rest, version="1.2.3")
    package = site / name
    package.mkdir()
    nlp.to_disk(package / f"{name}-1.2.3")
    (package / "meta.json").write_text(json.dumps(nlp.meta), encoding="utf-8")
    (package / "__init__.py").write_text(
        "from pathlib import Path\n"
        "from spacy.util import load_model_from_init_py\n\n"
        "(Path(__file__).parent / 'imported').touch()\n\n\n"
        "def load(**overrides):\n"
        "    return load_model_from_init_py(__file__, **overrides)\n",
        encoding="utf-8",
    )
    about = site / f"{name}-1.2.3.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.2.3\n", encoding="utf-8")
    if announced:
        (about / "entry_points.txt").write_text(f"[spacy_models]\n{name} = {name}\n", encoding="utf-8")


def _pieces() -> list[str]:
    letters = "abcdefghijklmnopqrstuvwxyz"
    marks = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    return [*marks, *letters, *(f"##{letter}" for letter in letters), *WORDS, "the", "of", "."]
