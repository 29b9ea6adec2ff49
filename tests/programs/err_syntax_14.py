"""never closed
def f(): pass
