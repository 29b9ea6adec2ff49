"""Metaclass conflicts, layouts, __slots__, __bases__, type() with odd arguments: what is made and what is said."""
import sys, types, abc, traceback
def t(label, f):
    try: r=f(); print(label, '->', r if not callable(r) or isinstance(r,type) else type(r).__name__)
    except BaseException as e:
        print(label, '!!', type(e).__name__, e)
        for n in getattr(e,'__notes__',[]): print('   note', n)
# metaclass conflict
class M1(type): pass
class M2(type): pass
class A(metaclass=M1): pass
class B(metaclass=M2): pass
t('conflict', lambda: type('C',(A,B),{}))
t('conflict2', lambda: types.new_class('C',(A,B)))
def f():
    class C(A,B): pass
t('conflict3', f)
def f():
    class C(A, metaclass=int): pass
t('meta int', f)
def f():
    class C(metaclass=lambda *a, **k: (a[0],a[1],sorted(a[2]),k)): x=1
    return C
t('meta callable', f)
def f():
    class C(A, A): pass
t('dup', f)
def f():
    class X: pass
    class Y(X): pass
    class Z(X,Y): pass
t('mro', f)
def f():
    class X(int,str): pass
t('layout', f)
def f():
    class X(int,float): pass
t('layout2', f)
def f():
    class X(bool): pass
t('bool', f)
for base in (type(None), type(...), type(NotImplemented), types.FunctionType, types.GeneratorType, slice, range, memoryview, types.MethodType, types.BuiltinFunctionType, types.CodeType, types.FrameType, types.TracebackType, types.CellType, type(iter([])), types.MappingProxyType, types.CoroutineType, property, classmethod, super, types.ModuleType, types.SimpleNamespace, type({}.keys()), types.UnionType, types.GenericAlias, zip, map, enumerate, reversed, complex, frozenset):
    t('sub '+base.__name__, lambda: type('X',(base,),{}).__mro__[1].__name__)
# slots
def sl(s, *bases, **ns): return lambda: type('S', bases, dict(__slots__=s, **ns))
t('s1', sl(('a','a'))); t('s2', sl('a b')); t('s3', sl(('1a',))); t('s4', sl((1,))); t('s5', sl(('__dict__','__dict__'))); t('s6', sl(('__weakref__',)*2)); t('s7', sl(('a',), int)); t('s8', sl(('a',), tuple)); t('s9', sl((), tuple)); t('s10', sl(('a',), a=1)); t('s11', sl({'a':'doc a','b':None})); t('s12', sl(5)); t('s13', sl(None)); t('s14', sl(('__classcell__',))); t('s15', sl(('__qualname__',))); t('s16', sl(('__dict__',), dict)); t('s17', sl(('__dict__',), type('D',(),{})));t('s18', sl(b'ab')); t('s19', sl(iter(['p','q']))); t('s20',sl(('a',),bytes)); t('s21', sl(('x\0y',))); t('s22', sl(('__slots__',)));t('s23',sl(('__module__',)));t('s24',sl(('__doc__',)))
class S11: __slots__={'a':'doc a','b':None}
print(S11.__slots__, S11.a.__doc__, S11.b.__doc__, sorted(k for k in vars(S11)))
import inspect; print(inspect.getdoc(S11.a))
class P: __slots__=('__priv','_x','__d__')
print(sorted(k for k in vars(P) if not k.startswith('__') or 'priv' in k or '__d__' in k))
p=P(); t('unset', lambda: p._x); t('del unset', lambda: P._x.__delete__(p)); t('other', lambda: P._x.__get__(3)); t('set extra', lambda: setattr(p,'zz',1)); t('dict', lambda: p.__dict__); t('weak', lambda: __import__('weakref').ref(p))
class Q1: __slots__=('a',)
class Q2: __slots__=('b',)
class Q0: __slots__=()
t('q', lambda: type('Q',(Q1,Q2),{})); t('q0', lambda: type('Q',(Q1,Q0),{'__slots__':()}).__base__.__name__)
def f():
    class Q(Q1,Q2): __slots__=()
