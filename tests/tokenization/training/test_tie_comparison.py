"""Both rules for ties on one corpus, against two trainings from scratch."""

from tokviz.tokenization.pre_tokenization.known_patterns import GPT2
from tokviz.tokenization.training.pair_ranking import TieRule
from tokviz.tokenization.training.pre_token_counts import PreTokenCounts, count_pre_tokens
from tokviz.tokenization.training.tie_comparison import RuleComparison, comparing_rules, other_rule
from tokviz.tokenization.training.trained_tokenizer import trained_tokenizer
from tokviz.tokenization.training.trainer import Training, learn_merges
from tokviz.tokenization.training.training_corpus import lay_out

TEXT = "zb za low lower newest widest, the lowest and the newest of them all. " * 3


def trained(counts: PreTokenCounts, ties: TieRule, n_merges: int = 25) -> Training:
    training = Training(lay_out(counts), ties=ties)
    for _ in learn_merges(training, n_merges):
        pass
    return training


def compared(training: Training) -> RuleComparison:
    *_, found = comparing_rules(training, trained_tokenizer(training, GPT2), TEXT)
    assert isinstance(found, RuleComparison)
    return found


def test_the_other_rule_learns_what_it_would_have_from_scratch() -> None:
    *_, last = count_pre_tokens([TEXT], GPT2)
    assert last.counts is not None
    for rule in TieRule:
        ours = trained(last.counts, rule)
        theirs = trained(last.counts, other_rule(rule))
        found = compared(ours)
        rank = next(
            i
            for i, (a, b) in enumerate(zip(ours.merges, theirs.merges, strict=True))
            if a[:3] != b[:3]
        )
        assert found.rule is other_rule(rule)
        assert found.step is not None
        assert found.step.merge == ours.merges[rank]
        assert found.theirs == theirs.merges[rank]
        pair = theirs.merges[rank].left, theirs.merges[rank].right
        assert pair in found.step.ties
        assert set(found.only_ours) == set(ours.vocab) - set(theirs.vocab)
        assert set(found.only_theirs) == set(theirs.vocab) - set(ours.vocab)
        counts = [len(trained_tokenizer(t, GPT2).encode(TEXT).ids) for t in (ours, theirs)]
        assert [found.n_ours, found.n_theirs] == counts


def test_where_nothing_is_tied_the_rules_agree() -> None:
    found = compared(trained(PreTokenCounts({"ab": 3, "cd": 2}, {}), TieRule.LOWEST, 2))
    assert found.step is None
    assert found.only_ours == found.only_theirs == ()
    assert found.n_ours == found.n_theirs
