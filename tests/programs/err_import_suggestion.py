try: import maht
except ModuleNotFoundError as e: print(e)
try: from collections import OrderedDcit
except ImportError as e: print(type(e).__name__, e.name, e.name_from)
try: from collections import Countre
except ImportError as e: print(e.name_from); import traceback; print(traceback.format_exception_only(e)[-1].rpartition(")")[2])
