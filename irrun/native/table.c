/* The one table of kernels. */

#include "kernels.h"

const struct row kernel_table[] = {
    {"sin", sin_kernel, "d", 'd', 1, 1},
    {"cos", cos_kernel, "d", 'd', 1, 1},
};
const size_t kernel_count = sizeof kernel_table / sizeof *kernel_table;

const char *unit_name(void) {
#if IRRUN_UNITS
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f")) return "avx512f";
    if (__builtin_cpu_supports("avx2")) return "avx2";
#endif
    return "default";
}
