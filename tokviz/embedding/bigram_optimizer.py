"""AdamW, Adam and SGD written out: what `torch.optim` computes, number for number.

torch's own classes import its compiler when the first one is made, which takes 1.5 s: as long as
torch itself, while somebody waits to see a table learn.
"""

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

from tokviz.embedding.bigram_settings import BigramSettings, Optimizer

if TYPE_CHECKING:
    import torch

# torch's defaults
_BETA1, _BETA2 = 0.9, 0.999
_EPSILON = 1e-8
_DECAY = 0.01  # of AdamW alone


class Descent:
    """Moves parameters along their gradients, one `step` after each backward pass."""

    def __init__(self, parameters: "Iterable[torch.Tensor]", settings: BigramSettings) -> None:
        import torch

        self._parameters = list(parameters)
        self._rate = settings.learning_rate
        self._kind = settings.optimizer
        self._n_steps = 0
        if self._kind is not Optimizer.SGD:
            self._means = [torch.zeros_like(p) for p in self._parameters]
            self._squares = [torch.zeros_like(p) for p in self._parameters]

    def forget_gradients(self) -> None:
        for parameter in self._parameters:
            parameter.grad = None

    def step(self) -> None:
        import torch

        self._n_steps += 1
        with torch.no_grad():
            for i, parameter in enumerate(self._parameters):
                assert parameter.grad is not None
                if self._kind is Optimizer.SGD:
                    parameter.add_(parameter.grad, alpha=-self._rate)
                else:
                    self._adam(parameter, parameter.grad, self._means[i], self._squares[i])

    def _adam(
        self,
        parameter: "torch.Tensor",
        gradient: "torch.Tensor",
        mean: "torch.Tensor",
        square: "torch.Tensor",
    ) -> None:
        """Kingma and Ba (2015); with Loshchilov and Hutter's decay (2019) for AdamW."""
        if self._kind is Optimizer.ADAMW:
            parameter.mul_(1 - self._rate * _DECAY)
        mean.lerp_(gradient, 1 - _BETA1)
        square.mul_(_BETA2).addcmul_(gradient, gradient, value=1 - _BETA2)
        correction = math.sqrt(1 - _BETA2**self._n_steps)
        spread = square.sqrt().div_(correction).add_(_EPSILON)
        parameter.addcdiv_(mean, spread, value=-self._rate / (1 - _BETA1**self._n_steps))
