"""Objects written down by their content, the same in every process."""

from __future__ import annotations

import copyreg
import dis
import functools
import sys
import typing
from collections.abc import Iterator
from hashlib import sha256
from operator import attrgetter
from pickle import whichmodule
from types import (
    CellType,
    CodeType,
    FunctionType,
    GetSetDescriptorType,
    MappingProxyType,
    MemberDescriptorType,
    MethodType,
    ModuleType,
)

import numpy as np

from skactive.utils._names import class_names

_PLAIN = (type(None), bool, int, float, complex, str, bytes)
_CONTAINERS = (dict, list, tuple, set, frozenset)
_ARRAYS = (np.ndarray, np.memmap)
_MOST_TEXT = 1000  # letters of a list that are written down as they are
_GLOBAL = ("LOAD_GLOBAL", "LOAD_NAME")
_SLOTS = (GetSetDescriptorType, MemberDescriptorType)
_MADE_IN_PYTHON = 1 << 9  # the flag of a class that has not been compiled in
# What a class has in its dict that says where it stands, or that Python has put there.
_NOT_CONTENT = {
    *("__module__", "__doc__", "__firstlineno__", "__static_attributes__"),
    *("__annotations__", "__annotate__", "__annotate_func__", "__annotations_cache__"),
    *("__abstractmethods__", "_abc_impl", "__slotnames__"),
}


def describe(value, *, names=None, cloned=True):
    """Write down an object by its content, the same in every process.

    Parameters
    ----------
    value : object
        An estimator, a strategy or a parameter of one.
    names : dict of int to str, default=None
        What to write for the objects with these ids, wherever they turn up.
    cloned : bool, default=True
        Whether it will be cloned, so that of an estimator only the parameters count.

    Returns
    -------
    description : str
        What has no name to go by, such as a function defined in a script or a module
        with its weights, is described by a hash of its content, and so is a long list.

    Raises
    ------
    TypeError
        If it holds something without content to go by, such as a lock.
    """
    try:
        return _Writer(names or {}).write(value, cloned)
    except RecursionError as error:
        raise TypeError(_refusal(value)) from error


class _Writer:
    """Writes each function, class and instance once, and its number after that."""

    def __init__(self, names):
        self._names = names
        self._met = {}  # by id, and with the object, lest another gets its id
        self._around = []

    def write(self, value, cloned=False):
        """Write down an object; of one that will be `cloned`, only what is kept."""
        if isinstance(value, np.generic):
            value = value.item()
        kind = type(value)
        if isinstance(value, np.generic | np.dtype) or kind in _PLAIN:
            return repr(value)
        if id(value) in self._names:
            return self._names[id(value)]
        if kind in _CONTAINERS:
            return self._write_container(value, cloned)
        if kind in _ARRAYS:
            about = f"ndarray {value.shape} {value.dtype}"
            return f"{about} {_digest(self._write_array(value))}"
        name = _name_of(value)
        if name is not None:
            return name
        if cloned and _is_cloned_by_params(value):
            params = sorted(value.get_params(deep=False).items())
            inner = ", ".join([f"{k}={self.write(v, cloned)}" for k, v in params])
            return f"{self.write(kind)}({inner})"
        if id(value) in self._met:
            return f"#{self._met[id(value)][0]}"
        self._met[id(value)] = len(self._met), value
        title = getattr(value, "__qualname__", kind.__qualname__)
        try:
            return f"{title} {_digest(self.write(_parts_of(value)))}"
        except TypeError as error:
            error.add_note(f"It is a part of {title}.")
            raise

    def _write_container(self, value, cloned):
        for level, each in enumerate(self._around):
            if each is value:
                return f"^{level}"
        self._around.append(value)
        if isinstance(value, dict):
            items = [
                f"{self.write(key)}: {self.write(each, cloned)}"
                for key, each in value.items()
            ]
        elif isinstance(value, list | tuple):
            items = [self.write(each, cloned) for each in value]
        else:
            items = sorted(self._write_apart(value, cloned))
        self._around.pop()
        text = ", ".join(items)
        text = f"[{text}]" if isinstance(value, list | tuple) else f"{{{text}}}"
        long = len(text) > _MOST_TEXT
        return f"{type(value).__name__} {_digest(text)}" if long else text

    def _write_apart(self, value, cloned):
        """Write down the items of a set, whatever order they are met in."""
        before = self._met
        for each in value:
            self._met = dict(before)
            yield self.write(each, cloned)
        self._met = before

    def _write_array(self, value):
        """Describe what an array holds, wherever it lies in memory."""
        if value.dtype.names:  # there may be anything between the fields
            content = self.write({name: value[name] for name in value.dtype.names})
        elif value.dtype.hasobject:
            content = self.write(value.ravel().tolist())
        else:
            flat = np.ascontiguousarray(value).reshape(-1)
            content = sha256(flat.view(np.uint8)).hexdigest()
        return f"{value.dtype} {value.shape} {content}"


