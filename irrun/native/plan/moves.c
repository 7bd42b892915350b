/* The operations of a plan that are no kernels: choices, masks, and what remembers.
 * See evaluate/columns/signals.py and evaluate/signals/stateful.py. */

#include "parts.h"
#include "plan.h"

#define IN(k) ((const double *)at->in[k])
#define MASK(k) ((const uint8_t *)at->in[k])
#define OUT ((double *)at->out)
#define MASK_OUT ((uint8_t *)at->out)

/* Whether a memory moves on in a frame; if not, its value is 0, and nobody looks at it. */
#define MOVES(i) (!at->where || at->where[i])

static void fill(const struct place *at, size_t n) { EACH (i, n) OUT[i] = at->numbers[0]; }

static void select(const struct place *at, size_t n) {
    const double *cond = IN(0), *t = IN(1), *f = IN(2);
    double *out = OUT;
    EACH (i, n) out[i] = choose(mask(cond[i] > 0.5), t[i], f[i]);
}

static void above(const struct place *at, size_t n) {
    EACH (i, n) MASK_OUT[i] = IN(0)[i] > 0.5;
}

static void not_above(const struct place *at, size_t n) {
    EACH (i, n) MASK_OUT[i] = !(IN(0)[i] > 0.5);
}

static void both(const struct place *at, size_t n) {
    EACH (i, n) MASK_OUT[i] = MASK(0)[i] & MASK(1)[i];
}

static void either(const struct place *at, size_t n) {
    EACH (i, n) MASK_OUT[i] = MASK(0)[i] | MASK(1)[i];
}

/* One operand of three operations is often the same in all frames. */
#define WITH_NUMBER(name, result)                                                                  \
    KERNEL static void name(const struct place *at, size_t n) {                                    \
        const double *in = IN(0), c = at->numbers[0];                                              \
        double *out = OUT;                                                                         \
        EACH (i, n) {                                                                              \
            double x = in[i];                                                                      \
            out[i] = result;                                                                       \
        }                                                                                          \
    }

WITH_NUMBER(add_number, x + c)
WITH_NUMBER(sub_number, x - c)
WITH_NUMBER(number_sub, c - x)
WITH_NUMBER(mul_number, x * c)

/* x / 0 and x % 0 are 0 in signals. */
static void or_zero(kernel *divide, const struct place *at, size_t n) {
    const double *b = IN(1);
    double *out = OUT;
    divide(at->in, out, n);
    EACH (i, n) out[i] = choose(mask(b[i] == 0.0), 0.0, out[i]);
}

static void div_or_zero(const struct place *at, size_t n) { or_zero(div_kernel, at, n); }
static void mod_or_zero(const struct place *at, size_t n) { or_zero(mod_kernel, at, n); }

/* The curves of a chain, from 0..1 to 0..1 (evaluate/operations/transforms.py). */
#define CURVE(name, curve)                                                                         \
    static void name(const struct place *at, size_t n) {                                           \
        EACH (i, n) {                                                                              \
            double t = IN(0)[i];                                                                   \
            OUT[i] = curve;                                                                        \
        }                                                                                          \
    }

CURVE(ease_linear, t)
CURVE(ease_in_quad, t *t)
CURVE(ease_out_quad, t *(2.0 - t))
CURVE(ease_in_out_quad, choose(mask(t < 0.5), (2.0 * t) * t, -1.0 + (4.0 - 2.0 * t) * t))
CURVE(ease_in_cubic, (t * t) * t)
CURVE(ease_out_cubic, (((t - 1.0) * (t - 1.0)) * (t - 1.0)) + 1.0)
CURVE(ease_smoothstep, (t * t) * (3.0 - 2.0 * t))

/* What becomes of a number in a slot of another storage. */
static void as_f32(const struct place *at, size_t n) {
    float stored[CHUNK];
    f32_kernel(at->in, stored, n);
    EACH (i, n) OUT[i] = (double)stored[i];
}

