/* The extension module irrun._native: the table of kernels, reachable from Python. */

#include "module.h"

/* With fewer elements other threads wait no longer than for any operation of Python. */
#define LONG_ENOUGH 4096

/* Elements that are carried out together where an operand is one number for all. */
#define FILLED 512

/* An operand: a column, or one number for all elements. */
struct operand {
    Py_buffer view;
    const char *data; /* of the column; NULL for a number */
    size_t step;      /* bytes of an element */
    double filled[FILLED];
};

struct call {
    const struct row *row;
    size_t n;
    Py_buffer out;
    struct operand operands[MOST_OPERANDS];
};

static const struct row *find_row(const char *name) {
    for (size_t i = 0; i < kernel_count; i++)
        if (strcmp(kernel_table[i].name, name) == 0) return &kernel_table[i];
    PyErr_Format(PyExc_ValueError, "there is no kernel of the name %s", name);
    return NULL;
}

size_t bytes_of(char type) { return type == 'd' ? 8 : type == 'B' ? 1 : 4; }

int open_array(PyObject *array, Py_buffer *view, char type, int writable) {
    int flags = PyBUF_C_CONTIGUOUS | PyBUF_FORMAT | (writable ? PyBUF_WRITABLE : 0);
    if (PyObject_GetBuffer(array, view, flags) < 0) return 0;
    const char *format = view->format ? view->format : "B";
    if (format[0] == type && format[1] == 0) return 1;
    PyErr_Format(PyExc_TypeError, "an array of %c is needed, not of %s", type, format);
    PyBuffer_Release(view);
    return 0;
}

/* Makes an operand one number for all elements. */
static void fill(struct operand *operand, char type, size_t n, double number) {
    size_t count = n < FILLED ? n : FILLED;
    float *singles = (float *)operand->filled;
    for (size_t i = 0; i < count; i++) {
        if (type == 'd') operand->filled[i] = number;
        else singles[i] = (float)number;
    }
    operand->data = NULL;
}

/* Opens an operand of a call whose n is known; returns whether it did. */
static int open_operand(PyObject *given, struct call *call, int i) {
    struct operand *operand = &call->operands[i];
    const struct row *row = call->row;
    char type = row->operands[i];
    if (PyFloat_Check(given) && row->width == 1) {
        fill(operand, type, call->n, PyFloat_AsDouble(given));
        return 1;
    }
    if (!open_array(given, &operand->view, type, 0)) return 0;
    size_t count = (size_t)operand->view.len / bytes_of(type);
    operand->step = row->width * bytes_of(type);
    operand->data = operand->view.buf;
    if (count == call->n * row->width) return 1;
    if (count == 1 && row->width == 1) {
        double number = 0.0;
        float single = 0.0f;
        if (type == 'd') memcpy(&number, operand->data, sizeof number);
        else memcpy(&single, operand->data, sizeof single);
        fill(operand, type, call->n, type == 'd' ? number : single);
        return 1;
    }
    PyErr_Format(PyExc_ValueError, "%s: operand %d has not as many elements as the result",
                 row->name, i);
    return 0;
}

/* Whether the result overlaps with a column, but for being it. */
static int overlaps(const struct call *call, const struct operand *column) {
    const char *from = call->out.buf, *other = column->data;
    if (!other || from == other) return 0;
    return from < other + column->view.len && other < from + call->out.len;
}

static void carry_out(struct call *call, int count) {
    const struct row *row = call->row;
    const void *in[MOST_OPERANDS];
    size_t together = call->n;
    for (int i = 0; i < count; i++)
        if (!call->operands[i].data && together > FILLED) together = FILLED;
    size_t at = 0;
    do { /* once at least: the sum of nothing is a result */
        for (int i = 0; i < count; i++) {
            struct operand *o = &call->operands[i];
            in[i] = o->data ? (const void *)(o->data + at * o->step) : o->filled;
        }
        size_t left = call->n - at;
        char *out = (char *)call->out.buf + at * row->result_width * bytes_of(row->result);
        row->run(in, out, left < together ? left : together);
        at += together;
    } while (at < call->n);
}

