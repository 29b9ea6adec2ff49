"""copy, deepcopy, pickle and __reduce_ex__ of one object of nearly every type."""
import copy, pickle, sys, types, functools, collections, itertools, operator, re, array, struct, datetime, decimal, fractions, random, weakref, threading, io, uuid, ipaddress, pathlib, string, enum, time, os, queue, contextvars, abc, typing, json, csv, zlib, hashlib, bisect, heapq, socket, select, asyncio, numbers
def cl(s): return re.sub(r'0x[0-9a-f]+','ADDR',s)[:150]
class U:
    def __init__(s,**k): s.__dict__.update(k)
    def __repr__(s): return f'U({s.__dict__})'
class Sl:
    __slots__=('a','b')
class SlD(Sl): pass
class SS(Sl): __slots__=('c',)
sl=Sl(); sl.a=1; sd=SlD(); sd.a=1; sd.z=2
def gen(): yield 1
async def co(): pass
c=co()
async def ag(): yield
class It(int): pass
class Di(dict): pass
class Ls(list): pass
class Tp(tuple): pass
class Dq(collections.deque): pass
class Ex(Exception): 
    def __init__(s,a,b): super().__init__(a); s.b=b
class Pt(functools.partial): pass
NT=collections.namedtuple('NT','a b')
objs=dict(int=5,big=10**40,flt=1.5,cpx=1j,s='a',b=b'ab',ba=bytearray(b'a'),l=[1],t=(1,),d={1:2},se={1},fs=frozenset({1}),rng=range(3),sli=slice(1,2,3),mv=memoryview(b'a'),none=None,el=...,ni=NotImplemented,ty=int,uty=U,fn=gen,lam=lambda:0,bi=len,meth=[].append,md=str.join,wd=int.__add__,mw=(1).__add__,gsd=int.real,memd=type(Sl.a),prop=property(len),cm=classmethod(len),sm=staticmethod(len),sup=super(It,It()),gen=gen(),co=c,agn=ag(),mod=sys,u=U(a=1),sl=sl,sd=sd,it=It(3),di=Di(a=1),ls=Ls([1]),tp=Tp((1,)),exc=ValueError('a',1),ose=OSError(1,'x','f'),ex=Ex(1,2),se2=SyntaxError('m',('f',1,2,'t')),ude=UnicodeDecodeError('a',b'b',0,1,'r'),ke=KeyError(1),eg=ExceptionGroup('a',[ValueError(1)]),ie=ImportError('a',name='n',path='p'),ae=AttributeError('a',name='n',obj=1),si=StopIteration(1),sy=SystemExit(3),iter=iter([1,2]),ti=iter((1,)),si_=iter('ab'),di_=iter({1:2}),sei=iter({1}),ri=iter(range(3)),rev=reversed([1]),en=enumerate([1]),zp=zip([1],[2]),mp=map(len,['a']),fi=filter(None,[1]),dk={1:2}.keys(),dv={}.values(),dit={}.items(),mpx=types.MappingProxyType({}),ns=types.SimpleNamespace(a=1),cell=types.CellType(1),code=gen.__code__,frame=sys._getframe(),ga=list[int],un=int|str,tv=typing.TypeVar('T'),dq=collections.deque([1],3),dqs=Dq([1]),dd=collections.defaultdict(int,{1:2}),od=collections.OrderedDict(a=1),ctr=collections.Counter('aab'),cm_=collections.ChainMap({1:2}),nt=NT(1,2),ud=collections.UserDict(a=1),part=functools.partial(int,'3',base=4),ptt=Pt(int),lru=functools.lru_cache(gen),pm=functools.partialmethod(len),ck=functools.cmp_to_key(len),icount=itertools.count(3),icyc=itertools.cycle([1]),irep=itertools.repeat(1,2),ich=itertools.chain([1]),isl=itertools.islice([1],1),itee=itertools.tee([1])[0],ipr=itertools.product([1]),iper=itertools.permutations([1]),igb=itertools.groupby([1]),ibt=itertools.batched([1],2),ipw=itertools.pairwise([1,2]),iac=itertools.accumulate([1]),izl=itertools.zip_longest([1]),icp=itertools.compress([1],[1]),idw=itertools.dropwhile(len,[]),ifl=itertools.filterfalse(len,[]),ism=itertools.starmap(len,[]),ig=operator.itemgetter(1),ag_=operator.attrgetter('a'),mc=operator.methodcaller('a',1,k=2),rx=re.compile('a'),mt=re.match('a','a'),arr=array.array('i',[1]),st=struct.Struct('i'),dt=datetime.datetime(2020,1,1),da=datetime.date(2020,1,1),tm=datetime.time(1),td=datetime.timedelta(1),tz=datetime.timezone.utc,tz2=datetime.timezone(datetime.timedelta(hours=1)),ic=datetime.date(2020,1,1).isocalendar(),dec=decimal.Decimal('1.5'),dctx=decimal.Context(),fr=fractions.Fraction(1,2),rnd=random.Random(1),wr=weakref.ref(U),wkd=weakref.WeakKeyDictionary(),lock=threading.Lock(),rlock=threading.RLock(),ev=threading.Event(),loc=threading.local(),sio=io.StringIO('a'),bio=io.BytesIO(b'a'),uu=uuid.UUID(int=5),ip=ipaddress.ip_address('1.2.3.4'),pth=pathlib.Path('a'),st_=time.gmtime(0),stat=os.terminal_size((1,2)),q=queue.Queue(),sq=queue.SimpleQueue(),cv=contextvars.ContextVar('x'),ctx=contextvars.Context(),jd=json.JSONDecoder(),je=json.JSONEncoder(),zo=zlib.compressobj(),tt=t'a{1}b',tti=t'{1}'.interpolations[0],obj=object(),osd=os.environ.__class__,bt=bytes.maketrans(b'',b''),pk=pickle.PickleBuffer(b'a'),sig=__import__('signal').SIGINT,tb=None)
c.close()
for k,o in objs.items():
    for name,fn in [('copy',copy.copy),('deep',copy.deepcopy)]+[(f'p{p}',lambda o,p=p:pickle.loads(pickle.dumps(o,p))) for p in (0,1,2,4,5)]:
        try: r=fn(o); print(k,name,'same' if r is o else cl(repr(r)))
        except BaseException as e: print(k,name,'!!',type(e).__name__,cl(str(e)))
    for p in (0,2,4):
        try: 
            r=o.__reduce_ex__(p); print(k,'red',p,cl(repr(r)))
        except BaseException as e: print(k,'red',p,'!!',type(e).__name__,cl(str(e)))
