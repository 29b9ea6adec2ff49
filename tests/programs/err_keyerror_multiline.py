raise KeyError("line one\nline two")
