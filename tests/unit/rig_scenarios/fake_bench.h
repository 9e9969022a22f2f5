/* A bench whose device is a few variables, and whose drivers can be broken one by one. */
#ifndef TESTS_FAKE_BENCH_H
#define TESTS_FAKE_BENCH_H

#include "target/bench.h"

struct fake_bench {
    struct bench bench;
    struct target target;
    bool is_on;
    bool link_up;
    uint64_t starts;
    char name[ADAPTER_TEXT]; /* the one setting; a write of it is one flash operation */
    struct power_cut cut;
    bool is_armed;
    bool has_fallen;
    unsigned writes; /* that were asked for */

    /* ---- what is wrong with the bench ---- */
    bool power_does_nothing;     /* neither off nor on */
    bool adapter_always_healthy; /* says so of a device without power, too */
    bool dump_is_stale;          /* shows the settings of the beginning */
    bool power_fails;            /* the driver reports an error */
    bool cut_never_comes;        /* although it was armed */
    unsigned
        freezes_at; /* a program that the bench runs stands still from this write on; 0: never */
    bool loses_answers; /* to every third write */
    bool lacks_words;   /* its adapter cannot express a value of more than three bytes */

    /* ---- what is wrong with the device ---- */
    bool forgets;      /* its setting, at each start */
    bool dies;         /* it does not come back after a power cut */
    bool chooses;      /* it refuses a value of more than twenty bytes */
    unsigned hangs_at; /* it falls silent at this write; 0: never */
};

/* A device that is off, on a bench that is sound. */
void fake_bench_make(struct fake_bench *fake);

#endif
