type Pair[T] = tuple[T, T]
type Rec = list[Rec] | int
type Many[*Ts, **P] = dict[tuple[*Ts], P]
print(Pair, Pair.__value__, Pair.__type_params__, Pair[int], Pair[int].__args__)
print(Rec.__value__, Rec.__name__, Many.__type_params__)
type Lazy = undefined_name
print(Lazy)
try: Lazy.__value__
except NameError as e: print(e)
class Box[T: (int, str) = int]:
    def get[U](self, u: U) -> T: ...
print(Box.__type_params__, Box[int], Box.__type_params__[0].__constraints__, Box.__type_params__[0].__default__, Box.get.__type_params__)
def f[T: int](x: T) -> T: return x
print(f.__type_params__[0].__bound__, f(3), f.__annotations__)
print(Box.__mro__, Box.__orig_bases__)
def outer[T]():
    class In[U]:
        a = T, U
    return In
print(outer().a)
