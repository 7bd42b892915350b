/* The exact operations on float32. */

#include "each.h"
#include "remainder.h"

#define REAL float
#define WORD uint32_t
#define SIGN_BIT 0x80000000u
#define NAN_BITS 0x7FC00000u
#define OF(name) name##_single
#define KERNEL_NAME(name) name##_f32_kernel
#define SQRT sqrtf
#define FLOOR floorf
#define CEIL ceilf
#include "exact_forms.h"

RARELY_OF_TWO(mod_f32_kernel, float, float, usual_remainder, any_remainder)
