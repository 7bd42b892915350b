/* The one table of kernels. */

#include "kernels.h"

/* Of a row for doubles, one for doubles and the same for float32. */
#define OF_ONE(name) {#name, name##_kernel, "d", 'd', 1, 1}
#define OF_TWO(name) {#name, name##_kernel, "dd", 'd', 1, 1}
#define OF_THREE(name) {#name, name##_kernel, "ddd", 'd', 1, 1}
#define EXACT_OF_ONE(name) OF_ONE(name), {#name "_f32", name##_f32_kernel, "f", 'f', 1, 1}
#define EXACT_OF_TWO(name) OF_TWO(name), {#name "_f32", name##_f32_kernel, "ff", 'f', 1, 1}
#define EXACT_OF_THREE(name) OF_THREE(name), {#name "_f32", name##_f32_kernel, "fff", 'f', 1, 1}

const struct row kernel_table[] = {
    OF_ONE(sin),
    OF_ONE(cos),
    OF_ONE(tan),
    OF_ONE(asin),
    OF_ONE(acos),
    OF_ONE(atan),
    OF_TWO(atan2),
    OF_ONE(exp),
    OF_ONE(log),
    OF_TWO(pow),
    OF_ONE(tanh),
    EXACT_OF_TWO(add),
    EXACT_OF_TWO(sub),
    EXACT_OF_TWO(mul),
    EXACT_OF_TWO(div),
    EXACT_OF_TWO(mod),
    EXACT_OF_ONE(neg),
    EXACT_OF_ONE(abs),
    EXACT_OF_ONE(sqrt),
    EXACT_OF_ONE(floor),
    EXACT_OF_ONE(ceil),
    EXACT_OF_ONE(round),
    EXACT_OF_ONE(fract),
    EXACT_OF_ONE(sign),
    EXACT_OF_TWO(min),
    EXACT_OF_TWO(max),
    EXACT_OF_TWO(step),
    OF_THREE(clamp_a),
    EXACT_OF_THREE(clamp_b),
    OF_THREE(lerp),
    OF_THREE(smoothstep),
    OF_TWO(quantize),
    {"f32", f32_kernel, "d", 'f', 1, 1},
    {"sin_to_f32", sin_to_f32_kernel, "d", 'f', 1, 1},
    {"cos_to_f32", cos_to_f32_kernel, "d", 'f', 1, 1},
    {"i32", u32_kernel, "d", 'i', 1, 1},
    {"u32", u32_kernel, "d", 'I', 1, 1},
    {"color", color_kernel, "d", 'B', 4, 4},
    {"sum", sum_kernel, "d", 'd', 1, 0},
};
const size_t kernel_count = sizeof kernel_table / sizeof *kernel_table;

const char *unit_name(void) {
#if IRRUN_UNITS
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f")) return "avx512f";
    if (__builtin_cpu_supports("avx2")) return "avx2";
#endif
    return "baseline";
}
