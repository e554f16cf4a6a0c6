"""The child process that opens a PyTorch checkpoint: run as a module, it is never imported.

Unpickling is no sandbox even with `weights_only`, so it happens here, under limits of memory and
time. Standard output gets one line of JSON, and then the rows if a matrix was named:
[{"name", "shape", "dtype"}] or {"error"}.
"""

import json
import sys
from collections.abc import Iterator
from typing import Any

_MOST_TENSORS = 100_000
_DEEPEST = 4


def main(path: str, n_bytes_allowed: int, wanted: str | None) -> None:
    """Write to stdout a line of JSON: the matrices of a checkpoint or what is wrong with it; behind
    it the bytes of the one that is wanted."""
    out = sys.stdout.buffer
    try:
        _limit(n_bytes_allowed)
        found = dict(_matrices(_load(path)))
    except MemoryError:
        out.write(json.dumps({"error": "it asks for more memory than it may have"}).encode())
        return
    except Exception as error:  # noqa: BLE001 (whatever a foreign file sets off ends here)
        told = str(error).strip().partition("\n")[0][:300] or type(error).__name__
        out.write(json.dumps({"error": told}).encode())
        return
    rows = [
        {"name": name, "shape": list(tensor.shape), "dtype": _dtype(tensor)}
        for name, tensor in found.items()
        if wanted in (None, name)
    ]
    out.write(json.dumps(rows).encode() + b"\n")
    if wanted in found:
        _write_rows(out, found[wanted])


def _limit(n_bytes: int) -> None:
    try:
        import resource
    except ImportError:  # Windows; the deadline remains
        return
    resource.setrlimit(resource.RLIMIT_AS, (n_bytes, n_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _load(path: str) -> Any:
    import torch

    torch.set_num_threads(1)
    return torch.load(path, map_location="cpu", weights_only=True, mmap=True)


def _matrices(value: Any, prefix: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    """The dense matrices of floats in nested dictionaries, as `outer.inner`."""
    import torch

    floats = (torch.float64, torch.float32, torch.float16, torch.bfloat16)
    if not isinstance(value, dict) or depth > _DEEPEST:
        return
    if len(value) > _MOST_TENSORS:
        raise ValueError(f"a dictionary of {len(value):,} entries is no model")
    for key, inner in value.items():
        if not isinstance(key, str):
            continue
        if isinstance(inner, dict):
            yield from _matrices(inner, f"{prefix}{key}.", depth + 1)
        elif (
            isinstance(inner, torch.Tensor)
            and inner.layout == torch.strided
            and inner.dim() == 2
            and inner.dtype in floats
        ):
            yield f"{prefix}{key}", inner.detach()


def _dtype(tensor: Any) -> str:
    names = {"float64": "F64", "float32": "F32", "float16": "F16", "bfloat16": "BF16"}
    return names[str(tensor.dtype).removeprefix("torch.")]


def _write_rows(out: Any, tensor: Any) -> None:
    import torch

    step = max(1, 2**22 // max(1, tensor.shape[1]))
    for start in range(0, tensor.shape[0], step):
        block = tensor[start : start + step].contiguous()
        if block.dtype == torch.bfloat16:  # which numpy does not know
            block = block.view(torch.int16)
        out.write(block.numpy().tobytes())


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else None)
