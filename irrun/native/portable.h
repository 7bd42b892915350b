/* What differs between compilers and processors, and what keeps their arithmetic the same. */

#ifndef IRRUN_PORTABLE_H
#define IRRUN_PORTABLE_H

#include <float.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__FAST_MATH__) || (defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__)
#error "fast-math gives other bits"
#endif
#if defined(FLT_EVAL_METHOD) && FLT_EVAL_METHOD != 0
#error "doubles must be computed as doubles"
#endif

/* No fused multiply-add: GCC knows the flag only (-ffp-contract=off), others this as well. */
#if defined(_MSC_VER) && !defined(__clang__)
#pragma fp_contract(off)
#elif defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#endif

/* Code of each kernel for several vector units, chosen when the library is loaded. */
#if defined(IRRUN_ONE_UNIT) || !defined(__x86_64__) || !defined(__GLIBC__)
#define IRRUN_UNITS 0
#elif defined(__clang__)
#define IRRUN_UNITS (__clang_major__ >= 16)
#elif defined(__GNUC__)
#define IRRUN_UNITS 1
#else
#define IRRUN_UNITS 0
#endif
#if IRRUN_UNITS
#define KERNEL __attribute__((target_clones("default", "avx2", "avx512f")))
#else
#define KERNEL
#endif

/* A formula is put into each of its kernels, for the vector unit of each. */
#if defined(__GNUC__)
#define FORMULA static inline __attribute__((always_inline))
#define SELDOM static __attribute__((noinline))
#elif defined(_MSC_VER)
#define FORMULA static __forceinline
#define SELDOM static __declspec(noinline)
#else
#define FORMULA static inline
#define SELDOM static
#endif

/* What a library shows, which is nothing else: code for a vector unit is not found in time if it is
 * looked for by name. */
#if defined(__GNUC__)
#define SHOWN __attribute__((visibility("default")))
#else
#define SHOWN
#endif

/* A loop whose turns do not depend on each other, though the result may be stored in an operand. */
#if defined(__clang__)
#define APART _Pragma("clang loop vectorize(assume_safety)")
#elif defined(__GNUC__)
#define APART _Pragma("GCC ivdep")
#elif defined(_MSC_VER)
#define APART __pragma(loop(ivdep))
#else
#define APART
#endif
#define EACH(i, count) APART for (size_t i = 0; i < (count); i++)

#endif
