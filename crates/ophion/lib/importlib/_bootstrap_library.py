"""Imports modules of the embedded library, from memory.

The library has a folder, ``sys._stdlib_dir``, which need not exist: modules are found there through
a path hook, and their ``__file__`` says where they would be if the library were unpacked.
"""

import _ophion
import sys

# Frozen as `_ophion_library`, but a part of importlib: tracers and warnings skip its frames as they skip importlib's.
__name__ = "importlib._bootstrap_library"

_bootstrap = sys.modules["_frozen_importlib"]
_external = sys.modules["_frozen_importlib_external"]


class LibraryLoader:
    """Loads one module of the embedded library (an ``importlib.abc.InspectLoader`` and more)."""

    def __init__(self, name, path):
        self.name = name
        self.path = path

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        _bootstrap._call_with_frames_removed(exec, self.get_code(self.name), module.__dict__)

    def get_code(self, fullname):
        return _ophion.get_code(fullname, self.path)

    def get_source(self, fullname):
        return _external.decode_source(_ophion.get_file(self.path))

    def get_data(self, path):
        data = _ophion.get_file(path)
        if data is None:
            raise OSError(2, "No such file in the embedded library", path)
        return data

    def get_filename(self, fullname):
        return self.path

    def is_package(self, fullname):
        return self.path.endswith("/__init__.py")

    def get_resource_reader(self, fullname):
        # Paths: reading one unpacks the library.
        from importlib.readers import FileReader
        return FileReader(self)

    def __eq__(self, other):
        return self.__class__ == other.__class__ and self.__dict__ == other.__dict__

    def __hash__(self):
        return hash(self.name) ^ hash(self.path)


def source_lines(path):
    """The lines of a file of the embedded library, or None for any other file."""
    if not (_ophion.is_virtual() and path.startswith(sys._stdlib_dir + "/")):
        return None
    data = _ophion.get_file(path)
    if data is None:
        return None
    lines = [line + "\n" for line in _external.decode_source(data).splitlines()]
    return lines or ["\n"]


class LibraryFinder:
    """Finds modules in one folder of the embedded library."""

    def __init__(self, folder):
        self.folder = folder

    def find_spec(self, fullname, target=None):
        found = _ophion.find_module(self.folder, fullname.rpartition(".")[2])
        if found is None:
            return None
        name, path, is_package = found
        loader = LibraryLoader(fullname, path)
        spec = _bootstrap.ModuleSpec(fullname, loader, origin=path, is_package=is_package)
        spec._set_fileattr = True
        spec.cached = _external.cache_from_source(path)
        if is_package:
            spec.submodule_search_locations.append(path.rpartition("/")[0])
        return spec

    def invalidate_caches(self):
        pass

    def iter_modules(self, prefix=""):
        for name, is_package in _ophion.list_modules(self.folder):
            yield prefix + name, is_package

    def __repr__(self):
        return f"LibraryFinder({self.folder!r})"


def path_hook(path):
    """Accepts the folders of the embedded library as long as they do not exist as real ones."""
    if not _ophion.has_folder(path):
        raise ImportError("not a folder of the embedded library", path=path)
    return LibraryFinder(path)


def install():
    """Puts the path hook in front of the one for real folders."""
    if _ophion.is_virtual():
        sys.path_hooks.insert(0, path_hook)
