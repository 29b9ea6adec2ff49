/* A single-phase extension with the stable ABI's functions only. */
#define Py_LIMITED_API 0x030a0000
#include <Python.h>

static PyObject *twice(PyObject *m, PyObject *o) { return PyNumber_Add(o, o); }

static PyMethodDef functions[] = { { "twice", twice, METH_O, "Adds a thing to itself." }, { NULL } };
static struct PyModuleDef definition = { PyModuleDef_HEAD_INIT, "single", "One phase.", -1, functions };

PyMODINIT_FUNC PyInit_single(void)
{
    PyObject *m = PyModule_Create(&definition);
    if (m != NULL && PyModule_AddIntConstant(m, "found", PyState_FindModule(&definition) != NULL) < 0)
        return NULL;
    return m;
}
