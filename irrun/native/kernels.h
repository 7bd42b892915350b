/* What a kernel is, and the one table of them. */

#ifndef IRRUN_KERNELS_H
#define IRRUN_KERNELS_H

#include "portable.h"

/* Fills `out` with n results, from columns of operands in one piece each. `out` may be one of them;
 * it does not overlap with one in any other way. It keeps nothing from call to call. */
typedef void kernel(const void *const in[], void *out, size_t n);

#define MOST_OPERANDS 3

struct row {
    const char *name;
    kernel *run;
    /* The type of each operand, and of the result: `d` double, `f` float, `i` and `I` 32 bits
     * with and without sign, `B` a byte. */
    const char *operands;
    char result;
    /* How many numbers an element has; of the result, 0 if there is one in all. */
    unsigned char width, result_width;
};

extern const struct row kernel_table[];
extern const size_t kernel_count;

/* The vector unit whose code is taken: `avx512f`, `avx2`, or `default`. */
const char *unit_name(void);

kernel sin_kernel, cos_kernel;

#endif
