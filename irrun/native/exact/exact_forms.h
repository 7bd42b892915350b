/* The exact operations, for the type REAL of which WORD has the bits: included once for doubles and
 * once for float32. See numerics/exact.py and numerics/single.py.
 *
 * For these operations float32 gives what doubles would, rounded; `numerics/single.py` says why. */

FORMULA WORD OF(bits)(REAL x) {
    WORD bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

FORMULA REAL OF(number)(WORD bits) {
    REAL x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* Of two by bits, as `choose` does. */
FORMULA REAL OF(either)(int where, REAL yes, REAL no) {
    WORD all = (WORD)0 - (WORD)where;
    return OF(number)(((OF(bits)(yes) ^ OF(bits)(no)) & all) ^ OF(bits)(no));
}

#define SIGN_OF(x) (OF(bits)(x) & SIGN_BIT)

FORMULA REAL OF(only_nan)(REAL x) { return OF(either)(x == x, x, OF(number)(NAN_BITS)); }

FORMULA REAL OF(add)(REAL a, REAL b) { return OF(only_nan)(a + b); }
FORMULA REAL OF(sub)(REAL a, REAL b) { return OF(only_nan)(a - b); }
FORMULA REAL OF(mul)(REAL a, REAL b) { return OF(only_nan)(a * b); }
FORMULA REAL OF(div)(REAL a, REAL b) { return OF(only_nan)(a / b); }
FORMULA REAL OF(neg)(REAL x) { return OF(only_nan)(OF(number)(OF(bits)(x) ^ SIGN_BIT)); }
FORMULA REAL OF(abs)(REAL x) { return OF(only_nan)(OF(number)(OF(bits)(x) & ~SIGN_BIT)); }
FORMULA REAL OF(sqrt)(REAL x) { return OF(only_nan)(SQRT(x)); }
FORMULA REAL OF(floor)(REAL x) { return OF(only_nan)(FLOOR(x)); }
FORMULA REAL OF(ceil)(REAL x) { return OF(only_nan)(CEIL(x)); }
FORMULA REAL OF(fract)(REAL x) { return OF(only_nan)(x - FLOOR(x)); }

/* -1 or 1, or x itself for 0, -0 and NaN. */
FORMULA REAL OF(sign)(REAL x) {
    REAL one = OF(number)(SIGN_OF(x) | OF(bits)(1));
    return OF(only_nan)(OF(either)((x > 0) | (x < 0), one, x));
}

/* Halves towards +Infinity; -0.5 to 0 gives -0. */
FORMULA REAL OF(round)(REAL x) {
    REAL low = FLOOR(x);
    REAL rounded = OF(either)(x - low >= (REAL)0.5, low + 1, low);
    return OF(only_nan)(OF(either)(rounded == 0, OF(number)(SIGN_OF(x)), rounded));
}

/* NaN if either is; -0 is below 0: of equal numbers the one with a sign is the smaller. */
FORMULA REAL OF(min)(REAL a, REAL b) {
    REAL equal = OF(number)(OF(bits)(a) | OF(bits)(b));
    REAL smaller = OF(either)(a == b, equal, OF(either)(a < b, a, b));
    return OF(either)((a == a) & (b == b), smaller, OF(number)(NAN_BITS));
}

FORMULA REAL OF(max)(REAL a, REAL b) {
    REAL equal = OF(number)(OF(bits)(a) & OF(bits)(b));
    REAL larger = OF(either)(a == b, equal, OF(either)(a > b, a, b));
    return OF(either)((a == a) & (b == b), larger, OF(number)(NAN_BITS));
}

/* Inverted bounds give the lower one. */
FORMULA REAL OF(clamp_b)(REAL v, REAL low, REAL high) { return OF(max)(low, OF(min)(high, v)); }

/* 0 below the edge, else 1; a NaN counts as not below. */
FORMULA REAL OF(step)(REAL edge, REAL x) { return OF(either)(x < edge, 0, 1); }

KERNEL_OF_TWO(KERNEL_NAME(add), REAL, REAL, OF(add))
KERNEL_OF_TWO(KERNEL_NAME(sub), REAL, REAL, OF(sub))
KERNEL_OF_TWO(KERNEL_NAME(mul), REAL, REAL, OF(mul))
KERNEL_OF_TWO(KERNEL_NAME(div), REAL, REAL, OF(div))
KERNEL_OF_ONE(KERNEL_NAME(neg), REAL, REAL, OF(neg))
KERNEL_OF_ONE(KERNEL_NAME(abs), REAL, REAL, OF(abs))
KERNEL_OF_ONE(KERNEL_NAME(sqrt), REAL, REAL, OF(sqrt))
KERNEL_OF_ONE(KERNEL_NAME(floor), REAL, REAL, OF(floor))
KERNEL_OF_ONE(KERNEL_NAME(ceil), REAL, REAL, OF(ceil))
KERNEL_OF_ONE(KERNEL_NAME(fract), REAL, REAL, OF(fract))
KERNEL_OF_ONE(KERNEL_NAME(sign), REAL, REAL, OF(sign))
KERNEL_OF_ONE(KERNEL_NAME(round), REAL, REAL, OF(round))
KERNEL_OF_TWO(KERNEL_NAME(min), REAL, REAL, OF(min))
KERNEL_OF_TWO(KERNEL_NAME(max), REAL, REAL, OF(max))
KERNEL_OF_TWO(KERNEL_NAME(step), REAL, REAL, OF(step))
KERNEL_OF_THREE(KERNEL_NAME(clamp_b), REAL, REAL, OF(clamp_b))
