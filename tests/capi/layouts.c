/* A C extension that reaches into objects as CPython's headers allow: macros, inline functions and structure fields on
   every public layout. `check.py` prints what it finds; the output must be the reference's. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <pthread.h>
#include <stddef.h>

/* ------------------------------------------------------------------ plain layouts */

static PyObject *sizes(PyObject *m, PyObject *unused)
{
    PyObject *d = PyDict_New();
#define SIZE(type, object) do { \
        PyObject *pair = Py_BuildValue("(nn)", (Py_ssize_t)sizeof(type), (object).tp_basicsize); \
        if (pair == NULL || PyDict_SetItemString(d, #type, pair) < 0) { Py_XDECREF(pair); Py_DECREF(d); return NULL; } \
        Py_DECREF(pair); } while (0)
    SIZE(PyObject, PyBaseObject_Type);
    SIZE(PyFloatObject, PyFloat_Type);
    SIZE(PyComplexObject, PyComplex_Type);
    SIZE(PyListObject, PyList_Type);
    SIZE(PyDictObject, PyDict_Type);
    SIZE(PySetObject, PySet_Type);
    SIZE(PySliceObject, PySlice_Type);
    SIZE(PyByteArrayObject, PyByteArray_Type);
    SIZE(PyUnicodeObject, PyUnicode_Type);
    SIZE(PyHeapTypeObject, PyType_Type);
    SIZE(PyMethodObject, PyMethod_Type);
    SIZE(PyFunctionObject, PyFunction_Type);
    SIZE(PyCFunctionObject, PyCFunction_Type);
    SIZE(PyCellObject, PyCell_Type);
#undef SIZE
    return d;
}

static PyObject *counts(PyObject *m, PyObject *unused)
{
    PyObject *o = PyList_New(0);
    Py_ssize_t first = Py_REFCNT(o);
    Py_INCREF(o);
    Py_ssize_t second = Py_REFCNT(o);
    Py_DECREF(o);
    PyObject *copy = Py_NewRef(o);
    int same = copy == o && Py_Is(copy, o);
    Py_DECREF(copy);
    Py_ssize_t third = Py_REFCNT(o);
    Py_CLEAR(o);
    return Py_BuildValue("nnniii", first, second, third, same, o == NULL,
                         Py_IsNone(Py_None) && Py_IsTrue(Py_True) && Py_IsFalse(Py_False));
}

static PyObject *text(PyObject *m, PyObject *s)
{
    Py_ssize_t n = PyUnicode_GET_LENGTH(s);
    int kind = PyUnicode_KIND(s);
    const void *data = PyUnicode_DATA(s);
    PyObject *chars = PyList_New(n);
    for (Py_ssize_t i = 0; i < n; i++)
        PyList_SET_ITEM(chars, i, PyLong_FromUnsignedLong(PyUnicode_READ(kind, data, i)));
    return Py_BuildValue("iniiikN", kind, n, (int)PyUnicode_IS_ASCII(s), (int)PyUnicode_IS_COMPACT(s),
                         (int)(PyUnicode_IS_COMPACT_ASCII(s)), (unsigned long)PyUnicode_MAX_CHAR_VALUE(s), chars);
}

static PyObject *make_text(PyObject *m, PyObject *args)
{
    Py_ssize_t n;
    unsigned int top;
    if (!PyArg_ParseTuple(args, "nI", &n, &top))
        return NULL;
    PyObject *s = PyUnicode_New(n, top);
    if (s == NULL)
        return NULL;
    for (Py_ssize_t i = 0; i < n; i++)
        PyUnicode_WRITE(PyUnicode_KIND(s), PyUnicode_DATA(s), i, i % 2 ? 'a' : top);
    return s;
}

static PyObject *integer(PyObject *m, PyObject *o)
{
    if (!PyLong_Check(o))
        return PyErr_Format(PyExc_TypeError, "expected int, not %T", o);
    PyLongObject *v = (PyLongObject *)o;
    if (PyUnstable_Long_IsCompact(v))
        return Py_BuildValue("sn", "compact", PyUnstable_Long_CompactValue(v));
    PyLongExport e;
    if (PyLong_Export(o, &e) < 0)
        return NULL;
    PyObject *r;
    if (e.digits == NULL)
        r = Py_BuildValue("sL", "small", (long long)e.value);
    else
        r = Py_BuildValue("siniI", "digits", (int)e.negative, e.ndigits, (int)PyLong_GetNativeLayout()->bits_per_digit,
                          ((const unsigned int *)e.digits)[0]);
    PyLong_FreeExport(&e);
    return r;
}

static PyObject *kinds(PyObject *m, PyObject *o)
{
    unsigned long f = PyType_GetFlags(Py_TYPE(o));
    return Py_BuildValue("iiiiiiiiiiii", PyLong_Check(o), PyList_Check(o), PyTuple_Check(o), PyBytes_Check(o),
                         PyUnicode_Check(o), PyDict_Check(o), PyType_Check(o), PyExceptionInstance_Check(o),
                         PyFloat_Check(o), (int)PyObject_TypeCheck(o, &PySet_Type),
                         (int)((f & Py_TPFLAGS_HAVE_GC) != 0), (int)((f & Py_TPFLAGS_HEAPTYPE) != 0));
}

static PyObject *parts(PyObject *m, PyObject *o)
{
    if (PyTuple_CheckExact(o)) {
        Py_ssize_t n = PyTuple_GET_SIZE(o);
        PyObject *r = PyTuple_New(n);
        for (Py_ssize_t i = 0; i < n; i++)
            PyTuple_SET_ITEM(r, n - 1 - i, Py_NewRef(PyTuple_GET_ITEM(o, i)));
        return r;
    }
    if (PyList_CheckExact(o)) {
        Py_ssize_t n = PyList_GET_SIZE(o);
        PyObject *r = PyList_New(n);
        for (Py_ssize_t i = 0; i < n; i++)
            PyList_SET_ITEM(r, n - 1 - i, Py_NewRef(PyList_GET_ITEM(o, i)));
        return r;
    }
    if (PyBytes_Check(o))
        return Py_BuildValue("nsi", PyBytes_GET_SIZE(o), PyBytes_AS_STRING(o), (int)PyBytes_AS_STRING(o)[PyBytes_GET_SIZE(o)]);
    if (PyByteArray_Check(o))
        return Py_BuildValue("ns", PyByteArray_GET_SIZE(o), PyByteArray_AS_STRING(o));
    if (PyFloat_Check(o))
        return PyFloat_FromDouble(PyFloat_AS_DOUBLE(o) * 2);
    if (PyComplex_Check(o)) {
        Py_complex c = ((PyComplexObject *)o)->cval;
        Py_complex swapped = { c.imag, c.real };
        return PyComplex_FromCComplex(_Py_c_sum(swapped, PyComplex_AsCComplex(o)));
    }
    if (PySlice_Check(o)) {
        PySliceObject *s = (PySliceObject *)o;
        return Py_BuildValue("OOO", s->step, s->stop, s->start);
    }
    if (PyAnySet_Check(o))
        return Py_BuildValue("sn", "set", PySet_GET_SIZE(o));
    if (PyDict_Check(o)) {
        PyObject *k, *v, *r = PyList_New(0);
        Py_ssize_t pos = 0;
        while (PyDict_Next(o, &pos, &k, &v)) {
            PyObject *pair = PyTuple_Pack(2, v, k);
            PyList_Append(r, pair);
            Py_DECREF(pair);
        }
        return Py_BuildValue("nN", PyDict_GET_SIZE(o), r);
    }
    if (PyMethod_Check(o))
        return Py_BuildValue("OO", PyMethod_GET_SELF(o), PyObject_GetAttrString(PyMethod_GET_FUNCTION(o), "__name__"));
    if (PyFunction_Check(o)) {
        PyCodeObject *c = (PyCodeObject *)PyFunction_GET_CODE(o);
        return Py_BuildValue("OiiiO", c->co_name, c->co_argcount, c->co_kwonlyargcount, c->co_nlocals,
                             ((PyFunctionObject *)o)->func_qualname);
    }
    if (PyCFunction_Check(o))
        return Py_BuildValue("sii", ((PyCFunctionObject *)o)->m_ml->ml_name, PyCFunction_GET_FLAGS(o),
                             PyCFunction_GET_SELF(o) != NULL);
    if (PyCell_Check(o))
        return Py_XNewRef(PyCell_GET(o));
    if (PyMemoryView_Check(o)) {
        Py_buffer *b = PyMemoryView_GET_BUFFER(o);
        return Py_BuildValue("nniisn", b->len, b->itemsize, b->ndim, b->readonly, b->format, b->shape[0]);
    }
    if (PyExceptionInstance_Check(o)) {
        PyBaseExceptionObject *e = (PyBaseExceptionObject *)o;
        return Py_BuildValue("Os", e->args, PyExceptionClass_Name((PyObject *)Py_TYPE(o)));
    }
    if (PyType_Check(o)) {
        PyTypeObject *t = (PyTypeObject *)o;
        return Py_BuildValue("ssOnn", t->tp_name, t->tp_base->tp_name, t->tp_mro, t->tp_basicsize, t->tp_itemsize);
    }
    return PyErr_Format(PyExc_TypeError, "no parts of %R", o);
}

/* ------------------------------------------------------------------ arguments and values */

static PyObject *parse(PyObject *m, PyObject *args, PyObject *kwargs)
{
    static char *names[] = { "", "count", "ratio", "flag", "text", "data", NULL };
    int count = -1, flag = -1;
    double ratio = -1;
    PyObject *first;
    const char *s = "none";
    Py_buffer data = { 0 };
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|id$pzy*:parse", names, &first, &count, &ratio, &flag, &s, &data))
        return NULL;
    PyObject *r = Py_BuildValue("Oidizy#", first, count, ratio, flag, s, data.buf, data.len);
    PyBuffer_Release(&data);
    return r;
}

static int doubled(PyObject *o, void *out)
{
    long v = PyLong_AsLong(o);
    if (v == -1 && PyErr_Occurred())
        return 0;
    *(long *)out = 2 * v;
    return 1;
}

static PyObject *convert(PyObject *m, PyObject *args)
{
    unsigned char b;
    short h;
    unsigned short H;
    long l, twice;
    unsigned long long K;
    float f;
    char c;
    int C;
    const char *s;
    Py_ssize_t n, len;
    Py_complex D;
    PyObject *list, *x, *y;
    if (!PyArg_ParseTuple(args, "bhHlKfcCs#nDO!O&(OO):convert", &b, &h, &H, &l, &K, &f, &c, &C, &s, &len, &n, &D,
                          &PyList_Type, &list, doubled, &twice, &x, &y))
        return NULL;
    return Py_BuildValue("BhHlKfcCs#nDOl(OO)", b, h, H, l, K, f, c, C, s, len, n, &D, list, twice, x, y);
}

static PyObject *values(PyObject *m, PyObject *unused)
{
    return Py_BuildValue("[is]{s:i,s:[d]}(k)()zyu#O&", 1, "two", "three", 3, "four", 4.5, 5UL, NULL, "six", L"se\x2014ven", (Py_ssize_t)5,
                         PyLong_FromLong, 8L);
}

static PyObject *formats(PyObject *m, PyObject *o)
{
    return PyUnicode_FromFormat("%d|%5d|%-5d|%05d|%zd|%lld|%x|%X|%u|%c|%s|%.3s|%8s|%U|%R|%S|%A|%V|%T|%N|%%", -7, 42, 42, 42,
                                (Py_ssize_t)-1, 1234567890123LL, 255, 255, 7u, 0x20ac, "text", "truncated", "wide", o, o, o, o,
                                NULL, "instead", o, (PyObject *)Py_TYPE(o));
}

static PyObject *errors(PyObject *m, PyObject *o)
{
    PyObject *r = PyList_New(0);
    PyErr_SetString(PyExc_ValueError, "set");
    PyObject *exc = PyErr_GetRaisedException();
    PyList_Append(r, exc);
    Py_DECREF(exc);
    PyErr_Format(PyExc_KeyError, "%s %R", "formatted", o);
    PyObject *t, *v, *tb;
    PyErr_Fetch(&t, &v, &tb);
    PyErr_NormalizeException(&t, &v, &tb);
    PyList_Append(r, v);
    PyErr_Restore(t, v, tb);
    PyObject *flag = PyBool_FromLong(PyErr_ExceptionMatches(PyExc_LookupError));
    PyList_Append(r, flag);
    Py_DECREF(flag);
    PyErr_Clear();
    PyErr_SetNone(PyExc_StopIteration);
    PyErr_SetObject(PyExc_RuntimeError, Py_BuildValue("(is)", 1, "two"));
    exc = PyErr_GetRaisedException();
    PyList_Append(r, exc);
    Py_DECREF(exc);
    errno = ENOENT;
    PyErr_SetFromErrnoWithFilename(PyExc_OSError, "nowhere");
    exc = PyErr_GetRaisedException();
    PyList_Append(r, exc);
    Py_DECREF(exc);
    return r;
}

static PyObject *calls(PyObject *m, PyObject *f)
{
    PyObject *args[4] = { NULL, PyLong_FromLong(1), PyLong_FromLong(2), PyLong_FromLong(3) };
    PyObject *names = Py_BuildValue("(s)", "last");
    PyObject *d = Py_BuildValue("{s:i}", "last", 9), *tuple = Py_BuildValue("(ii)", 7, 8);
    return Py_BuildValue("[NNNNNNNNN]", PyObject_CallNoArgs(f), PyObject_CallOneArg(f, args[1]),
                         PyObject_CallFunction(f, "(is)", 4, "five"), PyObject_CallFunction(f, "i", 6),
                         PyObject_CallFunctionObjArgs(f, args[1], args[2], NULL),
                         PyObject_Vectorcall(f, args + 1, 2 | PY_VECTORCALL_ARGUMENTS_OFFSET, names),
                         PyObject_Call(f, tuple, d), PyObject_CallMethod(tuple, "index", "i", 8),
                         PyObject_CallMethodObjArgs(tuple, PyUnicode_InternFromString("count"), args[1], NULL));
}

/* ------------------------------------------------------------------ a static type */

typedef struct {
    PyObject_HEAD
    double x, y;
    int tag;
    PyObject *extra;
    PyObject *weakrefs;
    Py_ssize_t shape[1], strides[1];
} Point;

static PyTypeObject Point_Type;

static int Point_init(Point *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = { "x", "y", "extra", NULL };
    PyObject *extra = Py_None;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "dd|O:Point", names, &self->x, &self->y, &extra))
        return -1;
    Py_XSETREF(self->extra, Py_NewRef(extra));
    return 0;
}

