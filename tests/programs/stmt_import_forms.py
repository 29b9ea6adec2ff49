import os.path as p, sys as system
from collections import OrderedDict as OD, namedtuple
from math import *
import json.decoder
print(p.join("a", "b"), system.__name__, OD, namedtuple("N", "a")(1), floor(2.5), json.decoder.JSONDecoder.__name__)
try: import no_such_module
except ModuleNotFoundError as e: print(e, e.name, e.path)
try: import os.nothing
except ModuleNotFoundError as e: print(e)
try: from os import nothing
except ImportError as e: print(str(e).split(" (")[0], e.name)
try: import json.decoder.x
except ModuleNotFoundError as e: print(e)
try: exec("from . import x")
except ImportError as e: print(e)
try: exec("def f():\n from math import *")
except SyntaxError as e: print(e.msg)
import importlib
m = importlib.import_module("string")
print(m.digits, importlib.reload(m) is m, m.__spec__.name)
print(__name__, __file__.split("/")[-1], __doc__, __package__, __spec__)
