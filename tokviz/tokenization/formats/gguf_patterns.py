"""The split patterns that a GGUF file names under `tokenizer.ggml.pre`.

The names are those of llama.cpp (`llama_vocab::impl::load` and `llm_tokenizer_bpe` in its
`src/llama-vocab.cpp`). Where its own expressions are adapted to what `std::regex` can do, these are
the ones of the models' own tokenizers, which it quotes beside them.
"""

from tokviz.tokenization.pre_tokenization.known_patterns import (
    BETWEEN_LETTERS,
    BETWEEN_WORDS,
    GPT2,
    LLAMA3,
    O200K,
    QWEN2,
    SMOLLM,
)
from tokviz.tokenization.pre_tokenization.split_pattern import SplitPattern, chain

_CONTRACTIONS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)"
_WHITE_SPACE = r"\s*[\r\n]+|\s+(?!\S)|\s+"
_CAPITALS, _SMALL = r"\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}", r"\p{Ll}\p{Lm}\p{Lo}\p{M}"
_BEFORE = r"[^\r\n\p{L}\p{N}]?"
_BY_CASE = rf"{_BEFORE}[{_CAPITALS}]*[{_SMALL}]+|{_BEFORE}[{_CAPITALS}]+[{_SMALL}]*"
_SIGNS = r" ?[^\s\p{L}\p{N}]+"
_DEEPSEEK_WORDS = (
    r"[!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+"
    r"|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+"
)
_HAN_AND_KANA = "[\u4e00-\u9fa5\u3040-\u309f\u30a0-\u30ff]+"
_HAN_AND_HANGUL = "[\u4e00-\u9fa5\u0800-\u4e00\uac00-\ud7ff]+"
_NO_SENTENCE_MARKS = " ?[^(\\s|.,!?\u2026\u3002\uff0c\u3001\u0964\u06d4\u060c)]+"
# The letters that DeepSeek's first tokenizer takes for those of an alphabet with two cases.
_CASED = (
    "A-Za-z\u00b5\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u01ba\u01bc-\u01bf\u01c4-\u0293\u0295-"
    "\u02af\u0370-\u0373\u0376\u0377\u037b-\u037d\u037f\u0386\u0388-\u038a\u038c\u038e-\u03a1"
    "\u03a3-\u03f5\u03f7-\u0481\u048a-\u052f\u0531-\u0556\u10a0-\u10c5\u13a0-\u13f5\u13f8-"
    "\u13fd\u1c90-\u1cba\u1cbd-\u1cbf\u1d00-\u1d2b\u1d6b-\u1d77\u1d79-\u1d9a\u1e00-\u1f15"
    "\u1f18-\u1f1d\u1f20-\u1f45\u1f48-\u1f4d\u1f50-\u1f57\u1f59\u1f5b\u1f5d\u1f5f-\u1f7d"
    "\u1f80-\u1fb4\u1fb6-\u1fbc\u1fbe\u1fc2-\u1fc4\u1fc6-\u1fcc\u1fd0-\u1fd3\u1fd6-\u1fdb"
    "\u1fe0-\u1fec\u1ff2-\u1ff4\u1ff6-\u1ffc\u2102\u2107\u210a-\u2113\u2115\u2119-\u211d"
    "\u2124\u2126\u2128\u212a-\u212d\u212f-\u2134\u2139\u213c-\u213f\u2145-\u2149\u214e\u2183"
    "\u2184\u2c00-\u2c7b\u2c7e-\u2ce4\u2ceb-\u2cee\u2cf2\u2cf3\ua640-\ua66d\ua680-\ua69b"
    "\ua722-\ua76f\ua771-\ua787\ua78b-\ua78e\uab70-\uabbf\ufb00-\ufb06\ufb13-\ufb17\uff21-"
    "\uff3a\uff41-\uff5a\U00010400-\U0001044f\U000104b0-\U000104d3\U000104d8-\U000104fb"
    "\U00010c80-\U00010cb2\U00010cc0-\U00010cf2\U000118a0-\U000118df\U0001e900-\U0001e943"
)


def _chain(
    name: str, *patterns: "str | SplitPattern", cut: str | None = BETWEEN_WORDS
) -> SplitPattern:
    return chain(name, patterns, cut)


