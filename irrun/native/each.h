/* Carries a formula over columns. */

#ifndef IRRUN_EACH_H
#define IRRUN_EACH_H

#include "kernels.h"
#include "parts.h"

/* Elements that are looked at together. */
#define BLOCK 64

/* A kernel of a formula that holds for most operands only. `usual` is computed for each element,
 * without a branch, and says where it does not hold; there `any`, which always does, is. */
#define KERNEL_OF_ONE(name, usual, any)                                                            \
    KERNEL void name(const void *const in[], void *out, size_t n) {                                \
        for (size_t at = 0; at < n; at += BLOCK) {                                                 \
            const double *x = (const double *)in[0] + at;                                          \
            size_t count = n - at < BLOCK ? n - at : BLOCK;                                        \
            double result[BLOCK];                                                                  \
            word rare[BLOCK], some = 0;                                                            \
            EACH (i, count) {                                                                      \
                result[i] = usual(x[i], &rare[i]);                                                 \
                some |= rare[i];                                                                   \
            }                                                                                      \
            for (size_t i = 0; some && i < count; i++)                                             \
                if (rare[i]) result[i] = any(x[i]);                                                \
            memcpy((double *)out + at, result, count * sizeof *result);                            \
        }                                                                                          \
    }

#define KERNEL_OF_TWO(name, usual, any)                                                            \
    KERNEL void name(const void *const in[], void *out, size_t n) {                                \
        for (size_t at = 0; at < n; at += BLOCK) {                                                 \
            const double *a = (const double *)in[0] + at, *b = (const double *)in[1] + at;         \
            size_t count = n - at < BLOCK ? n - at : BLOCK;                                        \
            double result[BLOCK];                                                                  \
            word rare[BLOCK], some = 0;                                                            \
            EACH (i, count) {                                                                      \
                result[i] = usual(a[i], b[i], &rare[i]);                                           \
                some |= rare[i];                                                                   \
            }                                                                                      \
            for (size_t i = 0; some && i < count; i++)                                             \
                if (rare[i]) result[i] = any(a[i], b[i]);                                          \
            memcpy((double *)out + at, result, count * sizeof *result);                            \
        }                                                                                          \
    }

#endif
