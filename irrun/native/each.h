/* Carries a formula over columns. */

#ifndef IRRUN_EACH_H
#define IRRUN_EACH_H

#include "kernels.h"
#include "parts.h"

/* Elements that are looked at together. */
#define BLOCK 64

/* Kernels of a formula that holds for all operands, from one type to another. */
#define KERNEL_OF_ONE(name, from, to, formula)                                                     \
    KERNEL void name(const void *const in[], void *out, size_t n) {                                \
        const from *x = in[0];                                                                     \
        to *result = out;                                                                          \
        EACH (i, n) result[i] = formula(x[i]);                                                     \
    }

#define KERNEL_OF_TWO(name, from, to, formula)                                                     \
    KERNEL void name(const void *const in[], void *out, size_t n) {                                \
        const from *a = in[0], *b = in[1];                                                         \
        to *result = out;                                                                          \
        EACH (i, n) result[i] = formula(a[i], b[i]);                                               \
    }

#define KERNEL_OF_THREE(name, from, to, formula)                                                   \
    KERNEL void name(const void *const in[], void *out, size_t n) {                                \
        const from *a = in[0], *b = in[1], *c = in[2];                                             \
        to *result = out;                                                                          \
        EACH (i, n) result[i] = formula(a[i], b[i], c[i]);                                         \
    }

/* The same for a formula that holds for most operands only. `usual` is computed for every element,
 * without a branch, and says where it does not hold; there `any` is, which does. */
#define RARELY_OF_ONE(name, from, to, usual, any)                                                  \
    KERNEL void name(const void *const in[], void *out, size_t n) {                                \
        for (size_t at = 0; at < n; at += BLOCK) {                                                 \
            const from *x = (const from *)in[0] + at;                                              \
            size_t count = n - at < BLOCK ? n - at : BLOCK;                                        \
            to result[BLOCK];                                                                      \
            word rare[BLOCK], some = 0;                                                            \
            EACH (i, count) {                                                                      \
                result[i] = (to)usual(x[i], &rare[i]);                                             \
                some |= rare[i];                                                                   \
            }                                                                                      \
            for (size_t i = 0; some && i < count; i++)                                             \
                if (rare[i]) result[i] = (to)any(x[i]);                                            \
            memcpy((to *)out + at, result, count * sizeof *result);                                \
        }                                                                                          \
    }

#define RARELY_OF_TWO(name, from, to, usual, any)                                                  \
    KERNEL void name(const void *const in[], void *out, size_t n) {                                \
        for (size_t at = 0; at < n; at += BLOCK) {                                                 \
            const from *a = (const from *)in[0] + at, *b = (const from *)in[1] + at;               \
            size_t count = n - at < BLOCK ? n - at : BLOCK;                                        \
            to result[BLOCK];                                                                      \
            word rare[BLOCK], some = 0;                                                            \
            EACH (i, count) {                                                                      \
                result[i] = (to)usual(a[i], b[i], &rare[i]);                                       \
                some |= rare[i];                                                                   \
            }                                                                                      \
            for (size_t i = 0; some && i < count; i++)                                             \
                if (rare[i]) result[i] = (to)any(a[i], b[i]);                                      \
            memcpy((to *)out + at, result, count * sizeof *result);                                \
        }                                                                                          \
    }

#endif
