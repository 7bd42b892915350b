/* Constants of the transcendental functions.
 *
 * Written by tools/numerics_constants.py from their definitions; not edited by hand. */

#ifndef IRRUN_CONSTANTS_H
#define IRRUN_CONSTANTS_H

/* (r - sin r) / r^3, in z = r^2 */
#define SIN_0 0x1.5555555555549p-3
#define SIN_1 -0x1.111111110f87ap-7
#define SIN_2 0x1.a01a019c1191dp-13
#define SIN_3 -0x1.71de3577ba15bp-19
#define SIN_4 0x1.ae5e6644349d5p-26
#define SIN_5 -0x1.5d930594140b7p-33

/* (cos r - 1 + z/2) / z^2, in z = r^2 */
#define COS_0 0x1.5555555555552p-5
#define COS_1 -0x1.6c16c16c15fc8p-10
#define COS_2 0x1.a01a019e155bbp-16
#define COS_3 -0x1.27e4f9083357fp-22
#define COS_4 0x1.1eea9659172d2p-29
#define COS_5 -0x1.900572f8dbd04p-37

/* (tan d - d) / d^3, in z = d^2 */
#define TAN_0 0x1.5555555555556p-2
#define TAN_1 0x1.111111111028cp-3
#define TAN_2 0x1.ba1ba1cfcd807p-5
#define TAN_3 0x1.664ed75b8a769p-6
#define TAN_4 0x1.237a013ddda1bp-7

/* (atan t - t) / t^3, in z = t^2 */
#define ATAN_0 -0x1.555555555554dp-2
#define ATAN_1 0x1.9999999986612p-3
#define ATAN_2 -0x1.249248b1a1fcbp-3
#define ATAN_3 0x1.c71a19a68e62fp-4
#define ATAN_4 -0x1.71954f758dd1bp-4

/* (asin x - x) / x^3, in z = x^2 */
#define ASIN_0 0x1.5555555555574p-3
#define ASIN_1 0x1.333333332e7a0p-4
#define ASIN_2 0x1.6db6db71c5331p-5
#define ASIN_3 0x1.f1c71ab1e691fp-6
#define ASIN_4 0x1.6e8bdbb353fa7p-6
#define ASIN_5 0x1.1c4a290f0f1abp-6
#define ASIN_6 0x1.ca1a48bccf62ep-7
#define ASIN_7 0x1.75b041ba44759p-7
#define ASIN_8 0x1.604f6d9ea055fp-7
#define ASIN_9 0x1.f3d01f760b5aep-9
#define ASIN_10 0x1.5f70d6ceb448bp-6
#define ASIN_11 -0x1.52262c49aacb2p-6
#define ASIN_12 0x1.0977f4fb7e497p-5

/* (tanh d - d) / d^3, in z = d^2 */
#define TANH_0 -0x1.5555555555555p-2
#define TANH_1 0x1.11111111108e2p-3
#define TANH_2 -0x1.ba1ba1b5ce698p-5
#define TANH_3 0x1.664f4030b7ac8p-6
#define TANH_4 -0x1.226610f3142c0p-7
#define TANH_5 0x1.cef98e6c4a53dp-9

/* (e^r - 1 - r) / r^2, in r */
#define EXP_0 0x1.0000000000000p-1
#define EXP_1 0x1.555556dfb5410p-3
#define EXP_2 0x1.5555565c3ff25p-5

/* (log(1 + r) - r + r^2/2) / r^3, in r */
#define LOG_0 0x1.5555555555550p-2
#define LOG_1 -0x1.ffffffffffff6p-3
#define LOG_2 0x1.99999c1ec92fdp-3
#define LOG_3 -0x1.55555789def8ep-3

#define TWO_OVER_PI 0x1.45f306dc9c883p-1 /* 2/pi */
#define HALF_PI_1 0x1.921fb54400000p+0 /* pi/2 to a multiple of 2^-32 */
#define HALF_PI_2 0x1.0b4611a600000p-34 /* the rest of pi/2 to a multiple of 2^-65 */
#define HALF_PI_3 0x1.3198a2e000000p-69 /* the rest of pi/2 to a multiple of 2^-98 */
#define HALF_PI_4 0x1.b839a252049c1p-104 /* the rest of pi/2 */
#define HALF_PI_HI 0x1.921fb54442d18p+0 /* pi/2 */
#define HALF_PI_LO 0x1.1a62633145c07p-54 /* the rest of pi/2 */
#define STEPS_OVER_LN2 0x1.71547652b82fep+8 /* 256 / ln 2 */
#define LN2_STEP_1 0x1.62e42fefc0000p-9 /* ln 2 / 256 to a multiple of 2^-43 */
#define LN2_STEP_2 -0x1.c610ca86c3899p-45 /* the rest of ln 2 / 256 */
#define LN2_HI 0x1.62e42fefa3800p-1 /* ln 2 to a multiple of 2^-42 */
#define LN2_LO 0x1.ef35793c76730p-45 /* the rest of ln 2 */
/* floor(2/pi * 2^1280), an integer */
#define TWO_OVER_PI_1280 \
    0x9AF4361Du, 0xF0CFBC20u, 0xFC7B6BABu, 0x56033046u, 0x1F8D5D08u, 0x6BFB5FB1u, 0x8A5292EAu, \
    0x3D0739F7u, 0xEBE5F17Bu, 0x7527BAC7u, 0x9E5FEA2Du, 0x4F463F66u, 0x27CB09B7u, 0x6D367ECFu, \
    0x5A0A6D1Fu, 0xEF2F118Bu, 0xDE05980Fu, 0x1FF897FFu, 0xBDF9283Bu, 0x9C845F8Bu, 0x835339F4u, \
    0x3991D639u, 0xB45F7E41u, 0xE99C7026u, 0x2EBB4484u, 0xE88235F5u, 0xB129A73Eu, 0xFE1DEB1Cu, \
    0x09D1921Cu, 0x06492EEAu, 0x424DD2E0u, 0xB7246E3Au, 0xDEBBC561u, 0xFE5163ABu, 0x3C439041u, \
    0xDB629599u, 0xF534DDC0u, 0xFC2757D1u, 0x4E441529u, 0xA2F9836Eu
/* pi/2 * 2^192, rounded to an integer */
#define HALF_PI_192 \
    0x14CF98E8u, 0x52049C11u, 0x01B839A2u, 0x898CC517u, 0x42D18469u, 0x921FB544u, 0x00000001u

#endif
