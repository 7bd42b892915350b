/* What the parts of the extension module share. */

#ifndef IRRUN_MODULE_H
#define IRRUN_MODULE_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "kernels.h"

size_t bytes_of(char type);

/* Opens an array in one piece, of a type; returns whether it did. */
int open_array(PyObject *array, Py_buffer *view, char type, int writable);

PyObject *run_plan(PyObject *module, PyObject *arguments);
PyObject *move_names(PyObject *module, PyObject *none);

#endif
