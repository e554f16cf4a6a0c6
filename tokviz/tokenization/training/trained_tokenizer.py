"""What training has learned, as a tokenizer like any other."""

from collections.abc import Sequence

from tokviz.tokenization.pre_tokenization.split_pattern import SplitPattern
from tokviz.tokenization.tokenizer import Algorithm, Tokenizer
from tokviz.tokenization.training.trainer import Training
from tokviz.tokenization.training.training_corpus import TrainingError


def trained_tokenizer(
    training: Training,
    split: SplitPattern,
    name: str = "trained",
    special_tokens: Sequence[str] = (),
) -> Tokenizer:
    """The tokenizer as far as it is learned; `split` is what the pre-tokens were counted with.

    Special tokens get the ids behind all others. Raises `TrainingError`.
    """
    merges = training.learned()
    # Training may go on in another thread: a token without its merge is left out.
    n_vocab = max(training.n_base, int(merges.ids.max(initial=-1)) + 1)
    vocab = training.vocab[:n_vocab]
    if any(not special for special in special_tokens):
        raise TrainingError("A special token needs a name; leave the empty one out.")
    names = list(dict.fromkeys(special_tokens))
    is_bytes = training.corpus.alphabet.is_bytes
    return Tokenizer(
        name=name,
        algorithm=Algorithm.BYTE_LEVEL_BPE if is_bytes else Algorithm.CHARACTER_LEVEL_BPE,
        vocab=[*vocab, *(special.encode("utf-8", "surrogatepass") for special in names)],
        merges=merges,
        special_tokens={special: n_vocab + i for i, special in enumerate(names)},
        split=split,
    )
