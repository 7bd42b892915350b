/* The exact operations on doubles, and what is made of them. */

#include "each.h"
#include "remainder.h"

#define REAL double
#define WORD uint64_t
#define SIGN_BIT SIGN
#define NAN_BITS 0x7FF8000000000000u
#define OF(name) name##_double
#define KERNEL_NAME(name) name##_kernel
#define SQRT sqrt
#define FLOOR floor
#define CEIL ceil
#include "exact_forms.h"

/* Inverted bounds give the higher one. */
FORMULA double clamp_a(double v, double low, double high) {
    return min_double(max_double(v, low), high);
}

/* The rest: evaluate/operations/formulas.py. */
FORMULA double lerp(double a, double b, double t) { return one_nan(a + (b - a) * t); }

FORMULA double smoothstep(double edge0, double edge1, double x) {
    double u = clamp_b_double((x - edge0) / (edge1 - edge0), 0.0, 1.0);
    return one_nan((u * u) * (3.0 - 2.0 * u));
}

FORMULA double quantize(double x, double size) {
    return one_nan(round_double(x / size) * size);
}

KERNEL_OF_THREE(clamp_a_kernel, double, double, clamp_a)
KERNEL_OF_THREE(lerp_kernel, double, double, lerp)
KERNEL_OF_THREE(smoothstep_kernel, double, double, smoothstep)
KERNEL_OF_TWO(quantize_kernel, double, double, quantize)
RARELY_OF_TWO(mod_kernel, double, double, usual_remainder, any_remainder)

/* 0 + v0 + v1 + ..., from left to right. */
void sum_kernel(const void *const in[], void *out, size_t n) {
    const double *values = in[0];
    double total = 0.0;
    for (size_t i = 0; i < n; i++) total = total + values[i];
    *(double *)out = one_nan(total);
}
