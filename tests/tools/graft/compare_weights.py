"""Whether converted files hold exactly the weights of the original, as PyTorch and safetensors load
them.

    compare_weights.py ORIGINAL FROM CONVERTED.pt CONVERTED.safetensors ...

Any number of such groups of four. FROM: the key of the state_dict in ORIGINAL, "" for the whole of
it; "" for the last is for weights that safetensors cannot hold. Prints what differs; exits with 1 if
anything does.
"""

import sys

import torch
from safetensors.torch import load_file


def bits(tensor):
    flat = tensor.detach().resolve_conj().resolve_neg().contiguous().reshape(-1)
    return bytes(flat.view(torch.uint8).tolist()) if flat.numel() else b""


def view(tensor):
    """Equal for tensors that are the same view of the same memory."""
    return tensor.data_ptr(), tensor.shape, tensor.stride()


def differences(original, converted):
    if sorted(original) != sorted(converted):
        yield f"names: {sorted(original)} became {sorted(converted)}"
        return
    for name, tensor in original.items():
        other = converted[name]
        if tensor.dtype != other.dtype or tensor.shape != other.shape:
            yield f"{name}: {tensor.dtype} {tensor.shape} became {other.dtype} {other.shape}"
        elif bits(tensor) != bits(other):
            yield f"{name}: other elements"


def untied(original, converted):
    names = [name for name, tensor in original.items() if tensor.numel()]
    for i, one in enumerate(names):
        for two in names[i + 1:]:
            if (view(original[one]) == view(original[two])
                    and view(converted[one]) != view(converted[two])):
                yield f"{one} and {two} were one tensor"


def compare(path, key, torch_path, safetensors_path):
    # Our own checkpoint holds an argparse.Namespace, which only trusting PyTorch reads.
    original = torch.load(path, weights_only=not key)
    original = original[key] if key else original
    converted = torch.load(torch_path, weights_only=True)
    problems = [*differences(original, converted), *untied(original, converted)]
    if safetensors_path:
        problems += differences(original, load_file(safetensors_path))
    for problem in problems:
        print(f"{path}: {problem}")
    return not problems


def main():
    arguments = sys.argv[1:]
    cases = [arguments[i:i + 4] for i in range(0, len(arguments), 4)]
    equal = sum(compare(*case) for case in cases)
    print(f"{equal} of {len(cases)} files are equal")
    sys.exit(0 if cases and equal == len(cases) else 1)


if __name__ == "__main__":
    main()
