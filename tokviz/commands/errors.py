"""Which errors are told in a sentence, and the exit status that goes with each.

Here and not beside the command line, which is read at each start of the window: these come from
all over the package.
"""

from tokviz.commands.inputs import InputError
from tokviz.embedding.bigram_generation import GenerationError
from tokviz.embedding.bigram_settings import DivergedError, NoTrainingError
from tokviz.embedding.formats import TableFileError
from tokviz.embedding.neighbors import QueryError
from tokviz.embedding.projections.layout import ProjectionError
from tokviz.embedding.row_classes import MissingRowsError
from tokviz.resources import ResourceError
from tokviz.text_files import TextFileError, shown
from tokviz.tokenization.formats import TokenizerFileError
from tokviz.tokenization.formats.huggingface_pipeline import PipelineError
from tokviz.tokenization.pre_tokenization.split_pattern import SplitPatternError
from tokviz.tokenization.tokenizer import SpecialTokenError, UnknownIdError
from tokviz.tokenization.training.training_corpus import TrainingError
from tokviz.tokenization.training.word_counts import WordCountsError

_BAD_INPUT = (
    InputError,
    TextFileError,
    TokenizerFileError,
    SpecialTokenError,
    UnknownIdError,
    SplitPatternError,
    PipelineError,
    TrainingError,
    WordCountsError,
    TableFileError,
    MissingRowsError,
    QueryError,
    ProjectionError,
    NoTrainingError,
    GenerationError,
)
_WORK_FAILED = (ResourceError, DivergedError)


def status_of(error: Exception) -> int | None:
    """2 for wrong usage or input, 1 for work that failed; None: nobody expected this error."""
    if isinstance(error, _BAD_INPUT):
        return 2
    return 1 if isinstance(error, _WORK_FAILED) else None


def sentence_of(error: Exception, tokenizer: str | None) -> str:
    """What is told of it. `tokenizer`: the file that the command was given, which what goes wrong
    while a text is encoded does not know."""
    if tokenizer is not None and isinstance(error, PipelineError):
        return (
            f"{shown(tokenizer)} cannot encode the text ({error}); mend it or choose another "
            f"tokenizer."
        )
    if tokenizer is not None and isinstance(error, SplitPatternError):
        return f"{shown(tokenizer)}: {error}"
    return str(error)