_DEEPSEEK_LLM = _chain(
    "deepseek-llm",
    r"[\r\n]",
    rf"\s?[{_CASED}]+",
    "\\s?[!-/:-~\uff01-\uff0f\uff1a-\uff5e\u2018-\u201f\u3000-\u3002]+",
    r"\s+$",
    _HAN_AND_HANGUL,
    r"\p{N}+",
)
_DEEPSEEK_CODER = _chain(
    *("deepseek-coder", r"[\r\n]", r"\s?\p{L}+", r"\s?\p{P}+", _HAN_AND_HANGUL, r"\p{N}"),
    cut=BETWEEN_LETTERS,  # signs such as = and + are skipped, with the spaces between them
)
_DEEPSEEK_V3 = _chain(
    "deepseek-v3", r"\p{N}{1,3}", _HAN_AND_KANA, rf"{_DEEPSEEK_WORDS}[\r\n]*|{_WHITE_SPACE}"
)
_SPARK = _chain(
    "spark2_5",
    r"\p{N}{1,3}",
    _HAN_AND_KANA,
    rf"{_DEEPSEEK_WORDS}|[\r\n]|\s+(?!\S)|\s+",
    r"\p{N}",
)
_YOUTU = _chain(
    "youtu",
    "[\uac00-\ud7a3\u3131-\u318e]+"
    "|[\uff01\u2026\u201c\u201d\u2018\u2019\u2014\uff1a\uff1b\uff0c\u3001-\u303f\ufe30-\ufe4f]+"
    f"|[\u3105-\u312f]+|{_HAN_AND_KANA}",
    rf"{_BEFORE}[{_CAPITALS}]*[{_SMALL}]+{_CONTRACTIONS}?"
    rf"|{_BEFORE}[{_CAPITALS}]+[{_SMALL}]*{_CONTRACTIONS}?|\p{{N}}|{_SIGNS}[\r\n/]*|{_WHITE_SPACE}",
)
_AFMOE = _chain(
    "afmoe",
    r"\p{N}{1,3}(?=(?:\p{N}{3})*(?!\p{N}))",  # threes from the right
    "[\u4e00-\u9fff\u3400-\u4dbf\u8c48-\ufaff\u3040-\u309f\u30a0-\u30ff\uff65-\uff9f\u2f00-\u2fdf"
    "\u0e40-\u0e7f\u0e80-\u0eff\u1780-\u17ff\u1000-\u109f\uaa60-\uaa7f\ua9e0-\ua9ff\uac00-\ud7af"
    "\u1100-\u11ff]+",
    rf"{_DEEPSEEK_WORDS}[\r\n]*|{_WHITE_SPACE}",
)
_FALCON = _chain("falcon", r"[\p{P}\$\+<=>\^~\|`]+", GPT2, r"[0-9][0-9][0-9]")
_CHAMELEON = _chain(
    "chameleon",
    r"<sentinel:[0-9]+>",
    r"(?:IMGIMG)(?:[A-I]{1,4})Z",
    r"[\t\n]|    |  ",
    r"\p{N}",
    r"[\p{P}!-/:-@\[-`{-~]",
    GPT2,
)
_SUPERBPE = _chain(
    "superbpe", r"\p{N}+", r"[\s\S]+?(?=(?:\d{3})+(?!\d))|[\s\S]+", cut=None
)  # threes from the right; its tokens go over spaces
_BLOOM = _chain("bloom", _NO_SENTENCE_MARKS, cut=BETWEEN_LETTERS)
_VIKING = _chain("viking", _NO_SENTENCE_MARKS, r"\p{N}", cut=BETWEEN_LETTERS)
_TEKKEN = _chain("tekken", rf"{_BY_CASE}|\p{{N}}|{_SIGNS}[\r\n/]*|{_WHITE_SPACE}")
_TINY_AYA = _chain("tiny_aya", r"\d{1,3}(?=(?:\d{3})*\b)", O200K)
_HAN_APART = r"(?!\p{Han})"
_KIMI_K2 = _chain(
    "kimi-k2",
    r"\p{Han}+"
    rf"|{_BEFORE}(?:{_HAN_APART}[{_CAPITALS}])*(?:{_HAN_APART}[{_SMALL}])+{_CONTRACTIONS}?"
    rf"|{_BEFORE}(?:{_HAN_APART}[{_CAPITALS}])+(?:{_HAN_APART}[{_SMALL}])*{_CONTRACTIONS}?"
    rf"|\p{{N}}{{1,3}}|{_SIGNS}[\r\n]*|{_WHITE_SPACE}",
)
_BAILING = _chain(
    "bailingmoe",
    r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]"
    r"|\s+(?!\S)|\s+",
)
_SEED_CODER = _chain(
    "seed-coder",
    rf"{_CONTRACTIONS}|{_BEFORE}\p{{L}}+|\p{{N}}{{1}}| ?[^\s\p{{L}}\p{{N}}\r\n]+|{_WHITE_SPACE}",
)
_UFAKZEKA = _chain("ufakzeka", rf"{_BEFORE}\p{{L}}+|\p{{N}}|{_SIGNS}[\r\n]*|{_WHITE_SPACE}")
_QWEN35 = _chain(
    "qwen35",
    rf"{_CONTRACTIONS}|{_BEFORE}[\p{{L}}\p{{M}}]+|\p{{N}}| ?[^\s\p{{L}}\p{{M}}\p{{N}}]+[\r\n]*"
    rf"|{_WHITE_SPACE}",
)
_JAIS2 = _chain(
    "jais-2",
    rf"{_CONTRACTIONS}|{_BEFORE}\p{{L}}+|\p{{N}}{{1,3}}|{_SIGNS}[\r\n]*|\s*[\r\n]+"
    + "".join(rf"|\s{{{n}}}(?!\S)" for n in (512, 256, 128, 64, 32, 16, 8, 4))
    + r"|\s{1,2}(?!\S)|\s{1}",
)
_LAGUNA = _chain("laguna", r"[^\n]+|[\n]+", QWEN2)
_EXAONE_MOE = _chain(
    "exaone-moe",
    rf"{_CONTRACTIONS}|{_BEFORE}(?:\p{{L}}\p{{M}}*(?: \p{{L}}\p{{M}}*)*)+|\p{{N}}|{_SIGNS}[\r\n/]?"
    r"|\s*[\r\n]|\s+(?!\S)|\s+",
    cut=None,  # its words hold spaces
)
_MINICPM5 = _chain(
    "minicpm5",
    r"\p{N}{1,3}",
    rf"{_CONTRACTIONS}|{_BEFORE}\p{{L}}+|\p{{N}}+|{_SIGNS}[\r\n]*|{_WHITE_SPACE}",
)