static int Point_traverse(Point *self, visitproc visit, void *arg)
{
    Py_VISIT(self->extra);
    return 0;
}

static int Point_clear(Point *self)
{
    Py_CLEAR(self->extra);
    return 0;
}

static void Point_dealloc(Point *self)
{
    PyObject_GC_UnTrack(self);
    if (self->weakrefs != NULL)
        PyObject_ClearWeakRefs((PyObject *)self);
    Point_clear(self);
    Py_TYPE(self)->tp_free((PyObject *)self);
}

static PyObject *Point_repr(Point *self)
{
    char *x = PyOS_double_to_string(self->x, 'r', 0, 0, NULL), *y = PyOS_double_to_string(self->y, 'g', 3, 0, NULL);
    PyObject *r = PyUnicode_FromFormat("<%s %s %s>", _PyType_Name(Py_TYPE(self)), x, y);
    PyMem_Free(x);
    PyMem_Free(y);
    return r;
}

static PyObject *Point_add(PyObject *a, PyObject *b)
{
    if (!PyObject_TypeCheck(a, &Point_Type) || !PyObject_TypeCheck(b, &Point_Type))
        Py_RETURN_NOTIMPLEMENTED;
    return PyObject_CallFunction((PyObject *)&Point_Type, "dd", ((Point *)a)->x + ((Point *)b)->x,
                                 ((Point *)a)->y + ((Point *)b)->y);
}

