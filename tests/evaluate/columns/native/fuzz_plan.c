/* Makes random plans, right and wrong, and carries out those in which no fault is found. Built with
 * sanitizers by test_native_sanitized.py: what they see ends it. Arguments: the first seed, how many. */

#include <stdio.h>
#include <stdlib.h>

#include "plan.h"

#define MOST_REGISTERS 12
#define MOST_NUMBERS 40
#define MOST_FRAMES 700

static uint64_t state;

static uint32_t drawn(uint32_t below) {
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    return (uint32_t)(state >> 33) % below;
}

static double number(void) {
    static const double odd[] = {0.0, -0.0, 1.0, -1.0, 0.5, 1e300, -1e300, 5e-324, 3.0, 600.0};
    switch (drawn(6)) {
    case 0: return odd[drawn(10)];
    case 1: return (double)NAN;
    case 2: return drawn(2) ? HUGE_VAL : -HUGE_VAL;
    case 3: return (double)drawn(5);
    default: return (double)drawn(1000000) / 1000.0 - 400.0;
    }
}

/* A place of a register: of the type that is wanted for the most part, now and then any number. */
static int32_t place(const struct plan *plan, char type) {
    if (drawn(60) == 0) return (int32_t)drawn(40) - 20;
    for (int tries = 0; tries < 20; tries++) {
        int32_t found = (int32_t)drawn((uint32_t)plan->register_count);
        if (plan->registers[found].type == type) return found;
    }
    return -1;
}

static struct instruction made(const struct plan *plan) {
    struct instruction it;
    it.code = (int32_t)drawn((uint32_t)(move_count + kernel_count) + (drawn(40) == 0));
    if (drawn(3)) it.code = (int32_t)drawn((uint32_t)move_count);
    const struct move_row *own = it.code < (int32_t)move_count ? &move_table[it.code] : NULL;
    const char *operands = own ? own->operands : "ddd";
    size_t count = strlen(operands);
    it.out = place(plan, own ? own->result : 'd');
    for (size_t k = 0; k < MOST_OPERANDS; k++) it.in[k] = place(plan, k < count ? operands[k] : 'd');
    it.where = drawn(3) ? -1 : place(plan, 'B');
    for (int k = 0; k < MOST_KEPT; k++) it.kept[k] = place(plan, 'd');
    it.length = own && own->numbers >= 0 ? own->numbers : 3 + (int32_t)drawn(8);
    if (drawn(60) == 0) it.length = (int32_t)drawn(100) - 20;
    it.numbers = (int32_t)drawn((uint32_t)plan->number_count);
    if (drawn(60) == 0) it.numbers = (int32_t)drawn(200) - 50;
    it.circle = drawn(3) ? 0 : (int32_t)drawn(3);
    return it;
}

/* Gives a register memory of just its size, so that a step beyond it is seen. */
static void fill(struct reg *found, size_t frames) {
    found->type = drawn(3) ? 'd' : 'B';
    found->is_outside = (char)drawn(2);
    found->is_read_only = (char)(drawn(4) == 0);
    size_t count = found->is_outside ? frames : CHUNK, size = found->type == 'd' ? 8 : 1;
    found->data = malloc(count * size + !(count * size));
    for (size_t i = 0; i < count; i++) {
        if (found->type == 'B') found->data[i] = (char)drawn(2);
        else ((double *)found->data)[i] = number();
    }
}

static int try_one(void) {
    struct reg registers[MOST_REGISTERS];
    struct instruction code[16];
    double *numbers = malloc(MOST_NUMBERS * sizeof *numbers);
    struct plan plan = {code, 1 + drawn(8), registers, 1 + drawn(MOST_REGISTERS), numbers,
                        1 + drawn(MOST_NUMBERS), drawn(MOST_FRAMES)};
    numbers = realloc(numbers, plan.number_count * sizeof *numbers);
    plan.numbers = numbers;
    for (size_t i = 0; i < plan.number_count; i++) numbers[i] = number();
    for (size_t i = 0; i < plan.register_count; i++) fill(&registers[i], plan.frames);
    for (size_t i = 0; i < plan.count; i++) code[i] = made(&plan);
    int is_fine = plan_fault(&plan) == NULL;
    if (is_fine) carry_out_plan(&plan);
    for (size_t i = 0; i < plan.register_count; i++) free(registers[i].data);
    free(numbers);
    return is_fine;
}

int main(int count, char **arguments) {
    if (count != 3) return 2;
    long first = atol(arguments[1]), many = atol(arguments[2]), fine = 0;
    for (long seed = first; seed < first + many; seed++) {
        state = (uint64_t)(seed + 1) * 0x9E3779B97F4A7C15u;
        for (int i = 0; i < 8; i++) drawn(2);
        fine += try_one();
    }
    printf("%ld\n", fine);
    return 0;
}
