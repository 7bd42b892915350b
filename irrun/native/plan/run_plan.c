/* The plan of a block, reachable from Python. */

#include "module.h"
#include "plan.h"

/* Everything that is open while a plan is carried out. */
struct opened {
    Py_buffer code, numbers, *columns;
    Py_ssize_t column_count;
    char *scratch;
    struct plan plan;
};

static void close_all(struct opened *o) {
    for (Py_ssize_t i = 0; i < o->column_count; i++) PyBuffer_Release(&o->columns[i]);
    PyMem_Free(o->columns);
    PyMem_Free(o->scratch);
    PyMem_Free(o->plan.registers);
    PyBuffer_Release(&o->numbers);
    PyBuffer_Release(&o->code);
}

/* Opens columns as the next registers: they have all frames. */
static int open_columns(struct opened *o, PyObject *columns, const char *types, int writable) {
    for (Py_ssize_t i = 0; i < PyTuple_Size(columns); i++) {
        Py_ssize_t place = o->column_count;
        Py_buffer *view = &o->columns[place];
        if (!open_array(PyTuple_GetItem(columns, i), view, types[place], writable)) return 0;
        o->column_count++;
        if ((size_t)view->len / bytes_of(types[place]) != o->plan.frames) {
            PyErr_Format(PyExc_ValueError, "column %zd has not as many frames as the block", place);
            return 0;
        }
        o->plan.registers[place] = (struct reg){view->buf, types[place], 1, !writable};
    }
    return 1;
}

/* Gives the other registers room for a chunk each. */
static int make_scratch(struct opened *o, const char *types) {
    size_t inside = o->plan.register_count - (size_t)o->column_count;
    o->scratch = PyMem_Calloc(inside ? inside : 1, CHUNK * sizeof(double));
    if (!o->scratch) return PyErr_NoMemory(), 0;
    for (size_t i = 0; i < inside; i++) {
        size_t place = (size_t)o->column_count + i;
        char *data = o->scratch + i * CHUNK * sizeof(double);
        o->plan.registers[place] = (struct reg){data, types[place], 0, 0};
    }
    return 1;
}

static int open_all(
    struct opened *o, PyObject *code, const char *types, PyObject *operands, PyObject *results,
    PyObject *numbers
) {
    struct plan *plan = &o->plan;
    Py_ssize_t columns = PyTuple_Size(operands) + PyTuple_Size(results);
    if (!open_array(code, &o->code, 'i', 0) || !open_array(numbers, &o->numbers, 'd', 1)) return 0;
    plan->register_count = strlen(types);
    if ((size_t)o->code.len % sizeof(struct instruction) != 0 || types[strspn(types, "dB")]
        || (size_t)columns > plan->register_count) {
        PyErr_SetString(PyExc_ValueError, "a plan is no list of instructions, or of registers");
        return 0;
    }
    plan->code = o->code.buf;
    plan->count = (size_t)o->code.len / sizeof(struct instruction);
    plan->numbers = o->numbers.buf;
    plan->number_count = (size_t)o->numbers.len / sizeof(double);
    plan->registers = PyMem_Calloc(plan->register_count + 1, sizeof *plan->registers);
    o->columns = PyMem_Calloc((size_t)columns + 1, sizeof *o->columns);
    if (!plan->registers || !o->columns) return PyErr_NoMemory(), 0;
    return open_columns(o, operands, types, 0) && open_columns(o, results, types, 1)
        && make_scratch(o, types);
}

/* run_plan(code, types, operands, results, numbers, frames) */
PyObject *run_plan(PyObject *module, PyObject *arguments) {
    (void)module;
    PyObject *code, *operands, *results, *numbers;
    const char *types;
    Py_ssize_t frames;
    struct opened o = {0};
    if (!PyArg_ParseTuple(arguments, "OsO!O!On", &code, &types, &PyTuple_Type, &operands,
                          &PyTuple_Type, &results, &numbers, &frames))
        return NULL;
    o.plan.frames = frames < 0 ? 0 : (size_t)frames;
    int done = open_all(&o, code, types, operands, results, numbers);
    const char *fault = done ? plan_fault(&o.plan) : NULL;
    if (fault) PyErr_SetString(PyExc_ValueError, fault);
    if (done && !fault) {
        Py_BEGIN_ALLOW_THREADS
        carry_out_plan(&o.plan);
        Py_END_ALLOW_THREADS
    }
    close_all(&o);
    return done && !fault ? Py_NewRef(Py_None) : NULL;
}

/* moves() */
PyObject *move_names(PyObject *module, PyObject *none) {
    (void)module, (void)none;
    PyObject *found = PyList_New(0);
    for (size_t i = 0; found && i < move_count; i++) {
        const struct move_row *row = &move_table[i];
        PyObject *about = Py_BuildValue("(ssCii)", row->name, row->operands, row->result,
                                        (int)row->kept, row->numbers);
        if (!about || PyList_Append(found, about) < 0) Py_CLEAR(found);
        Py_XDECREF(about);
    }
    return found;
}
