"""Objects written down by their content, the same in every process."""

from __future__ import annotations

import dis
import sys
from hashlib import sha256
from io import BytesIO
from types import CodeType, FunctionType, GetSetDescriptorType, MemberDescriptorType

import cloudpickle
import numpy as np

_PLAIN = (bool, int, float, complex, str, bytes, np.generic)
_ARRAYS = (np.ndarray, np.memmap)
_MOST_TEXT = 1000  # letters of a list that are written down as they are
_GLOBAL = ("LOAD_GLOBAL", "LOAD_NAME")
_SLOTS = (GetSetDescriptorType, MemberDescriptorType)
# What a class has in its dict that says where it stands, or that Python has put there.
_NOT_CONTENT = {
    *("__module__", "__doc__", "__firstlineno__", "__static_attributes__"),
    *("__annotations__", "__annotate__", "__annotate_func__", "__annotations_cache__"),
    *("__abstractmethods__", "_abc_impl", "__slotnames__"),
}


def describe(value):
    """Write down an object by its content, the same in every process.

    Parameters
    ----------
    value : object
        An estimator, a strategy or a parameter of one.

    Returns
    -------
    description : str
        What has no name to go by, such as a function defined in a script or a module
        with its weights, is described by a hash of its content, and so is a long list.
    """
    return _describe(value, ())


def _describe(value, around):
    """Describe an object; `around` are those that it is a part of, by their id."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, _PLAIN):
        return repr(value)
    if id(value) in around:
        # Such as a class in its own methods.
        return f"the same {getattr(value, '__qualname__', type(value).__qualname__)}"
    around = (*around, id(value))
    if isinstance(value, dict | list | tuple | set | frozenset):
        text = _describe_items(value, around)
        long = len(text) > _MOST_TEXT
        return f"{type(value).__name__} {_digest(text)}" if long else text
    if _has_a_name(value):
        return f"{value.__module__}.{value.__qualname__}"
    if hasattr(value, "get_params") and not isinstance(value, type):
        params = value.get_params(deep=False)
        inner = ", ".join(
            f"{k}={_describe(v, around)}" for k, v in sorted(params.items())
        )
        return f"{_describe(type(value), around)}({inner})"
    if type(value) in _ARRAYS:
        return f"ndarray {_digest(_describe_array(value, around))}"
    kind = getattr(value, "__qualname__", type(value).__qualname__)
    if isinstance(value, type | FunctionType | CodeType):
        return f"{kind} {_digest(_describe_code(value, around))}"
    file = BytesIO()
    _ContentPickler(file, around).dump(value)
    return f"{kind} {_digest(file.getvalue())}"


def _describe_items(value, around):
    if isinstance(value, dict):
        items = (f"{k!r}: {_describe(v, around)}" for k, v in value.items())
        return f"{{{', '.join(items)}}}"
    items = [_describe(each, around) for each in value]
    if isinstance(value, set | frozenset):
        return f"{{{', '.join(sorted(items))}}}"
    return f"[{', '.join(items)}]"


def _describe_array(value, around):
    """Describe what an array holds, wherever it lies in memory."""
    if value.dtype.hasobject:
        content = _describe(value.ravel().tolist(), around)
    else:
        flat = np.ascontiguousarray(value).reshape(-1)
        content = sha256(flat.view(np.uint8)).hexdigest()
    return f"{value.dtype.descr} {value.shape} {content}"


def _describe_code(value, around):
    """Describe a class or a function without a name, or its code, by what it does."""
    if isinstance(value, CodeType):
        return _describe(
            [
                [value.co_code, value.co_exceptiontable, value.co_consts],
                [
                    value.co_names,
                    value.co_varnames,
                    value.co_freevars,
                    value.co_cellvars,
                ],
                [value.co_argcount, value.co_posonlyargcount, value.co_kwonlyargcount],
                value.co_flags,
            ],
            around,
        )
    if isinstance(value, FunctionType):
        names = sorted(_globals_of(value.__code__) & value.__globals__.keys())
        used = {name: value.__globals__[name] for name in names}
        cells = [_content_of(cell) for cell in value.__closure__ or ()]
        defaults = [value.__defaults__, value.__kwdefaults__, value.__dict__]
        return _describe([value.__code__, defaults, cells, used], around)
    content = {
        name: each.__func__ if isinstance(each, staticmethod | classmethod) else each
        for name, each in sorted(vars(value).items())
        if name not in _NOT_CONTENT and not isinstance(each, _SLOTS)
    }
    for name, each in content.items():
        if isinstance(each, property):
            content[name] = [each.fget, each.fset, each.fdel]
    return _describe([type(value), value.__bases__, content], around)


def _globals_of(code):
    names = {i.argval for i in dis.get_instructions(code) if i.opname in _GLOBAL}
    inner = (each for each in code.co_consts if isinstance(each, CodeType))
    return names.union(*map(_globals_of, inner))


def _content_of(cell):
    try:
        return cell.cell_contents
    except ValueError:
        return "empty"


class _ContentPickler(cloudpickle.Pickler):
    """Writes what is the same in every process; nothing reads it."""

    def __init__(self, file, around):
        super().__init__(file)
        self._around = around

    def persistent_id(self, value):
        """Describe what pickle would write with addresses, random names or orders."""
        if isinstance(value, type | FunctionType | CodeType):
            return None if _has_a_name(value) else _describe(value, self._around)
        if isinstance(value, set | frozenset) or type(value) in _ARRAYS:
            return _describe(value, self._around)
        if _is_dense_tensor(value):
            flat = value.detach().cpu().reshape(-1)
            content = _describe(flat.view(sys.modules["torch"].uint8).numpy(), ())
            about = type(value).__name__, value.dtype, value.requires_grad
            return f"{about} {tuple(value.shape)} {content}"
        return None


def _is_dense_tensor(value):
    torch = sys.modules.get("torch")
    return (
        torch is not None
        and isinstance(value, torch.Tensor)
        and value.layout == torch.strided
        and value.device.type != "meta"
        and not value.is_quantized
        and not value.is_complex()
    )


def _digest(content):
    content = content.encode() if isinstance(content, str) else content
    return sha256(content).hexdigest()[:16]


def _has_a_name(value):
    """Whether it is a class or function that can be imported."""
    name, module = (getattr(value, n, None) for n in ("__qualname__", "__module__"))
    return bool(name and module) and "<" not in name and module != "__main__"
