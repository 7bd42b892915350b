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

SHOWN extern const struct row kernel_table[];
SHOWN extern const size_t kernel_count;

/* The vector unit whose code is taken: `avx512f`, `avx2`, or `baseline`. */
const char *unit_name(void);

kernel sin_kernel, cos_kernel, tan_kernel, asin_kernel, acos_kernel, atan_kernel, atan2_kernel;
kernel exp_kernel, log_kernel, pow_kernel, tanh_kernel, sin_to_f32_kernel, cos_to_f32_kernel;
kernel add_kernel, sub_kernel, mul_kernel, div_kernel, mod_kernel, neg_kernel, abs_kernel;
kernel sqrt_kernel, floor_kernel, ceil_kernel, round_kernel, fract_kernel, sign_kernel;
kernel min_kernel, max_kernel, step_kernel, clamp_a_kernel, clamp_b_kernel;
kernel lerp_kernel, smoothstep_kernel, quantize_kernel, sum_kernel;
kernel f32_kernel, u32_kernel, color_kernel;
kernel add_f32_kernel, sub_f32_kernel, mul_f32_kernel, div_f32_kernel, mod_f32_kernel;
kernel neg_f32_kernel, abs_f32_kernel, sqrt_f32_kernel, floor_f32_kernel, ceil_f32_kernel;
kernel round_f32_kernel, fract_f32_kernel, sign_f32_kernel, min_f32_kernel, max_f32_kernel;
kernel step_f32_kernel, clamp_b_f32_kernel;

#endif
