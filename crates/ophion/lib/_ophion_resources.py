"""Resources of packages in the embedded library, for importlib.resources."""

import io
import _ophion
from importlib.resources.abc import Traversable, TraversableResources


class LibraryPath(Traversable):
    """A file or folder of the embedded library."""

    def __init__(self, path):
        self._path = path

    @property
    def name(self):
        return self._path.rpartition("/")[2]

    def iterdir(self):
        for name in _ophion.list_folder(self._path):
            yield LibraryPath(f"{self._path}/{name}")

    def is_dir(self):
        return _ophion.has_folder(self._path)

    def is_file(self):
        return _ophion.get_file(self._path) is not None

    def open(self, mode="r", *args, **kwargs):
        data = _ophion.get_file(self._path)
        if data is None:
            raise FileNotFoundError(2, "No such file in the embedded library", self._path)
        stream = io.BytesIO(data)
        if "b" in mode:
            return stream
        return io.TextIOWrapper(stream, *args, **kwargs)

    def read_bytes(self):
        with self.open("rb") as stream:
            return stream.read()

    def read_text(self, encoding=None, errors=None):
        with self.open(encoding=encoding, errors=errors) as stream:
            return stream.read()

    def joinpath(self, *descendants):
        return LibraryPath("/".join([self._path, *map(str, descendants)]))

    def __truediv__(self, child):
        return self.joinpath(child)

    def __str__(self):
        return self._path

    def __repr__(self):
        return f"LibraryPath({self._path!r})"


class LibraryReader(TraversableResources):
    """The resources of one package."""

    def __init__(self, folder):
        self._folder = folder

    def files(self):
        return LibraryPath(self._folder)
