"""Type parameters, aliases, unions and protocols at run time: what each makes, and its error."""
import typing, types, collections.abc, dataclasses, enum, functools, abc, copy, pickle, sys
from typing import *
def t(label, f):
    try: print(label, '->', f())
    except BaseException as e: print(label, '!!', type(e).__name__, e)
T=TypeVar('T'); P=ParamSpec('P'); Ts=TypeVarTuple('Ts'); B=TypeVar('B',bound=int); C=TypeVar('C',int,str)
def f[X: int, *Y, **Z](a: X, *b: *Y) -> X: ...
class G[X, Y=int]: 
    def m[Q](self, q: Q) -> Q: ...
type Al[K] = dict[K, int]
type Rec = list[Rec]
for i,fn in enumerate([lambda:f.__type_params__, lambda:G.__type_params__, lambda:G[int], lambda:G[int,str], lambda:G[int,str,float], lambda:G.__orig_bases__, lambda:G.__parameters__, lambda:G.__mro__, lambda:Al, lambda:Al[str], lambda:Al.__value__, lambda:Al[str].__value__, lambda:Al.__type_params__, lambda:Al[1,2], lambda:Rec.__value__, lambda:Rec[int], lambda:Al.__name__, lambda:Al.__module__, lambda: setattr(Al,'__name__','x'), lambda: Al|int, lambda: Al[int]|None, lambda: Rec.__parameters__,
 lambda:f.__annotations__, lambda:T.__bound__, lambda:B.__bound__, lambda:C.__constraints__, lambda:T.__default__, lambda:T.has_default(), lambda:G.__type_params__[1].__default__, lambda:G.__type_params__[0].__infer_variance__, lambda:P.args, lambda:P.kwargs, lambda:P.args.__origin__ is P, lambda:P.args==P.args, lambda:hash(P.args)==hash(P.args), lambda:[*Ts], lambda:Unpack[Ts], lambda:Generic[T,P], lambda:Generic[T,T], lambda:Generic[int], lambda:Generic[()], lambda:Generic, lambda:Generic(), lambda:TypeVar(), lambda:TypeVar('T',int), lambda:TypeVar('T',int,str,bound=int), lambda:TypeVar('T',covariant=True,contravariant=True), lambda:TypeVar(5), lambda:TypeVar('T',bound=5), lambda:TypeVar('T',foo=1), lambda:TypeVar('T','a','b').__constraints__, lambda:TypeVar('T',covariant=True), lambda:TypeVar('T',contravariant=True), lambda:TypeVar('T',infer_variance=True), lambda:TypeVar('T',infer_variance=True,covariant=True), lambda:ParamSpec(), lambda:ParamSpec(5), lambda:TypeVarTuple(), lambda:TypeVarTuple('Ts',default=int), lambda:TypeVarTuple('T').__default__, lambda:NoDefault, lambda:type(NoDefault)(), lambda:type(NoDefault)(1), lambda: pickle.loads(pickle.dumps(NoDefault)) is NoDefault, lambda:T|int, lambda:int|T, lambda:T|'x', lambda:'x'|T, lambda:T[int], lambda:T(), lambda:isinstance(1,T), lambda:issubclass(int,T), lambda:isinstance(1,list[int]), lambda:isinstance(1,int|str), lambda:isinstance(1,int|list[int]), lambda:issubclass(int,int|str), lambda:issubclass(5,int|str), lambda:isinstance(1,Union[int,str]), lambda:isinstance([],List[int]), lambda:isinstance([],List), lambda:isinstance(1,Any), lambda:isinstance(1,Optional), lambda: Union[int], lambda: Union[()], lambda:Union[int,int], lambda:Union[int,None], lambda:Optional[int], lambda:Optional[int,str], lambda:Optional[()], lambda:Literal[1,'a',None,True], lambda:Literal[1]|int, lambda:Callable[[int],str], lambda:Callable[...,int], lambda:Callable[int,str], lambda:Callable[P,T][[int],str], lambda:Callable[Concatenate[int,P],T], lambda:collections.abc.Callable[[int],str], lambda:collections.abc.Callable[[T],T][int], lambda:collections.abc.Callable[int,str], lambda:collections.abc.Callable[[int]], lambda:Tuple[int,...], lambda:tuple[()], lambda:tuple[int,...], lambda:Tuple[()], lambda:dict[T,int][str], lambda:dict[T,list[T]][str], lambda:dict[int,str][int], lambda:list[T][int,str], lambda:list[int].__origin__, lambda:list[int](), lambda:list[int]([1]), lambda:list[int].append, lambda:type(list[int]), lambda:list[int]==list[int], lambda:hash(list[int])==hash(list[int]), lambda:list[int]==List[int], lambda:list[int].__mro_entries__(()), lambda:list[[]], lambda:list[...], lambda:list[None], lambda:list['x'], lambda:list[1,2], lambda:type[int], lambda:type[T][int], lambda:types.GenericAlias(int), lambda:types.GenericAlias(list,int,3), lambda:types.GenericAlias(5,(6,)), lambda:types.GenericAlias(list,()), lambda:types.GenericAlias(list,[1,2]), lambda:list[int].__class__, lambda:list[int].__foo__, lambda:setattr(list[int],'x',1), lambda:setattr(list[int],'__origin__',1), lambda:dir(list[int])==sorted(dir(list[int])) , lambda:copy.deepcopy(list[int]), lambda:copy.copy(list[int]), lambda:pickle.loads(pickle.dumps(dict[int,str])), lambda:get_origin(list[int]), lambda:get_args(Callable[[int],str]), lambda:get_args(Literal[1,2]), lambda:get_type_hints(f), lambda:get_type_hints(5), lambda:get_type_hints(G.m), lambda:ForwardRef('a b'), lambda:ForwardRef(5), lambda:ForwardRef('int').evaluate(), lambda:ForwardRef('x'), lambda:Annotated[int], lambda:Annotated[int,1], lambda:Annotated[Annotated[int,1],2], lambda:Annotated[int,1].__metadata__, lambda:Final[int], lambda:ClassVar[int], lambda:Final[int,str], lambda:ClassVar, lambda:Self, lambda:Self[int], lambda:Never, lambda:NoReturn[int], lambda:Any(), lambda:Any[int], lambda:TypedDict('D',{'a':int})(a=1), lambda:TypedDict('D',{'a':int}).__annotations__, lambda:NamedTuple('N',[('a',int)])(1), lambda:NamedTuple('N',a=int), lambda:NewType('U',int), lambda:NewType('U',int)(5), lambda:NewType('U',int)|str, lambda:cast(int,'a'), lambda:assert_never(1), lambda:assert_type(1,str), lambda:reveal_type(1), lambda:overload(f)(1), lambda:Protocol[T], lambda:Protocol(), lambda:runtime_checkable(int), lambda:Required[int], lambda:ReadOnly[int], lambda:TypeGuard[int], lambda:TypeIs[int,str], lambda:LiteralString, lambda:Concatenate[int], lambda:Concatenate[int,...], lambda:Unpack[int,str], lambda:Unpack[tuple[int,str]], lambda:tuple[*tuple[int,...]], lambda:tuple[*Ts][int,str], lambda:tuple[int,*Ts,str][float,bytes], lambda:G[*tuple[int,str]], lambda:get_protocol_members(int), lambda:is_protocol(int), lambda:is_typeddict(int)]):
    t(i, fn)