/* Finds n, opens all operands, computes. */
static int open_and_run(struct call *call, PyObject *const *given, int count) {
    const struct row *row = call->row;
    size_t results = (size_t)call->out.len / bytes_of(row->result);
    if (row->result_width) {
        call->n = results / row->result_width;
    } else {
        Py_ssize_t length = PyObject_Size(given[0]);
        if (length < 0) return 0;
        call->n = (size_t)length;
    }
    if (results != (row->result_width ? call->n * row->result_width : 1)) {
        PyErr_Format(PyExc_ValueError, "%s: so many results there are not", row->name);
        return 0;
    }
    for (int i = 0; i < count; i++) {
        if (!open_operand(given[i], call, i)) return 0;
        if (overlaps(call, &call->operands[i])) {
            PyErr_Format(PyExc_ValueError, "%s: the result overlaps with operand %d", row->name, i);
            return 0;
        }
    }
    if (call->n < LONG_ENOUGH) {
        carry_out(call, count);
        return 1;
    }
    Py_BEGIN_ALLOW_THREADS
    carry_out(call, count);
    Py_END_ALLOW_THREADS
    return 1;
}

/* call(name, operands, out) */
static PyObject *call_kernel(PyObject *module, PyObject *arguments) {
    (void)module;
    const char *name;
    PyObject *operands, *out;
    PyObject *given[MOST_OPERANDS];
    struct call call;
    if (!PyArg_ParseTuple(arguments, "sO!O", &name, &PyTuple_Type, &operands, &out)) return NULL;
    if (!(call.row = find_row(name))) return NULL;
    Py_ssize_t count = PyTuple_Size(operands);
    if (count != (Py_ssize_t)strlen(call.row->operands))
        return PyErr_Format(PyExc_ValueError, "%s takes %d operands, not %d", name,
                            (int)strlen(call.row->operands), (int)count);
    for (Py_ssize_t i = 0; i < count; i++) {
        given[i] = PyTuple_GetItem(operands, i);
        call.operands[i].view.obj = NULL;
    }
    if (!open_array(out, &call.out, call.row->result, 1)) return NULL;
    int done = open_and_run(&call, given, (int)count);
    for (Py_ssize_t i = 0; i < count; i++) PyBuffer_Release(&call.operands[i].view);
    PyBuffer_Release(&call.out);
    return done ? Py_NewRef(Py_None) : NULL;
}

/* names() */
static PyObject *kernel_names(PyObject *module, PyObject *none) {
    (void)module, (void)none;
    PyObject *found = PyDict_New();
    for (size_t i = 0; found && i < kernel_count; i++) {
        const struct row *row = &kernel_table[i];
        PyObject *about = Py_BuildValue("(sCii)", row->operands, row->result, (int)row->width,
                                        (int)row->result_width);
        if (!about || PyDict_SetItemString(found, row->name, about) < 0) Py_CLEAR(found);
        Py_XDECREF(about);
    }
    return found;
}

/* unit() */
static PyObject *vector_unit(PyObject *module, PyObject *none) {
    (void)module, (void)none;
    return PyUnicode_FromString(unit_name());
}

static PyMethodDef functions[] = {
    {"call", call_kernel, METH_VARARGS, "Fill an array with the results of a kernel."},
    {"run_plan", run_plan, METH_VARARGS, "Carry out the plan of a block."},
    {"moves", move_names, METH_NOARGS, "Return the operations of a plan that are no kernels."},
    {"names", kernel_names, METH_NOARGS, "Return what every kernel takes and gives, by its name."},
    {"unit", vector_unit, METH_NOARGS, "Return the vector unit whose code is taken."},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef_Slot slots[] = {
#ifdef Py_mod_gil
    {Py_mod_gil, Py_MOD_GIL_NOT_USED}, /* there is nothing that threads could share */
#endif
    {0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "irrun._native",
    .m_doc = "Kernels of irrun's numerics in C.",
    .m_methods = functions,
    .m_slots = slots,
};

PyMODINIT_FUNC PyInit__native(void) { return PyModuleDef_Init(&definition); }
