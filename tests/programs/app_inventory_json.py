import json, dataclasses, datetime, decimal, enum
class Kind(enum.Enum): FOOD = "food"; TOOL = "tool"
@dataclasses.dataclass
class Item:
    name: str; price: decimal.Decimal; kind: Kind; added: datetime.date; tags: list[str] = dataclasses.field(default_factory=list)
class Enc(json.JSONEncoder):
    def default(self, o):
        match o:
            case decimal.Decimal(): return str(o)
            case enum.Enum(): return {"$enum": f"{type(o).__name__}.{o.name}"}
            case datetime.date(): return o.isoformat()
            case _ if dataclasses.is_dataclass(o): return {"$type": type(o).__name__, **{f.name: getattr(o, f.name) for f in dataclasses.fields(o)}}
        return super().default(o)
def hook(d):
    if "$enum" in d: return Kind[d["$enum"].split(".")[1]]
    if d.pop("$type", None): return Item(**{**d, "price": decimal.Decimal(d["price"]), "added": datetime.date.fromisoformat(d["added"])})
    return d
items = [Item("apple", decimal.Decimal("1.20"), Kind.FOOD, datetime.date(2024, 1, 31), ["red"]), Item("saw", decimal.Decimal("19.99"), Kind.TOOL, datetime.date(2023, 12, 1))]
s = json.dumps({"items": items, "n": 2}, cls=Enc, indent=1); print(s); back = json.loads(s, object_hook=hook); print(back["items"] == items, back["items"][0], sum(i.price for i in items), max(items, key=lambda i: i.added).name)
