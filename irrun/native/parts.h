/* Cutting numbers exactly: bits, nearest integers, high halves. See numerics/formulas/parts.py. */

#ifndef IRRUN_PARTS_H
#define IRRUN_PARTS_H

#include "portable.h"

typedef uint64_t word;

/* 1.5 * 2^52: adding and subtracting it rounds to an integer, ties to even, below 2^51. The low
 * bits of the sum are those of the integer. */
#define ROUNDER 6755399441055744.0

/* 2^27 + 1 (Veltkamp's splitting). */
#define SPLITTER 134217729.0

#define SIGN 0x8000000000000000u
#define FRACTION_BITS 0xFFFFFFFFFFFFFu
#define LEADING_BIT 0x10000000000000u
#define INFINITE number_of(0x7FF0000000000000u)

/* The one NaN: quiet, positive, no payload. */
#define ONE_NAN number_of(0x7FF8000000000000u)

FORMULA word bits_of(double x) {
    word bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

FORMULA double number_of(word bits) {
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

FORMULA double size_of(double x) { return number_of(bits_of(x) & ~SIGN); }

FORMULA double with_sign(double size, double sign) {
    return number_of(bits_of(size) | (bits_of(sign) & SIGN));
}

FORMULA double flipped(double x, word sign) { return number_of(bits_of(x) ^ (sign & SIGN)); }

FORMULA double nearest(double x) { return (x + ROUNDER) - ROUNDER; }

FORMULA double high_part(double x) {
    double scaled = x * SPLITTER;
    return scaled - (scaled - x);
}

/* Choosing by bits takes no branch, and leaves no way to compute one of two only. */
FORMULA word mask(int condition) { return (word)0 - (word)condition; }

FORMULA double choose(word where, double yes, double no) {
    return number_of(((bits_of(yes) ^ bits_of(no)) & where) ^ bits_of(no));
}

FORMULA double one_nan(double x) { return choose(mask(x == x), x, ONE_NAN); }

#endif