static int Point_bool(Point *self) { return self->x != 0 || self->y != 0; }
static Py_hash_t Point_hash(Point *self) { return (Py_hash_t)(self->x * 31 + self->y); }

static PyObject *Point_compare(PyObject *a, PyObject *b, int op)
{
    if (!PyObject_TypeCheck(b, &Point_Type))
        Py_RETURN_NOTIMPLEMENTED;
    Py_RETURN_RICHCOMPARE(((Point *)a)->x, ((Point *)b)->x, op);
}

static Py_ssize_t Point_length(Point *self) { return 2; }

static PyObject *Point_item(Point *self, Py_ssize_t i)
{
    if (i < 0 || i > 1) {
        PyErr_SetString(PyExc_IndexError, "Point index out of range");
        return NULL;
    }
    return PyFloat_FromDouble(i ? self->y : self->x);
}

static int Point_getbuffer(Point *self, Py_buffer *view, int flags)
{
    self->shape[0] = 2;
    self->strides[0] = sizeof(double);
    view->obj = Py_NewRef((PyObject *)self);
    view->buf = &self->x;
    view->len = 2 * sizeof(double);
    view->itemsize = sizeof(double);
    view->readonly = 0;
    view->ndim = 1;
    view->format = "d";
    view->shape = self->shape;
    view->strides = self->strides;
    view->suboffsets = NULL;
    view->internal = NULL;
    self->tag++;
    return 0;
}

