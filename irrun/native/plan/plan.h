/* The plan of a block: what is computed for its frames, as instructions on registers. */

#ifndef IRRUN_PLAN_H
#define IRRUN_PLAN_H

#include "kernels.h"

/* Frames that are carried out together: few enough for all scratch to stay in the nearest cache. */
#define CHUNK 512

#define MOST_KEPT 2

/* One operation on all frames, or of a circle on one frame after the other. Registers are given by
 * their place in the plan, -1 for none. */
struct instruction {
    int32_t code;               /* of a move; or of a kernel, behind all moves */
    int32_t out, in[MOST_OPERANDS];
    int32_t where;              /* a mask: it is asked for in these frames only */
    int32_t kept[MOST_KEPT];    /* registers that take what its memory was after each frame */
    int32_t numbers, length;    /* its memory and parameters: where they begin, how many they are */
    int32_t circle;             /* instructions of one circle follow each other; 0 for none */
};

/* Where one instruction finds what it works on, at one frame and those that follow. */
struct place {
    const void *in[MOST_OPERANDS];
    void *out;
    const uint8_t *where;
    double *kept[MOST_KEPT];
    double *numbers;
    size_t length;
};

typedef void move(const struct place *at, size_t n);

/* What kernels are not: they choose, remember, or take masks. */
struct move_row {
    const char *name;
    move *run;
    const char *operands; /* `d` double, `B` mask */
    char result;
    unsigned char kept;
    int numbers; /* how many it takes; -1 for three or more */
};

/* Those that a plan carries out in a way of their own stand first. */
enum { FILL, BEFORE };

extern const struct move_row move_table[];
extern const size_t move_count;

struct reg {
    char *data;
    char type;
    char is_outside;  /* it has all frames, not only those of a chunk */
    char is_read_only;
};

struct plan {
    const struct instruction *code;
    size_t count;
    struct reg *registers;
    size_t register_count;
    double *numbers;
    size_t number_count;
    size_t frames;
};

/* Returns what is wrong with a plan, or NULL. */
const char *plan_fault(const struct plan *plan);

void carry_out_plan(const struct plan *plan);

#endif
