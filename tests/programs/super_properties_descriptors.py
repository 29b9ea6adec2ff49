"""super() in odd places, properties, descriptors, methods called wrongly."""
import types, functools, sys
def t(label, f):
    try: print(label, '->', f())
    except BaseException as e: print(label, '!!', type(e).__name__, e)
class A:
    x=1
    def m(self): return 'A.m'
    @classmethod
    def c(cls): return cls.__name__
    @staticmethod
    def s(): return 's'
    @property
    def p(self): return 'p'
class B(A):
    def m(self): return super().m()
    def bad(self): self=5; return super().m()
    def noself(*a): return super().m()
    def delself(self): del self; return super().m()
    def gen(self): return [super().m() for _ in range(1)]
    def lam(self): return (lambda: super().m())()
    def nested(self):
        def g(): return super().m()
        return g()
    def nested2(self):
        def g(self): return super().m()
        return g(self)
    def s0(): return super().m()
    def attr(self): return super().nope
    def seta(self): super().y=3; return self.y
    def getp(self): return super().p
    def rep(self): return repr(super()), str(super(B,B))
    def unbound(self): return super(B).__get__
    @classmethod
    def c(cls): return super().c()
    @staticmethod
    def s(): return super().s()
b=B()
for n in 'm bad noself delself gen lam nested nested2 attr seta getp c s'.split(): t(n, lambda: getattr(b,n)())
t('s0', lambda: B.s0())
t('rep', lambda: [r.replace(hex(id(b)),'ADDR') for r in b.rep()])
t('o', lambda: super()); t('1', lambda: super(5)); t('2', lambda: super(int,5).__thisclass__); t('3', lambda: super(int,'a')); t('4', lambda: super(B,A)); t('5', lambda: super(B,b).m()); t('6', lambda: super(B,B).m(b)); t('7', lambda: super(1,2,3)); t('8', lambda: super(B,None)); t('9', lambda: super(B).m); t('10', lambda: super(type=B)); t('11', lambda: super(A,b).m); t('12', lambda: super(B,b).__class__); t('13', lambda: super(B, b).__self__ is b); t('14', lambda: super(B).__get__(b, B).m()); t('15', lambda: super(B).__get__(5)); t('16', lambda: super(B,b).__self_class__); t('17', lambda: super(B,b).__init__(1,2,3)); t('18', lambda: super.__new__(super).__thisclass__); t('19', lambda: super.__new__(super).foo); t('20', lambda: repr(super.__new__(super)));t('21',lambda: super(B,b)==super(B,b)); t('22', lambda: super(B,b)[1]); t('23', lambda: delattr(super(B,b),'x'))
def f(self): return super().m()
t('outside', lambda: f(b))
def g():
    return super().m()
t('outside2', g)
class C:
    __class__=property(lambda s:int)
t('fake', lambda: super(int, C()).__thisclass__)
class D:
    def f(self):
        __class__=5
        return super().f()
t('dclass', lambda: D().f())
class E:
    def f(self):
        nonlocal __class__
        __class__=5
        return super().f()
t('eclass', lambda: E().f())
class F:
    def f(self):
        nonlocal __class__
        del __class__
        return super().f()
t('fclass', lambda: F().f())
# properties
class P:
    def g(self): "gdoc"; return 1
    p=property(g); q=property(g,doc='qd'); r=property(); s=property(fset=lambda s,v:None); d=property(None,None,lambda s:None)
    @property
    def named(self): return 1
    @named.setter
    def other(self,v): pass
x=P()
t('p1', lambda: P.p.__doc__); t('p2', lambda: P.q.__doc__); t('p3', lambda: x.r); t('p4', lambda: setattr(x,'p',1)); t('p5', lambda: delattr(x,'p')); t('p6', lambda: x.s); t('p7', lambda: setattr(x,'r',1)); t('p8', lambda: delattr(x,'d')); t('p9', lambda: setattr(x,'other',1)); t('p10', lambda: P.p.__name__); t('p11', lambda: P.r.__name__); t('p12', lambda: property().__name__); t('p13', lambda: property(1,2,3,4,5)); t('p14', lambda: property(foo=1)); t('p15', lambda: P.p.__get__(None)); t('p16', lambda: P.p.__get__(None,P) is P.p); t('p17', lambda: setattr(P.p,'fget',1)); t('p18', lambda: setattr(P.p,'__doc__','new') or P.p.__doc__); t('p19', lambda: property(5).__get__(3)); t('p20', lambda: P.p.getter(5).fget); t('p21', lambda: P.p.__set_name__('a')); t('p22', lambda: P.p.__set_name__(1,2)); t('p23', lambda: property(lambda s:1).__get__(1)); t('p24', lambda: property(functools.partial(int)).__doc__); t('p25', lambda: P.p.__isabstractmethod__); t('p26',lambda: setattr(P.r,'__name__','zz') or x.r); t('p27', lambda: property(len).__doc__[:10] if 0 else property(len).__name__); t('p28', lambda: property.__get__(5)); t('p29', lambda: property.__set__(P.p, x)); t('p30', lambda: repr(type(P.p)))
class PS(property):
    "sub"