static void Point_releasebuffer(Point *self, Py_buffer *view) { self->tag--; }

static PyObject *Point_norm(Point *self, void *closure) { return PyFloat_FromDouble(self->x * self->x + self->y * self->y); }

static int Point_set_norm(Point *self, PyObject *value, void *closure)
{
    if (value == NULL) {
        PyErr_SetString(PyExc_AttributeError, "norm stays");
        return -1;
    }
    self->x = PyFloat_AsDouble(value);
    self->y = 0;
    return PyErr_Occurred() ? -1 : 0;
}

static PyObject *Point_noargs(Point *self, PyObject *unused) { return PyUnicode_FromString("noargs"); }
static PyObject *Point_one(Point *self, PyObject *arg) { return Py_BuildValue("(sO)", "one", arg); }
static PyObject *Point_var(Point *self, PyObject *args) { return Py_BuildValue("(sO)", "var", args); }
static PyObject *Point_kw(Point *self, PyObject *args, PyObject *kw) { return Py_BuildValue("(sOO)", "kw", args, kw ? kw : Py_None); }
static PyObject *Point_fast(Point *self, PyObject *const *args, Py_ssize_t n) { return Py_BuildValue("(snO)", "fast", n, n ? args[n - 1] : Py_None); }
static PyObject *Point_fastkw(Point *self, PyObject *const *args, Py_ssize_t n, PyObject *names)
{
    return Py_BuildValue("(snO)", "fastkw", n, names ? names : Py_None);
}
static PyObject *Point_origin(PyObject *cls, PyObject *unused) { return PyObject_CallFunction(cls, "ii", 0, 0); }
static PyObject *Point_static(PyObject *unused, PyObject *arg) { return Py_BuildValue("(sO)", "static", arg); }