def _name_of(value):
    """Name a class or function that is found by its name in every process."""
    name, module = (getattr(value, n, None) for n in ("__qualname__", "__module__"))
    if not (isinstance(name, str) and isinstance(module, str)):
        return None
    compiled = isinstance(value, type) and not value.__flags__ & _MADE_IN_PYTHON
    return f"{module}.{name}" if compiled or _leads_to(value, module, name) else None


def _leads_to(value, module, name):
    found = None if module == "__main__" else sys.modules.get(module)
    for part in name.split("."):
        found = getattr(found, part, None)
    return found is value


def _is_cloned_by_params(value):
    """Whether a clone has nothing but its params; one that is frozen keeps its fit."""
    if isinstance(value, type) or not hasattr(value, "get_params"):
        return False
    return "sklearn.FrozenEstimator" not in class_names(value)


def _parts_of(value):
    """List what makes an object without a name what it is."""
    if value is np.random.mtrand._rand:
        return "the global RandomState"  # which others use in between
    if type(value) in _PARTS:
        return _PARTS[type(value)](value)
    if isinstance(value, type):
        return _parts_of_class(value)
    if isinstance(value, set | frozenset):
        return [type(value), frozenset(value), getattr(value, "__dict__", None)]
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(value, torch.nn.Module):
        return _parts_of_module(value)
    if torch is not None and _is_dense_tensor(value, torch):
        return _parts_of_tensor(value, torch)
    return _parts_to_pickle(value)


def _parts_of_code(value):
    return [
        [value.co_code, value.co_exceptiontable, value.co_consts],
        [value.co_names, value.co_varnames, value.co_freevars, value.co_cellvars],
        [value.co_argcount, value.co_posonlyargcount, value.co_kwonlyargcount],
        value.co_flags,
    ]


def _parts_of_function(value):
    names = sorted(_globals_of(value.__code__) & value.__globals__.keys())
    used = {name: value.__globals__[name] for name in names}
    defaults = [value.__defaults__, value.__kwdefaults__, value.__dict__]
    return [value.__code__, defaults, value.__closure__, used]


def _globals_of(code):
    names = {i.argval for i in dis.get_instructions(code) if i.opname in _GLOBAL}
    inner = (each for each in code.co_consts if isinstance(each, CodeType))
    return names.union(*map(_globals_of, inner))


def _parts_of_cell(value):
    try:
        return [value.cell_contents]
    except ValueError:
        return []


def _parts_of_class(value):
    content = {
        name: each
        for name, each in sorted(vars(value).items())
        if name not in _NOT_CONTENT and not isinstance(each, _SLOTS)
    }
    return [type(value), value.__bases__, content]


_PARTS = {
    CodeType: _parts_of_code,
    FunctionType: _parts_of_function,
    CellType: _parts_of_cell,
    MethodType: attrgetter("__func__", "__self__"),
    property: attrgetter("fget", "fset", "fdel"),
    functools.cached_property: attrgetter("func"),
    staticmethod: attrgetter("__func__"),
    classmethod: attrgetter("__func__"),
    type(functools.lru_cache(len)): lambda f: [f.__wrapped__, f.cache_parameters()],
    MappingProxyType: dict,
    ModuleType: attrgetter("__name__"),
    typing.TypeVar: attrgetter("__name__"),
}


def _parts_of_module(value):
    """List what a torch module has, whether or not it can be pickled."""
    # Hooks are kept by numbers, which count on from module to module.
    state = {
        name: list(each.values())
        if "_hooks" in name and isinstance(each, dict)
        else each
        for name, each in vars(value).items()
    }
    return [type(value), state]


def _is_dense_tensor(value, torch):
    return (
        isinstance(value, torch.Tensor)
        and value.layout == torch.strided
        and value.device.type != "meta"
        and not value.is_quantized
    )


def _parts_of_tensor(value, torch):
    plain = value.detach().cpu().resolve_conj().resolve_neg()
    plain = torch.view_as_real(plain) if plain.is_complex() else plain
    content = plain.reshape(-1).view(torch.uint8).numpy()
    about = [type(value), str(value.dtype), value.requires_grad]
    return [about, list(value.shape), content]


def _parts_to_pickle(value):
    """List what pickle would write, which has the state of any instance."""
    reduce = copyreg.dispatch_table.get(type(value))
    try:
        parts = reduce(value) if reduce else value.__reduce_ex__(4)
    except Exception as error:
        raise TypeError(_refusal(value)) from error
    if isinstance(parts, str):
        module = whichmodule(value, parts)
        if not _leads_to(value, module, parts):
            raise TypeError(_refusal(value))
        return [module, parts]
    return [list(each) if isinstance(each, Iterator) else each for each in parts]


def _refusal(value):
    kind = type(value)
    return (
        f"An object of class {kind.__module__}.{kind.__qualname__} cannot be described "
        "by its content, so that a checkpoint, or joint training, could not tell it "
        "from another. Move what uses it to a module that can be imported, or pass "
        "checkpoint=None and batch_repeats=False."
    )


def _digest(content):
    return sha256(content.encode()).hexdigest()[:16]
