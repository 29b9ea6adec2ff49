class Config:
    values = {k: int(k) for k in ("1", "2")}
    broken = values["3"]