static PyMethodDef Point_methods[] = {
    { "noargs", (PyCFunction)Point_noargs, METH_NOARGS, "noargs($self, /)\n--\n\nNo arguments." },
    { "one", (PyCFunction)Point_one, METH_O, NULL },
    { "var", (PyCFunction)Point_var, METH_VARARGS, NULL },
    { "kw", (PyCFunction)(void *)Point_kw, METH_VARARGS | METH_KEYWORDS, NULL },
    { "fast", (PyCFunction)(void *)Point_fast, METH_FASTCALL, NULL },
    { "fastkw", (PyCFunction)(void *)Point_fastkw, METH_FASTCALL | METH_KEYWORDS, NULL },
    { "origin", (PyCFunction)Point_origin, METH_NOARGS | METH_CLASS, NULL },
    { "static", (PyCFunction)Point_static, METH_O | METH_STATIC, NULL },
    { NULL }
};

static PyMemberDef Point_members[] = {
    { "x", Py_T_DOUBLE, offsetof(Point, x), 0, "abscissa" },
    { "y", Py_T_DOUBLE, offsetof(Point, y), Py_READONLY, NULL },
    { "tag", Py_T_INT, offsetof(Point, tag), 0, NULL },
    { "extra", Py_T_OBJECT_EX, offsetof(Point, extra), 0, NULL },
    { NULL }
};

