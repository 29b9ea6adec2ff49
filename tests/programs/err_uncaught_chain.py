class AppError(Exception): pass
def load(d):
    try: return d["config"]["port"]
    except KeyError as e: raise AppError("no port configured") from e
def start(d):
    try: load(d)
    except AppError:
        return int("not a number")
start({"config": {}})