@runtime_checkable
class Pr(Protocol):
    x: int
    def m(self): ...
class Imp: 
    x=1
    def m(self): ...
class NoImp: pass
t('pr1', lambda: isinstance(Imp(),Pr)); t('pr2', lambda: isinstance(NoImp(),Pr)); t('pr3', lambda: issubclass(Imp,Pr)); t('pr4', lambda: Pr()); 
class Pr2(Protocol):
    def m(self): ...
t('pr5', lambda: isinstance(Imp(),Pr2)); t('pr6', lambda: issubclass(Imp,Pr2))
@runtime_checkable
class Pr3(Protocol):
    def m(self): ...
t('pr7', lambda: issubclass(Imp,Pr3)); t('pr8', lambda: issubclass(NoImp,Pr3)); t('pr9', lambda: issubclass(5,Pr3)); t('pr10', lambda: sorted(get_protocol_members(Pr)))
def mk():
    class X(Protocol, int): pass
t('pr11', mk)
def mk():
    class X(Pr): pass
    return X().m()
t('pr12', mk)
def mk():
    class X[T](Generic[T]): pass
t('g1', mk)
def mk():
    class X(Generic[T], list[B]): pass
t('g2', mk)
def mk():
    class X(list[T], Generic): pass
t('g3', mk)
def mk():
    class X[T](list[T]): pass
    return X.__bases__, X.__orig_bases__, X[int], X[int](), X[int]().__orig_class__
t('g4', mk)
def mk():
    class X(int|str): pass
t('g5', mk)
def mk():
    class X(Union[int,str]): pass
t('g6', mk)
def mk():
    class X(Any): pass
    return X.__mro__
t('g7', mk)
def mk():
    class X(TypedDict, total=False):
        a: Required[int]; b: str
    return X.__required_keys__, X.__optional_keys__, X.__total__
t('td', mk)
def mk():
    class X(TypedDict):
        a: int
        def f(self): pass
t('td2', mk)
def mk():
    class X(NamedTuple):
        a: int; b: str='x'
        def f(self): return self.a
    return X(1), X(1).f(), X._fields, X._field_defaults, X(1)._replace(a=5), X._make([1,2])
t('nt', mk)
def mk():
    class X(NamedTuple):
        a: int=1; b: str
t('nt2', mk)
def mk():
    class X(NamedTuple):
        _a: int
t('nt3', mk)
