"""Loading embeddings of flair by name or from a file; no code is run and nothing is unpickled unasked."""

from __future__ import annotations

import os
from typing import Any

from topicore.errors import ComponentError

from .silence import quiet

TIMEOUT = 10
"""Seconds to wait for the hub's first answer; transformers itself tries for most of a minute, for each file."""
VECTORS = (".txt", ".bin")
"""How files of vectors end that flair reads as data; any other file it unpickles."""


def transformer(
    model: str, *, pooling: str, layers: str, layer_mean: bool, revision: str | None, local_files_only: bool
) -> Any:
    """``TransformerDocumentEmbeddings`` on ``flair.device``; code that comes with a model is never run.

    Raises:
        ComponentError: They cannot be loaded; the message says what else can be done.
    """
    with quiet():
        local = local_files_only or os.path.isdir(model)
        why = "local_files_only=True, so nothing was downloaded" if local_files_only else ""
        if not local:
            why = unreachable(model, revision)
        try:
            from flair.embeddings import TransformerDocumentEmbeddings

            return TransformerDocumentEmbeddings(
                model,
                cls_pooling=pooling,
                layers=layers,
                layer_mean=layer_mean,
                fine_tune=False,
                use_context_separator=False,
                revision=revision or "main",
                local_files_only=local or bool(why),
                trust_remote_code=False,
            )
        except Exception as error:  # any backend's own, the network's, the file system's
            raise ComponentError(_failure(model, "" if os.path.isdir(model) else why, error)) from error


def words(model: str, *, allow_pickle: bool) -> Any:
    """``WordEmbeddings`` from a file of vectors, or from what flair publishes under a name, which is a pickle.

    Raises:
        ComponentError: There is no such file, it cannot be read, or it would be unpickled without leave.
    """
    if pickled(model) and not allow_pickle:
        raise ComponentError(
            f"embedder 'flair': {model!r} does not end in {' or '.join(VECTORS)}, so flair would load it as a save of "
            "gensim, a pickle, which can run any code; so are the vectors that flair publishes ('glove', 'crawl'). "
            "If you trust it, give allow_pickle=True, or load it with flair and hand in WordEmbeddings(...); a file "
            "written by save_word2vec_format(...) needs neither"
        )
    if not pickled(model) and not os.path.isfile(model):
        raise ComponentError(f"embedder 'flair': there is no file {model!r}; give the path of a file of vectors")
    with quiet():
        try:
            from flair.embeddings import WordEmbeddings

            return WordEmbeddings(model, no_header=model.endswith(".txt") and not has_sizes(model))
        except Exception as error:  # whatever a damaged file makes of a reader, or the network's
            raise ComponentError(
                f"embedder 'flair' cannot load word embeddings from {model!r}: {first_line(error)}. Give a file of "
                "vectors in the format of word2vec or GloVe (.txt), or of word2vec (.bin)"
            ) from error


def pickled(model: str) -> bool:
    """Whether flair would unpickle the word embeddings *model*."""
    return os.path.splitext(model)[1] not in VECTORS


def has_sizes(path: str) -> bool:
    """Whether a text file of vectors begins with their number and size, as those of word2vec do."""
    with open(path, "rb") as file:
        first = file.readline(1 << 20).split()
    return len(first) == 2 and all(word.isdigit() for word in first)


def unreachable(model: str, revision: str | None) -> str:
    """Why nothing of *model* can be downloaded, or an empty text where the hub answers."""
    from huggingface_hub import HfApi, errors

    try:
        HfApi().model_info(model, revision=revision, timeout=TIMEOUT)
    except errors.HFValidationError:
        return "that is neither a folder here nor the id of a published model"
    except errors.OfflineModeIsEnabled:
        return "HF_HUB_OFFLINE is set, so nothing was downloaded"
    except errors.RevisionNotFoundError:
        return f"the hub has no revision {revision!r} of it"
    except errors.GatedRepoError:
        return "its owner gives access on request: accept the terms on the model's page, and set HF_TOKEN"
    except errors.RepositoryNotFoundError:
        return "the hub has no such model, or shows it only to those with the right HF_TOKEN"
    except errors.HfHubHTTPError:
        return ""  # it answers; the download will tell what is wrong
    except Exception:  # whichever HTTP library there is, each with errors of its own
        return "the hub cannot be reached, so nothing was downloaded"
    return ""


def first_line(error: Exception) -> str:
    """The beginning of what *error* says."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(" .")


def _failure(model: str, why: str, error: Exception) -> str:
    if "trust_remote_code" in str(error):
        return (
            f"embedder 'flair' cannot load {model!r}: it comes with code of its own, which topicore never runs. "
            "Load it yourself, and hand in TransformerDocumentEmbeddings(...)"
        )
    if model.endswith(VECTORS):
        return f"embedder 'flair': {model!r} is no transformer; a file of word vectors is loaded with kind='word'"
    return (
        f"embedder 'flair' cannot load {model!r}: {why or first_line(error)}. "
        "Check the name; without a network give the folder of a saved model ('flair:path/to/folder') or a model "
        "that was downloaded before; word embeddings take kind='word'"
    )