_NAMES: list[tuple[SplitPattern, str]] = [
    (GPT2, "gpt-2 gpt2 phi-2 jina-es jina-de gigachat jina-v2-es jina-v2-de a.x-4.0 mellum"),
    (GPT2, "modern-bert jina-v1-en jina-v2-code roberta-bpe mpt olmo jais trillion exaone4"),
    (GPT2, "granite-docling"),
    (SMOLLM, "smollm starcoder refact command-r codeshell exaone minerva-7b mellum2"),
    (LLAMA3, "llama3 llama-v3 llama-bpe falcon3 falcon-h1 pixtral midm-2.0 lfm2 jina-v5-nano"),
    (LLAMA3, "dbrx smaug-bpe chatglm-bpe glm4 glm5"),
    (QWEN2, "qwen2 deepseek-r1-qwen kormo f2llmv2 megrez stablelm2 hunyuan solar-open grok-2"),
    (O200K, "gpt-4o llama4 kanana2 talkie minimax-m2 granite-embed-multi-97m"),
    (_QWEN35, "qwen35"),
    (_DEEPSEEK_LLM, "deepseek-llm"),
    (_DEEPSEEK_CODER, "deepseek-coder"),
    (_DEEPSEEK_V3, "deepseek-v3 hunyuan-dense joyai-llm hy_v4"),
    (_SPARK, "spark2_5"),
    (_YOUTU, "youtu"),
    (_FALCON, "falcon"),
    (_BLOOM, "bloom poro-chat gpt3-finnish"),
    (_VIKING, "viking"),
    (_TEKKEN, "tekken"),
    (_CHAMELEON, "chameleon"),
    (_TINY_AYA, "tiny_aya cohere2moe"),
    (_KIMI_K2, "kimi-k2"),
    (_SUPERBPE, "superbpe"),
    (_BAILING, "bailingmoe bailingmoe2 llada-moe"),
    (_SEED_CODER, "seed-coder"),
    (_UFAKZEKA, "ufakzeka"),
    (_JAIS2, "jais-2"),
    (_AFMOE, "afmoe"),
    (_LAGUNA, "laguna"),
    (_EXAONE_MOE, "exaone-moe"),
    (_MINICPM5, "minicpm5"),
]
GGUF_PATTERNS = {name: split for split, names in _NAMES for name in names.split()}
"""What each name stands for."""

_OF_LLAMA3 = "llama3 llama-v3 llama-bpe falcon3 falcon-h1 pixtral midm-2.0 lfm2 jina-v5-nano"
IGNORE_MERGES = frozenset(f"{_OF_LLAMA3} minicpm5 youtu glm4 glm5 tekken".split()) | {
    "granite-embed-multi-97m"
}
"""Where a pre-token that is in the vocabulary is taken whole."""
BEGINS_WITH_BOS = frozenset(f"{_OF_LLAMA3} tekken chameleon".split())
"""Where a text begins with its token if the file does not say whether it does."""
SPACED = frozenset({"gemma4", "granite-embed-multi-311m", "sarvam-moe"})
"""Where merges begin with characters and spaces are written as ▁, as in SentencePiece."""