static PyGetSetDef Point_getset[] = {
    { "norm", (getter)Point_norm, (setter)Point_set_norm, "squared length", NULL },
    { NULL }
};

static PyNumberMethods Point_number = { .nb_add = Point_add, .nb_bool = (inquiry)Point_bool };
static PySequenceMethods Point_sequence = { .sq_length = (lenfunc)Point_length, .sq_item = (ssizeargfunc)Point_item };
static PyBufferProcs Point_buffer = { (getbufferproc)Point_getbuffer, (releasebufferproc)Point_releasebuffer };

static PyTypeObject Point_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "layouts.Point",
    .tp_doc = "Point(x, y, extra=None)\n--\n\nTwo numbers.",
    .tp_basicsize = sizeof(Point),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_new = PyType_GenericNew,
    .tp_init = (initproc)Point_init,
    .tp_dealloc = (destructor)Point_dealloc,
    .tp_traverse = (traverseproc)Point_traverse,
    .tp_clear = (inquiry)Point_clear,
    .tp_repr = (reprfunc)Point_repr,
    .tp_hash = (hashfunc)Point_hash,
    .tp_richcompare = Point_compare,
    .tp_as_number = &Point_number,
    .tp_as_sequence = &Point_sequence,
    .tp_as_buffer = &Point_buffer,
    .tp_methods = Point_methods,
    .tp_members = Point_members,
    .tp_getset = Point_getset,
    .tp_weaklistoffset = offsetof(Point, weakrefs),
};

/* ------------------------------------------------------------------ heap types */

typedef struct {
    PyObject *counter_type;
    long made;
} State;

static PyModuleDef definition;

typedef struct {
    PyObject_HEAD
    long value;
    vectorcallfunc vectorcall;
    PyObject *dict;
    PyObject *weakrefs;
} Counter;

static PyObject *Counter_vectorcall(PyObject *self, PyObject *const *args, size_t nargsf, PyObject *names)
{
    ((Counter *)self)->value += PyVectorcall_NARGS(nargsf);
    return PyLong_FromLong(((Counter *)self)->value);
}

static PyObject *Counter_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    /* a subclass has no module of its own */
    PyObject *m = PyType_GetModuleByDef(type, &definition);
    if (m == NULL)
        return NULL;
    ((State *)PyModule_GetState(m))->made++;
    Counter *self = (Counter *)type->tp_alloc(type, 0);
    if (self != NULL) {
        self->value = 100;
        self->vectorcall = Counter_vectorcall;
    }
    return (PyObject *)self;
}

static int Counter_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(((Counter *)self)->dict);
    return 0;
}

static int Counter_clear(PyObject *self)
{
    Py_CLEAR(((Counter *)self)->dict);
    return 0;
}

static void Counter_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    if (((Counter *)self)->weakrefs != NULL)
        PyObject_ClearWeakRefs(self);
    Counter_clear(self);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyObject *Counter_made(PyObject *self, PyTypeObject *cls, PyObject *const *args, Py_ssize_t n, PyObject *names)
{
    State *s = PyType_GetModuleState(cls);
    return Py_BuildValue("(sl)", cls->tp_name, s->made);
}

static PyObject *Counter_iter(PyObject *self) { return Py_NewRef(self); }

static PyObject *Counter_next(PyObject *self)
{
    Counter *c = (Counter *)self;
    if (c->value >= 103)
        return NULL;
    return PyLong_FromLong(c->value++);
}

static PyObject *Counter_subscript(PyObject *self, PyObject *key) { return PyNumber_Add(key, key); }

static PyMethodDef Counter_methods[] = {
    { "made", (PyCFunction)(void *)Counter_made, METH_METHOD | METH_FASTCALL | METH_KEYWORDS, "made($self, /)\n--\n\n" },
    { NULL }
};