print(PS(lambda s:1).__doc__, PS(P.g).__doc__)
class PS2(property): __slots__=()
t('ps2', lambda: PS2(P.g).__doc__)
# descriptors
class De:
    def __get__(self,o,t): return ('get',o is None,t.__name__ if t else t)
    def __set__(self,o,v): print('set',v)
class H: d=De(); n=type('NG',(),{'__get__':lambda s,o,t=None:'ng'})()
h=H(); t('d1', lambda: h.d); t('d2', lambda: H.d); t('d3', lambda: setattr(h,'d',1)); t('d4', lambda: delattr(h,'d')); h.__dict__['d']=7; h.__dict__['n']=8; t('d5', lambda: (h.d,h.n))
t('m1', lambda: str.join.__get__('a','b')) ; t('m2', lambda: str.join.__get__(5)); t('m3', lambda: str.join.__get__(None,str)); t('m4', lambda: str.join.__get__(None,None)); t('m5', lambda: str.join.__get__()); t('m6', lambda: dict.fromkeys.__get__(5)); t('m7', lambda: dict.__dict__['fromkeys'].__get__(5)); t('m8', lambda: dict.__dict__['fromkeys'].__get__(None,int)); t('m9', lambda: dict.__dict__['fromkeys'](5)); t('m10', lambda: dict.__dict__['fromkeys']()); t('m11', lambda: dict.__dict__['fromkeys'](dict,[1])); t('m12', lambda: str.upper()); t('m13', lambda: str.upper(5)); t('m14', lambda: int.__add__()); t('m15', lambda: int.__add__('a',1)); t('m16', lambda: int.__add__(1)); t('m17', lambda: int.__add__(1,2,3)); t('m18', lambda: (1).__add__()); t('m19', lambda: (1).__add__(2,k=1)); t('m20', lambda: type.__dict__['__abstractmethods__']); t('m21', lambda: int.__dict__['real'].__get__('a')); t('m22', lambda: int.__dict__['real'].__set__(1,2)); t('m23', lambda: type(int.__dict__['real']).__get__(int.__dict__['real'])); t('m24', lambda: types.FunctionType.__dict__['__closure__'].__set__(f,1)); t('m25', lambda: setattr(f,'__code__',5)); t('m26', lambda: setattr(f,'__defaults__',5)); t('m27', lambda: setattr(f,'__kwdefaults__',5)); t('m28', lambda: setattr(f,'__dict__',5)); t('m29', lambda: delattr(f,'__code__')); t('m30', lambda: setattr(f,'__name__',5)); t('m31', lambda: setattr(f,'__globals__',{})); t('m32', lambda: setattr(f,'__annotations__',5)); t('m33', lambda: delattr(f,'__dict__')); t('m34', lambda: setattr(f,'__type_params__',5)); t('m35',lambda: setattr(f,'__closure__',()));t('m36',lambda: setattr(f,'__code__',(lambda: h).__code__)); t('m37', lambda: (lambda:0).__get__(None,None)); t('m38', lambda: (lambda:0).__get__(5)); t('m39', lambda: classmethod(5).__get__(1)()); t('m40', lambda: staticmethod(5)()); t('m41', lambda: classmethod()); t('m42', lambda: classmethod(1,2)); t('m43', lambda: classmethod(f).__func__ is f); t('m44', lambda: repr(classmethod(5))); t('m45',lambda: types.MethodType(1,2)); t('m46',lambda: types.MethodType(len,None)); t('m47', lambda: types.MethodType(len)); t('m48', lambda: types.MethodType(len,'abc')()); t('m49',lambda: types.MethodType(len,[1]).foo); t('m50',lambda: setattr(b.m,'foo',1)); t('m51',lambda: b.m==b.m, ); t('m52', lambda: b.m.__func__.__qualname__)