static void as_i32(const struct place *at, size_t n) {
    uint32_t stored[CHUNK];
    u32_kernel(at->in, stored, n);
    EACH (i, n) OUT[i] = (double)(int32_t)stored[i];
}

static void as_u32(const struct place *at, size_t n) {
    uint32_t stored[CHUNK];
    u32_kernel(at->in, stored, n);
    EACH (i, n) OUT[i] = (double)stored[i];
}

/* What its operand was a frame before. In a circle plan.c does that. */
static void before(const struct place *at, size_t n) {
    double carried = at->numbers[0];
    for (size_t i = 0; i < n; i++) {
        double next = IN(0)[i];
        OUT[i] = carried;
        carried = next;
    }
    at->numbers[0] = carried;
}

static void integrate(const struct place *at, size_t n) {
    double total = at->numbers[0];
    for (size_t i = 0; i < n; i++) {
        if (MOVES(i)) total = total + IN(0)[i] * IN(1)[i];
        OUT[i] = MOVES(i) ? total : 0.0;
        at->kept[0][i] = total;
    }
    at->numbers[0] = total;
}

/* Its numbers: where it is, the rate. */
static void slew(const struct place *at, size_t n) {
    double current = at->numbers[0], rate = -at->numbers[1], rests[CHUNK];
    const void *powers[] = {rests};
    EACH (i, n) rests[i] = rate * IN(1)[i];
    exp_kernel(powers, rests, n);
    for (size_t i = 0; i < n; i++) {
        if (MOVES(i)) current = current + (IN(0)[i] - current) * (1.0 - rests[i]);
        OUT[i] = MOVES(i) ? current : 0.0;
        at->kept[0][i] = current;
    }
    at->numbers[0] = current;
}

/* Its numbers: what it holds, the last trigger. */
static void sample_hold(const struct place *at, size_t n) {
    double held = at->numbers[0], last = at->numbers[1];
    for (size_t i = 0; i < n; i++) {
        if (MOVES(i)) {
            double trigger = IN(1)[i];
            if (trigger > 0.5 && last <= 0.5) held = IN(0)[i];
            last = trigger;
        }
        OUT[i] = MOVES(i) ? held : 0.0;
        at->kept[0][i] = held;
        at->kept[1][i] = last;
    }
    at->numbers[0] = held;
    at->numbers[1] = last;
}

static void edge_detect_wrap(const struct place *at, size_t n) {
    double previous = at->numbers[0];
    for (size_t i = 0; i < n; i++) {
        double phase = IN(0)[i];
        OUT[i] = MOVES(i) && previous > 0.8 && phase < 0.2 ? 1.0 : 0.0;
        if (MOVES(i)) previous = phase;
        at->kept[0][i] = previous;
    }
    at->numbers[0] = previous;
}

/* Its numbers: the part that it is in, the divisions. */
static void pulse_divider(const struct place *at, size_t n) {
    double previous = at->numbers[0], divisions = at->numbers[1];
    for (size_t i = 0; i < n; i++) {
        double part = floor(IN(0)[i] * divisions);
        OUT[i] = MOVES(i) && part != previous ? 1.0 : 0.0;
        if (MOVES(i)) previous = part;
        at->kept[0][i] = previous;
    }
    at->numbers[0] = previous;
}

static double envelope_at(double elapsed, double attack, double decay, double peak) {
    if (elapsed < 0.0) return 0.0;
    if (elapsed < attack) return (elapsed / attack) * peak;
    if (elapsed < attack + decay) return peak * (1.0 - (elapsed - attack) / decay);
    return 0.0;
}