static PyMemberDef Counter_members[] = {
    { "value", Py_T_LONG, offsetof(Counter, value), 0, NULL },
    { "__vectorcalloffset__", Py_T_PYSSIZET, offsetof(Counter, vectorcall), Py_READONLY, NULL },
    { "__dictoffset__", Py_T_PYSSIZET, offsetof(Counter, dict), Py_READONLY, NULL },
    { "__weaklistoffset__", Py_T_PYSSIZET, offsetof(Counter, weakrefs), Py_READONLY, NULL },
    { NULL }
};

static PyGetSetDef Counter_getset[] = {
    { "__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, NULL, NULL },
    { NULL }
};

static PyType_Slot Counter_slots[] = {
    { Py_tp_doc, "Counts." },
    { Py_tp_new, Counter_new },
    { Py_tp_dealloc, Counter_dealloc },
    { Py_tp_traverse, Counter_traverse },
    { Py_tp_clear, Counter_clear },
    { Py_tp_call, PyVectorcall_Call },
    { Py_tp_iter, Counter_iter },
    { Py_tp_iternext, Counter_next },
    { Py_mp_subscript, Counter_subscript },
    { Py_tp_methods, Counter_methods },
    { Py_tp_members, Counter_members },
    { Py_tp_getset, Counter_getset },
    { 0, NULL }
};

static PyType_Spec Counter_spec = {
    .name = "layouts.Counter",
    .basicsize = sizeof(Counter),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL,
    .slots = Counter_slots,
};

/* extends list without knowing its size */
typedef struct { long extra; } Tail;

static PyMemberDef Tail_members[] = {
    { "extra", Py_T_LONG, offsetof(Tail, extra), Py_RELATIVE_OFFSET, NULL },
    { NULL }
};
static PyType_Slot Tail_slots[] = { { Py_tp_base, &PyList_Type }, { Py_tp_members, Tail_members }, { 0, NULL } };
static PyType_Spec Tail_spec = {
    .name = "layouts.Tail", .basicsize = -(int)sizeof(Tail), .flags = Py_TPFLAGS_DEFAULT, .slots = Tail_slots,
};

static PyObject *tail(PyObject *m, PyObject *o)
{
    Tail *t = PyObject_GetTypeData(o, Py_TYPE(o));
    t->extra += 5;
    return Py_BuildValue("ln", t->extra, PyList_GET_SIZE(o));
}

/* ------------------------------------------------------------------ buffers, capsules, threads */

static PyObject *buffer(PyObject *m, PyObject *o)
{
    Py_buffer v;
    if (PyObject_GetBuffer(o, &v, PyBUF_FULL_RO) < 0)
        return NULL;
    PyObject *shape = PyTuple_New(v.ndim);
    for (int i = 0; i < v.ndim; i++)
        PyTuple_SET_ITEM(shape, i, PyLong_FromSsize_t(v.shape[i]));
    PyObject *r = Py_BuildValue("nniiNsi", v.len, v.itemsize, v.ndim, v.readonly, shape, v.format,
                                PyBuffer_IsContiguous(&v, 'C'));
    PyBuffer_Release(&v);
    return r;
}

static int payload = 42;

static PyObject *capsule(PyObject *m, PyObject *unused)
{
    PyObject *c = PyCapsule_New(&payload, "layouts.payload", NULL);
    if (PyModule_AddObjectRef(m, "payload", c) < 0)
        return NULL;
    Py_DECREF(c);
    int *p = PyCapsule_Import("layouts.payload", 0);
    if (p == NULL)
        return NULL;
    return Py_BuildValue("iis", *p, PyCapsule_IsValid(c, "other"), PyCapsule_GetName(c));
}

static void *thread_main(void *list)
{
    PyGILState_STATE state = PyGILState_Ensure();
    PyObject *v = PyUnicode_FromFormat("from a thread, %d", PyGILState_Check());
    PyList_Append(list, v);
    Py_DECREF(v);
    PyGILState_Release(state);
    return NULL;
}

static PyObject *threads(PyObject *m, PyObject *unused)
{
    PyObject *list = PyList_New(0);
    pthread_t t[3];
    Py_BEGIN_ALLOW_THREADS
    for (int i = 0; i < 3; i++)
        pthread_create(&t[i], NULL, thread_main, list);
    for (int i = 0; i < 3; i++)
        pthread_join(t[i], NULL);
    Py_END_ALLOW_THREADS
    PyGILState_STATE state = PyGILState_Ensure();
    PyGILState_Release(state);
    return list;
}

static PyObject *protocols(PyObject *m, PyObject *args)
{
    PyObject *o, *key, *value, *found = NULL;
    if (!PyArg_UnpackTuple(args, "protocols", 3, 3, &o, &key, &value))
        return NULL;
    int set = PyObject_SetItem(o, key, value);
    int has = PyMapping_HasKeyWithError(o, key);
    int got = PyDict_GetItemRef(o, key, &found);
    PyObject *r = Py_BuildValue("[iiiNNNNNiOO]", set, has, got, found ? found : Py_NewRef(Py_None), PyObject_Repr(o),
                                PyMapping_Keys(o), PyObject_RichCompare(key, value, Py_LT), PyNumber_Multiply(key, value),
                                PyObject_RichCompareBool(key, key, Py_EQ), PyObject_HasAttrString(o, "keys") ? Py_True : Py_False,
                                PyCallable_Check(o) ? Py_True : Py_False);
    return r;
}

static PyMethodDef functions[] = {
    { "sizes", sizes, METH_NOARGS, "sizes($module, /)\n--\n\nOf structures." },
    { "counts", counts, METH_NOARGS, NULL },
    { "text", text, METH_O, NULL },
    { "make_text", make_text, METH_VARARGS, NULL },
    { "integer", integer, METH_O, NULL },
    { "kinds", kinds, METH_O, NULL },
    { "parts", parts, METH_O, NULL },
    { "parse", (PyCFunction)(void *)parse, METH_VARARGS | METH_KEYWORDS, NULL },
    { "convert", convert, METH_VARARGS, NULL },
    { "values", values, METH_NOARGS, NULL },
    { "formats", formats, METH_O, NULL },
    { "errors", errors, METH_O, NULL },
    { "calls", calls, METH_O, NULL },
    { "tail", tail, METH_O, NULL },
    { "buffer", buffer, METH_O, NULL },
    { "capsule", capsule, METH_NOARGS, NULL },
    { "threads", threads, METH_NOARGS, NULL },
    { "protocols", protocols, METH_VARARGS, NULL },
    { NULL }
};

static int exec(PyObject *m)
{
    State *s = PyModule_GetState(m);
    if (PyModule_AddType(m, &Point_Type) < 0)
        return -1;
    s->counter_type = PyType_FromModuleAndSpec(m, &Counter_spec, NULL);
    if (s->counter_type == NULL || PyModule_AddType(m, (PyTypeObject *)s->counter_type) < 0)
        return -1;
    PyObject *tail_type = PyType_FromSpec(&Tail_spec);
    if (PyModule_Add(m, "Tail", tail_type) < 0)
        return -1;
    if (PyModule_Add(m, "Error", PyErr_NewExceptionWithDoc("layouts.Error", "Ours.", PyExc_ValueError, NULL)) < 0)
        return -1;
    return PyModule_AddIntConstant(m, "number", 7) < 0 || PyModule_AddStringConstant(m, "string", "seven") < 0 ? -1 : 0;
}

static int state_traverse(PyObject *m, visitproc visit, void *arg)
{
    State *s = PyModule_GetState(m);
    if (s != NULL)
        Py_VISIT(s->counter_type);
    return 0;
}

static int state_clear(PyObject *m)
{
    State *s = PyModule_GetState(m);
    if (s != NULL)
        Py_CLEAR(s->counter_type);
    return 0;
}

static void state_free(void *m) { state_clear((PyObject *)m); }

static PyModuleDef_Slot slots[] = {
    { Py_mod_exec, exec },
    { Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED },
    { Py_mod_gil, Py_MOD_GIL_NOT_USED },
    { 0, NULL }
};

static PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "layouts",
    .m_doc = "Layouts as C sees them.",
    .m_size = sizeof(State),
    .m_methods = functions,
    .m_slots = slots,
    .m_traverse = state_traverse,
    .m_clear = state_clear,
    .m_free = state_free,
};

PyMODINIT_FUNC PyInit_layouts(void) { return PyModuleDef_Init(&definition); }
