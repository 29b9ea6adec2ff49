class Shape:
    def __init__(self): self.colour, self.width = "red", 5
    def area(self): return self.widht ** 2
s = Shape()
try: s.color
except AttributeError as e: print(e, e.name, e.obj is s)
s.area()
