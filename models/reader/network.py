"""PP-OCRv6's recognition network as a torch module with a head of 36 characters, and back to ONNX."""

import importlib.machinery
import re
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np
import onnx
import torch
from onnx import helper, numpy_helper

from platewarden.recognition.models import PLATE_READER, TEXT_RECOGNITION, Network, load_verified

ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
HEIGHT: Final = 48
WIDTH: Final = 160
"""Size of the input; the network takes a step every eight pixels: twenty for at most ten characters."""

_PREFIX: Final = "net."
"""Before the names of weights in the exported file."""

_NORM_EPSILON: Final = 1e-5
_ALIKE: Final = 1e-3


def tuned_from_ppocr() -> torch.nn.Module:
    """Return the network, (n, 3, 48, 160) to (n, 20, 37) logits, blank first, its weights PP-OCRv6's."""
    graph = onnx.load_from_string(load_verified(TEXT_RECOGNITION))
    symbols = ["", *Network(TEXT_RECOGNITION, threads=1).metadata("character").split("\n"), " "]
    _use_explicit_pads(graph)
    _keep_only(graph, len(symbols), [0, *(symbols.index(character) for character in ALPHABET)])
    softmax = graph.graph.node[-1]
    graph.graph.output[0].name = softmax.input[0]
    graph.graph.node.remove(softmax)
    net = _converter()(graph)
    _free_constants(net)
    return net.eval()


def as_released() -> torch.nn.Module:
    """Return the network with the weights of the exported file, so that tuning can go on without a checkpoint.

    Raises:
        ValueError: The network then gives other numbers than the file.
    """
    net = tuned_from_ppocr()
    graph = onnx.load_from_string(load_verified(PLATE_READER))
    exported = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.graph.initializer}
    state = net.state_dict()
    for name, values in state.items():
        if _PREFIX + name in exported:
            state[name] = torch.from_numpy(exported[_PREFIX + name].copy()).reshape(values.shape)
    _part_normalisation(state, [exported[name] for name in sorted(exported) if not name.startswith(_PREFIX)])
    net.load_state_dict(state)
    _compare(net)
    return net.eval()


def load(weights: Path) -> torch.nn.Module:
    """Return the network with the weights saved in *weights*."""
    net = tuned_from_ppocr()
    net.load_state_dict(torch.load(weights, map_location="cpu", weights_only=True))
    return net.eval()


def _part_normalisation(state: dict[str, torch.Tensor], merged: list[np.ndarray]) -> None:
    """Take apart again the convolutions and normalisations that the export has *merged*: weights, biases in turn."""
    norms = sorted(name.removesuffix(".running_var") for name in state if name.endswith(".running_var"))
    convolutions = [name for name in state if re.fullmatch(r"Conv/\d+\.weight", name)][-len(norms) :]
    for norm, convolution, weight, bias in zip(norms, convolutions, merged[::2], merged[1::2], strict=True):
        scale = state[f"{norm}.weight"] / torch.sqrt(state[f"{norm}.running_var"] + _NORM_EPSILON)
        state[convolution] = torch.from_numpy(weight.copy()) / scale[:, None, None, None]
        state[f"{norm}.bias"] = torch.from_numpy(bias.copy()) + state[f"{norm}.running_mean"] * scale


def _compare(net: torch.nn.Module) -> None:
    batch = torch.rand(2, 3, HEIGHT, WIDTH) * 2 - 1
    with torch.no_grad():
        found = torch.softmax(net(batch), 2).numpy()
    if (away := float(np.abs(found - Network(PLATE_READER, threads=1).run(batch.numpy())).max())) > _ALIKE:
        raise ValueError(f"the network taken from the exported file differs from it by {away}")


def _converter() -> Callable[[onnx.ModelProto], torch.nn.Module]:
    """Return onnx2torch's converter; it imports torchvision for two operators that this network lacks."""
    stand_in, operators = types.ModuleType("torchvision"), types.ModuleType("torchvision.ops")
    stand_in.__spec__ = importlib.machinery.ModuleSpec("torchvision", None)
    operators.roi_align = operators.nms = None
    stand_in.ops = operators
    sys.modules.setdefault("torchvision", stand_in)
    sys.modules.setdefault("torchvision.ops", operators)
    from onnx2torch import convert  # noqa: PLC0415 - after the stand-in

    return convert


def _use_explicit_pads(graph: onnx.ModelProto) -> None:
    """Write SAME_UPPER padding out in numbers, which the converter wants."""
    for node in graph.graph.node:
        found = {attribute.name: attribute for attribute in node.attribute}
        if "auto_pad" not in found or found["auto_pad"].s in (b"NOTSET", b"VALID"):
            continue
        kernel = list(found["kernel_shape"].ints)
        strides = list(found["strides"].ints) if "strides" in found else [1] * len(kernel)
        total = [max(size - step, 0) for size, step in zip(kernel, strides, strict=True)]
        begin = [share // 2 for share in total]
        end = [share - first for share, first in zip(total, begin, strict=True)]
        for name in ("auto_pad", "pads"):
            if name in found:
                node.attribute.remove(found[name])
        node.attribute.append(helper.make_attribute("pads", begin + end))


def _keep_only(graph: onnx.ModelProto, symbols: int, kept: list[int]) -> None:
    """Cut the head from all *symbols* to those *kept*, the blank first."""
    for index, tensor in enumerate(graph.graph.initializer):
        values = numpy_helper.to_array(tensor)
        if values.shape and values.shape[-1] == symbols:
            cut = np.ascontiguousarray(values[..., kept])
            graph.graph.initializer[index].CopyFrom(numpy_helper.from_array(cut, tensor.name))


def _free_constants(net: torch.nn.Module) -> None:
    """Make weights that ONNX keeps as constants (of MatMul, Add, Mul) parameters, so that they learn too."""
    for module in net.modules():
        for name, values in list(module._buffers.items()):  # noqa: SLF001 - torch has no public way
            learnt = values is not None and values.is_floating_point() and values.numel() > 1
            if learnt and "running" not in name and not isinstance(module, torch.nn.BatchNorm2d):
                del module._buffers[name]  # noqa: SLF001
                module.register_parameter(name, torch.nn.Parameter(values.clone()))