/* Its numbers: when it was opened, whether it is open; attack, decay, peak. */
static void envelope(const struct place *at, size_t n) {
    double start = at->numbers[0], gate = at->numbers[1];
    const double *shape = at->numbers + 2;
    for (size_t i = 0; i < n; i++) {
        OUT[i] = 0.0;
        if (MOVES(i)) {
            double value = IN(0)[i], t_abs_ms = IN(1)[i], elapsed = t_abs_ms - start;
            if (value > 0.5 && !(gate > 0.5)) {
                start = t_abs_ms;
                gate = 1.0;
            } else if (value <= 0.5) {
                gate = 0.0;
            }
            OUT[i] = envelope_at(elapsed, shape[0], shape[1], shape[2]);
        }
        at->kept[0][i] = start;
        at->kept[1][i] = gate;
    }
    at->numbers[0] = start;
    at->numbers[1] = gate;
}

/* A whole number from 0 to a limit, or the limit itself for all else. */
static size_t whole(double x, size_t limit) {
    return x >= 0.0 && x < (double)limit ? (size_t)x : limit;
}

/* Its numbers: the index of the ring as it is kept, where the next number goes, the ring. Its second
 * operand is how many frames back; less than none is NaN frames, of which the input is NaN. */
static void delay(const struct place *at, size_t n) {
    double *ring = at->numbers + 2, index = at->numbers[0];
    size_t length = at->length - 2, next = whole(at->numbers[1], length);
    if (next == length) next = 0;
    for (size_t i = 0; i < n; i++) {
        OUT[i] = 0.0;
        if (MOVES(i)) {
            double value = IN(0)[i], back = IN(1)[i];
            size_t frames = whole(back, length);
            size_t found = frames <= next ? next - frames : next + length - frames;
            OUT[i] = back < 0.0 ? ONE_NAN : frames == 0 ? value : ring[found];
            ring[next] = value;
            next = next + 1 == length ? 0 : next + 1;
            index = (double)next;
        }
        at->kept[0][i] = index;
    }
    at->numbers[0] = index;
    at->numbers[1] = (double)next;
}

const struct move_row move_table[] = {
    {"fill", fill, "", 'd', 0, 1},
    {"before", before, "d", 'd', 0, 1},
    {"select", select, "ddd", 'd', 0, 0},
    {"above", above, "d", 'B', 0, 0},
    {"not above", not_above, "d", 'B', 0, 0},
    {"and", both, "BB", 'B', 0, 0},
    {"or", either, "BB", 'B', 0, 0},
    {"add number", add_number, "d", 'd', 0, 1},
    {"sub number", sub_number, "d", 'd', 0, 1},
    {"number sub", number_sub, "d", 'd', 0, 1},
    {"mul number", mul_number, "d", 'd', 0, 1},
    {"div_or_zero", div_or_zero, "dd", 'd', 0, 0},
    {"mod_or_zero", mod_or_zero, "dd", 'd', 0, 0},
    {"ease linear", ease_linear, "d", 'd', 0, 0},
    {"ease easeInQuad", ease_in_quad, "d", 'd', 0, 0},
    {"ease easeOutQuad", ease_out_quad, "d", 'd', 0, 0},
    {"ease easeInOutQuad", ease_in_out_quad, "d", 'd', 0, 0},
    {"ease easeInCubic", ease_in_cubic, "d", 'd', 0, 0},
    {"ease easeOutCubic", ease_out_cubic, "d", 'd', 0, 0},
    {"ease smoothstep", ease_smoothstep, "d", 'd', 0, 0},
    {"to f32", as_f32, "d", 'd', 0, 0},
    {"to i32", as_i32, "d", 'd', 0, 0},
    {"to u32", as_u32, "d", 'd', 0, 0},
    {"integrate", integrate, "dd", 'd', 1, 1},
    {"slew", slew, "dd", 'd', 1, 2},
    {"sampleHold", sample_hold, "dd", 'd', 2, 2},
    {"edgeDetectWrap", edge_detect_wrap, "d", 'd', 1, 1},
    {"pulseDivider", pulse_divider, "d", 'd', 1, 2},
    {"envelopeAD", envelope, "dd", 'd', 2, 5},
    {"delay", delay, "dd", 'd', 1, -1},
};
const size_t move_count = sizeof move_table / sizeof *move_table;
