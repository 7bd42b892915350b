/* Huge angles to quarter turns, in integers of several words of 32 bits, the lowest first. */

#include "reduction.h"

typedef uint32_t limb;

#define SCALE_BITS 1280
#define TURN_BITS 192

static const limb two_over_pi[] = {TWO_OVER_PI_1280};
static const limb half_pi[] = {HALF_PI_192};

enum {
    SCALE = sizeof two_over_pi / sizeof *two_over_pi,
    HALF_PI = sizeof half_pi / sizeof *half_pi,
    FRACTION = TURN_BITS / 32,
    REST = FRACTION + HALF_PI
};

struct integer {
    limb size[REST];
    int negative;
};

/* out[0 .. n + m) = a[0 .. n) * b[0 .. m) */
static void multiply(const limb *a, int n, const limb *b, int m, limb *out) {
    memset(out, 0, (size_t)(n + m) * sizeof *out);
    for (int i = 0; i < n; i++) {
        uint64_t carry = 0;
        for (int j = 0; j < m; j++) {
            carry += (uint64_t)a[i] * b[j] + out[i + j];
            out[i + j] = (limb)carry;
            carry >>= 32;
        }
        out[i + m] = (limb)carry;
    }
}

static void negate(limb *a, int n) {
    uint64_t carry = 1;
    for (int i = 0; i < n; i++) {
        carry += (limb)~a[i];
        a[i] = (limb)carry;
        carry >>= 32;
    }
}

/* 64 bits from a place on; zeros beyond the end. */
static word bits_from(const limb *a, int n, int place) {
    int at = place / 32, by = place % 32;
    word low = at < n ? a[at] : 0, middle = at + 1 < n ? a[at + 1] : 0;
    word high = at + 2 < n ? a[at + 2] : 0;
    word above = middle | high << 32;
    return by ? low >> by | above << (32 - by) : low | middle << 32;
}

/* The bits of word i that are below a place of the whole integer. */
static limb below(int place, int i) {
    int count = place - 32 * i;
    return count >= 32 ? ~(limb)0 : count > 0 ? ((limb)1 << count) - 1 : 0;
}

/* Returns the double nearest to an integer, ties to even, and takes it off. */
static double take_nearest(struct integer *a) {
    int last = REST - 1;
    while (last > 0 && !a->size[last]) last--;
    if (!a->size[last]) return 0.0;
    int top = 32 * last + (int)(bits_of((double)a->size[last]) >> 52) - 1023;
    int low = top > 52 ? top - 52 : 0;
    word kept = bits_from(a->size, REST, low);
    limb rest = 0;
    for (int i = 0; 32 * i < low - 1; i++) rest |= a->size[i] & below(low - 1, i);
    int half = low > 0 && bits_from(a->size, REST, low - 1) & 1;
    int up = half && (rest || kept & 1);
    double value = (double)(kept + (word)up) * number_of((word)(1023 + low) << 52);
    if (a->negative) value = -value;
    for (int i = low / 32; i < REST; i++) {
        limb kept_bits = below(low, i);
        a->size[i] = up ? a->size[i] | ~kept_bits : a->size[i] & kept_bits;
    }
    if (up) {
        negate(a->size, REST);
        a->negative = !a->negative;
    }
    return value;
}

/* Words of 2/pi that matter for an angle: 53 bits of a product, 192 behind the point, two before
 * it, and what is below them as far as it may carry. See numerics/formulas/huge_angles.py. */
enum { GUARD_BITS = 140, WINDOW = (GUARD_BITS + TURN_BITS + 2 + 31) / 32 + 1 };

struct turns far_turns(double x) {
    if (x - x != 0.0) return (struct turns){0.0, ONE_NAN, ONE_NAN};
    word size = bits_of(x) & ~SIGN;
    int exponent = (int)(size >> 52) - 1022;
    word whole = (size & FRACTION_BITS) | LEADING_BIT;
    const limb mantissa[2] = {(limb)whole, (limb)(whole >> 32)};
    int shift = SCALE_BITS - TURN_BITS - (exponent - 53);
    int first = shift > GUARD_BITS ? (shift - GUARD_BITS) / 32 : 0;
    int count = SCALE - first < WINDOW ? SCALE - first : WINDOW;
    limb product[WINDOW + 2], fraction[FRACTION];
    multiply(two_over_pi + first, count, mantissa, 2, product);

    shift -= 32 * first;
    for (int i = 0; i < FRACTION; i++)
        fraction[i] = (limb)bits_from(product, count + 2, shift + 32 * i);
    word n = bits_from(product, count + 2, shift + TURN_BITS);
    struct integer rest = {.negative = (int)(fraction[FRACTION - 1] >> 31)};
    if (rest.negative) { /* the next quarter turn is nearer */
        negate(fraction, FRACTION);
        n += 1;
    }
    multiply(fraction, FRACTION, half_pi, HALF_PI, rest.size);
    double r = take_nearest(&rest) * 0x1p-384;
    double excess = -(take_nearest(&rest) * 0x1p-384);
    if (x > 0.0) return (struct turns){(double)(n & 3), r, excess};
    return (struct turns){(double)((0 - n) & 3), -r, -excess};
}