t('qq', f)
x=Q1(); t('cls', lambda: setattr(x,'__class__',Q2)); t('cls2', lambda: setattr(x,'__class__',Q0)); t('cls3', lambda: setattr(x,'__class__',int)); t('cls4', lambda: setattr(x,'__class__',5)); t('cls5', lambda: delattr(x,'__class__'))
class Q3: __slots__=('a',)
t('cls6', lambda: (setattr(x,'__class__',Q3), type(x).__name__))
class N1: pass
class N2: pass
class N3(N1): __slots__=()
n=N1(); n.v=1
t('c1', lambda: (setattr(n,'__class__',N2), n.v)); t('c2', lambda: setattr(n,'__class__',N3)); t('c3', lambda: setattr(3,'__class__',N3)); t('c4', lambda: setattr(n,'__class__',Q1)); t('c5', lambda: setattr([], '__class__', N1)); t('c6', lambda: setattr(N1,'__class__',M1)); t('c7', lambda: setattr(int,'__class__',M1)); t('c8',lambda:setattr(sys,'__class__',int))
# bases
t('b1', lambda: setattr(N1,'__bases__',())); t('b2', lambda: setattr(N1,'__bases__',(int,))); t('b3', lambda: setattr(N1,'__bases__',5)); t('b4', lambda: setattr(N1,'__bases__',(N1,))); t('b5', lambda: setattr(N3,'__bases__',(N2,)) or N3.__mro__); t('b6', lambda: setattr(int,'__bases__',(object,))); t('b7', lambda: delattr(N1,'__bases__')); t('b8', lambda: setattr(N2,'__bases__',(N3,))); t('b9',lambda:setattr(N1,'__bases__',(5,)))
# name etc
t('n1', lambda: setattr(N1,'__name__',5)); t('n2', lambda: setattr(N1,'__name__','a\0b')); t('n3', lambda: delattr(N1,'__name__')); t('n4', lambda: setattr(int,'__name__','x')); t('n5', lambda: (setattr(N1,'__name__','New'), repr(N1), N1.__qualname__)); t('n6', lambda: setattr(N1,'__qualname__',5)); t('n7', lambda: delattr(N1,'__qualname__')); t('n8', lambda: delattr(N1,'__module__') or repr(N1)); t('n9', lambda: setattr(N1,'__module__',5) or repr(N1)); t('n10', lambda: setattr(N1,'__doc__','d') or N1.__doc__); t('n11', lambda: setattr(int,'__doc__','d')); t('n12', lambda: delattr(N1,'__doc__')); t('n13', lambda: setattr(N1,'__mro__',())); t('n14', lambda: setattr(N1,'__dict__',{})); t('n15', lambda: setattr(N1,'__abstractmethods__',['x']) or N1()); t('n16', lambda: delattr(N1,'__abstractmethods__') or 1); t('n17', lambda: setattr(N1,'__annotations__',3)); t('n18',lambda:setattr(N1,'__type_params__',3)); t('n19',lambda:N1.__type_params__); t('n20', lambda: setattr(N1,'__type_params__',(1,)) or N1.__type_params__); t('n21', lambda: setattr(int,'foo',1)); t('n22', lambda: delattr(int,'foo')); t('n23',lambda: delattr(N2,'foo')); t('n24', lambda: N2.foo); t('n25', lambda: setattr(N1,'__annotate__',3)); t('n26', lambda: setattr(N1,'\ud800',3) or getattr(N1,'\ud800')); t('n27',lambda: setattr(N1,5,3)); t('n28',lambda: type('\ud800',(),{})); t('n29', lambda: type('a\0b',(),{}))
# type call
t('t0', lambda: type()); t('t1', lambda: type(1,2)); t('t2', lambda: type('x',5,{})); t('t3', lambda: type(5,(),{})); t('t4', lambda: type('x',(),5)); t('t5', lambda: type('x',(5,),{})); t('t6', lambda: type('x',(),{},1)); t('t7', lambda: type('x',(),{},k=1)); t('t8', lambda: type(1,k=1)); t('t9', lambda: type.__new__(type)); t('t10', lambda: type.__new__(int,'x',(),{})); t('t11', lambda: type.__new__()); t('t12', lambda: type.__init__(type,1,2,3,4)); t('t13', lambda: object.__new__(type)); t('t14', lambda: type.__call__()); t('t15', lambda: type.mro()); t('t16', lambda: type.mro(5)); t('t17', lambda: type.__subclasses__()); t('t18', lambda: type.__prepare__()); t('t19', lambda: type.__instancecheck__(int,'x')); t('t20', lambda: type.__subclasscheck__(int,5)); t('t21', lambda: type.__dir__(5)); t('t22', lambda: type('x',(),{'__qualname__':5})); t('t23', lambda: type('x',(),{'__classcell__':5})); t('t24', lambda: type('x',(),{'__slots__':('a',),'a':2})); t('t25', lambda: type.__or__(int,5)); t('t26', lambda: int|5); t('t27', lambda: int|str|None); t('t28', lambda:type('x',(),{'__doc__':5}).__doc__)
# prepare
class MP(type):
    @classmethod
    def __prepare__(m, n, b, **k): return 5
def f():
    class X(metaclass=MP): pass
t('prep', f)
class MP2(type):
    @classmethod
    def __prepare__(m, n, b, **k): return types.MappingProxyType({})
def f():
    class X(metaclass=MP2): a=1
t('prep2', f)
def f():
    class X(x=1): pass
t('kw', f)
def f():
    class X(*[int], **{'metaclass':type}): pass
    return X.__mro__
t('star', f)
def f():
    class X(5): pass
t('base5', f)
def f():
    class X('a', 'b'): pass
t('basestr', f)
def f():
    class X(len): pass
t('basefn', f)
class E:
    def __mro_entries__(self, b): return 5
def f():
    class X(E()): pass
t('mroent', f)
class E2:
    def __mro_entries__(self, b): return (int,)
def f():
    class X(E2()): pass
    return X.__mro__, X.__orig_bases__[0].__class__.__name__
t('mroent2', f)
t('mroent3', lambda: type('X',(E2(),),{}))
# set_name / init_subclass
class D:
    def __set_name__(self, o, n): raise ValueError('bad')
def f():
    class X: d=D()
t('setname', f)
class D2:
    def __set_name__(self, o): pass
def f():
    class X: d=D2()
t('setname2', f)
class D3: __set_name__=5
def f():
    class X: d=D3()
t('setname3', f)
class I:
    def __init_subclass__(cls, /, a, **k): super().__init_subclass__(**k); print('init', cls.__name__, a)
def f():
    class X(I): pass
t('is', f)
def f():
    class X(I, a=1): pass
t('is2', f)
def f():
    class X(I, a=1, b=2): pass
t('is3', f)
