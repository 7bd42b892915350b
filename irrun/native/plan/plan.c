/* Checks a plan and carries it out, a chunk of frames at a time. */

#include "plan.h"

static const struct move_row *move_of(const struct instruction *it) {
    return it->code < (int32_t)move_count ? &move_table[it->code] : NULL;
}

static const struct row *kernel_of(const struct instruction *it) {
    return &kernel_table[it->code - (int32_t)move_count];
}

/* --- What may be wrong -------------------------------------------------------------------- */

static int is_register(const struct plan *plan, int32_t place, char type) {
    if (place < 0 || (size_t)place >= plan->register_count) return 0;
    return plan->registers[place].type == type;
}

static int is_result(const struct plan *plan, int32_t place, char type) {
    return is_register(plan, place, type) && !plan->registers[place].is_read_only;
}

static int numbers_fit(const struct plan *plan, const struct instruction *it, int wanted) {
    if (it->numbers < 0 || it->length < 0) return 0;
    if (wanted < 0 ? it->length < 3 : it->length != wanted) return 0;
    return (size_t)it->numbers + (size_t)it->length <= plan->number_count;
}

static const char *fault_of(const struct plan *plan, const struct instruction *it) {
    if (it->code < 0 || (size_t)it->code >= move_count + kernel_count) return "there is no such code";
    const struct move_row *own = move_of(it);
    const char *operands = own ? own->operands : kernel_of(it)->operands;
    char result = own ? own->result : kernel_of(it)->result;
    int kept = own ? own->kept : 0;
    if (!own && (kernel_of(it)->width != 1 || kernel_of(it)->result_width != 1))
        return "a kernel is not for columns of numbers";
    if (!is_result(plan, it->out, result)) return "a result has no register of its type";
    for (size_t k = 0; operands[k]; k++) {
        if (!is_register(plan, it->in[k], operands[k])) return "an operand has no register of its type";
        if (own && it->code != BEFORE && it->in[k] == it->out) return "a result replaces an operand";
    }
    for (int k = 0; k < kept; k++)
        if (!is_result(plan, it->kept[k], 'd')) return "a memory has no register";
    if (it->where != -1 && !is_register(plan, it->where, 'B')) return "a mask has no register";
    return numbers_fit(plan, it, own ? own->numbers : 0) ? NULL : "its numbers are not there";
}

const char *plan_fault(const struct plan *plan) {
    for (size_t i = 0; i < plan->count; i++) {
        const char *fault = fault_of(plan, &plan->code[i]);
        if (fault) return fault;
    }
    return NULL;
}

/* --- Carrying out ------------------------------------------------------------------------- */

/* The data of a register at a frame: `start` is where the chunk begins, `i` counts from there. */
static void *data_at(const struct plan *plan, int32_t place, size_t start, size_t i) {
    const struct reg *found = &plan->registers[place];
    return found->data + (found->is_outside ? start + i : i) * (found->type == 'd' ? 8 : 1);
}

static void run(
    const struct plan *plan, const struct instruction *it, size_t start, size_t i, size_t n
) {
    const struct move_row *own = move_of(it);
    const char *operands = own ? own->operands : kernel_of(it)->operands;
    struct place at = {.numbers = plan->numbers + it->numbers, .length = (size_t)it->length};
    for (size_t k = 0; operands[k]; k++) at.in[k] = data_at(plan, it->in[k], start, i);
    at.out = data_at(plan, it->out, start, i);
    if (!own) {
        kernel_of(it)->run(at.in, at.out, n);
        return;
    }
    if (it->where != -1) at.where = data_at(plan, it->where, start, i);
    for (int k = 0; k < own->kept; k++) at.kept[k] = data_at(plan, it->kept[k], start, i);
    own->run(&at, n);
}

/* Runs a circle, frame by frame: what was a frame before is there first, and kept at the end. */
static void run_circle(
    const struct plan *plan, const struct instruction *first, size_t count, size_t start, size_t n
) {
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < count; k++) {
            const struct instruction *it = &first[k];
            if (it->code == BEFORE)
                *(double *)data_at(plan, it->out, start, i) = plan->numbers[it->numbers];
            else
                run(plan, it, start, i, 1);
        }
        for (size_t k = 0; k < count; k++) {
            const struct instruction *it = &first[k];
            if (it->code == BEFORE)
                plan->numbers[it->numbers] = *(double *)data_at(plan, it->in[0], start, i);
        }
    }
}

/* Runs all instructions on one chunk; what is the same in all frames was filled in before. */
static void run_chunk(const struct plan *plan, size_t start, size_t n) {
    for (size_t k = 0; k < plan->count;) {
        const struct instruction *it = &plan->code[k];
        size_t end = k + 1;
        while (it->circle && end < plan->count && plan->code[end].circle == it->circle) end++;
        if (it->circle) run_circle(plan, it, end - k, start, n);
        else if (it->code != FILL) run(plan, it, start, 0, n);
        k = end;
    }
}

void carry_out_plan(const struct plan *plan) {
    size_t first = plan->frames < CHUNK ? plan->frames : CHUNK;
    for (size_t k = 0; k < plan->count; k++)
        if (plan->code[k].code == FILL) run(plan, &plan->code[k], 0, 0, first);
    for (size_t start = 0; start < plan->frames; start += CHUNK) {
        size_t left = plan->frames - start;
        run_chunk(plan, start, left < CHUNK ? left : CHUNK);
    }
}
